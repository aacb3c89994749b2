#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# bench_NAME.sh is this script, unless it has more to do and sources it: runs a bench of the tool
# over each device that there is, and has NAME.jq say what must be in the result. Times are not
# judged: what is checked must hold on any machine that can measure.
# shellcheck disable=SC2034 # those of NAME.jq

source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bench=$(basename "$0" .sh)
bench=${bench#bench_}
over=			# the device, if a test goes through several
json="$work/result.json"
options=()

# The devices that the benches can run over here
mapfile -t devices < <([[ ! -d /sys/module/mlx5sim ]] || echo mlx5; echo veth)

need_command jq
need_root
need_tool

# What is here, for NAME.jq
has_native() { has_patches && has_module hookcost_native; }
has_hard() { grep -qs "^program hard_drop " "$hooks/native"; }
has_times() { ! hides_times; }
flags=()
for what in patches native hard times; do
	flags+=(--argjson "$what" "$("has_$what" && echo true || echo false)")
done

# Its lines "#: COMMAND" say what NAME.jq needs, and how it is run
table() {
	eval "$(sed -n 's/^#: //p' "$here/$bench.jq")"
	ktap_print_header
	for over in "${devices[@]}"; do
		run_bench ${over:+--device "$over"} "${options[@]}"
		expectations "its_device, ($(<"$here/$bench.jq")
			)"
		after_each
	done
	over=
}

after_each() { :; }

# run_bench OPTION...: what a run with --quick leaves behind, and its exit status
run_bench() {
	local rc links

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

# expectations EXPECT: those of every bench, and these ("empty": none)
expectations() {
	local verdict text

	while read -r verdict text; do
		case $verdict in
		pass | fail | skip) "ktap_test_$verdict" "${over:+$over: }$text" ;;
		*) echo "# | $text" ;;
		esac
	done < <(looked_at "every_bench, $1" || echo "fail $bench.jq can be evaluated")
}

looked_at() {
	jq -nr --arg bench "$bench" --arg over "$over" --arg kernel "$(uname -r)" "${flags[@]}" \
		"$(<"$here/result.jq") $(<"$here/bench.jq") input | ($1) | results" "$json" 2>&1
}

given_back() {
	[[ $(netdevs) == "$1" ]] || { echo "before: $1, now: $(netdevs)"; return 1; }
}

silent() {
	[[ ! -s $work/err ]] || { head -n 10 "$work/err"; return 1; }
}

# where the module is loaded from, and can be taken out
module=${HOOKCOST_MODULES:-}/hookcost_native.ko

# without_native DESCRIPTION: the bench's other rows are measured
without_native() {
	if [[ -r $module ]]; then
		test_that "without hookcost_native, $1" run_without_native
	else
		ktap_test_skip "without hookcost_native: no HOOKCOST_MODULES"
	fi
}

run_without_native() {
	local rc

	rmmod hookcost_native || return
	rm -f "$json"
	"$tool" run "$bench" --quick --batches 1 --device veth --json "$json" >"$work/out" 2>"$work/err"
	rc=$?
	insmod "$module" || return
	((rc == 0)) || { ((rc == KSFT_SKIP)) && hides_times; } || { echo "exit status $rc"; return 1; }
	holds "$json" "$bench" 'sound, some_none("hookcost_native.ko")'
}

[[ ${BASH_SOURCE[0]} != "$0" ]] || { table; finish; }
