#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost run --device: what cannot be used is refused in one line, and what was lent is
# given back as it was, however the run ends

source "$(dirname "$0")/lib.sh"
need_root
need_tool

json="$work/result.json"

# refused REGEX DEVICE
refused() {
	run 1 "$tool" run table1 --quick --device "$2" || return
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 1 "$work/out")"; return 1; }
	said "$1"
}

# sim_netdev PORT: the netdev of this port of mlx5sim's
sim_netdev() {
	basename "$(echo /sys/bus/pci/devices/*:40:00."$1"/net/*)"
}

# Everything that a run over mlx5 changes
state() {
	local gen=/sys/kernel/debug/mlx5sim/port1/gen

	netdevs
	grep . $gen/{flows,zipf_milli,burst,rate}
	cksum $gen/template
}

with_address() {
	local rc

	ip addr add 192.0.2.1/24 dev "$1"
	refused "$1 is in use: it has the IP address 192.0.2.1/24" "$1"
	rc=$?
	ip addr del 192.0.2.1/24 dev "$1"
	return $rc
}

absent() {
	local rc

	ip netns add hc-absent && ip link set "$1" netns hc-absent || return
	refused "no netdevs" mlx5
	rc=$?
	ip netns exec hc-absent ip link set "$1" netns 1
	ip netns del hc-absent
	return $rc
}

# receives NETDEV: over it, frames come to it
receives() {
	run_to_end "$tool" run table1 --quick --samples 500 --device "$1" --json "$json" || return
	grep -q "^over mlx5: $1" "$work/out" || { echo "not over $1"; return 1; }
	holds "$json" table1 'sound, device("mlx5"), fact("counts.*.exact"; true)'
}

same_state() {
	local before after

	before=$(state)
	"$@" || return
	after=$(state)
	[[ $after == "$before" ]] || { diff <(echo "$before") <(echo "$after"); return 1; }
}

stays_up() {
	ip link set "$1" up
	same_state receives "$1" || return
	[[ $(ip -o link show "$1") == *,UP* ]] || { echo "$1 is down"; return 1; }
	ip link set "$1" down
}

# Frames that do not fit into a page: what there is to do, and the MTU is as it was
jumbo() {
	local rc

	ip link set "$1" mtu 9000 || return
	run 1 "$tool" run table1 --quick --samples 500 --device "$1"
	rc=$?
	[[ $(<"/sys/class/net/$1/mtu") == 9000 ]] || { echo "its MTU is another"; rc=1; }
	ip link set "$1" mtu 1500
	grep -q "MTU is 9000.*ip link set $1 mtu 1500" "$work/err" || { cat "$work/err"; return 1; }
	return $rc
}

hook_on() { [[ $(<"$hooks/enable") != none ]]; }

# ended SIGNAL STATUS: by it, in the middle of table1
ended() {
	"${interruptible[@]}" "$tool" run table1 --device mlx5 >"$work/out" 2>"$work/err" &
	pid=$!
	await hook_on || { kill -KILL $pid; echo "the bench did not begin"; return 1; }
	kill "-$1" $pid
	wait $pid
	rc=$?
	((rc == $2)) || { echo "exit status $rc"; return 1; }
}

back() { [[ $(netdevs) == "$links" ]]; }

# Nobody cleans up then but the kernel, which has the netdevs back when the namespaces go
killed() {
	links=$(netdevs)
	ended KILL 137 || return
	await back || { echo "before: $links, now: $(netdevs)"; return 1; }
	receives "$(sim_netdev 1)"
}

ktap_print_header
test_that "a netdev that there is not" refused "no netdev \"nonsense\"" nonsense
test_that "a path" refused "no netdev" ../../net/lo
test_that "no name" refused "no netdev" ""
test_that "another driver's" refused "lo is no Ethernet device" lo
if ! has_module mlx5sim; then
	test_that "mlx5 where there is none" refused "mlx5sim is not loaded" mlx5
	finish
fi
need_sim
need_patches
test_that "it has an address" with_address "$(sim_netdev 1)"
test_that "its peer is elsewhere" absent "$(sim_netdev 0)"
test_that "by name, port 1" same_state receives "$(sim_netdev 1)"
test_that "by name, port 0" same_state receives "$(sim_netdev 0)"
test_that "what was up is up again" stays_up "$(sim_netdev 1)"
test_that "MTU 9000" jumbo "$(sim_netdev 1)"
test_that "SIGINT" same_state ended INT 1
test_that "nothing is left on" all_off
test_that "SIGKILL" killed
echo none >"$hooks/enable"
echo any >"$hooks/device"
finish
