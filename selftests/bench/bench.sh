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
	result "what is seen of it first" headlined
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

# guest_shares TABLE ROW...: they say how much of them is UML's system calls; elsewhere none is
guest_shares() {
	command -v jq >/dev/null || { echo "no jq"; return "$KSFT_SKIP"; }
	jq -e --arg table "$1" --arg rows "${*:2}" '.environment.uml as $uml | ($rows | split(" ")) as $rows |
		[.benches[0].tables[] | select(.key == $table) | .rows[] | select([.key] | inside($rows)) |
		if $uml then .detail.guest.percent | . > 0 and . <= 100 else .detail | has("guest") | not end] |
		length == ($rows | length) and all' "$json" >/dev/null &&
	jq -e --arg table "$1" '[.benches[0].tables[] | select(.key == $table) | .rows[] |
		select(.detail.guest.percent > 10 and .verdict == "valid")] | length == 0' "$json" >/dev/null ||
		{ jq -c '.benches[0].tables[].rows[] | {key, verdict, guest: .detail.guest}' "$json"; return 1; }
}

# Rows of its tables; and a sentence, where there are the numbers for it
headlined() {
	command -v jq >/dev/null || { echo "no jq"; return "$KSFT_SKIP"; }
	jq -e '.benches[0] | .tables as $t | (.headline | length > 0) and ([.headline[] | . as $h | $t[] |
		select(.key == $h.table) | .rows[].key] as $keys | [.headline[].rows[].key] - $keys == [])' \
		"$json" >/dev/null && { hides_times || jq -e '.benches[0].sentence | endswith(".")' "$json" >/dev/null; } && return
	jq -c '.benches[0] | [.headline, .sentence]' "$json"
	return 1
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

# Rates over mlx5sim are told with the model's own time and without: a part of the row's time, of
# several kinds that are known, and the row says if it is most of it
model_in_rows() {
	local rc=0

	"$here/bench_check" "$json" "$bench" positive "$1" "${2:-ns}" >/dev/null || rc=$?
	((rc == 0)) || return $rc
	jq -e --arg table "$1" --arg time "${2:-ns}" '[.benches[0].tables[] | select(.key == $table) |
		.rows[] | select(.cells.model != null)] | length > 0 and all(
			.cells as $c | ($c.model > 0 and $c.model <= 1.05 * $c[$time]) and
			(([.notes[].code] | contains(["mostly_model"])) == ($c.model > $c[$time] / 2)) and
			(($c.without // null) == null or 1000 / $c.without < $c.ns * 1.05 or $time != "ns") and
			(.detail.model.kinds | .frames > 0 and .account > 0) and
			(.detail.model.values | length > 0))' "$json" >/dev/null && return
	jq -c --arg table "$1" '.benches[0].tables[] | select(.key == $table) | .rows[] |
		[.key, .cells, .notes, .detail.model]' "$json"
	return 1
}

no_model() { jq -e '[.benches[0].tables[].columns[].key | select(endswith("model"))] == []' "$json" >/dev/null; }

# expect_model TABLE [TIME]: TIME, by default "ns", is the column of its rows' times
expect_model() {
	if [[ $over == veth ]]; then
		result "no model in its rates" no_model
	else
		result "the model's own time, and the rates without" model_in_rows "$@"
	fi
}
