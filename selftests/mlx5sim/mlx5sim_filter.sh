#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: which frames a port takes: its address and others, multicast groups, tags, all

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping

stranger=02:00:00:00:00:42
group=01:00:5e:01:02:03

queues_took() { awk '$1 == "rq" { n += $10 } END { print n + 0 }' "$sim/port1/queues"; }

# taken KEY=VALUE...: 3 such frames arrive, and a queue gets them; missed: it does not
gets() {
	local taken missed wanted=$1
	shift

	taken=$(queues_took)
	missed=$(count 1 rx_no_rule)
	send_to 1 n=3 "$@" || return
	same "$*: taken" $(($(queues_took) - taken)) $((3 * wanted)) &&
		same "$*: missed" $(($(count 1 rx_no_rule) - missed)) $((3 - 3 * wanted))
}
taken() { gets 1 "$@"; }
missed() { gets 0 "$@"; }

# The driver sets filters in a work item
soon() {
	local text

	trying() { text=$("$@"); }
	await trying "$@" || { echo "$text"; return 1; }
}

own_only() { taken dst="$mac" && missed dst=$stranger && taken dst=ff:ff:ff:ff:ff:ff && missed dst=$group; }

promisc() {
	set_link 1 promisc on
	soon taken dst=$stranger && taken dst="$mac" && taken dst=$group && taken dst=$stranger vlan=77 || return
	set_link 1 promisc off
	soon missed dst=$stranger && own_only
}

allmulti() {
	set_link 1 allmulticast on
	soon taken dst=$group && missed dst=$stranger || return
	set_link 1 allmulticast off
	soon missed dst=$group && own_only
}

multicast() {
	ip -n "$b" maddr add $group dev sim1
	soon taken dst=$group && missed dst=01:00:5e:01:02:04 || return
	ip -n "$b" maddr del $group dev sim1
	soon missed dst=$group
}

many_groups() {
	local i

	for ((i = 10; i <= 20; i++)); do
		ip -n "$b" maddr add 01:00:5e:00:01:$i dev sim1 || return
	done
	soon taken dst=01:00:5e:00:01:20 && taken dst=01:00:5e:00:01:10 && missed dst=01:00:5e:00:01:21 || return
	for ((i = 10; i <= 20; i++)); do
		ip -n "$b" maddr del 01:00:5e:00:01:$i dev sim1 || return
	done
	soon missed dst=01:00:5e:00:01:20
}

other_address() {
	local new=02:00:00:00:00:55

	set_link 1 address $new
	soon taken dst=$new && soon missed dst="$mac" || return
	know_each_other
	pings || return
	set_link 1 address "$mac"
	soon taken dst="$mac" && soon missed dst=$new || return
	know_each_other
	pings
}

# On a device of its own, with an address of its own
second_address() {
	ip -n "$b" link add link sim1 name second address 02:00:00:00:00:66 type macvlan 2>"$work/err" || {
		grep -q 'Unknown device type' "$work/err" || { cat "$work/err"; return 1; }
		echo "no macvlan in this kernel"
		return "$KSFT_SKIP"
	}
	ip -n "$b" link set second up
	soon taken dst=02:00:00:00:00:66 && taken dst="$mac" && missed dst=$stranger || return
	ip -n "$b" link del second
	soon missed dst=02:00:00:00:00:66
}

# Filters for tags: off, and those that are asked for
tags() {
	missed dst="$mac" vlan=5 && missed dst="$mac" vlan=6 || return
	ip -n "$b" link add link sim1 name tag5 type vlan id 5 || return
	soon taken dst="$mac" vlan=5 && missed dst="$mac" vlan=6 && taken dst="$mac" || return
	missed dst=$stranger vlan=5 || return
	ip -n "$b" link add link sim1 name tag6 type vlan id 6
	soon taken dst="$mac" vlan=6 && taken dst="$mac" vlan=5 || return
	ip -n "$b" link del tag5
	soon missed dst="$mac" vlan=5 && taken dst="$mac" vlan=6 || return
	ip -n "$b" link del tag6
	soon missed dst="$mac" vlan=6
}

no_tag_filter() {
	on 1 ethtool -K sim1 rx-vlan-filter off || return
	soon taken dst="$mac" vlan=7 && taken dst="$mac" && missed dst=$stranger vlan=7 || return
	on 1 ethtool -K sim1 rx-vlan-filter on
	soon missed dst="$mac" vlan=7
}

# Filters are there again when the queues are others, and when the port was down
survive() {
	ip -n "$b" maddr add $group dev sim1
	ip -n "$b" link add link sim1 name tag5 type vlan id 5
	on 1 ethtool -G sim1 rx 256
	soon taken dst=$group && taken dst="$mac" vlan=5 || return
	set_link 1 down && set_link 1 up && await both_linked || return
	soon taken dst=$group && soon taken dst="$mac" vlan=5 && missed dst=$stranger || return
	on 1 ethtool -G sim1 rx 1024
	ip -n "$b" link del tag5
	ip -n "$b" maddr del $group dev sim1
	soon own_only
}

back_and_forth() {
	local i

	objects >"$work/before"
	for ((i = 0; i < rounds; i++)); do
		cat <<-EOF
			link set sim1 promisc on
			link set sim1 allmulticast on
			link set sim1 promisc off
			link set sim1 allmulticast off
		EOF
	done | ip -n "$b" -batch - || return
	soon missed dst=$stranger && soon own_only || return
	objects | diff "$work/before" -
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
mac=$(mac_of 1)
before=$(harm)
test_that "its own address, and all" own_only
test_that "promiscuous" promisc
test_that "all groups" allmulti
test_that "a group" multicast
test_that "many groups" many_groups
test_that "another address" other_address
test_that "a second address" second_address
test_that "tags" tags
test_that "without a filter for tags" no_tag_filter
test_that "other rings, down and up" survive
test_that "filters back and forth" back_and_forth
test_that "no harm done" same "counters" "$(harm)" "$before"
finish
