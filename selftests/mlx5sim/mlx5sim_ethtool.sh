#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: ethtool: the driver's self-test, its counters against the model's and against
# what was sent, and questions that the model has no answer to

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping

self_test() {
	local name

	on 0 ethtool -t sim0 "$1" >"$work/test" || { cat "$work/test"; return 1; }
	for name in Link Speed Health Loopback; do
		grep -Eq "^$name Test[[:space:]]+0$" "$work/test" || { echo "no $name Test"; return 1; }
	done
	grep -q 'result is PASS' "$work/test"
}

# It can fail, too: the link test without a link
self_test_fails() {
	echo 0 >$sim/port0/cable
	await both_unlinked || return
	! self_test online >/dev/null || { echo "it passes without a link"; return 1; }
	echo 1 >$sim/port0/cable
	await both_linked || return
	grep -Eq '^Link Test[[:space:]]+1$' "$work/test" || { cat "$work/test"; return 1; }
}

driver_info() {
	on 0 ethtool -i sim0 >"$work/info" || return
	grep -qx 'driver: mlx5_core' "$work/info" && grep -qx "bus-info: $(pci 0)" "$work/info" &&
		grep -q '^firmware-version: 22.41.1000' "$work/info" || { cat "$work/info"; return 1; }
}

# refused COMMAND...: an error that the driver has a word for, and nothing worse. For rules
# ethtool's exit status is 0 all the same.
refused() {
	local bad

	bad=$(count 0 bad_commands)
	! on 0 ethtool "$@" >"$work/out" 2>&1 || grep -q 'Invalid argument' "$work/out" ||
		{ echo "accepted:"; cat "$work/out"; return 1; }
	[[ -s $work/out ]] || { echo "no message"; return 1; }
	same "bad_commands" "$(count 0 bad_commands)" "$bad"
}

accepted() {
	local bad

	bad=$(count 0 bad_commands)
	on 0 ethtool "$@" >"$work/out" || return
	same "bad_commands" "$(count 0 bad_commands)" "$bad"
}

no_cable() {
	echo 0 >$sim/port1/cable
	await both_unlinked || return
	accepted sim0
	echo 1 >$sim/port1/cable
	await both_linked || return
	grep -q 'Link detected: no (No cable)' "$work/out" || { cat "$work/out"; return 1; }
}

# Counters, before and after what is sent; grown NAME BY: the driver's of port 1
declare -A was
before_sending() {
	local name value

	while read -r name value; do
		[[ ! $value =~ ^[0-9]+$ ]] || was[${name%:}]=$value
	done <"$work/stats"
}
grown() {
	local now

	now=$(stat "$1") || { echo "no counter $1"; return 1; }
	same "$1 has grown by" "$((now - ${was[$1]:-0}))" "$2"
}

# 3 frames of each size class, 4 multicast, 5 broadcast; sizes are without FCS
by_size() {
	local mac size i=0
	local sizes=(60 100 200 400 800 1400) classes=(64 65_to_127 128_to_255 256_to_511 512_to_1023 1024_to_1518)
	local bytes=0

	mac=$(mac_of 1)
	stats 1 && before_sending || return
	for size in "${sizes[@]}"; do
		send_to 1 dst="$mac" len="$size" n=3 || return
		((bytes += 3 * (size + 4)))
	done
	send_to 1 dst=01:00:5e:00:00:01 len=60 n=4 || return
	send_to 1 dst=ff:ff:ff:ff:ff:ff len=60 n=5 || return
	((bytes += 9 * 64))
	stats 1 || return
	grown rx_packets_phy 27 && grown rx_bytes_phy $bytes && grown rx_multicast_phy 4 &&
		grown rx_broadcast_phy 5 && grown rx_vport_unicast_packets 18 &&
		grown rx_vport_multicast_packets 4 && grown rx_vport_broadcast_packets 5 &&
		grown rx_prio0_packets 27 && grown rx_prio0_bytes $bytes || return
	grown rx_64_bytes_phy 12 || return
	for ((i = 1; i < ${#sizes[@]}; i++)); do
		grown "rx_${classes[i]}_bytes_phy" 3 || return
	done
	grown rx_1519_to_2047_bytes_phy 0
}

# Priorities are the tag's
by_priority() {
	local tci

	stats 1 && before_sending || return
	for tci in $((0 << 13 | 7)) $((3 << 13 | 7)) $((7 << 13 | 7)); do
		send_to 1 dst="$(mac_of 1)" vlan=$tci len=96 n=2 || return
	done
	stats 1 || return
	grown rx_prio0_packets 2 && grown rx_prio3_packets 2 && grown rx_prio7_packets 2 &&
		grown rx_prio3_bytes 200 && grown rx_prio5_packets 0
}

# What one end has sent is what the other has received, in every counter
end_to_end() {
	local name

	stats 1 && before_sending || return
	on 0 ping -c 20 -i 0.01 -s 1000 -q 10.204.0.2 >/dev/null || return
	stats 1 || return
	for name in rx tx; do
		grown ${name}_packets 20 && grown ${name}_bytes $((20 * (1000 + 42))) &&
			grown ${name}_packets_phy 20 &&
			grown ${name}_bytes_phy $((20 * (1000 + 42 + 4))) &&
			grown ${name}_vport_unicast_packets 20 &&
			grown ${name}_vport_unicast_bytes $((20 * (1000 + 42))) || return
	done
	grown rx_out_of_buffer 0
}

# The driver's counters of the port are the model's
agree() {
	local port=$1

	stats "$port" || return
	same "rx frames" "$(stat rx_packets_phy)" "$(count "$port" rx_frames)" &&
		same "tx frames" "$(stat tx_packets_phy)" "$(count "$port" tx_frames)" &&
		same "rx bytes" "$(stat rx_bytes_phy)" $(($(count "$port" rx_bytes) + 4 * $(count "$port" rx_frames))) &&
		same "tx bytes" "$(stat tx_bytes_phy)" $(($(count "$port" tx_bytes) + 4 * $(count "$port" tx_frames))) &&
		same "no rule" "$(stat rx_steer_missed_packets)" "$(count "$port" rx_no_rule)" &&
		same "oversize" "$(stat rx_oversize_pkts_phy)" "$(count "$port" rx_oversize)" &&
		same "link downs" "$(stat link_down_events_phy)" "$(count "$port" link_downs)"
}

# Totals are the queues' sums
sums() {
	local name

	stats 1 || return
	for name in rx_packets rx_bytes rx_csum_complete rx_csum_unnecessary rx_csum_none \
		tx_packets tx_bytes tx_cqes ch_events; do
		awk -v dir="${name%%_*}" -v what="${name#*_}" '
			$1 == dir "_" what ":" { total = $2 }
			$1 ~ "^" dir "[0-9]+_" what ":$" { sum += $2; n++ }
			END {
				if (n && total == sum)
					exit 0
				print dir "_" what ": " total ", the sum of " n " queues: " sum
				exit 1
			}' "$work/stats" || return
	done
}

# The kernel's standard counters are the same numbers
standard() {
	on 1 ethtool -S sim1 --groups eth-mac rmon >"$work/groups" || return
	stats 1 || return
	grep -q "eth-mac-FramesReceivedOK: $(stat rx_packets_phy)\$" "$work/groups" &&
		grep -q "eth-mac-OctetsTransmittedOK: $(stat tx_bytes_phy)\$" "$work/groups" &&
		grep -q "etherStatsPkts64Octets: $(stat rx_64_bytes_phy)\$" "$work/groups" || { cat "$work/groups"; return 1; }
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
before=$(harm)
test_that "self-test, online" self_test online
test_that "self-test, offline" self_test offline
test_that "self-test without a link fails" self_test_fails
test_that "after it: traffic" works
test_that "-i: driver, firmware, bus" driver_info
test_that "-m: there is no module's memory" refused -m sim0
test_that "--show-fec" refused --show-fec sim0
test_that "--show-eee" refused --show-eee sim0
test_that "-d: no dump of registers" refused -d sim0
test_that "-s: a speed that there is not" refused -s sim0 speed 20000 autoneg off
test_that "-N: a queue that there is not" refused -N sim0 flow-type udp4 dst-port 9 action 999
test_that "-G: a ring that is too large" refused -G sim0 rx 65536
for option in -a -c -g -k -l -P -T -u -x --show-priv-flags --show-features; do
	test_that "$option" accepted $option sim0
done
test_that "-A: pause frames are not this function's to set" refused -A sim0 tx on
test_that "without a cable: says so" no_cable
test_that "-S: frames by size and kind" by_size
test_that "-S: frames by priority" by_priority
test_that "-S: both ends of a ping" end_to_end
test_that "-S: queues and totals" sums
test_that "-S: port 0 agrees with the model" agree 0
test_that "-S: port 1 agrees with the model" agree 1
test_that "-S --groups: as -S" standard
test_that "no harm done" same "counters" "$(harm)" "$before"
finish
