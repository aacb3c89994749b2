# SPDX-License-Identifier: GPL-2.0-only
# Sourced by bench_*.sh, each of which runs one bench of the tool. Times are not
# judged: what is checked must hold on any machine that can measure.
# shellcheck shell=bash

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bench=
json="$work/result.json"

# What a run with --quick leaves behind, and its exit status
run_bench() {
	local rc

	bench=$1
	shift
	need_root
	need_tool
	"$tool" run "$bench" --quick --json "$json" "$@" >"$work/out" 2>"$work/err"
	rc=$?
	ktap_print_header
	sed 's/^/# /' "$work/out"
	((rc != KSFT_SKIP)) || skip_all "$bench: $(head -n 1 "$work/err")"
	test_that "exit status 0" test "$rc" = 0
	test_that "nothing on stderr" silent
	test_that "a sound result file" "$here/bench_check" "$json" "$bench" sound
	if [[ -e $hooks/enable ]]; then
		test_that "nothing is left on" all_off
	fi
}

silent() {
	[[ ! -s $work/err ]] || { head -n 10 "$work/err"; return 1; }
}

# expect DESCRIPTION WHAT...: as bench_check takes it
expect() {
	local description=$1
	shift

	test_that "$description" "$here/bench_check" "$json" "$bench" "$@"
}
