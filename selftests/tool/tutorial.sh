#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tutorial's program and its commands, as they stand in Documentation/tutorial.rst

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_command jq

tutorial=${HOOKCOST_TOP:-$here/../..}/Documentation/tutorial.rst
[[ -r $tutorial ]] || skip_all "no $tutorial"
"$here/prog_captures" "$work" || exit 1
cp "$work/mix.pcap" "$work/traffic.pcap"
mkdir "$work/bin" && ln -s "$tool" "$work/bin/hookcost"
PATH=$work/bin:$PATH
for name in clang{,-19,-18,-17,-16,-15,-14}; do
	! command -v "$name" >/dev/null || break
done

# block NAME: the code block of this name, without what it is indented by
block() {
	awk -v name="   :name: $1" '
		$0 == name { inside = 1; next }
		inside && /^[^ ]/ { exit }
		inside { sub(/^   /, ""); print }' "$tutorial"
}

# command_of NAME [OPTION...]: that block, run in $work; few batches, as they are not the matter here
command_of() {
	local script

	script=$(block "$1")
	[[ $script ]] || { echo "no block $1"; return 1; }
	(cd "$work" && bash -c "$script ${*:2}" >"$work/out" 2>"$work/err") || { echo "exit status $?"; cat "$work/err"; return 1; }
}

compile() {
	command -v "$name" >/dev/null && [[ -r /usr/include/bpf/bpf_helpers.h ]] ||
		{ echo "no clang, or no libbpf-dev"; return "$KSFT_SKIP"; }
	block filter.bpf.c >"$work/filter.bpf.c"
	block blocked.json >"$work/blocked.json"
	ln -sf "$(command -v "$name")" "$work/bin/clang"
	command_of compile
}

# verdicts WANTED: the frames' by their kinds
verdicts() {
	local is

	is=$(jq -r '[.benches[0].tables[] | select(.key == "frames").rows[].cells.verdict] | group_by(.) |
		map("\(.[0]) \(length)") | join(" ")' "$work/result.json")
	[[ $is == "$1" ]] || { echo "$is, not $1"; return 1; }
}

compiled() { [[ -s $work/filter.bpf.o ]] || { echo "it was not compiled"; return "$KSFT_SKIP"; }; }
measure() { compiled && command_of measure --quick --no-caches --json result.json && verdicts "XDP_PASS 6"; }
with_map() { compiled && command_of with-map --quick --no-caches --json result.json && verdicts "XDP_DROP 1 XDP_PASS 5"; }

budget() {
	compiled || return
	! hides_times || return "$KSFT_SKIP"
	command_of budget --batches 6 && grep -q '^budget of 500 ns: kept: ' "$work/out"
}

regression() {
	compiled || return
	command_of baseline --batches 6 && [[ -s $work/base.json ]] || return
	! hides_times || return "$KSFT_SKIP"
	# what is short may not be told, and is not exceeded
	(cd "$work" && bash -c "$(block regression)" >"$work/out" 2>"$work/err")
	case $? in
	0) grep -q '^regression of 50 %: kept: ' "$work/out" ;;
	4) grep -q '^regression of 50 %: not told: ' "$work/out" ;;
	*) cat "$work/out" "$work/err"; return 1 ;;
	esac
}

ktap_print_header
test_that "the program is compiled" compile
test_that "what it costs: all pass" measure
test_that "with a map: what is blocked is dropped" with_map
test_that "a limit" budget
test_that "a change" regression
finish
