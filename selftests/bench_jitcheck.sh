#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# jitcheck: every loop is JITed and measured, and compared with a baseline

source "$(dirname "$0")/bench.sh"

loops=(jit_{fib,sum,copy,array,branch,divide,alu32})

compared() {
	local baseline="$work/baseline.json"

	mv "$json" "$baseline"
	run_to_end "$tool" run jitcheck --quick --json "$json" --baseline "$baseline"
}

run_bench jitcheck
expect "every loop" rows jitcheck "${loops[@]}"
expect "all are JITed" never "not JITed"
expect "times" positive jitcheck ns median
expect "instructions" positive jitcheck insns
test_that "again, compared with the first run" compared
expect "its code is the same" fact other_code 0
# Without times there is nothing to compare, and a disturbed first run may lack one or two of
# them; their notes say so
lost=$(grep -c ': not measured on the baseline: twice the runs took' "$work/out")
((lost <= 2)) || lost=2
hides_times || expect "every loop that the first run has is compared" \
	fact compared "$((${#loops[@]} - lost))"
hides_times || expect "times of the baseline" positive jitcheck host_ns ratio
finish
