#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Somebody's program at a hook on the way of the packets: what is measured beside it is invalid
# and names it, or is refused. foreign.c is somebody.

source "$(dirname "$0")/lib.sh"
need_root
need_tool

json="$work/result.json"
rows='[.benches[].tables[].rows[] | select(.validity != "not measured")]'
# The veth pair in its namespaces, packets by the kernel and by sockets, no NIC
bench=(run drop --quick --device veth)
! has_patches || bench=(run table1 --samples 16000 --batches 4 --device veth)

attached() { [[ -s $work/foreign ]]; }
attached_or_gone() { attached || ! kill -0 "$who" 2>/dev/null; }

# foreign HOOK NETDEV [PID]: $who is its process, $id its program
foreign() {
	: >"$work/foreign"
	"$here/foreign" "$@" >"$work/foreign" 2>"$work/foreign.err" &
	who=$!
	await attached_or_gone
	attached || { cat "$work/foreign.err"; kill "$who"; echo "nothing attached at $1"; return 1; }
	id=$(awk '{ print $2 }' "$work/foreign")
}

gone() {
	kill "$who"
	wait "$who"
}

# Not one row may be believed, and those that were not wrong anyway say why not
none_believed() {
	local where=$1

	jq -e "$rows | length > 3 and all(.validity == \"invalid\")" "$json" >/dev/null ||
		{ jq -c "${rows}[] | [.key, .validity, .reason]" "$json" | grep -v '"invalid"' | head -5; return 1; }
	jq -e "$rows | any(.reason | test(\"$where.* program $id\"))" "$json" >/dev/null ||
		{ echo "no row says: $where has program $id"; jq -r "${rows}[0].reason" "$json"; return 1; }
}

# beside HOOK NETDEV WHERE: it comes when the bench has its netdevs
beside() {
	local hook=$1 netdev=$2 where=$3 pid rc status=1

	! hides_times || status=$KSFT_SKIP
	rm -f "$work/out"
	"$tool" "${bench[@]}" --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	# the check before the run has netdevs of these names, too
	await has_header
	foreign "$hook" "$netdev" $pid || { kill $pid; wait $pid; return 1; }
	wait $pid
	rc=$?
	gone
	((rc == status)) || { echo "exit status $rc, not $status"; cat "$work/err"; return 1; }
	none_believed "$where"
}

# It lets our program see nothing: that the program has not run is a reason of its own
never_ran() {
	# so long that it is there before cls_bpf's turn
	local bench=("${bench[@]/#16000/40000}")

	beside tcx_end hc1 "tcx ingress of hc1" || return
	has_patches || return 0
	# cls_bpf comes after tcx; how early the foreign one is there is the scheduler's affair
	jq -e '[.benches[0].facts.counts | .cls_bpf_udp, .cls_bpf_tcp] |
		all(.exact == false and .program_runs < .samples)' "$json" >/dev/null ||
		{ jq -c '.benches[0].facts.counts' "$json"; return 1; }
	jq -e "$rows | any(.key == \"cls_bpf_tcp\" and (.reason | test(\"has run\")))" "$json" >/dev/null ||
		{ echo "cls_bpf_tcp does not say that its program has not run"; return 1; }
}

# For the sockets of all, from before the run on
for_all_sockets() {
	local hook=$1 where=$2 rc status=1

	! hides_times || status=$KSFT_SKIP
	foreign "$hook" - || return
	run "$status" "$tool" "${bench[@]}" --json "$json" && none_believed "$where"
	rc=$?
	# no socket takes part there
	((rc)) || run_to_end "$tool" run table3 --quick --json "$json"
	rc=$((rc ? rc : $?))
	gone
	((rc == 0)) || return
	hides_times || jq -e "$rows | all(.validity == \"valid\" or .validity == \"indicative\")" "$json" \
		>/dev/null || { echo "table3 has no sockets, and is not valid"; return 1; }
}

# Once it is gone, all is as before
without() {
	run_to_end "$tool" "${bench[@]}" --json "$json" || return
	jq -e "$rows | any(.reason | test(\"not hookcost's\")) | not" "$json" >/dev/null
}

# refused NETDEV HOOK WHERE [DEVICE]: named by --device, it is not even taken
refused() {
	local netdev=$1 hook=$2 where=$3 device=${4:-$1} rc

	foreign "$hook" "$netdev" || return
	run 1 "$tool" run table1 --quick --device "$device" && said "$where.*(program|id) $id"
	rc=$?
	gone
	return $rc
}

# Nobody has named a device: another one is taken
default_device() {
	local netdev=$1 rc

	foreign tcx "$netdev" || return
	run_to_end "$tool" run drop --quick --json "$json" &&
		jq -e '.benches[0].device.kind == "veth"' "$json" >/dev/null
	rc=$?
	gone
	return $rc
}

ktap_print_header
test_that "tcx, before ours" beside tcx hc1 "tcx ingress of hc1"
test_that "tcx, ours never runs" never_ran
test_that "tcx, where packets leave" beside tcx_egress hc0 "tcx egress of hc0"
test_that "cls_bpf" beside cls_bpf hc1 "TC ingress of hc1"
test_that "cls_bpf, where packets leave" beside cls_bpf_egress hc0 "TC egress of hc0"
test_that "XDP, at the peer" beside xdp hc0 "XDP of hc0"
test_that "XDP, generic" beside xdp_generic hc1 "XDP .generic. of hc1"
test_that "flow dissector" beside flow_dissector hc1 "flow dissector of the namespace of hc1"
test_that "socket lookup" beside sk_lookup hc1 "socket lookup of the namespace of hc1"
test_that "cgroup, ingress" for_all_sockets cgroup "ingress of the cgroup"
test_that "cgroup, sock_ops" for_all_sockets sock_ops "sock_ops of the cgroup"
test_that "nobody is there any more" without

ip link add hcforeign type veth peer name hcforeign2 && cleanups+=("ip link del hcforeign")
ip link set hcforeign up && ip link set hcforeign2 up
test_that "--device: tcx" refused hcforeign tcx "tcx ingress of hcforeign"
test_that "--device: tcx egress" refused hcforeign tcx_egress "tcx egress of hcforeign"
test_that "--device: cls_bpf" refused hcforeign cls_bpf "TC ingress of hcforeign"
test_that "--device: XDP, generic" refused hcforeign xdp_generic "XDP"
if [[ $(netdev_of 1) ]]; then
	sim=$(netdev_of 1)
	test_that "mlx5: tcx" refused "$sim" tcx "tcx ingress of $sim" mlx5
	test_that "mlx5: cls_bpf" refused "$sim" cls_bpf "TC ingress of $sim" mlx5
	test_that "mlx5: its peer's tcx" refused "$(netdev_of 0)" tcx_egress "tcx egress of $(netdev_of 0)" mlx5
	test_that "mlx5 is not the default then" default_device "$sim"
fi
finish
