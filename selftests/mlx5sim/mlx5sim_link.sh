#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: the link: a cable that is pulled, an end that is down; carrier, events, counters

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping

# downs PORT: link_down_events as the model and as the driver count them; they must agree
downs() {
	local model driver

	model=$(count "$1" link_downs)
	driver=$(stat_of "$1" link_down_events_phy) || return
	[[ $model == "$driver" ]] || { echo "link_downs $model, link_down_events_phy $driver" >&2; return 1; }
	echo "$model"
}

# down_up DOWN UP: commands that take the link and bring it back; both ends see it once
down_up() {
	local before0 before1

	before0=$(downs 0) && before1=$(downs 1) || return
	eval "$1"
	await both_unlinked || return
	eval "$2"
	await both_linked || return
	same "port 0 went down" "$(downs 0)" $((before0 + 1)) || return
	same "port 1 went down" "$(downs 1)" $((before1 + 1)) || return
	pings
}

pull_and_plug() { down_up "echo 0 >$sim/port$1/cable" "echo 1 >$sim/port$1/cable"; }

# An end that is down has no carrier to show; the other one's is gone
end_down() {
	local port=$1 other=$((1 - $1)) before

	before=$(downs $other) || return
	set_link "$port" down
	await has_link $other 0 || return
	has_link "$port" 0 || { echo "port $port has a link and is down"; return 1; }
	set_link "$port" up
	await both_linked || return
	same "port $other went down" "$(downs $other)" $((before + 1)) || return
	know_each_other
	pings
}

# The cable's two ends are one: either pulled, it is out
both_ends_pulled() {
	echo 0 >$sim/port0/cable
	echo 0 >$sim/port1/cable
	await both_unlinked || return
	echo 1 >$sim/port0/cable
	sleep 0.1
	both_unlinked || { echo "a link over half a cable"; return 1; }
	echo 1 >$sim/port1/cable
	await both_linked && pings
}

# No event when nothing changes. An interrupt may be a command's of the kernel's own, once,
# as when it tells of the link's last change.
no_event() {
	local before after try

	for try in {1..5}; do
		before=$(count 0 interrupts)
		echo 1 >$sim/port0/cable
		echo 1 >$sim/port1/cable
		after=$(count 0 interrupts)
		((after != before)) || return 0
		echo "try $try: $((after - before)) interrupts"
		sleep 0.5
	done
	return 1
}

speed() { on 0 ethtool sim0; }
speed_with_link() { speed | grep -q 'Speed: 100000Mb/s' && speed | grep -q 'Link detected: yes'; }
speed_without() {
	echo 0 >$sim/port1/cable
	await both_unlinked || return
	speed >"$work/speed"
	echo 1 >$sim/port1/cable
	await both_linked || return
	grep -q 'Speed: Unknown' "$work/speed" && grep -q 'Link detected: no' "$work/speed" ||
		{ cat "$work/speed"; return 1; }
}

# Frames that arrive at a port without link are counted, and are in no other counter
lost_without_link() {
	local rx no_link phy

	echo 0 >$sim/port0/cable
	await both_unlinked || return
	rx=$(count 1 rx_frames)
	no_link=$(count 1 rx_no_link)
	phy=$(stat_of 1 rx_packets_phy)
	send_to 1 n=7 dst="$(mac_of 1)"
	same "rx_no_link" "$(count 1 rx_no_link)" $((no_link + 7)) &&
		same "rx_frames" "$(count 1 rx_frames)" "$rx" &&
		same "rx_packets_phy" "$(stat_of 1 rx_packets_phy)" "$phy"
	local rc=$?
	echo 1 >$sim/port0/cable
	await both_linked && return $rc
}

# The generator refuses a port without link, and stops when the link goes
generator_stops() {
	local rc

	echo 1000 >$sim/port1/gen/rate
	echo 0 >$sim/port1/gen/start
	await eval "((\$(number 1 gen/status sent) > 5))" || return
	echo 0 >$sim/port0/cable
	await eval "[[ \$(number 1 gen/status running) == 0 ]]" || return
	! echo 0 2>/dev/null >$sim/port1/gen/start || { echo "it starts without link"; return 1; }
	echo 1 >$sim/port0/cable
	await both_linked
	rc=$?
	echo 0 >$sim/port1/gen/rate
	return $rc
}

flapping() {
	local before i

	before=$(downs 0) || return
	for ((i = 0; i < rounds; i++)); do
		echo 0 >$sim/port$((i & 1))/cable
		echo 1 >$sim/port$((i & 1))/cable
	done
	await both_linked || return
	same "times down" "$(downs 0)" $((before + rounds)) && pings
}

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
before=$(harm)
test_that "with link: speed, traffic" eval "speed_with_link && pings"
test_that "without link: no speed" speed_without
test_that "port 0's cable out and in" pull_and_plug 0
test_that "port 1's cable out and in" pull_and_plug 1
test_that "both ends of the cable out and in" both_ends_pulled
test_that "port 0 down and up" end_down 0
test_that "port 1 down and up" end_down 1
test_that "a cable that is plugged already: no event" no_event
test_that "frames to a port without link" lost_without_link
test_that "the generator ends with the link" generator_stops
test_that "a loose contact" flapping
test_that "no harm done" same "counters" "$(harm)" "$before"
finish
