#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost summary, and what hookcost run prints of several benches: one screen, from any
# result file. What runs no bench needs neither root nor the patches.

source "$(dirname "$0")/lib.sh"
need_tool

json="$work/result.json"
screen=34

# file JQ-FILTER: a result file of two benches, changed by the filter
file() {
	jq "$1" >"$json" <<'END'
{"schema": "hookcost/2", "date": "2026-01-02T03:04:05Z", "tool_version": "0.1", "paper": "DOI", "quick": false,
 "environment": {"verdict": "valid", "reason": "", "target": "uml", "kernel": "6.12.9", "cpu": "A CPU",
  "patched": true, "self_check": {"checked": true, "state": "held"}}, "interrupted": false,
 "benches": [{"name": "table9", "title": "A title", "verdict": "invalid", "sentence": "A is twice B.",
  "headline": [{"table": "main", "column": "rate", "rows": [{"key": "a", "label": "A"}, {"key": "b", "label": "B"}]}],
  "tables": [{"key": "main", "title": "The table",
   "columns": [{"key": "rate", "head": "rate", "unit": "Mpps", "decimals": 1}],
   "rows": [{"key": "a", "label": "n = 0", "verdict": "valid", "reason": "", "cells": {"rate": 7.25},
     "paper": {"rate": 14.5}},
    {"key": "b", "label": "n = 8", "verdict": "indicative", "reason": "few batches",
     "cells": {"rate": 3.5}, "paper": {}}]}]},
 {"name": "old", "title": "Of a version without", "tables": []}]}
END
}

fits() {
	local lines
	lines=$(wc -l <"$work/out")
	((lines <= $1)) || { echo "$lines lines, not $1"; cat "$work/out"; return 1; }
}

printed() {
	local text

	for text; do
		grep -Fq -- "$text" "$work/out" || { echo "no $text"; cat "$work/out"; return 1; }
	done
}

whole() {
	file . && run 0 "$tool" summary "$json" && fits "$screen" &&
		printed "rate, Mpps: A 7.2 (14.5); B ~3.5" "A is twice B." "1 is valid, 1 is indicative (few batches)." \
			"self-check held" "Of a version without"
}

# As many benches as do not fit: none is left out without a word
many() {
	local n

	file '.benches = [range(100) as $i | .benches[0] | .name = "b\($i)"]' || return
	for n in 10 34 90 1000; do
		run 0 "$tool" summary --lines "$n" "$json" && fits "$n" || return
		printed "Of all rows 100 are valid" || return
		[[ $n == 1000 ]] || printed " more of 100 benches" || return
	done
	run 0 "$tool" summary "$json" && fits "$screen"
}

# All of a narrow terminal's lines fit into it
narrow() {
	file . && COLUMNS=50 run 0 "$tool" summary "$json" || return
	! grep -E '^.{51}' "$work/out"
}

# A terminal gets no commands from a file
plain() {
	file 'walk(if type == "string" and . != "hookcost/2" and (IN("valid", "indicative", "main", "rate", "a", "b") | not)
		then . + "\u001b[31m\u0007" else . end)' && run 0 "$tool" summary "$json" || return
	! LC_ALL=C grep -q '[[:cntrl:]]' "$work/out" || { cat -v "$work/out"; return 1; }
}

refused() {
	echo hello >"$json"
	run 1 "$tool" summary "$json" && said "no JSON" && rm "$json" &&
		run 1 "$tool" summary "$json" && said "No such file" && file . &&
		run 1 "$tool" summary --lines 3 "$json" && said "--lines takes"
}

# Several benches end in a screen, and their tables are in the file
several() {
	((EUID == 0)) || { echo "needs root"; return "$KSFT_SKIP"; }
	run_to_end "$tool" run table3 jitcheck --quick --batches 2 --json "$json" || return
	fits 40 && printed "table3     " "jitcheck   " "Of all rows " || return
	! grep -q '^  ARRAY' "$work/out" || { echo "its tables, too"; return 1; }
	# the same as from the file
	run 0 "$tool" summary "$json" && cp "$work/out" "$work/alone"
	run_to_end "$tool" run table3 jitcheck --quick --batches 2 --verbose || return
	printed "  ARRAY" "table3     " || return
	jq -e '[.benches[] | (.headline | length > 0) and has("sentence")] | all' "$json" >/dev/null ||
		{ jq -c '.benches[] | [.headline, .sentence]' "$json"; return 1; }
}

to_file() {
	((EUID == 0)) || { echo "needs root"; return "$KSFT_SKIP"; }
	run_to_end "$tool" run table3 --quick --batches 2 --text "$work/tables" || return
	grep -q '^  ARRAY' "$work/tables" && grep -q '^self-check: ' "$work/tables" || { cat "$work/tables"; return 1; }
	! grep -q '^  ARRAY' "$work/out" && printed "table3: "
}

no_file() {
	((EUID == 0)) || { echo "needs root"; return "$KSFT_SKIP"; }
	run 1 "$tool" run table3 --quick --text "$work/absent/tables" && said "absent/tables.*--text" || return
	[[ ! -s $work/out ]] || { echo "measured all the same"; return 1; }
}

ktap_print_header
test_that "headline, verdicts, sentence" whole
test_that "more benches than fit" many
test_that "a narrow terminal" narrow
test_that "no command for the terminal" plain
test_that "what is no result is refused in one line" refused
test_that "several benches end in a screen" several
test_that "--text: the tables are in the file" to_file
test_that "--text: what cannot be written is said before" no_file
finish
