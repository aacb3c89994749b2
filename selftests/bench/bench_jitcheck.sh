#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# jitcheck: every loop is JITed and measured, and compared with a baseline

source "$(dirname "$0")/bench.sh"

loops=(jit_{fib,sum,copy,array,branch,divide,alu32})

# A loop that a disturbed run could not measure is not compared, so that takes another run
compared() {
	local baseline="$work/baseline.json" tries=3

	while ((tries--)); do
		mv "$json" "$baseline"
		run_to_end "$tool" run jitcheck --quick --json "$json" --baseline "$baseline" || return
		! hides_times || break
		! grep -q " of ${#loops[@]} programs " "$work/out" || break
	done
}

run_bench jitcheck
expect "every loop" rows jitcheck "${loops[@]}"
expect "all are JITed" never "not JITed"
expect "times" positive jitcheck ns median
expect "instructions" positive jitcheck insns
test_that "again, compared with the first run" compared
expect "its code is the same" fact other_code 0
# without times there is nothing to compare
hides_times || expect "every loop is compared" fact compared "${#loops[@]}"
hides_times || expect "times of the baseline" positive jitcheck host_ns ratio
finish
