#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Two commands at once: what one measures with the other does not change, and it says who has it

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_patches

json="$work/result.json"

hook_on() { [[ $(<"$hooks/enable") != none ]]; }
locked() { grep -q "FLOCK .* $1 " /proc/locks; }
state() { cat "$hooks/enable" "$hooks/device"; grep -E '^(active|arg|mode) ' "$hooks/native" "$hooks/clock"; }

# refused PID COMMAND...: no word of the kernel's state has changed, and the holder is named
compared=state
refused() {
	local pid=$1 before
	shift

	before=$($compared)
	run 1 "$tool" "$@" && said "process $pid \\($holder\\)" || return
	[[ ! -s $work/out ]] || { echo "it has printed:"; cat "$work/out"; return 1; }
	[[ $($compared) == "$before" ]] || { diff <(echo "$before") <($compared); return 1; }
}

# all_refused PID: whatever the command, a reader too
all_refused() {
	refused "$1" hooks --hook tc --duration 0.1 && refused "$1" native && refused "$1" native off &&
		refused "$1" native set no_such_program --device lo && refused "$1" run table1 --quick
}

# A second terminal, while the first watches
beside_hooks() {
	local pid rc holder=".*hookcost hooks --hook xdp --interval 0.2"

	"${interruptible[@]}" "$tool" hooks --hook xdp --interval 0.2 >/dev/null 2>&1 &
	pid=$!
	await hook_on || { kill -KILL $pid; echo "no hook was turned on"; return 1; }
	all_refused $pid
	rc=$?
	kill -INT $pid
	wait $pid
	((rc == 0)) && all_off
}

# It changes the state itself; the rows are those of an undisturbed run
beside_run() {
	local pid rc holder=".*hookcost run table1 .*" compared=true

	"$tool" run table1 --samples 20000 --device veth --json "$json" >/dev/null 2>"$work/first" &
	pid=$!
	await hook_on || { kill -KILL $pid; cat "$work/first"; return 1; }
	all_refused $pid
	rc=$?
	wait $pid || { cat "$work/first"; return 1; }
	((rc == 0)) || return
	jq -e '[.benches[].facts.counts[].exact] | length > 5 and all' "$json" >/dev/null ||
		{ echo "the run was disturbed"; return 1; }
	all_off
}

# Readers do not disturb each other, and a writer waits for them
beside_reader() {
	local pid rc=0 holder="sleep 100"

	flock --shared --no-fork "$hooks/enable" sleep 100 &
	pid=$!
	await locked $pid || { kill -KILL $pid; echo "flock has no lock"; return 1; }
	run 0 "$tool" native && refused $pid native off && refused $pid hooks --duration 0.1 || rc=1
	kill $pid
	wait $pid
	return $rc
}

# Nothing is left of a process that is killed
killed() {
	local pid

	"$tool" hooks --hook xdp >/dev/null 2>&1 &
	pid=$!
	await hook_on || { kill -KILL $pid; echo "no hook was turned on"; return 1; }
	kill -KILL $pid
	wait $pid 2>/dev/null
	run 0 "$tool" native off || return
	echo none >"$hooks/enable"
	all_off
}

ktap_print_header
test_that "beside hookcost hooks" beside_hooks
test_that "beside hookcost run" beside_run
test_that "beside a reader" beside_reader
test_that "a killed process has no lock" killed
finish
