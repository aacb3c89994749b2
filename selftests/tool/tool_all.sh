#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Many benches in one run: an estimate first, none stops the others, what is done is kept

source "$(dirname "$0")/lib.sh"
need_root
need_tool

json="$work/result.json"
# Neither needs the patches
few=(table3 jitcheck --quick --batches 2)

# seconds FIELD LIMIT: what all benches take together by their own estimates
seconds() {
	local sum

	run 0 "$tool" list --json || return
	sum=$(jq "[.benches[].$1] | add" "$work/out")
	((sum > 0)) || { echo "$1: $sum"; return 1; }
	((sum <= $2)) || { echo "$sum s, more than $2"; jq -c ".benches[] | [.name, .$1]" "$work/out"; return 1; }
	jq -e "[.benches[].$1 > 0] | all" "$work/out" >/dev/null || { echo "a bench without $1"; return 1; }
}

# The first lines say how long it will take, and the last one how long it took
says_time() {
	run_to_end "$tool" run table3 jitcheck --quick || return
	sed 5q "$work/out" | grep -Eqx 'about [0-9]+ (s|min) for 2 benches' || { sed 5q "$work/out"; return 1; }
	tail -n 1 "$work/out" | grep -Eqx '2 benches in [0-9]+ (s|min)' || { tail -n 3 "$work/out"; return 1; }
}

# All of them: no other list is needed, and the JSON names what was asked for
all_asked() {
	run 0 "$tool" list --json || return
	jq -r '.benches[].name' "$work/out" >"$work/names"
	(($(wc -l <"$work/names") >= 7)) || { cat "$work/names"; return 1; }
	rm -f "$json"
	run 1 timeout --preserve-status -s INT 5 "$tool" run all --quick --batches 2 --json "$json" || return
	jq -r '.asked[]' "$json" | diff "$work/names" -
}

took() {
	run_to_end "$tool" run "${few[@]}" --json "$json" || return
	jq -e '[.benches[].seconds > 0] == [true, true] and
		.seconds >= ([.benches[].seconds] | add) and (.interrupted | not)' "$json" >/dev/null || {
		jq -c '.seconds, .interrupted, .benches[].seconds' "$json"
		return 1
	}
}

# A bench that the kernel refuses a network namespace fails; those after it run
failed_one() {
	local max=/proc/sys/user/max_net_namespaces before rc=0

	[[ -e $hooks/enable ]] || { echo "no patches"; return 4; }
	[[ -w $max ]] || { echo "no $max"; return 4; }
	before=$(<$max)
	echo 0 >$max
	run 1 "$tool" run table3 table1 jitcheck --device veth --quick --batches 2 --json "$json" || rc=1
	echo "$before" >$max
	((rc == 0)) || return 1
	tail -n 1 "$work/err" | grep -q '1 of 3 benches failed: table1$' || { cat "$work/err"; return 1; }
	# the self-check before the run and the bench: each says why
	(($(grep -vc 'cannot make a network namespace' "$work/err") == 1)) || { echo "more than the reason and the list:"; cat "$work/err"; return 1; }
	holds "$json" table3 && holds "$json" jitcheck || return
	jq -e '.benches[1].name == "table1" and (.benches[1].failed | length > 0) and
		.benches[0].failed == null and .benches[2].failed == null' "$json" >/dev/null ||
		{ jq -c '.benches[] | [.name, .failed]' "$json"; return 1; }
}

# kill -9 in the second bench: the first one's rows are in the file, which says that it is not all
killed() {
	rm -f "$json"
	"$tool" run table3 jitcheck --quick --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	await_every 0.01 6000 test -s "$json" || { kill -KILL $pid; echo "nothing was written"; return 1; }
	kill -KILL $pid
	wait $pid 2>/dev/null
	jq -e '.interrupted and (.benches | length == 1) and .asked == ["table3", "jitcheck"]' "$json" >/dev/null ||
		{ jq -c '.interrupted, .asked, .benches[].name' "$json"; return 1; }
	holds "$json" table3 complete || return
	[[ $(cd "$work" && echo result.json*) == result.json ]] || { echo "left behind:"; ls "$work"; return 1; }
}

# What cannot be written twice is written once
to_pipe() {
	mkfifo "$work/pipe"
	cat "$work/pipe" >"$work/piped" &
	run_to_end "$tool" run "${few[@]}" --json "$work/pipe" || return
	wait $!
	[[ $(jq -c '[.interrupted, .benches[].name]' "$work/piped") == '[false,"table3","jitcheck"]' ]] ||
		{ jq -c . "$work/piped" | cut -c 1-200; return 1; }
}

command -v jq >/dev/null || skip_all "no jq: install it"
ktap_print_header
test_that "all benches take at most 25 minutes" seconds seconds 1500
test_that "with --quick at most 6" seconds seconds_quick 360
test_that "the time, before and after" says_time
test_that "the JSON has each bench's time" took
test_that "run all asks for every bench" all_asked
test_that "a bench that fails does not stop the others" failed_one
test_that "kill -9 leaves what is done" killed
test_that "JSON into a pipe is written once" to_pipe
finish
