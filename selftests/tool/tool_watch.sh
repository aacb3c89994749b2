#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost watch: each run is counted, the longer program is the longer one, and nothing stays
# behind. watched.c has the programs, and runs them as often as it is told.

source "$(dirname "$0")/lib.sh"
need_root
need_tool

mkfifo "$work/ask" "$work/answers"
"$here/watched" <"$work/ask" >"$work/answers" 2>"$work/watched.err" &
exec {to}>"$work/ask" {from}<"$work/answers"
read -r short long plain <&"$from" || skip_all "no programs: $(<"$work/watched.err")"

# ask LINE: the helper's answer is $answer
ask() {
	echo "$*" >&"$to"
	read -r -t 60 answer <&"$from"
}

# Where there are no probes all have a mean
probes() { [[ $(jq -rs '.[0].programs[0].method' "$work/first") == probe ]]; }

first() {
	"$tool" watch --id "$short" -d 0.2 --json >"$work/first" 2>"$work/err" ||
		{ cat "$work/err"; return 1; }
	jq -e '.schema == "hookcost/2" and .unit == "ns" and (.programs | length == 1) and
		.programs[0].name == "watched_short" and .programs[0].type == "sched_cls" and
		.programs[0].runs == 0 and (.programs[0].median == null)' "$work/first" >/dev/null ||
		{ cat "$work/first"; return 1; }
	probes || jq -e '.programs[0].reason != "" and .programs[0].method == "bpf_stats"' "$work/first" >/dev/null
}

# Its first report is there: it looks on from now
reported() { [[ -s $work/out ]]; }

# watch ARGS...: in the background, "$watch" is its process
watch() {
	rm -f "$work/out"
	"${interruptible[@]}" "$tool" watch --json -i 0.2 "$@" >"$work/out" 2>"$work/err" &
	watch=$!
	await reported || { cat "$work/err"; kill "$watch"; return 1; }
}

ended() {
	kill -INT "$watch"
	wait "$watch" || { echo "exit status $?"; cat "$work/err"; return 1; }
}

# sum FIELD ID: over all reports
sum() { jq -s --argjson id "$2" "[.[].programs[] | select(.id == \$id).$1] | add" "$work/out"; }

exact() {
	watch --id "$short" --id "$long" --prometheus "$work/metrics" || return
	ask short 100000 && ask long 3000 && ask short 1 || return
	ended || return
	(($(sum runs "$short") + $(sum lost "$short") == 100001)) || { sum runs "$short"; sum lost "$short"; return 1; }
	(($(sum runs "$long") + $(sum lost "$long") == 3000)) || { sum runs "$long"; sum lost "$long"; return 1; }
}

whole_name() { grep -q '"watched_long_with_a_name_that_the_kernel_cuts_off"' "$work/out"; }

# Of 20000 steps and of none
longer() {
	! hides_times || return "$KSFT_SKIP"
	jq -es --argjson a "$short" --argjson b "$long" '[.[].programs[] | select(.runs > 100)] |
		(map(select(.id == $b).mean) | min) > 10 * (map(select(.id == $a).mean) | max)' \
		"$work/out" >/dev/null || { cat "$work/out"; return 1; }
}

# What the kernel says of the same runs has the probes' own time in it, which is told beside
known_cost() {
	local ns

	! hides_times || return "$KSFT_SKIP"
	watch --id "$long" || return
	ask long 3000 && ns=$answer && ended || return
	jq -es --argjson ns "$ns" '(.[-1].added // 0) as $added |
		[.[].programs[0] | select(.runs > 0)] |
		((map(.mean * .runs) | add) / (map(.runs) | add)) as $mean |
		($ns - $added - $mean | fabs) <= 0.05 * $ns' "$work/out" >/dev/null ||
		{ echo "$ns ns by the kernel:"; cat "$work/out"; return 1; }
}

# Its mean, of all reports
mean() {
	watch --id "$long" >&2 || return
	ask long 3000 && ended >&2 || return
	jq -s '[.[].programs[0] | select(.runs > 0)] | (map(.mean * .runs) | add) / (map(.runs) | add)' "$work/out"
}

in_order() {
	! hides_times || return "$KSFT_SKIP"
	probes || return "$KSFT_SKIP"
	jq -es '[.[].programs[] | select(.runs > 0)] | length > 0 and
		all(.median <= .p90 and .p90 <= .p99 and .p99 <= .p999 and .p999 <= .max and
		(.interval == null or .interval[0] <= .median and .median <= .interval[1]) and
		.cpu_share >= 0)' "$work/out" >/dev/null ||
		{ cat "$work/out"; return 1; }
}

metrics() {
	if probes; then
		grep -q "^hookcost_program_run_seconds_count{id=\"$short\",.*} 100001$" "$work/metrics"
	else
		hides_times || grep -q "^hookcost_program_mean_seconds{id=\"$short\"" "$work/metrics"
	fi || { cat "$work/metrics"; return 1; }
	! ls "$work"/.metrics* "$work"/metrics?* 2>/dev/null
}

# By the kernel's statistics, which are off again at the end; User Mode Linux's count jiffies
no_btf() {
	local before

	before=$(</proc/sys/kernel/bpf_stats_enabled)
	watch --id "$plain" || return
	ask plain 5000 && ended || return
	jq -es 'all(.programs[0].method == "bpf_stats" and .programs[0].reason != "")' "$work/out" >/dev/null &&
		(($(sum runs "$plain") == 5000)) || { cat "$work/out"; return 1; }
	hides_times || jq -es --argjson none "$([[ -e /proc/exitcode ]] && echo true || echo false)" \
		'[.[].programs[0] | select(.runs > 0)] | length > 0 and
		all((.mean == null) == $none and (.cpu_share == null) == $none)' "$work/out" >/dev/null ||
		{ cat "$work/out"; return 1; }
	[[ $(</proc/sys/kernel/bpf_stats_enabled) == "$before" ]] || return
	((before)) || jq -e '.environment.counting | not' < <("$tool" doctor --json) >/dev/null
}

killed() {
	local before

	ask programs && before=$answer
	watch --all || return
	kill -KILL "$watch"
	wait "$watch"
	sleep 0.5
	ask programs && [[ $answer == "$before" ]] || { echo "$answer programs, $before before"; return 1; }
}

all_of_them() {
	watch || return
	ended
	jq -es --argjson a "$short" --argjson b "$plain" 'all([.programs[].id] | index($a) and index($b))' \
		"$work/out" >/dev/null
}

# refused REGEX ARGS...: one line, exit status 1
refused() {
	local regex=$1
	shift
	run 1 "$tool" watch "$@" && said "$regex"
}

test_that "a program that does not run" first
test_that "every run is counted" exact
test_that "a program's whole name" whole_name
test_that "the longer one takes longer" longer
test_that "it takes as long as the kernel says" known_cost
test_that "and as its instructions take" as_long 20000 mean
test_that "quantiles are in order" in_order
test_that "a file for Prometheus" metrics
test_that "a program without type information" no_btf
test_that "killed, it leaves nothing behind" killed
test_that "all programs" all_of_them
test_that "a program that there is not" refused "program 4294967290: " --id 4294967290 -d 0.1
test_that "no number" refused '"x" is no number of a program' --id x
test_that "a netdev that there is not" refused "there is no netdev nosuch0" --dev nosuch0
test_that "a netdev without programs" refused "no program is attached to lo" --dev lo
test_that "a time that is none" refused '"1x" is no time' -d 1x
test_that "a file that cannot be written" refused "/nonexistent/m" --prometheus /nonexistent/m
finish
