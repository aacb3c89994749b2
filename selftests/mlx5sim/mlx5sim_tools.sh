#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Debian's xdp-tools over mlx5sim: what xdp-bench, xdp-monitor, xdp-filter, xdp-loader and xdpdump
# count, and what the driver counts, is what the port's generator has sent. What xdp-bench and
# xdp-monitor print are rates, rounded; so their maps are asked.

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command bpftool jq xdp-bench xdp-monitor xdp-filter xdp-loader xdpdump

frames=2000
# To the discard port, whatever a test before has had the generator make
make_template() {
	"$here/sim_frame" "$sim/port1/gen/template" dst="$(mac_of 1)" src=02:00:00:00:00:01 \
		ip=10.204.0.1,10.204.0.2 udp=1024,9 len=60 || return
	echo 1 >"$sim/port1/gen/flows" && echo 64 >"$sim/port1/gen/burst" && echo 0 >"$sim/port1/gen/rate"
}
has_program() { ip -n "$b" -d link show sim1 | grep -q 'prog/xdp'; }
has_none() { ! has_program; }
generate_frames() { echo "$frames" >"$sim/port1/gen/run" && same "generated" "$(number 1 gen/status taken)" "$frames"; }

# start TOOL ARGUMENT...: in the port's namespace, $pid is its process
start() {
	nsenter --net="/run/netns/$b" "${interruptible[@]}" "$@" >"$work/$1" 2>&1 &
	pid=$!
}

# end TOOL PID: as by Ctrl-C
end() {
	kill -INT "$2"
	wait "$2" || { echo "$1: exit status $?"; cat "$work/$1"; return 1; }
}

# The ids of maps of this name, the eldest first
maps() { bpftool -j map show | jq --arg name "$1" '[.[] | select(.name == $name).id] | sort | .[]'; }
# counted MAP FIELD: the sum over a map of xdp-tools, all keys and CPUs
counted() { bpftool -j map dump id "$1" | jq --arg field "$2" '[.[].formatted | .. | objects[$field] // empty] | add // 0'; }

# What the driver has counted more than at the last look
look() {
	stats 1
	last=()
	while read -r name value; do last[${name%:}]=$value; done <"$work/stats"
}
declare -A last
# driver NAME: since the last look
driver() { stats 1; echo $(($(stat "$1") - ${last[$1]})); }

# bench MODE COUNTER [FIELD]: xdp-bench's program sees all frames, and the driver does what it says
bench() {
	local mode=$1 counter=$2 field=${3:-processed} map rc=0

	look
	start xdp-bench "$mode" sim1
	await has_program || { cat "$work/xdp-bench"; kill $pid; return 1; }
	map=$(maps rx_cnt)
	same "counted before" "$(counted "$map" processed)" 0 && generate_frames &&
		same "xdp-bench: processed" "$(counted "$map" processed)" $frames &&
		same "xdp-bench: $field" "$(counted "$map" "$field")" $frames &&
		same "driver: $counter" "$(driver "$counter")" $frames
	rc=$?
	end xdp-bench $pid && await has_none && return $rc
}

# has_timer: $pid, which makes it when its programs are attached
has_timer() { readlink "/proc/$pid"/fd/* 2>/dev/null | grep -qxF 'anon_inode:[timerfd]'; }
# waits FOR: $pid, for so many things by epoll
waits() { (($(cat "/proc/$pid"/fdinfo/* 2>/dev/null | grep -c '^tfd:') >= $1)); }

# monitor ARGUMENT...: xdp-monitor, $monitor, until it waits for the end of its first interval
monitor() {
	start xdp-monitor -i 1 "$@"
	monitor=$pid
	await_every 0.05 1000 has_timer || { cat "$work/xdp-monitor"; kill "$monitor"; return 1; }
}

# redirect MODE: to a veth device, whose peer gets them; xdp-monitor sees them go
redirect() {
	local redirected sent map rc

	monitor -s || return
	redirected=$(maps redir_err_cnt)
	look
	start xdp-bench "$1" sim1 out1
	await has_program || { cat "$work/xdp-bench"; kill $pid $monitor; return 1; }
	map=$(maps rx_cnt | tail -n 1)
	sent=$(received_behind)
	generate_frames &&
		same "xdp-bench: processed" "$(counted "$map" processed)" $frames &&
		same "driver: rx_xdp_redirect" "$(driver rx_xdp_redirect)" $frames &&
		same "behind veth" $(($(received_behind) - sent)) $frames &&
		same "xdp-monitor: redirects" "$(counted "$redirected" processed)" $frames
	rc=$?
	end xdp-bench $pid && end xdp-monitor $monitor && await has_none && return $rc
}
received_behind() { ip -n "$b" -j -s link show out2 | jq '.[0].stats64.rx.packets'; }

# To a netdev that is down: an exception each, and none arrives
refused_redirect() {
	local failed sent rc

	monitor || return
	failed=$(maps redir_err_cnt)
	start xdp-bench redirect sim1 out1
	await has_program || { cat "$work/xdp-bench"; kill $pid $monitor; return 1; }
	ip -n "$b" link set out1 down
	sent=$(received_behind)
	generate_frames && same "behind veth" $(($(received_behind) - sent)) 0 &&
		# the map's keys are error codes, 0 is success
		same "xdp-monitor: errors" "$(bpftool -j map dump id "$failed" |
			jq '[.[] | select(.formatted.key != 0).formatted | .. | objects.dropped // empty] | add')" $frames
	rc=$?
	ip -n "$b" link set out1 up
	end xdp-bench $pid && end xdp-monitor $monitor && await has_none && return $rc
}

filter() {
	local rc

	on 1 xdp-filter load -m native -f udp sim1 && on 1 xdp-filter port -p udp -m dst 9 || return
	look
	generate_frames || return
	# its exit status is an error where not all of its maps are there, in 1.3.1
	on 1 xdp-filter status >"$work/status"
	same "xdp-filter: dropped" "$(awk '$1 == "XDP_DROP" { print $2 }' "$work/status")" $frames &&
		same "xdp-filter: hits" "$(awk '$1 == 9 { print $3 }' "$work/status")" $frames &&
		same "driver: rx_xdp_drop" "$(driver rx_xdp_drop)" $frames
	rc=$?
	on 1 xdp-filter unload sim1 && await has_none && return $rc
}

objects=$(dirname "$(find /usr/lib -name xdpfilt_alw_all.o -print -quit 2>/dev/null)")

# Two programs behind libxdp's dispatcher (freplace): one allows all, the second denies all
dispatcher() {
	local rc

	[[ -e $objects/xdpfilt_alw_all.o ]] || { echo "no xdp-filter objects"; return "$KSFT_SKIP"; }
	on 1 xdp-loader load -m native sim1 "$objects/xdpfilt_alw_all.o" "$objects/xdpfilt_dny_all.o" || return
	on 1 xdp-loader status sim1 >"$work/status"
	look
	same "components" "$(grep -c '^ => .*xdpfilt_' "$work/status")" 2 &&
		same "programs" "$(bpftool -j prog show | jq '[.[] | select(.type == "ext")] | length')" 2 &&
		generate_frames && same "driver: rx_xdp_drop" "$(driver rx_xdp_drop)" $frames
	rc=$?
	dumped || rc=$?
	on 1 xdp-loader unload sim1 --all && await has_none && return $rc
}

# Each frame before and after the dispatcher, by fentry and fexit; what was written can be read again
dumped() {
	local dump

	start xdpdump -i sim1 --rx-capture entry,exit -w "$work/dump.pcapng"
	dump=$pid
	# for each CPU's ring
	await waits "$(getconf _NPROCESSORS_ONLN)" || { cat "$work/xdpdump"; kill $dump; return 1; }
	look
	# its ring has room for some hundred frames of its default size, and it has to get its turns
	for ((i = 0; i < frames; i += 100)); do
		echo 100 >"$sim/port1/gen/run"
		nap
	done
	captured() { [[ -s $work/dump.pcapng ]]; }
	await captured
	end xdpdump $dump || return
	same "driver: rx_xdp_drop" "$(driver rx_xdp_drop)" $frames || return
	[[ -x $tool ]] || { echo "no hookcost tool, which counts the frames in the capture"; return 1; }
	"$tool" prog "$objects/xdpfilt_alw_all.o" --quiet --brief --batches 1 --pcap "$work/dump.pcapng" \
		--json "$work/dump.json" >/dev/null 2>"$work/err" || { cat "$work/err"; return 1; }
	same "frames in the capture" "$(jq '.benches[0].facts.frames.packets' "$work/dump.json")" $((2 * frames))
}

# It counts cycles or instructions: where there is no such counter, bpftool says so
profile() {
	local status=0

	start xdp-bench drop sim1
	await has_program || { kill $pid; return 1; }
	timeout 20 bpftool prog profile id "$(on 1 bpftool -j net show dev sim1 | jq '.[0].xdp[0].id')" \
		duration 1 cycles >"$work/profile" 2>&1 || status=$?
	end xdp-bench $pid
	await has_none
	if grep -q 'not supported' "$work/profile"; then
		echo "this bpftool was built without it"
		return "$KSFT_SKIP"
	fi
	if ((status)); then
		echo "bpftool: $(head -n 1 "$work/profile")"
		[[ -e /sys/bus/event_source/devices/cpu ]] || return "$KSFT_SKIP"
		return 1
	fi
	grep -q run_cnt "$work/profile"
}

left() { ls /sys/fs/bpf/xdp 2>/dev/null; bpftool -j prog show | jq -r '.[].name // ""' | sort; }

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
ip -n "$b" link add out1 type veth peer name out2 &&
	ip -n "$b" link set out1 up && ip -n "$b" link set out2 up || { echo "Bail out! no veth"; exit 1; }
# veth takes redirected frames if its peer polls
on 1 ethtool -K out2 gro on
on 1 sh -c 'echo 1 | tee /proc/sys/net/ipv6/conf/*/disable_ipv6 >/dev/null'
make_template || { echo "Bail out! no template"; exit 1; }
before=$(harm)
left_before=$(left)
test_that "xdp-bench drop" bench drop rx_xdp_drop dropped
test_that "xdp-bench pass" bench pass rx_packets
test_that "xdp-bench tx" bench tx rx_xdp_tx_xmit
test_that "xdp-bench redirect, xdp-monitor" redirect redirect
test_that "xdp-bench redirect-map, xdp-monitor" redirect redirect-map
test_that "xdp-monitor: errors" refused_redirect
test_that "xdp-filter" filter
test_that "xdp-loader and its dispatcher, xdpdump" dispatcher
test_that "bpftool prog profile" profile
test_that "nothing is left" same "programs and pins" "$(left)" "$left_before"
test_that "no harm done" same "counters" "$(harm)" "$before"
finish
