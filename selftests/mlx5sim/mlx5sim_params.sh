#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: module parameters: what is refused, and what the driver makes of the others

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping
[[ ! -e /proc/exitcode ]] || skip_all "mlx5sim cannot be loaded anew: UML has no way to take a region of MMIO away"
ko=${HOOKCOST_MODULES:-}/mlx5sim.ko
[[ -r $ko ]] || skip_all "HOOKCOST_MODULES does not name the folder of mlx5sim.ko"

# Loaded as it was, without parameters
restore() {
	[[ ! -d /sys/module/mlx5sim ]] || rmmod mlx5sim
	insmod "$ko"
}

load() {
	[[ ! -d /sys/module/mlx5sim ]] || rmmod mlx5sim || return
	insmod "$ko" "$@"
}

# One line in the kernel log says why
refused() {
	local lines

	lines=$(dmesg | grep -c 'mlx5sim: ports=')
	! load "$1" 2>/dev/null || { echo "$1 is accepted"; return 1; }
	same "lines about it" "$(dmesg | grep -c 'mlx5sim: ports=')" $((lines + 1)) &&
		same "what is left" "$(ls -d $sim 2>/dev/null)" ""
}

# with_ports N [PARAMETER]: the driver has a netdev for each, and each has a link
with_ports() {
	local n=$1 port name
	shift

	load "ports=$n" "$@" || return
	for ((port = 0; port < n; port++)); do
		found() { name=$(netdev_of "$port") && [[ $name ]]; }
		await found || return
		ip link set "$name" up
	done
	[[ ! $(netdev_of "$n") ]] || { echo "there is a port $n"; return 1; }
	for ((port = 0; port < n; port++)); do
		linked() { [[ $(<"$sim/port$port/link") == 1 ]]; }
		await linked || return
	done
}

# An end of its own: what a port sends comes back, as the self-test has it
looped() {
	local name rx

	with_ports "$@" || return
	name=$(netdev_of 0)
	rx=$(count 0 rx_frames)
	has_carrier() { [[ $(cat "/sys/class/net/$name/carrier" 2>/dev/null) == 1 ]]; }
	await has_carrier || { echo "$name has no carrier"; return 1; }
	ethtool -t "$name" >"$work/test" || { cat "$work/test"; return 1; }
	ping -c 1 -W 0.1 -I "$name" 10.204.99.1 >/dev/null 2>&1
	came_back() { (($(count 0 rx_frames) > rx)); }
	await came_back && same "sent and received" "$(count 0 tx_frames)" "$(count 0 rx_frames)"
}

works_with() {
	load "$@" && wire_up && works
}

without_striding() {
	works_with striding=0 || return
	same "striding queues" "$(grep -c 'striding 1' "$sim/port1/queues")" 0 || return
	! on 1 ethtool --set-priv-flags sim1 rx_striding_rq on 2>/dev/null || { echo "the driver can turn it on"; return 1; }
}

without_compression() {
	works_with cqe_compression=0 || return
	! on 1 ethtool --set-priv-flags sim1 rx_cqe_compress on 2>/dev/null || { echo "the driver can turn it on"; return 1; }
}

without_mpw() {
	works_with mpw=0 || return
	! on 1 ethtool --set-priv-flags sim1 skb_tx_mpwqe on 2>/dev/null || { echo "the driver can turn it on"; return 1; }
	same "tx_mpwqe_pkts" "$(stat_of 1 tx_mpwqe_pkts)" 0
}

# each in a shell of its own, with a wire of its own
apart() {
	(
		cleanups=()
		trap clean_up EXIT
		a=$a-x b=$b-x
		work=$(mktemp -d "$work/XXXXXX")
		"$@"
	)
}

ktap_print_header
cleanups+=(restore)
test_that "ports=0 is refused" refused ports=0
test_that "ports=5 is refused" refused ports=5
for n in 1 3 4; do
	test_that "ports=$n" with_ports $n
done
test_that "ports=1: it is looped" looped 1
test_that "striding=0" apart without_striding
test_that "cqe_compression=0" apart without_compression
test_that "mpw=0" apart without_mpw
test_that "loop=1: each is looped" looped 2 loop=1
test_that "as it was: traffic" apart works_with
finish
