#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# mlx5sim: a queue's next work request fails: error CQE, and the driver brings the queue back

source "$(dirname "$0")/lib.sh"
source "$(dirname "$0")/sim.sh"
need_sim_ports
need_command ping devlink

# A channel's send queues, in the order that the driver makes them
icosq=2
txq=3

# queue KIND N: the number of port 1's Nth one. RQ 1 is the one that drops all.
queue() {
	local kind id rest n=0

	while read -r kind id rest; do
		if [[ $kind == "$1" ]] && ((++n == $2)); then
			echo "$id"
			return
		fi
	done <"$sim/port1/queues"
	return 1
}

# field ID NAME: of a queue
field() { sed -n "s/^[sr]q $1 .*$2 \([0-9]*\).*/\1/p" "$sim/port1/queues"; }

# fault KIND N [SYNDROME]
fault() {
	id=$(queue "$1" "$2") || { echo "there is no $1 $2"; return 1; }
	errors=$(field "$id" errors)
	echo "$1 $id ${3:-}" >"$sim/port1/fault"
}

# recovered COUNTER: it has grown by one, the queue had one error and is ready
recovered() {
	back() { stats 1 && [[ $(stat "$1") == $((before_recovery + 1)) ]]; }
	await back "$1" || return
	same "errors of $id" "$(field "$id" errors)" $((errors + 1)) &&
		same "state of $id" "$(field "$id" state)" 1
}

tx_fault() {
	local cqe_err

	stats 1 || return
	before_recovery=$(stat tx_recover)
	cqe_err=$(stat tx_cqe_err)
	fault sq $txq "$1" || return
	! on 1 ping -c 1 -W 0.1 -q 10.204.0.1 >/dev/null || { echo "the packet got through"; return 1; }
	recovered tx_recover || return
	same "tx_cqe_err" "$(stat tx_cqe_err)" $((cqe_err + 1)) || return
	works
}

rx_fault() {
	local wqe_err

	stats 1 || return
	before_recovery=$(stat rx_recover)
	wqe_err=$(stat rx_wqe_err)
	fault rq 2 "$1" || return
	send_to 1 dst="$mac" || return
	recovered rx_recover || return
	(($(stat rx_wqe_err) > wqe_err)) || { echo "rx_wqe_err has not grown"; return 1; }
	works
}

# A length error is none that the driver recovers from: the queue stays as it is until it is
# made anew
length_fault() {
	local recovered

	stats 1 || return
	recovered=$(stat rx_recover)
	fault rq 2 1 || return
	send_to 1 dst="$mac" || return
	same "state of $id" "$(field "$id" state)" 3 || return
	send_to 1 dst="$mac" n=3 || return
	same "no_buffer of $id" "$(field "$id" no_buffer)" 3 || return
	set_link 1 down && set_link 1 up && works || return
	same "rx_recover" "$(stat_of 1 rx_recover)" "$recovered"
}

# Pages for a striding RQ come by way of this queue, when WQEs have been used up
icosq_fault() {
	# which a run whose kernel log has to be clean cannot have
	[[ ${MLX5SIM_WARN:-} ]] || { echo "the driver has a WARN for it; MLX5SIM_WARN=1 runs it"; return "$KSFT_SKIP"; }
	stats 1 || return
	before_recovery=$(stat rx_recover)
	fault sq $icosq || return
	echo 20000 2>/dev/null >$sim/port1/gen/run
	recovered rx_recover || return
	works
}

# With frames coming all the time, some of which are lost
under_traffic() {
	local i rc=0

	echo "$gen_rate" >$sim/port1/gen/rate
	echo 0 >$sim/port1/gen/start
	for ((i = 0; i < (rounds + 16) / 17 && ! rc; i++)); do
		tx_fault 2 && rx_fault 2
		rc=$?
	done
	echo 1 >$sim/port1/gen/stop
	echo 0 >$sim/port1/gen/rate
	return $rc
}

# Errors that follow each other too fast, as this one the tests before, are left to the user
left_to_user() {
	devlink health set "$health" reporter tx grace_period 100000 || return
	fault sq $txq || return
	on 1 ping -c 1 -W 0.1 -q 10.204.0.1 >/dev/null
	in_error() { devlink health show "$health" reporter tx | grep -q 'state error'; }
	await in_error || return
	same "state of $id" "$(field "$id" state)" 3 || return
	devlink health recover "$health" reporter tx || return
	devlink health show "$health" reporter tx | grep -q 'state healthy' || { echo "not healthy"; return 1; }
	devlink health set "$health" reporter tx grace_period 0
	works
}

diagnose() {
	devlink health diagnose "$health" reporter "$1" >"$work/diagnosis" || return
	grep -q 'HW state: 1' "$work/diagnosis" || { cat "$work/diagnosis"; return 1; }
}

unknown_queues() {
	! echo "sq 0x9999" 2>/dev/null >$sim/port1/fault || { echo "an SQ that there is not"; return 1; }
	! echo "rq $(queue sq 1)" 2>/dev/null >$sim/port1/fault || { echo "an SQ as an RQ"; return 1; }
}

mode() { on 1 ethtool --set-priv-flags sim1 "$@" && works >/dev/null; }
not_errors() { harm | grep -v tx_errors; }

ktap_print_header
wire_up || { echo "Bail out! no wire"; exit 1; }
mac=$(mac_of 1)
channels=$(on 1 ethtool -l sim1 2>/dev/null | awk '/^Combined/ { n = $2 } END { print n }')
on 1 ethtool -L sim1 combined 1 2>/dev/null &&
	cleanups+=("on 1 ethtool -L sim1 combined ${channels:-1}")
cleanups+=("mode rx_striding_rq on rx_cqe_compress off skb_tx_mpwqe on")
health=auxiliary/$(cd "/sys/bus/pci/devices/$(pci 1)" && echo mlx5_core.eth.*)/65535
for reporter in tx rx; do
	devlink health set "$health" reporter $reporter grace_period 0
done
await both_linked
before=$(not_errors)
for mpw in on off; do
	mode skb_tx_mpwqe $mpw
	for syndrome in 2 4 0x22; do
		test_that "SQ, multi-packet WQEs $mpw, syndrome $syndrome" tx_fault $syndrome
	done
done
for striding in on off; do
	for compression in off on; do
		mode rx_striding_rq $striding rx_cqe_compress $compression
		for syndrome in 2 4; do
			test_that "RQ, striding $striding, compression $compression, syndrome $syndrome" rx_fault $syndrome
		done
		test_that "RQ and SQ, striding $striding, compression $compression, under traffic" under_traffic
	done
done
mode rx_striding_rq on rx_cqe_compress off
test_that "RQ, a length error" length_fault
test_that "errors in a row: left to the user" left_to_user
# not of the RQs: Debian 12's devlink stops in the middle of it
test_that "diagnosis of SQs" diagnose tx
test_that "faults for queues that there are not" unknown_queues
test_that "no harm done" same "counters" "$(not_errors)" "$before"
test_that "ICOSQ" icosq_fault
finish
