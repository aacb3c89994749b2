#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# probe.jq, and nothing stays on; what is on because of somebody else is seen

source "$(dirname "$0")/bench.sh"

stats_off() { ! "$tool" doctor --json | tr -d ' \n' | grep -q '"bpf_runs_counted":true'; }
after_each() { result "statistics of programs are off again" stats_off; }

table

stopped() {
	local pid rc

	rm -f "$json" "$work/out"
	"$tool" run probe --batches 1000 --device veth --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	# in the midst of it
	await has_header || { cat "$work/err"; return 1; }
	sleep 1.5
	kill -TERM $pid || return
	wait $pid
	rc=$?
	((rc == 1)) || { echo "exit status $rc"; cat "$work/err"; return 1; }
	stats_off || { echo "statistics are on"; return 1; }
	all_off && holds "$json" probe interrupted
}
test_that "interrupted: nothing is left on" stopped

# Somebody else has statistics on: what was to be off was not, and the counts say so
held() {
	local fd rc

	exec {fd}> >(exec "$here/bpf_stats" >"$work/held")
	await test -s "$work/held" || return
	[[ $(<"$work/held") == on ]] || { cat "$work/held"; return 1; }
	"$tool" run probe --quick --batches 1 --device veth --json "$json" >"$work/out" 2>"$work/err"
	rc=$?
	exec {fd}>&-
	((rc == KSFT_SKIP)) || { echo "exit status $rc"; return 1; }
	holds "$json" probe 'sound, some_code("program")'
}
test_that "bpf_stats held by another: no row, and the counts show it" held

without_native "all but the update alone"
finish
