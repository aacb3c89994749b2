#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog: the objects of Debian's packages xdp-tools and libxdp1, which none of us wrote.
# What xdp-filter's program itself has counted must be what the frames' verdicts say.

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_command jq

json="$work/result.json"
"$here/prog_captures" "$work" || exit 1
for folder in /usr/lib/*/bpf; do
	[[ ! -e $folder/xdp-dispatcher.o ]] || break
done
[[ -e $folder/xdp-dispatcher.o ]] || skip_all "no objects of libxdp1"
filters=("$folder"/xdpfilt_*.o)
[[ -e ${filters[0]} ]] || skip_all "no objects of xdp-tools"

# prog ARGUMENT...: few batches, as counts do not depend on them
prog() { run 0 "$tool" prog --quiet --brief --batches 2 --json "$json" --pcap "$work/mix.pcap" "$@"; }

# table KEY JQ-FILTER: true of that table
table() {
	jq -e --arg key "$1" ".benches[0].tables[] | select(.key == \$key) | $2" "$json" >/dev/null ||
		{ echo "$1: not $2"; jq -c '.benches[0].tables[].rows[] | [.key, .validity, .reason, .cells]' "$json"; return 1; }
}

# verdicts VERDICT...: of the capture's frames in their order; and each time in the measured rounds
verdicts() {
	local is

	table cost '.rows[0] | (.validity != "invalid") and .cells.packets > 1000' || return
	is=$(jq -r '[.benches[0].tables[] | select(.key == "frames").rows[] | [.cells.number, .cells.verdict]] |
		sort | map(.[1]) | join(" ")' "$json")
	[[ $is == "$*" ]] || { echo "$is, not $*"; return 1; }
}
all() { verdicts "$1" "$1" "$1" "$1" "$1" "$1"; }

# What xdp-filter reads for its "status": by action packets and bytes, of all CPUs
stats() {
	bpftool -j map dump pinned "$work/bpf/stats" | jq -c '
		def number: map(ltrimstr("0x") | explode |
				map(if . > 96 then . - 87 else . - 48 end) | .[0] * 16 + .[1]) |
			to_entries | map(.value * pow(256; .key)) | add;
		map({action: (.key | number), packets: ([.values[].value[:8] | number] | add),
		     bytes: ([.values[].value[8:] | number] | add)}) | map(select(.packets > 0))'
}

with_stats() {
	mkdir -p "$work/bpf" && mount -t bpf bpf "$work/bpf" &&
		bpftool map create "$work/bpf/stats" type percpu_array key 4 value 16 entries 5 name xdp_stats_map &&
		"$@"
	local rc=$?

	umount "$work/bpf"
	return $rc
}

# counted ACTION FRAMES BYTES...: as often each frame has been run, and nothing else
counted() {
	local is passes

	is=$(stats)
	passes=$(jq '.[0].packets' <<<"$is")
	((passes % $2 == 0)) || { echo "$is"; return 1; }
	((passes /= $2))
	# each was in the cost's rounds, and once in the reference run
	table cost ".rows[0].cells.packets / 6 < $passes" || return
	jq -ne --argjson is "$is" --argjson n "$passes" '$is == [range(0; $ARGS.positional | length; 3) as $i |
		$ARGS.positional[$i:$i + 3] | {action: .[0], packets: (.[1] * $n), bytes: (.[2] * $n)}]' \
		--jsonargs "$@" >/dev/null || { echo "$is, not $* each $passes times"; return 1; }
}

# Frames of the capture have 60, 1454, 146, 112, 374 and 60 bytes
one_filter() {
	if [[ $1 == *_dny_* ]]; then
		prog "$1" --map xdp_stats_map=@"$work/bpf/stats" && all XDP_DROP && counted 1 6 2206
	else
		prog "$1" --map xdp_stats_map=@"$work/bpf/stats" && all XDP_PASS && counted 2 6 2206
	fi
}

# Without a rule what is not denied is allowed, or what is not allowed is denied
without_rules() {
	local object

	((${#filters[@]} == 10)) || echo "${#filters[@]} objects"
	for object in "${filters[@]}"; do
		with_stats one_filter "$object" || { echo "$object"; return 1; }
	done
}

# Denied: UDP to port 9999, which the map has in network byte order, by its flags on each CPU
ruled() {
	prog "$folder/xdpfilt_alw_udp.o" --map filter_ports="$work/ports.json" \
		--map xdp_stats_map=@"$work/bpf/stats" &&
		verdicts XDP_DROP XDP_PASS XDP_DROP XDP_DROP XDP_PASS XDP_PASS &&
		counted 1 3 318 2 3 1888
}

with_rule() {
	jq -n '[{key: ["0x27", "0x0f", "0x00", "0x00"], values: [range(1024) |
		{cpu: ., value: ["0x0a", "0x00", "0x00", "0x00", "0x00", "0x00", "0x00", "0x00"]}]}]' >"$work/ports.json"
	with_stats ruled
}

# It asks for packets of one netdev; test_run's are of lo, which is the first one
dump() {
	prog "$folder/xdpdump_xdp.o" && all XDP_PASS || return
	prog "$folder/xdpdump_xdp.o" --const 'trace_cfg={"capture_if_ifindex": 1, "capture_snaplen": 64}' &&
		all XDP_PASS && table inside '.rows[0].cells.calls | test("bpf_perf_event_output")'
}

# Without a socket in its map a packet goes to the stack
sockets() {
	prog "$folder/xsk_def_xdp_prog.o" && all XDP_PASS &&
		table inside '.rows[0].cells.calls | test("bpf_redirect_map")' || return
	prog "$folder/xsk_def_xdp_prog_5.3.o" && all XDP_PASS
}

# What its slots hold until libxdp replaces it returns 31; a program of bit N in
# chain_call_actions goes on after verdict N
dispatcher() {
	prog "$folder/xdp-dispatcher.o" -p xdp_dispatcher && all XDP_PASS || return
	prog "$folder/xdp-dispatcher.o" -p xdp_dispatcher \
		--const 'conf={"num_progs_enabled": 3, "chain_call_actions": [2147483648, 2147483648, 2147483648]}' &&
		all XDP_PASS || return
	prog "$folder/xdp-dispatcher.o" -p xdp_dispatcher \
		--const 'conf={"num_progs_enabled": 3, "chain_call_actions": [2147483648, 4, 4]}' &&
		table frames 'all(.rows[]; .cells.verdict | test("31"))'
}

# by_number PROGRAM CALLS ARGUMENT...: what is in it is what the verifier has left
by_number() {
	local name=$1 calls=$2
	shift 2

	prog "$@" && table cost '.rows[0].validity != "invalid"' &&
		table inside ".rows[0] | .key == \"$name\" and .validity != \"invalid\" and .cells.insns > 0 and
			(.cells.load == null) and (.cells.calls | test(\"$calls|not shown\"))"
}

# Loaded by somebody else
loaded() {
	bpftool prog load "$folder/xsk_def_xdp_prog_5.3.o" "$work/bpf/xsk" 2>"$work/err" || { cat "$work/err"; return 1; }
	by_number xsk_def_prog redirect --pinned "$work/bpf/xsk" &&
		by_number xsk_def_prog redirect --id "$(bpftool -j prog show pinned "$work/bpf/xsk" | jq .id)"
}

# The programs that xdp-loader has put into it decide, and the first that ends the chain. Linux
# since 6.12 does not let a program whose functions are replaced be called by a program array.
loaded_dispatcher() {
	local id

	command -v xdp-loader >/dev/null || { echo "no xdp-loader"; return "$KSFT_SKIP"; }
	ip netns add "$ns" && ip -n "$ns" link add pd0 type veth peer name pd1 && ip -n "$ns" link set pd0 up || return
	nsenter --net="/run/netns/$ns" xdp-loader load -m skb pd0 "$folder/xdpfilt_alw_udp.o" "$folder/xdpfilt_dny_all.o" \
		>"$work/loader" 2>&1 || { cat "$work/loader"; return "$KSFT_SKIP"; }
	id=$(ip -n "$ns" -d -j link show pd0 | jq '.[0].xdp.prog.id')
	prog --id "$id" || return
	if ! table cost '.rows[0] | .validity == "not measured" and (.reasons[0].code == "not_called") and
		(.reasons[0].text | test("freplace"))' >/dev/null; then
		all XDP_DROP || return
	fi
	nsenter --net="/run/netns/$ns" xdp-loader unload pd0 --all
}
ns=hookcost-prog-$$
cleanups+=("ip netns del $ns 2>/dev/null")
# libxdp pins what it loads there
if ! mountpoint -q /sys/fs/bpf && mount -t bpf bpf /sys/fs/bpf; then
	cleanups+=("umount /sys/fs/bpf")
fi

ktap_print_header
if command -v bpftool >/dev/null; then
	test_that "xdp-filter's ten objects: verdicts are what they count" without_rules
	test_that "xdp-filter with a rule: verdicts are what it counts" with_rule
	test_that "a program that is loaded already" with_stats loaded
else
	ktap_test_skip "xdp-filter's counts, loaded programs: no bpftool"
fi
test_that "xdpdump's object, off and on" dump
test_that "libxdp's programs for AF_XDP" sockets
test_that "libxdp's dispatcher as an object" dispatcher
test_that "libxdp's dispatcher with two programs, by its number" loaded_dispatcher
finish
