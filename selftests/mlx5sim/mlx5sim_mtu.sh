#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: MTU: frames up to the port's MTU come in, and longer ones are counted

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping

largest=$(ip -d link show "$(netdev_of 0)" | grep -o 'maxmtu [0-9]*')
largest=${largest#* }

# sized BYTES [SECONDS]: pings of that size are answered, with the same bytes
sized() {
	on 0 ping -c 3 -M "do" -i 0.01 -W "${2:-2}" -s $(($1 - 28)) 10.204.0.2 >"$work/ping" || return
	! grep -A 2 'wrong data' "$work/ping"
}

both_mtu() { set_link 0 mtu "$1" && set_link 1 mtu "$1" && await both_linked; }

# Packets of the whole MTU pass, and the ports have not called one too long
whole() {
	local mtu=$1 before0 before1

	both_mtu "$mtu" || return
	before0=$(count 0 rx_oversize)
	before1=$(count 1 rx_oversize)
	((mtu < 60)) || sized "$mtu" || { echo "a ping of $mtu bytes is lost"; return 1; }
	same "port 0's rx_oversize" "$(count 0 rx_oversize)" "$before0" &&
		same "port 1's rx_oversize" "$(count 1 rx_oversize)" "$before1"
}

# Port 1 has the smaller MTU. The MTU of the port has room for a tag, which a frame without
# one may fill: 4 bytes more than the MTU come in, the next one does not.
too_long() {
	local mtu=$1 before rx phy

	both_mtu "$mtu" && set_link 0 mtu $((mtu + 1000)) && await both_linked || return
	before=$(count 1 rx_oversize)
	sized $((mtu + 4)) || { echo "the room for a tag is not there"; return 1; }
	same "rx_oversize" "$(count 1 rx_oversize)" "$before" || return
	rx=$(count 1 rx_frames)
	phy=$(stat_of 1 rx_oversize_pkts_phy)
	! sized $((mtu + 5)) 0.1 || { echo "answered"; return 1; }
	same "rx_oversize" "$(count 1 rx_oversize)" $((before + 3)) &&
		same "rx_oversize_pkts_phy" "$(stat_of 1 rx_oversize_pkts_phy)" $((phy + 3)) &&
		same "rx_frames" "$(count 1 rx_frames)" "$rx"
}

# Of frames that are tagged, the MTU counts what is behind the tag
tagged() {
	local before

	both_mtu 1500 || return
	before=$(count 1 rx_oversize)
	send_to 1 dst="$(mac_of 1)" vlan=5 len=$((1500 + 18))
	same "whole: rx_oversize" "$(count 1 rx_oversize)" "$before" || return
	send_to 1 dst="$(mac_of 1)" vlan=5 len=$((1500 + 19))
	same "too long: rx_oversize" "$(count 1 rx_oversize)" $((before + 1))
}

refused() {
	! set_link 0 mtu "$1" 2>/dev/null || { echo "MTU $1 is accepted"; return 1; }
	[[ $(cat "$work/sysfs0/class/net/sim0/mtu") != "$1" ]] || { echo "refused, and there"; return 1; }
}

# Queues are reopened by it: nothing that is sent meanwhile may break, or be lost for ever
under_traffic() {
	local mtu i

	echo "$gen_rate" >$sim/port1/gen/rate
	echo 0 >$sim/port1/gen/start
	for ((i = 0; i < rounds; i++)); do
		mtu=$((i % 5 ? 68 + i * 8000 / rounds : largest))
		both_mtu $mtu || return
	done
	echo 1 >$sim/port1/gen/stop
	echo 0 >$sim/port1/gen/rate
	same "gen" "$(number 1 gen/status running)" 0
	works
}

# mode FLAG on|off, of both ends
mode() {
	on 0 ethtool --set-priv-flags sim0 "$1" "$2" && on 1 ethtool --set-priv-flags sim1 "$1" "$2"
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
cleanups+=("both_mtu 1500; mode rx_striding_rq on")
before=$(harm)
for striding in on off; do
	mode rx_striding_rq $striding
	for mtu in 68 576 1500 3498 9000 9978 "$largest"; do
		test_that "striding $striding, MTU $mtu: whole packets" whole "$mtu"
	done
	for mtu in 576 1500 9000; do
		test_that "striding $striding, MTU $mtu: too long is counted" too_long "$mtu"
	done
done
mode rx_striding_rq on
test_that "tagged frames" tagged
test_that "MTU 67 is refused" refused 67
test_that "MTU $((largest + 1)) is refused" refused $((largest + 1))
test_that "changes under traffic" under_traffic
test_that "no harm done" same "counters" "$(harm)" "$before"
finish
