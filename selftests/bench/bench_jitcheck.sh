#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# jitcheck.jq, and compared with a baseline

source "$(dirname "$0")/bench.sh"

# A loop that a disturbed run could not measure is not compared, so that takes another run
compared() {
	local baseline="$work/baseline.json" tries=3

	while ((tries--)); do
		mv "$json" "$baseline"
		run_to_end "$tool" run jitcheck --quick --json "$json" --baseline "$baseline" || return
		! hides_times || break
		! grep -q " of 7 programs " "$work/out" || break
	done
}

compared_as() { holds "$json" jitcheck "sound, $1"; }

table
test_that "again, compared with the first run" compared
test_that "its code is the same" compared_as 'fact("other_code"; 0)'
# without times there is nothing to compare
hides_times || test_that "every loop is compared" compared_as 'fact("compared"; 7)'
hides_times || test_that "times of the baseline" compared_as 'positive("jitcheck"; "host_ns", "ratio")'
finish
