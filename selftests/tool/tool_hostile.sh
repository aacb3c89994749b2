#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What somebody does to the tool who means no good, or kills it: no crash, no hang, nothing
# is left on, and what it can still say it says

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_patches

json="$work/result.json"
short=(run table1 --samples 100 --batches 1 --device veth)

programs() { "$here/bpf_count"; }
namespaces() { find /proc/[0-9]*/ns/net -printf '%l\n' 2>/dev/null | sort -u | wc -l; }

hook_on() { [[ $(<"$hooks/enable") != none ]]; }
native_on() { ! grep -qx 'active off' "$hooks/native"; }

# Nothing of it is on the machine any more; the kernel frees programs a moment later
left_alone() {
	same() { [[ $(programs) == "$programs_before" ]]; }
	gone() { (($(namespaces) <= namespaces_before)); }
	all_off || return
	await gone || { echo "a network namespace is left"; return 1; }
	await same || { echo "before: $programs_before, left: $(programs)"; return 1; }
	[[ $(netdevs) == "$netdevs_before" ]] || { echo "before: $netdevs_before, now: $(netdevs)"; return 1; }
}

# sane STATUS-REGEX COMMAND...: ends by itself, soon, in order
sane() {
	local regex=$1 rc
	shift

	timeout -k 1 60 "$@" >"$work/out" 2>"$work/err"
	rc=$?
	[[ $rc =~ ^($regex)$ ]] || { echo "exit status $rc: $*"; head -n 5 "$work/err"; return 1; }
	# a reason, if it says that it failed
	((rc == 0)) || [[ -s $work/err || -s $work/out ]] || { echo "exit status $rc, without a word"; return 1; }
	left_alone
}

# Files that are closed

no_stdin() { "$tool" "${short[@]}" <&- >"$work/out" 2>"$work/err" || hides_times || return; left_alone; }

no_stdout() {
	"$tool" "$@" >&- 2>"$work/err"
	(($? == 1)) || { echo "exit status 0"; return 1; }
	said "standard output" && left_alone
}

# The tables are on stderr then
no_json() {
	"$tool" "${short[@]}" --json - >&- 2>"$work/err"
	(($? == 1)) || { echo "exit status 0"; return 1; }
	grep -q "^hookcost: cannot write standard output" "$work/err" || { tail -n 3 "$work/err"; return 1; }
	left_alone
}

no_stderr() {
	"$tool" "${short[@]}" 2>&- >"$work/out" || hides_times || return
	grep -q "^  XDP" "$work/out" || { echo "no table"; return 1; }
	left_alone
}

# What goes to no terminal does not go to the file that has its number now
no_files() {
	"$tool" "${short[@]}" --json "$json" <&- >&- 2>&-
	(($? == 1)) || { echo "exit status 0"; return 1; }
	holds "$json" table1 complete >/dev/null || jq -e . "$json" >/dev/null || { echo "no result"; return 1; }
	left_alone
}

pipe_closed() {
	rm -f "$json"
	{ "$tool" "${short[@]}" --json "$json" 2>"$work/err"; echo $? >"$work/rc"; } | head -n 1 >"$work/out"
	(($(<"$work/rc") == 1)) || { echo "exit status $(<"$work/rc")"; return 1; }
	[[ ! -s $work/err ]] || { cat "$work/err"; return 1; }
	jq -e '.benches | length == 1' "$json" >/dev/null || { echo "the result is lost"; return 1; }
	left_alone
}

# The table is printed, one line says why there is no file
full_disk() {
	local dir="$work/full" rc=0

	mkdir "$dir"
	mount -t tmpfs -o size=4k tmpfs "$dir" || return
	"$tool" "${short[@]}" --json "$dir/result.json" >"$work/out" 2>"$work/err"
	(($? == 1)) || { echo "not exit status 1"; rc=1; }
	grep -q "^  XDP" "$work/out" || { echo "no table"; rc=1; }
	grep -q "result.json: No space" "$work/err" || { cat "$work/err"; rc=1; }
	[[ ! $(ls -A "$dir") ]] || { echo "left behind: $(ls -A "$dir")"; rc=1; }
	umount "$dir"
	((rc == 0)) && left_alone
}

file_limit() {
	rm -f "$json"
	(ulimit -f 4 && exec "$tool" "${short[@]}" --json "$json") >/dev/null 2>"$work/err"
	(($? == 1)) || { echo "not exit status 1"; cat "$work/err"; return 1; }
	grep -q "result.json: File too large" "$work/err" || { cat "$work/err"; return 1; }
	[[ ! -e $json ]] || { echo "half a file"; return 1; }
	left_alone
}

# limited OPTION VALUE...: each of them in turn
limited() {
	local option=$1 value
	shift

	for value; do
		# 127: too little for the libraries already
		sane '0|1|4|127' bash -c "ulimit $option $value && exec \"\$@\"" - "$tool" "${short[@]}" ||
			{ echo "ulimit $option $value"; return 1; }
	done
}

# without COMMANDS STATUS-REGEX ARGUMENT...: in a mount namespace of its own, after them
without() {
	local script=$1 regex=$2
	shift 2

	sane "$regex" unshare -m --propagation private bash -c "$script && exec \"\$@\"" - "$tool" "$@"
}
no_sys='mount -t tmpfs tmpfs /sys'
no_proc='mount -t tmpfs tmpfs /proc'
no_debugfs='umount -l /sys/kernel/debug'

# Odd values

long=$(printf 'x%.0s' {1..5000})

# odd ARGUMENT...: refused, in a line or two that are not longer than what was given
odd() {
	sane 1 "$tool" "$@" || return
	(($(wc -l <"$work/err") <= 3)) || { cat "$work/err"; return 1; }
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 1 "$work/out")"; return 1; }
}

odd_environment() {
	sane '0|1|4' env HOOKCOST_TARGET="$(printf '%%n%%s\n"\\\001')$long" "$tool" "${short[@]}" --json "$json" || return
	jq -e .environment.target "$json" >/dev/null || { echo "no JSON"; return 1; }
	sane '1|4' env HOOKCOST_DEBUGFS="$long" "$tool" "${short[@]}" || return
	sane '1|4' env HOOKCOST_DEBUGFS=/dev/null "$tool" "${short[@]}" || return
	sane '0|1|4' env -i "$tool" "${short[@]}" || return
	sane '0|1|4' env PATH= TMPDIR=/nonexistent HOME=/dev/null TERM="$long" LC_ALL=xx_XX.UTF-99 "$tool" "${short[@]}"
}

# A baseline that was not written by hookcost
baseline() {
	printf '%b' "$1" >"$work/baseline"
	sane '0|1|4' "$tool" run jitcheck --quick --batches 1 --baseline "$work/baseline"
}

no_file_of_it() {
	local what

	for what in /dev/full "$work" "$work/absent" "$here/lib.sh/x" "$work/$long"; do
		sane 1 "$tool" run jitcheck --quick --batches 1 --baseline "$what" || return
	done
}

# Killed in the middle, by the signal that nobody can catch

# stopped_when WHEN PID: it may go off again before the kill, unless the process stands still
stopped_when() {
	kill -STOP "$2"
	! "$1" || return 0
	kill -CONT "$2"
	return 1
}

killed() {
	local when=$1 pid
	shift

	"$tool" run "$@" >/dev/null 2>&1 &
	pid=$!
	await stopped_when "$when" $pid || { kill -KILL $pid; echo "the bench did not begin"; return 1; }
	kill -KILL $pid
	wait $pid 2>/dev/null
	return 0
}

# recovers WHAT WHEN BENCH...: the next run names it, turns it off, and measures as ever
recovers() {
	local what=$1
	shift

	killed "$@" || return
	! all_off >/dev/null || { echo "nothing was left on"; return 1; }
	run_to_end "$tool" "${short[@]}" --json "$json" || return
	grep -q "^hookcost: turned off what was left on: .*$what" "$work/err" || { cat "$work/err"; return 1; }
	jq -e '[.benches[].facts.counts[].exact] | length > 5 and all' "$json" >/dev/null ||
		{ echo "counts are not exact"; return 1; }
	left_alone || return
	# once is enough
	run_to_end "$tool" "${short[@]}" || return
	! grep -q "left on" "$work/err"
}

native_off() { ! native_on; }

# goes WHAT WHEN BENCH...: what belongs to a netdev goes with the namespace of the one killed
goes() {
	local what=$1
	shift

	killed "$@" || return
	await native_off || { echo "$what is still on"; return 1; }
	run_to_end "$tool" "${short[@]}" --json "$json" || return
	jq -e '[.benches[].facts.counts[].exact] | length > 5 and all' "$json" >/dev/null ||
		{ echo "counts are not exact"; return 1; }
	left_alone
}

set_by_hand() {
	echo ordered >"$hooks/clock"
	echo "xdp tc" >"$hooks/enable"
	run_to_end "$tool" "${short[@]}" || return
	grep -q "left on: hooks xdp tc, clock ordered" "$work/err" || { cat "$work/err"; return 1; }
	left_alone
}

two_at_once() {
	local pid rc

	"$tool" run table1 --samples 20000 --device veth --json "$json" >/dev/null 2>&1 &
	pid=$!
	await hook_on || { kill -KILL $pid; return 1; }
	run 1 "$tool" "${short[@]}" && said "process $pid \\(.*hookcost run table1"
	rc=$?
	wait $pid
	((rc == 0)) || return
	jq -e '[.benches[].facts.counts[].exact] | length > 5 and all' "$json" >/dev/null ||
		{ echo "the first one was disturbed"; return 1; }
	left_alone
}

programs_before=$(programs)
namespaces_before=$(namespaces)
netdevs_before=$(netdevs)

ktap_print_header
test_that "stdin closed" no_stdin
test_that "stdout closed: list" no_stdout list
test_that "stdout closed: doctor" no_stdout doctor
test_that "stdout closed: run" no_stdout "${short[@]}"
test_that "stdout closed: --json -" no_json
test_that "stderr closed" no_stderr
test_that "all three closed" no_files
test_that "the reader of the pipe is gone" pipe_closed
test_that "full disk" full_disk
test_that "files may not grow" file_limit
test_that "no locked memory" limited -l 0 8
test_that "few open files" limited -n 3 4 5 6 8 12 16 24
test_that "little memory" limited -v 4000 20000 60000
test_that "no /sys: run" without "$no_sys" '1|4' "${short[@]}"
test_that "no /sys: run table3" without "$no_sys" '0|1|4' run table3 --quick --batches 1
test_that "no /sys: doctor" without "$no_sys" 1 doctor
test_that "no /sys: hooks" without "$no_sys" '1|4' hooks --duration 0.1
test_that "no /sys: native" without "$no_sys" 1 native
test_that "no /proc: run" without "$no_proc" '1|4' "${short[@]}"
test_that "no /proc: doctor" without "$no_proc" '0|1' doctor
test_that "no debugfs: run" without "$no_debugfs" 4 "${short[@]}"
test_that "no debugfs: native" without "$no_debugfs" 1 native
test_that "--json, an endless name" odd "${short[@]}" --json "$work/$long"
test_that "--json, no name" odd "${short[@]}" --json ""
test_that "--json, in /proc" odd "${short[@]}" --json /proc/result.json
test_that "--device, an endless name" odd run table1 --device "$long"
test_that "--device, a format" odd run table1 --device '%n%s%p'
test_that "--device, lines" odd run table1 --device $'lo\nhc0b'
test_that "a bench, an endless name" odd run "$long"
test_that "a bench, a format" odd run '%s%n'
test_that "--batches, hexadecimal" odd run table1 --batches 0x10
test_that "--samples, with a sign" odd run table1 --samples +5
test_that "native, a format" odd native set '%s%n' --device veth0
test_that "native, two lines" odd native set $'drop\nempty' --device veth0
test_that "native, an endless name" odd native set "$long" --device veth0
test_that "hooks, an endless time" odd hooks --duration 1e400
test_that "hooks, no number" odd hooks --duration nan
test_that "hooks, below 0" odd hooks --interval=-1
test_that "environment" odd_environment
test_that "--baseline, no file of the tool's" no_file_of_it
test_that "--baseline, empty" baseline ''
test_that "--baseline, no JSON" baseline '\001\002{{{'
test_that "--baseline, cut short" baseline '{"schema": "hookcost/1", "benches": [{"name": "jitch'
test_that "--baseline, other types" baseline '{"schema": 1, "benches": {"name": []}}'
test_that "--baseline, no rows" baseline '{"schema": "hookcost/1", "benches": [{"name": "jitcheck", "tables": [{"key": "main", "rows": 7}]}]}'
test_that "--baseline, deep" baseline "$(printf '[%.0s' {1..5000})"
test_that "SIGKILL while a hook is on" recovers "hooks" hook_on table1 --device veth
test_that "SIGKILL while a native program is on" goes "native program" native_on figure14a --device veth
test_that "what was set by hand is named, too" set_by_hand
test_that "two at once" two_at_once
finish
