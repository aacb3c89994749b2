#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost compare: two result files side by side. Needs neither root nor the patches.

source "$(dirname "$0")/lib.sh"
need_tool

a="$work/a.json"
b="$work/b.json"

# file FILE FACTOR [JQ-FILTER]: results whose times are multiplied by the factor
file() {
	jq --argjson f "$2" ".benches[].tables[].rows[].raw[].values[] *= \$f | ${3:-.}" >"$1" <<'EOF'
{"schema": "hookcost/1", "date": "2026-01-02T03:04:05Z", "environment": {"target": "uml", "kernel": "6.12.9"},
 "interrupted": false, "benches": [{"name": "table9", "title": "A title",
  "device": {"kind": "veth", "driver": "veth"}, "tables": [{"key": "main", "title": "The table",
   "columns": [{"key": "time", "head": "time", "unit": "ns"}], "rows": [
    {"key": "steady", "label": "Steady", "verdict": "valid", "reason": "", "cells": {"time": 100},
     "paper": {}, "raw": {"ns": {"unit": "ns", "values": [100, 101, 99, 100, 102, 98, 100]}}, "detail": {}},
    {"key": "loose", "label": "Loose", "verdict": "valid", "reason": "", "cells": {"time": 100},
     "paper": {}, "raw": {"ns": {"unit": "ns", "values": [50, 200, 100, 300, 60, 150, 90]}}, "detail": {}}]}]}]}
EOF
}

# shows REGEX...: each on a line
shows() {
	local regex

	for regex; do
		grep -Eq -- "$regex" "$work/out" || { echo "no $regex"; cat "$work/out"; return 1; }
	done
}

same() {
	file "$a" 1 && file "$b" 1 && run 0 "$tool" compare "$a" "$b" --max-regression 0 || return
	[[ ! -s $work/err ]] || { cat "$work/err"; return 1; }
	shows '^0 faster, 0 slower, 2 the same'
}

slower() {
	file "$a" 1 && file "$b" 1.1 && run 0 "$tool" compare "$a" "$b" || return
	# a tenth drowns in the other one's spread
	shows 'Steady: .* \+10\.0 .*slower' '^0 faster, 1 slower, 1 the same'
}

faster() {
	file "$a" 1.1 && file "$b" 1 && run 0 "$tool" compare "$a" "$b" --max-regression 0 || return
	shows 'Steady: .*faster' '^1 faster, 0 slower'
}

limit() {
	file "$a" 1 && file "$b" 1.1 && run 1 "$tool" compare "$a" "$b" --max-regression 5 || return
	said 'table9, Steady.*slower by at least [0-9.]+ %, more than 5 %' || return
	run 0 "$tool" compare "$a" "$b" --max-regression 12
}

as_json() {
	file "$a" 1 && file "$b" 1.1 && run 0 "$tool" compare "$a" "$b" --json || return
	jq -e '.schema == "hookcost/2" and (.pairs | length == 2) and (.pairs[0] |
		.change == "slower" and .low > 5 and .low < .percent and .percent < .high and
		.a == 100 and (.b - 110 | fabs < 0.001) and .a_interval == [98, 102] and
		.b_interval[0] < .b and .b < .b_interval[1])' "$work/out" >/dev/null || { cat "$work/out"; return 1; }
}

everything() {
	file "$a" 1 && file "$b" 1 && run 0 "$tool" compare "$a" "$b" --all || return
	shows 'Steady: .*same' 'Loose: .*same'
}

# What B's schema has more is not asked of A
both_schemas() {
	file "$a" 1 && file "$b" 1.1 '.schema = "hookcost/2"' && run 0 "$tool" compare "$a" "$b" || return
	shows 'Steady: ns, ns .* \+10\.0 .*slower' || return
	run 0 "$tool" compare "$b" "$a" && shows 'Steady: ns, ns .*faster'
}

# Of a row without batches the interval, if both have one
cell() {
	local none='.benches[].tables[].rows[].raw = {}' two='.schema = "hookcost/2" |
		.benches[].tables[].rows[].intervals = {"time": [99, 101]}'

	file "$a" 1 "$none | $two" && file "$b" 1 "$none | $two | .benches[].tables[].rows[].cells.time = 110 |
		.benches[].tables[].rows[].intervals.time = [109, 111]" || return
	run 0 "$tool" compare "$a" "$b" && shows 'Steady: time, ns +100 +1 +110 +1 .*slower' '^0 faster, 2 slower' || return
	file "$a" 1 "$none" && run 0 "$tool" compare "$a" "$b" && shows '^0 faster, 0 slower, 0 the same, 2 without'
}

# A row that has become invalid is not one that has stayed the same
invalid() {
	file "$a" 1 && file "$b" 1 '.benches[].tables[].rows[0].verdict = "invalid"' || return
	run 0 "$tool" compare "$a" "$b" || return
	shows '1 the same, .*; 1 rows are not in both'
}

# refused STATUS REGEX JQ-FILTER
refused() {
	file "$a" 1 && file "$b" 1 "$3" && run "$1" "$tool" compare "$a" "$b" || return
	[[ ! -s $work/out ]] || { cat "$work/out"; return 1; }
	said "$2"
}

# Of two targets in one file, what ran on the other's is left out, and named
merged() {
	file "$a" 1 && file "$b" 1 '.environment.target = "host" | .benches[0].name = "table8"' &&
		run 0 "$tool" merge "$a" "$b" -o "$work/both.json" || return
	jq -e '[.environments[].target] == ["uml", "host"] and ([.benches[] | {name, target}] | sort_by(.name)) ==
		[{name: "table8", target: "host"}, {name: "table9", target: "uml"}]' "$work/both.json" >/dev/null ||
		{ cat "$work/both.json"; return 1; }
	file "$b" 1 '.benches += [.benches[0] | .name = "table8"]' && run 0 "$tool" compare "$work/both.json" "$b" || return
	shows '^0 faster, 0 slower, 2 the same' 'left out.*: table8 \(host, uml\)' || return
	run 0 "$tool" compare "$work/both.json" "$b" --json || return
	jq -e '.left_out == ["table8"] and (.pairs | map(.bench) | unique == ["table9"])' "$work/out" >/dev/null || return
	run 1 "$tool" equivalent "$work/both.json" "$b" && said "merged from several targets" || return
	run 0 "$tool" report "$work/both.json" -o "$work/both.html" || return
	grep -q "targets uml, host" "$work/both.html"
}

truncated() {
	file "$a" 1 && file "$b" 1 && truncate -s -20 "$b" && run 1 "$tool" compare "$a" "$b" || return
	said "b.json.*cut off"
}

# Two runs of the same here: every row has its pair
real() {
	local n

	((EUID == 0)) || { echo "needs root"; return 4; }
	! hides_times || { echo "no times are shown here"; return 4; }
	run 0 "$tool" run table3 --quick --json "$a" && run 0 "$tool" run table3 --quick --json "$b" || return
	run 0 "$tool" compare "$a" "$b" --json || return
	n=$(jq '[.pairs[] | select(.table == "lookup" and .low != null)] | length' "$work/out")
	((n >= 5)) || { jq -c '.pairs[]' "$work/out"; return 1; }
}

command -v jq >/dev/null || skip_all "no jq: install it"
# What only one of them has is said, whichever it is: a field of the environment, rows, a bench
only_one() {
	local more='.environment.cpu = "new" | .benches[0].tables[0].rows += [.benches[0].tables[0].rows[0] | .key = "new"] |
		.benches += [.benches[0] | .name = "other"]'

	file "$a" 1 && file "$b" 1 "$more" && run 0 "$tool" compare "$a" "$b" || return
	shows '^differs: .*cpu' '; 4 rows are not in both' || return
	run 0 "$tool" compare "$b" "$a" || return
	shows '^differs: .*cpu' '; 4 rows are not in both'
}

ktap_print_header
test_that "the same" same
test_that "slower" slower
test_that "faster is no regression" faster
test_that "--max-regression" limit
test_that "--json" as_json
test_that "--all" everything
test_that "a row that became invalid" invalid
test_that "another target" refused 1 "target uml and target vm.*across targets" '.environment.target = "vm"'
test_that "another device" refused 1 "veth and mlx5.*across devices" '.benches[0].device.kind = "mlx5"'
test_that "another clock" refused 1 "ordered" '.ordered = true'
test_that "a file of two targets" merged
test_that "nothing in common" refused 4 "no row in common" '.benches[0].name = "table8"'
test_that "another schema" refused 1 "b.json.*hookcost/3" '.schema = "hookcost/3"'
test_that "schema 1 and 2" both_schemas
test_that "a cell with intervals, of schema 1 and 2" cell
test_that "truncated" truncated
test_that "two runs" real
test_that "what only one of them has" only_one
finish
