#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost run --device NETDEV, to which another machine is to send: what cannot be used is
# refused, what will be changed is said and put back, and what does not come is named

source "$(dirname "$0")/nic.sh"
need_root
need_tool

with_default_route() {
	local rc

	ip link set nicA up && ip addr add 192.0.2.1/24 dev nicA && ip route add default via 192.0.2.2 || return
	refused "nicA is in use: .*go over it" nicA
	rc=$?
	ip addr del 192.0.2.1/24 dev nicA
	ip link set nicA down
	return $rc
}

with_master() {
	local rc

	ip link add hc-br type bridge 2>/dev/null || { echo "no bridges here"; return "$KSFT_SKIP"; }
	ip link set nicA master hc-br
	refused "nicA is in use: it belongs to a bridge" nicA
	rc=$?
	ip link del hc-br
	return $rc
}

states_changes() {
	over 4 figure14a --wait 1 || return
	grep -q "^nicA (veth), while a bench runs" "$work/out" &&
		grep -q "link: down -> up" "$work/out" &&
		grep -q "address: none -> 10.203.0.2/30" "$work/out" || { head -n 20 "$work/out"; return 1; }
}

no_link() {
	local rc

	ip -n $other link set nicB down
	run 1 "$tool" run figure14a --quick --device nicA --wait 1
	rc=$?
	ip -n $other link set nicB up
	grep -q "is the other machine's up?" "$work/err" || { cat "$work/err"; return 1; }
	return $rc
}

# No frame at all: each row says so, with what is to be run there
silence() {
	over 4 figure14a --wait 1 || return
	said "nothing could be measured" || return
	check figure14a 'sound, because("figure14a"; "n_0"; "no_traffic"), some("nicA within 1 s"), some($arg)' \
		"-m $(cat /sys/class/net/nicA/address) -d 10.203.0.2"
}

silence_messages() {
	over 4 table1 --wait 1 || return
	check table1 'sound, because("table1"; "socket_udp", "socket_tcp"; "no_traffic"),
		some("sockperf throughput -i 10.203.0.2 -p 4242 --tcp")'
}

# benches that make their own traffic do so over veth, all the same
others() {
	run_to_end "$tool" run table3 --quick --batches 2 --device nicA --json "$json" || return
	check table3
}

# Somebody's firewall: a native program runs in place of the bench's own program alone
bystander() {
	local fd rc=0

	ip link add hc-by type veth peer name hc-by2 || return
	exec {fd}> >(exec "$here/xdp_hold" hc-by >"$work/held")
	await grep -qx on "$work/held" || rc=1
	((rc)) || run_to_end "$tool" run figure14a --quick --batches 2 --device veth --json "$json" || rc=1
	exec {fd}>&-
	ip link del hc-by
	((rc == 0)) || return
	check figure14a 'sound, rows("path"; "ebpf", "hard")'
}

# peer_refused REGEX ARGUMENT...
peer_refused() {
	run 1 "$tool" peer "${@:2}" || return
	said "$1"
}

peer_text() {
	run 0 "$tool" peer --device nicA --ifname other0 || return
	[[ ! -s $work/err ]] || return
	sh -n "$work/out" || return
	grep -qx "IF='other0'" "$work/out" &&
		grep -q "dst_mac $(cat /sys/class/net/nicA/address)" "$work/out" &&
		grep -q "ip addr replace 10.203.0.1/30" "$work/out" &&
		grep -q "sockperf throughput -i 10.203.0.2 -p 4242 -m 64" "$work/out" &&
		grep -q "iperf -c 10.203.0.2 -p 4242" "$work/out"
}

# The shell takes no name apart: each line is read as one word, and nothing is run by it
peer_name() {
	local name="it's;\$x[0]&"

	run 0 "$tool" peer --device nicA --ifname "$name" || return
	sh -n "$work/out" || return
	eval "$(grep '^IF=' "$work/out")"
	[[ $IF == "$name" ]] || { echo "$IF"; return 1; }
	! grep -vE '^#|"add_device' "$work/out" | grep -E '[^"_]\$IF|\$IF[^ "]'
}

peer_address() {
	local rc

	ip addr add 192.0.2.9/24 dev nicA
	run 0 "$tool" peer figure14b --device nicA
	grep -q '"dst 192.0.2.9"' "$work/out" && ! grep -q sockperf "$work/out" && ! grep -q 'ip addr' "$work/out"
	rc=$?
	ip addr del 192.0.2.9/24 dev nicA
	return $rc
}

ktap_print_header
setup || skip_all "no veth pair with an end in another namespace"
cleanups+=("ip link del hc-by 2>/dev/null")
test_that "hookcost peer" peer_scripts
test_that "a netdev that there is not" refused "no netdev \"nonsense\"" nonsense
test_that "one that is no Ethernet" refused "lo is no Ethernet device" lo
test_that "it has the default route" same_state with_default_route
test_that "it belongs to a bridge" same_state with_master
test_that "peer: no device" peer_refused "which netdev" figure14a
test_that "peer: no such bench" peer_refused "no bench" --device nicA nonsense
test_that "peer: a bench without traffic" peer_refused "takes no traffic" --device nicA table3
test_that "peer: no NIC" peer_refused "is no NIC" --device veth
test_that "peer: what the other machine runs" peer_text
test_that "peer: a name with the shell's characters" peer_name
for name in "" "a b" a/b aaaaaaaaaaaaaaaa; do
	test_that "peer: \"$name\" names no netdev" peer_refused "takes a netdev's name" --device nicA --ifname "$name"
done
test_that "peer: with the address that there is" peer_address
test_that "what will be changed is said, and put back" same_state states_changes
test_that "no link" same_state no_link
test_that "figure14a, nothing comes" same_state silence
! has_patches || test_that "table1, nothing comes" same_state silence_messages
test_that "another bench" same_state others
! has_patches || test_that "another netdev's XDP program, and a native one" bystander
test_that "nothing is left on" all_off
finish
