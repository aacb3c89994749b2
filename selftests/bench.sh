# SPDX-License-Identifier: GPL-2.0-only
# Sourced by bench_*.sh, each of which runs one bench of the tool. Times are not
# judged: what is checked must hold on any machine that can measure.
# shellcheck shell=bash

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bench=
over=			# the device, if a test goes through several
json="$work/result.json"

# The devices that the benches can run over here
devices() {
	[[ ! -d /sys/module/mlx5sim ]] || echo mlx5
	echo veth
}

# What a run with --quick leaves behind, and its exit status
run_bench() {
	local rc links

	need_root
	need_tool
	[[ $bench ]] || ktap_print_header
	bench=$1
	shift
	links=$(netdevs)
	"$tool" run "$bench" --quick --json "$json" "$@" >"$work/out" 2>"$work/err"
	rc=$?
	sed 's/^/# /' "$work/out"
	# its counts are looked at all the same
	if ((rc == KSFT_SKIP)) && hides_times; then
		result "stderr says why no row is a measurement" said "nothing could be measured"
	else
		((rc != KSFT_SKIP)) || skip_all "$bench: $(head -n 1 "$work/err")"
		result "exit status 0" test "$rc" = 0
		result "nothing on stderr" silent
	fi
	expect "a sound result file" sound
	if [[ -e $hooks/enable ]]; then
		result "nothing is left on" all_off
	fi
	result "the netdevs are as they were" given_back "$links"
}

result() {
	local description=$1
	shift

	test_that "${over:+$over: }$description" "$@"
}

given_back() {
	[[ $(netdevs) == "$1" ]] || { echo "before: $1, now: $(netdevs)"; return 1; }
}

silent() {
	[[ ! -s $work/err ]] || { head -n 10 "$work/err"; return 1; }
}

# expect DESCRIPTION WHAT...: as bench_check takes it
expect() {
	local description=$1
	shift

	result "$description" "$here/bench_check" "$json" "$bench" "$@"
}
