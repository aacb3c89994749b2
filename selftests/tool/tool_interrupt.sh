#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A signal in the middle of a run: rows are kept, the machine is as it was

source "$(dirname "$0")/lib.sh"
need_root
need_tool

json="$work/result.json"

namespaces() { find /proc/[0-9]*/ns/net -printf '%l\n' 2>/dev/null | sort -u | wc -l; }
programs() { "$here/bpf_count"; }

# The check before the run turns the same things on; behind it is the header.
# True once the bench is at work: its hook, or its native program, is on
hook_on() { [[ $(<"$hooks/enable") != none ]]; }
native_on() { ! grep -qx 'active off' "$hooks/native"; }
started() { [[ $(programs) != "$programs_before" ]]; }
# Its netdevs are; the programs of the check before the run may still be there
lent() {
	[[ -d /sys/module/mlx5sim ]] || { started; return; }
	[[ $(netdevs) != "$links" ]]
}

# interrupted SIGNAL WHEN BENCH...
interrupted() {
	local signal=$1 when=$2 namespaces_before programs_before links pid rc
	shift 2

	namespaces_before=$(namespaces)
	programs_before=$(programs)
	links=$(netdevs)
	# nor may the header of the run before be taken for this one's
	rm -f "$json" "$work/out"
	"${interruptible[@]}" "$tool" run "$@" --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	{ await has_header && await "$when"; } || { kill -KILL $pid; echo "the bench did not begin"; return 1; }
	kill "-$signal" $pid
	wait $pid
	rc=$?

	((rc == 1)) || { echo "exit status $rc"; return 1; }
	said "interrupted" || return
	all_off || return
	[[ $(netdevs) == "$links" ]] || { echo "before: $links, now: $(netdevs)"; return 1; }
	# nor does it free namespaces at once, an earlier run's among them
	gone() { (($(namespaces) <= namespaces_before)); }
	await gone || { echo "a network namespace is left"; return 1; }
	# the kernel frees programs a moment later
	same() { [[ $(programs) == "$programs_before" ]]; }
	await same || { echo "before: $programs_before, left: $(programs)"; return 1; }
	holds "$json" "$1" interrupted
}

# The first bench is done, the second is not: its rows are all there
keeps_rows() {
	rm -f "$json" "$work/out"
	"${interruptible[@]}" "$tool" run table3 table1 --quick --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	{ await has_header && await hook_on; } || { kill -KILL $pid; echo "table1 did not begin"; return 1; }
	kill -INT $pid
	wait $pid
	(($? == 1)) || { echo "exit status 0"; return 1; }
	holds "$json" table3 complete
}

twice() {
	interrupted "$@" && interrupted "$@"
}

# ignored SIGNAL: the run goes on, to its end
ignored() {
	local signal=$1 rc

	rm -f "$json" "$work/out"
	"${interruptible[@]}" env --ignore-signal="$signal" "$tool" run table3 --quick --json "$json" \
		>"$work/out" 2>"$work/err" &
	pid=$!
	await has_header || { kill -KILL $pid; echo "the bench did not begin"; return 1; }
	kill "-$signal" $pid
	wait $pid
	rc=$?
	((rc == 0)) || hides_times || { echo "exit status $rc"; cat "$work/err"; return 1; }
	holds "$json" table3
}

# Live output ends in good order, too
live_hooks() {
	"${interruptible[@]}" "$tool" hooks --interval 0.05 >"$work/out" 2>"$work/err" &
	pid=$!
	await hook_on || { kill -KILL $pid; echo "no hook was turned on"; return 1; }
	sleep 0.2
	kill -INT $pid
	wait $pid
	rc=$?
	((rc == 0)) || { echo "exit status $rc"; cat "$work/err"; return 1; }
	all_off
}

ktap_print_header
test_that "SIGINT in table3" interrupted INT started table3
test_that "SIGINT in table6" interrupted INT started table6
for signal in HUP INT TERM; do
	test_that "SIG$signal where it is ignored, in table3" ignored $signal
done
if ! has_patches; then
	test_that "SIGINT in figure14a" interrupted INT started figure14a --device veth
	test_that "SIGTERM in figure14a" interrupted TERM started figure14a --device veth
	finish
fi
test_that "SIGINT in table1" interrupted INT hook_on table1
test_that "SIGTERM in table1" interrupted TERM hook_on table1
test_that "SIGHUP in table1" interrupted HUP hook_on table1
test_that "SIGINT in table4" interrupted INT started table4
test_that "SIGTERM in figure13" interrupted TERM started figure13
test_that "SIGINT in figure14a, a native program on" interrupted INT native_on figure14a
test_that "SIGINT in figure14b, two times" twice INT native_on figure14b
test_that "SIGINT in figure10" interrupted INT lent figure10
test_that "SIGTERM in figure12" interrupted TERM lent figure12
test_that "SIGINT in drop" interrupted INT lent drop
test_that "rows measured before are kept" keeps_rows
test_that "SIGINT in hooks" live_hooks
finish
