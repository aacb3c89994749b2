#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost findings: what the paper observes, from any result file. Needs neither root nor the patches.

source "$(dirname "$0")/lib.sh"
need_tool
need_command jq

json="$work/result.json"

# file REACH PREP: a result file of the bench table1, where SK_SKB takes so many times as long as TC
file() {
	jq -n --argjson reach "$1" --argjson prep "$2" '
		def row($key; $reach; $prep): {key: $key, label: ($key + "\u001b[31m"), validity: "valid", reason: "",
			cells: {reach: $reach, prep: $prep}, paper: {reach: 1000},
			intervals: {reach: [$reach * 0.99, $reach * 1.01], prep: [$prep * 0.99, $prep * 1.01]}};
		{schema: "hookcost/2", date: "2026-01-02T03:04:05Z", tool_version: "0.1", paper: "DOI", quick: false,
		 environment: {validity: "valid", reason: "", target: "uml", kernel: "6.12.9", cpu: "A CPU", patched: true},
		 interrupted: false, benches: [{name: "table1", title: "t", validity: "valid", tables: [{key: "table1",
		 title: "t", columns: [{key: "reach", head: "reach", unit: "ns", decimals: 0},
			{key: "prep", head: "prep", unit: "ns", decimals: 0}],
		 rows: [row("tcx_udp"; 300; 30), row("sk_skb_udp"; 300 * $reach; 30 * $prep),
			row("socket_udp"; 3000 * $reach; 1)]}]}]}' >"$json"
}

# found STATUS KEY FINDING: exit status, and what the JSON has of that one
found() {
	run "$1" "$tool" findings --json "$work/found.json" "$json" || return
	jq -e --arg key "$2" --arg finding "$3" '.schema == "hookcost/2" and (.findings | length == 8) and
		(.findings[] | select(.key == $key).finding == $finding)' "$work/found.json" >/dev/null ||
		{ jq -c '.findings[] | [.key, .finding]' "$work/found.json"; return 1; }
}

seen() { file 4 40 && found 0 hooks seen && found 0 copy "cannot be told"; }
not_seen() { file 0.5 40 && found 0 hooks "not seen" && file 4 1 && found 0 hooks "not seen"; }
overlap() { file 4 2 && found 4 hooks "cannot be told" && file 1 40 && found 4 hooks "cannot be told"; }

weaker() {
	file 4 40 && jq '.benches[0].tables[0].rows[1].validity = "invalid"' "$json" >"$work/x" && mv "$work/x" "$json" &&
		found 4 hooks "cannot be told" &&
		jq -e '.findings[] | select(.key == "hooks").evidence | all(.code == "validity")' "$work/found.json" >/dev/null
}

# Of several targets the first one that tells
several() {
	file 4 40 && jq '.benches = [(.benches[0] | .tables[0].rows[].validity = "emulated"), .benches[0]]' "$json" >"$work/x" &&
		mv "$work/x" "$json" && found 0 hooks seen
}

nothing() { file 4 40 && jq '.benches = []' "$json" >"$work/x" && mv "$work/x" "$json" && found 4 hooks "cannot be told"; }

text() {
	file 4 40 && run 0 "$tool" findings "$json" || return
	! grep -q $'\033' "$work/out" || { echo "what a terminal obeys"; return 1; }
	[[ $(grep -c '^seen ' "$work/out") == 1 && $(grep -c '^cannot be told ' "$work/out") == 7 ]] || { cat "$work/out"; return 1; }
	run 0 "$tool" findings --json - "$json" && jq -e .findings "$work/out" >/dev/null
}

refused() {
	echo "{" >"$json" && run 1 "$tool" findings "$json" && said "ends in the middle" && rm "$json" &&
		run 1 "$tool" findings "$json" && said "No such file" &&
		run 1 "$tool" findings && file 4 40 && run 1 "$tool" findings --json /nonexistent/f "$json" && said "/nonexistent/f"
}

in_report() {
	command -v gnuplot >/dev/null || { echo "no gnuplot"; return "$KSFT_SKIP"; }
	file 4 40 && run 0 "$tool" report -o "$work/r.html" "$json" && grep -q 'id="findings"' "$work/r.html" &&
		jq '.benches[0].name = "other"' "$json" >"$work/x.json" && run 0 "$tool" report -o "$work/r.html" "$work/x.json" &&
		! grep -q 'id="findings"' "$work/r.html"
}

ktap_print_header
test_that "seen" seen
test_that "not seen" not_seen
test_that "an interval that holds the limit" overlap
test_that "a row that is none to use" weaker
test_that "several targets" several
test_that "nothing that could tell" nothing
test_that "the text" text
test_that "files that are none" refused
test_that "the report has them" in_report
finish
