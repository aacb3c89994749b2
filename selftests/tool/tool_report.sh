#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost report: a page from any result file, and one line where there can be none.
# Needs neither root nor the patches.

source "$(dirname "$0")/lib.sh"
need_tool

json="$work/result.json"
html="$work/result.html"

# file JQ-FILTER: a result file with all that there can be, changed by the filter
file() {
	jq "$1" >"$json" <<'EOF'
{"schema": "hookcost/1", "date": "2026-01-02T03:04:05Z", "tool_version": "0.1", "paper": "DOI",
 "environment": {"verdict": "valid", "reason": "", "target": "uml", "kernel": "6.12.9", "btf": true},
 "asked": ["table9"], "interrupted": false, "benches": [
 {"name": "table9", "title": "A title", "verdict": "invalid", "seconds": 3.5,
  "device": {"kind": "veth", "driver": "veth", "netdev": "hc0", "peer": "hc1"},
  "tables": [{"key": "main", "title": "The table",
   "columns": [{"key": "rate", "head": "rate", "unit": "Mpps", "decimals": 1}],
   "plot": {"kind": "lines", "x": "n", "y": "Mpps", "log_x": true, "columns": ["rate"]},
   "rows": [
    {"key": "a", "label": "n = 0", "x": 0, "verdict": "valid", "reason": "", "cells": {"rate": 7.25},
     "paper": {"rate": 14.7}, "raw": {}, "detail": {}},
    {"key": "b", "label": "n = 8", "x": 8, "verdict": "invalid", "reason": "counts disagree",
     "cells": {"rate": null}, "paper": {"rate": 3}, "raw": {}, "detail": {}}]}],
  "notes": ["a note"], "facts": {}}]}
EOF
}

# has TEXT...: in the page
has() {
	local text

	for text; do
		grep -Fq -- "$text" "$html" || { echo "no $text"; return 1; }
	done
}

# Nothing from elsewhere, no script
alone() {
	! grep -Eiq '<script|<link|<img|<iframe|@import|url\(|src=|href="?(https?:|//)' "$html" ||
		{ grep -Ei '<script|<link|<img|<iframe|@import|url\(|src=' "$html" | head -n 3; return 1; }
}

good() {
	rm -f "$html"
	file . && run 0 "$tool" report "$json" || return
	[[ ! -s $work/out && ! -s $work/err ]] || { cat "$work/out" "$work/err"; return 1; }
	has "<caption>The table</caption>" '<td>7.2</td><td class="paper">14.7</td>' \
		'<td class="hidden">invalid</td>' "counts disagree" "<li>a note</li>" "6.12.9" || return
	alone
}

drawn() {
	command -v gnuplot >/dev/null || { echo "no gnuplot"; return 4; }
	has '<svg xmlns' 'role="img"' 'rate, paper</text>' stroke-dasharray
}

bars() {
	file '.benches[0].tables[0].plot.kind = "bars"' && run 0 "$tool" report "$json" || return
	command -v gnuplot >/dev/null || return 0
	has '<svg xmlns' '>n = 8</text>'
}

# A run whose self-check missed is indicative at best, and shows what was read
missed() {
	file '.environment.self_check = {"checked": true, "held": false, "limit": 3, "delays": [
		{"delay": 20, "held": false, "stamps": {"ns": 20.7}, "throughput": {"ns": 26.4}}]}' &&
		run 0 "$tool" report "$json" || return
	has "20&nbsp;ns read as 20.7 by time stamps, 26.4 by throughput: missed" \
		">indicative</span> (the self-check missed a delay)"
}

# Schema 2 has a third state, and intervals beside numbers
not_told() {
	file '.schema = "hookcost/2" | .environment.self_check = {"checked": true, "state": "not told",
		"limit": 3, "delays": [{"delay": 20, "state": "not told", "stamps": {"ns": 20.7, "half_width": 0.4},
		"throughput": {"ns": 22, "half_width": 20}}]}' && run 0 "$tool" report "$json" || return
	has "20&nbsp;ns read as 20.7&nbsp;&plusmn;&nbsp;0.4 by time stamps, 22.0&nbsp;&plusmn;&nbsp;20.0 by throughput: not told" \
		">indicative</span> (the self-check could not tell"
}

# Every string, as a page and as gnuplot's input could take it amiss
hostile() {
	local evil="</style></svg><script>alert(1)</script>'\"; set output '$work/evil'; system \\\"touch $work/evil\\\" \`touch $work/evil\` %s%n &<b"

	file . && jq --arg evil "$evil" '
		def evil: walk(if type == "string" and (. | IN("hookcost/1", "valid", "invalid", "lines", "rate") | not)
			then . + $evil else . end); evil' "$json" >"$work/evil.json" || return
	run 0 "$tool" report "$work/evil.json" -o "$html" || return
	[[ ! -s $work/err ]] || { cat "$work/err"; return 1; }
	[[ ! -e $work/evil ]] || { echo "a command was run"; return 1; }
	has "&lt;script&gt;alert(1)" || return
	(($(grep -c '</style>' "$html") == 1)) || { echo "markup got through"; return 1; }
	alone
}

interrupted() {
	file '.interrupted = true | .asked += ["table10"]' && run 0 "$tool" report "$json" || return
	has "Interrupted." "Not begun: table10"
}

# A result of the tool's own
real() {
	((EUID == 0)) || { echo "needs root"; return 4; }
	run_to_end "$tool" run table3 --quick --json "$json" && run 0 "$tool" report "$json" || return
	has LRU_HASH || return
	# the weakest reason is shown: there, that there are no times
	hides_times || has "--quick" || return
	alone
}

to_stdout() {
	file . && run 0 "$tool" report -o - "$json" || return
	tail -n 1 "$work/out" | grep -q '</html>' || { tail -n 1 "$work/out"; return 1; }
}

# refused REGEX: one line, and an earlier page stays
refused() {
	echo earlier >"$html"
	run 1 "$tool" report "$json" || return
	said "$1" || return
	[[ $(<"$html") == earlier ]] || { echo "the earlier page is gone"; return 1; }
}

truncated() {
	file . || return
	truncate -s -40 "$json"
	refused "cut off"
}

no_json() { echo "hello" >"$json" && refused "no JSON"; }
empty() { : >"$json" && refused "cut off"; }
# filtered JQ-FILTER REGEX
filtered() { file "$1" && refused "$2"; }
absent() { rm -f "$json" && refused "No such file"; }
unwritable() {
	file . && run 1 "$tool" report "$json" -o "$work/absent/page.html" || return
	said "absent/page.html.*No such file"
}

full() {
	((EUID == 0)) || { echo "needs root"; return 4; }
	local dir="$work/full" rc=0

	mkdir "$dir"
	mount -t tmpfs -o size=8k tmpfs "$dir" || return
	echo earlier >"$dir/page.html"
	file . && run 1 "$tool" report "$json" -o "$dir/page.html" && said "[Nn]o space" || rc=1
	[[ $(ls -A "$dir") == page.html && $(<"$dir/page.html") == earlier ]] || { ls -A "$dir"; rc=1; }
	umount "$dir"
	return $rc
}

no_gnuplot() {
	file . && run 0 env PATH="$work" "$tool" report "$json" || return
	said "figures are left out.*gnuplot.*install" || return
	has "The figure is left out" "gnuplot-nox" "<caption>The table</caption>" || return
	! grep -q '<svg' "$html" || { echo "a figure all the same"; return 1; }
}

# It fails, or hangs up in the middle: a line says so, the page is there
bad_gnuplot() {
	mkdir -p "$work/bin"
	printf '#!/bin/sh\n%s\n' "$1" >"$work/bin/gnuplot"
	chmod +x "$work/bin/gnuplot"
	file . && run 0 env PATH="$work/bin:$PATH" "$tool" report "$json" || return
	said "gnuplot" || return
	has "The figure is left out" "<caption>The table</caption>"
}

command -v jq >/dev/null || skip_all "no jq: install it"
ktap_print_header
test_that "a page with tables, beside the paper's" good
test_that "a figure with the paper's curve" drawn
test_that "bars" bars
test_that "the self-check missed" missed
test_that "the self-check could not tell" not_told
test_that "hostile strings stay text" hostile
test_that "interrupted" interrupted
test_that "results of a run" real
test_that "-o -" to_stdout
test_that "truncated" truncated
test_that "not JSON" no_json
test_that "empty" empty
test_that "another schema" filtered '.schema = "hookcost/3"' "hookcost/3"
test_that "without benches" filtered 'del(.benches)' "no benches"
test_that "a row without cells" filtered 'del(.benches[0].tables[0].rows[1].cells)' "rows\[1\] has no cells"
test_that "an unknown verdict" filtered '.benches[0].tables[0].rows[0].verdict = "fine"' "rows\[0\] has no validity"
test_that "unknown fields are left alone" eval "file '.new = [1] | .benches[0].new = 3' && run 0 $tool report $json"
test_that "no such file" absent
test_that "output that cannot be written" unwritable
test_that "full file system" full
test_that "no gnuplot" no_gnuplot
test_that "gnuplot fails" bad_gnuplot "echo no terminal svg >&2; exit 1"
test_that "gnuplot draws nothing" bad_gnuplot "exit 0"
test_that "gnuplot is killed" bad_gnuplot 'kill -9 $$'
finish
