#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# --count-instructions: in a VM whose clock counts them (boot-vm.sh, VM_ICOUNT=1) the
# figures' programs execute as many as their machine code says, each time, and a packet takes
# as many while all is off; elsewhere it is refused

source "$(dirname "$0")/bench.sh"
need_patches
need_module hookcost_native

# number KEY: of the facts
fact() { jq -e ".benches[0].facts.$1" "$json"; }

as_disassembled() { [[ $(fact "executed_$1") == $(fact "insns_$1") ]] || { fact "executed_$1"; fact "insns_$1"; return 1; }; }

counts() { jq '.benches[0].tables[] | select(.key == "instructions") | .rows[] | [.key, .cells]' "$1"; }

same_again() { diff <(counts "$work/first.json") <(counts "$json"); }

# No more than the paper's loop could: each x takes more than the one before
increasing() {
	jq -e --arg side "$1" '[.benches[0].tables[] | select(.key == "instructions") | .rows[].cells[$side]] |
		length > 10 and . == (sort | unique)' "$json" >/dev/null
}

refused() { run "$KSFT_SKIP" "$tool" run figure14a --count-instructions && said 'counts time.*TARGET=vm'; }

# near OTHER: each path takes as many as in that file, within 3 %: memory is in another state
near() {
	jq -en --slurpfile a "$1" --slurpfile b "$json" '
		def least: [.[0].benches[0].tables[0].rows[] | {key, value: .cells.instructions}] | from_entries;
		($a | least) as $x | ($b | least) as $y | ($x | keys) == ($y | keys) and
		all($x | keys[]; ($x[.] / $y[.] - 1 | fabs) < 0.03)' >/dev/null || { counts_off "$1"; counts_off "$json"; return 1; }
}

counts_off() { jq -c '.benches[0].tables[0].rows[] | [.key, .cells.instructions]' "$1"; }

least_is_least() {
	jq -e 'all(.benches[0].tables[0].rows[].cells; .instructions <= .median)' "$json" >/dev/null || { counts_off "$json"; return 1; }
}

# Of what they have in common, TC does more than XDP, and SK_SKB more than TC
in_order() {
	jq -e --arg dev "$1" '[.benches[0].tables[0].rows[] | {key, value: .cells.instructions}] | from_entries |
		.[$dev + "_xdp"] > 100 and .[$dev + "_xdp"] < .[$dev + "_tc"] and
		.[$dev + "_tc"] < .[$dev + "_sk_skb"] and .[$dev + "_udp"] > 100' "$json" >/dev/null ||
		{ counts_off "$json"; return 1; }
}

ktap_print_header
test_that "a bench without counts is refused" run 1 "$tool" run table3 --count-instructions
test_that "... in one line" said 'table3 does not count any'
# its clock is far too slow for a real one, and nothing but -icount has no jitter at all
if ! "$tool" run figure14a --count-instructions --json "$json" >"$work/out" 2>"$work/err"; then
	test_that "refused where the clock counts time, with the way to one that does not" refused
	test_that "nothing is left on" all_off
	finish
fi

for bench in figure14a figure14b; do
	for over in "${devices[@]}"; do
		run_bench --count-instructions --device "$over"
		cp "$json" "$work/first.json"
		for side in native ebpf hard; do
			result "$bench: $side: more with each x" increasing "$side"
		done
		result "$bench: the native loop's instructions are those of its machine code" as_disassembled native
		result "$bench: the eBPF loop's instructions are those of its machine code" as_disassembled ebpf
		expectations empty
		"$tool" run "$bench" --count-instructions --device "$over" --json "$json" >/dev/null 2>&1
		result "$bench: the same counts on another run" same_again
	done
done

bench=off
for over in "${devices[@]}"; do
	run_bench --count-instructions --device "$over"
	cp "$json" "$work/first.json"
	expectations 'expect("instructions of every path"; positive("instructions"; "instructions", "median", "frames"))'
	result "off: the least is not more than the median" least_is_least
	result "off: XDP takes the fewest, then TC, then SK_SKB" in_order "$over"
	"$tool" run off --count-instructions --device "$over" --quiet --json "$json" >/dev/null 2>&1
	result "off: nearly the same on another run" near "$work/first.json"
done
finish
