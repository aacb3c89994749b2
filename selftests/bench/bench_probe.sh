#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# probe: every packet is seen by what is on and by nothing else, histograms and mean have
# their cost and size, and nothing stays on

source "$(dirname "$0")/bench.sh"
need_root
need_tool

stats_off() { ! "$tool" doctor --json | tr -d ' \n' | grep -q '"bpf_runs_counted":true'; }

for over in $(devices); do
	run_bench probe --batches 4 --device "$over"
	expect "it is the device" device "$over"
	expect "all off, and bpf_stats" rows probe off stats
	expect "times and rates" positive probe ns mpps
	expect_model probe
	expect "each frame dropped, and seen by what is on alone" never "frames sent"
	expect "the size of a mean" rows memory stats
	result "statistics of programs are off again" stats_off
	if ! has_patches; then
		expect "the probe's rows say what is missing" some-none hookcost
		continue
	fi
	expect "the probe by both clocks" rows probe plain ordered
	expect "more is on, more it takes" ascending probe ns off plain ordered
	expect "what it consists of" rows parts read
	expect "sizes" positive memory bytes
	expect "each phase has a histogram" ascending memory bytes stats probe
	expect "the cost of a mean" time-fact mean_ns
	expect "and of a histogram" time-fact per_histogram_ns
	if has_module hookcost_native; then
		expect "a histogram's update alone" rows parts update
		expect "a probe of its own with one" time-fact interval_ns
		expect "a native program for another netdev" rows probe elsewhere
		expect "what that costs an XDP program" time-fact elsewhere_ns
	fi
done
over=

stopped() {
	local pid rc

	rm -f "$json" "$work/out"
	"$tool" run probe --batches 1000 --device veth --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	# in the midst of it
	await grep -qs "^paper:" "$work/out" || { cat "$work/err"; return 1; }
	sleep 1.5
	kill -TERM $pid || return
	wait $pid
	rc=$?
	((rc == 1)) || { echo "exit status $rc"; cat "$work/err"; return 1; }
	stats_off || { echo "statistics are on"; return 1; }
	all_off && "$here/bench_check" "$json" probe interrupted
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
	"$here/bench_check" "$json" probe some "runs counted"
}
test_that "bpf_stats held by another: no row, and the counts show it" held

without_native() {
	rmmod hookcost_native || return
	rm -f "$json"
	"$tool" run probe --quick --batches 1 --device veth --json "$json" >"$work/out" 2>"$work/err"
	local rc=$?
	insmod "$module" || return
	((rc == 0)) || { ((rc == KSFT_SKIP)) && hides_times; } || { echo "exit status $rc"; return 1; }
	"$here/bench_check" "$json" probe some-none "load hookcost_native.ko"
}
# where the module is loaded from, and can be taken out
module=${HOOKCOST_MODULES:-}/hookcost_native.ko
if [[ -r $module ]]; then
	test_that "without hookcost_native, all but the update alone" without_native
else
	ktap_test_skip "without hookcost_native: no HOOKCOST_MODULES"
fi
finish
