# SPDX-License-Identifier: GPL-2.0-only
# Sourced by device_traffic.sh, device_mlx5.sh, device_virtio.sh: hookcost run --device NETDEV
# while another machine sends: it is counted, judged, and does not disturb what is put back,
# however the run or the traffic ends
# shellcheck shell=bash

source "$(dirname "${BASH_SOURCE[0]}")/nic.sh"
need_root
need_tool
need_pair

has_pktgen() {
	[[ -d /proc/net/pktgen ]] || modprobe -d "${HOOKCOST_KMODULES:-/}" pktgen 2>/dev/null ||
		modprobe pktgen 2>/dev/null
	[[ -d /proc/net/pktgen ]]
}

with_program() {
	local rc

	"${interruptible[@]}" "$tool" run figure14a --batches 500 --device "$device" >/dev/null 2>&1 &
	pid=$!
	await attached || { kill -KILL $pid; echo "no program was attached"; return 1; }
	refused "nicA is in use: XDP of nicA has program" "$device"
	rc=$?
	kill -INT $pid
	wait $pid
	return $rc
}

frames() {
	local rc

	send frames
	over 0 figure14a --batches 2
	rc=$?
	stop_sending
	((rc == 0)) || return
	check figure14a 'sound, device("nic"), rows("path"; "ebpf"), positive("figure14a"; "ebpf_mpps", "ebpf_ns"),
		rows("figure14a"; "n_\(0, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120)"),
		never_invalid("program", "driver")' || return
	# one CPU is the sender's as well: nothing is ever missed over veth
	[[ $pair != veth ]] || check figure14a 'sound, some_code("sender")'
}

# The sum of what others send is not known, but that it has been made is
frames_sum() {
	local rc

	send frames
	over 0 figure14b --batches 2
	rc=$?
	stop_sending
	((rc == 0)) && check figure14b 'sound, never("program"), positive("figure14b"; "ebpf_mpps")'
}

# As many as it has now; 0: the driver does not say
queues() { ethtool -l nicA 2>/dev/null | awk '/^Combined:/ { n = $2 } END { print n + 0 }'; }

# It refuses to have fewer, as a table set by hand sends all frames to the second
keeps_queues() {
	local rc

	(($(queues) > 1)) || { echo "nicA has one queue"; return "$KSFT_SKIP"; }
	ethtool -X nicA weight 0 1 || return
	send frames
	over 0 figure14a --batches 2
	rc=$?
	stop_sending
	((rc)) || grep "nicA keeps its $(queues) receive queues (.*), of which one" "$work/out" || rc=1
	ethtool -X nicA default
	return $rc
}

half_way() {
	local rc

	send frames
	over 0 figure14a --batches 6 --wait 3 &
	pid=$!
	await attached
	sleep 10
	stop_sending
	wait $pid
	rc=$?
	((rc == 0)) || { cat "$work/err"; return 1; }
	# an emulated CPU may not have come to the first row in these 10 s
	if hides_times; then
		check figure14a 'sound, some_code("no_traffic"), some("nicA within 3 s")'
	else
		check figure14a 'sound, some_none("nicA within 3 s"), some_code("no_traffic"), rows("figure14a"; "n_0")'
	fi
}

gone() {
	local rc

	send frames
	run 1 "$tool" run figure14a --quick --batches 100 --device "$device" --json "$json" &
	pid=$!
	await attached
	sleep 1
	pull_out
	wait $pid
	rc=$?
	stop_sending
	! ip link show nicA 2>/dev/null || return
	put_in || return
	((rc == 0)) || return
	check figure14a || return
	# a message of each that has noticed, and no more
	(($(wc -l <"$work/err") <= 3)) || { cat "$work/err"; return 1; }
	grep -q "nicA" "$work/err" || { cat "$work/err"; return 1; }
}

bound() { ss -Huan 'sport = :4242' | grep -q .; }
listening() { ss -Hltn 'sport = :4242' | grep -q .; }

messages() {
	local rc h

	command -v sockperf >/dev/null || { echo "no sockperf"; return "$KSFT_SKIP"; }
	over 0 table1 --samples 2000 --wait 5 &
	h=$!
	# when the row that takes any frame has waited for one in vain
	await_every 0.2 300 bound || { kill $h; wait $h; echo "nobody waits for a datagram"; return 1; }
	send UDP
	# until the rows that are for UDP are through, and a connection is waited for
	await_every 0.2 300 listening
	stop_sending
	send TCP
	wait $h
	rc=$?
	stop_sending
	((rc == 0)) || { cat "$work/err"; return 1; }
	check table1 'sound, rows("table1"; ("xdp", "tcx", "cls_bpf", "sk_skb", "socket") + ("_udp", "_tcp")),
		positive("table1"; "floor"), because("table1"; "xdp_frames"; "no_traffic"),
		never_invalid("driver")' || return
	[[ $pair != veth ]] || check table1 'sound, never("driver")'
}

# ended SIGNAL STATUS: by it, in the middle of a run
ended() {
	send frames
	"${interruptible[@]}" "$tool" run figure14a --batches 500 --device "$device" >"$work/out" 2>"$work/err" &
	pid=$!
	await attached || { kill -KILL $pid; stop_sending; echo "the bench did not begin"; return 1; }
	sleep 0.5
	kill "-$1" $pid
	wait $pid
	rc=$?
	stop_sending
	((rc == $2)) || { echo "exit status $rc"; return 1; }
}

ktap_print_header
setup || skip_all "no pair with an end in another namespace"
has_pktgen || skip_all "no pktgen: CONFIG_NET_PKTGEN"
test_that "hookcost peer" peer_scripts
test_that "figure14a, frames come" same_state frames
test_that "figure14b, frames come" same_state frames_sum
test_that "it keeps its queues" same_state keeps_queues
test_that "figure14a, frames stop half-way" same_state half_way
! has_patches || test_that "table1, messages come" same_state messages
test_that "SIGINT" same_state ended INT 1
test_that "SIGKILL" same_state ended KILL 137
test_that "it has an XDP program" same_state with_program
test_that "it is gone half-way" gone
test_that "nothing is left on" all_off
finish
