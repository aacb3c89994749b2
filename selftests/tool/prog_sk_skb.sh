#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog: SK_SKB programs. Where each message comes out is known from what it begins with.

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_command jq

json="$work/result.json"
skb="$here/prog_skb.bpf.o"
"$here/prog_captures" "$work" || exit 1

# prog STATUS BATCHES ARGUMENT...
prog() {
	local status=$1 batches=$2
	shift 2

	run "$status" "$tool" prog --quiet --brief --batches "$batches" --json "$json" "$skb" --pcap "$work/mix.pcap" "$@"
}

# table KEY JQ-FILTER: true of that table
table() {
	jq -e --arg key "$1" ".benches[0].tables[] | select(.key == \$key) | $2" "$json" >/dev/null ||
		{ echo "$1: not $2"; jq -c '.benches[0].tables[].rows[] | [.key, .validity, .reasons, .cells]' "$json"; return 1; }
}

# verdicts [NAME SHARE]...: all there are, each message counted in each round
verdicts() {
	table cost '.rows[0].validity != "invalid" and .rows[0].cells.messages == 5' || return
	table verdicts "[.rows[] | .validity != \"invalid\" and .cells.messages >= 32] | all" || return
	jq -ne --slurpfile r "$json" '[$r[0].benches[0].tables[] | select(.key == "verdicts").rows[] |
		(.key | sub("^[^:]*:"; "")), .cells.share] == $ARGS.positional' --jsonargs "$@" >/dev/null ||
		{ jq -c '.benches[0].tables[] | select(.key == "verdicts").rows' "$json"; return 1; }
}

# 5 of the capture's 6 frames carry UDP or TCP
passed() { prog 0 2 -p nothing && verdicts '"SK_PASS"' 100; }
dropped() { prog 0 2 -p nothing --const verdict=0 && verdicts '"SK_DROP"' 100; }
redirected() { prog 0 2 -p by_byte && verdicts '"SK_PASS"' 40 '"redirected to peers[2]"' 60; }
sent() { prog 0 2 -p by_byte --const flags=0 && verdicts '"SK_PASS"' 40 '"sent by peers[2]"' 60; }

hashed() {
	prog 0 2 -p by_hash && verdicts '"SK_PASS"' 40 '"redirected to hashed[2]"' 60 &&
		prog 0 2 -p by_hash --const flags=0 && verdicts '"SK_PASS"' 40 '"sent by hashed[2]"' 60
}

stateful() {
	prog 1 2 -p state || return
	table cost '.rows[0] | .validity == "invalid" and any(.reasons[]; .code == "messages")'
}

# By its difference, whose path is some microseconds
difference() {
	prog 0 12 -p loop --const turns=8000 >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "cost").rows[0].cells.ns' "$json"
}

# And by the kernel's statistics, with what they take themselves
by_kernel() {
	prog 0 12 -p loop --const turns=8000 >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "verdicts").rows[0].cells.kernel' "$json"
}

so_says_the_kernel() {
	prog 0 2 -p loop || return
	if table verdicts '.rows[0].cells.kernel == null' >/dev/null; then
		echo "its run-time statistics are jiffies"
		return "$KSFT_SKIP"
	fi
	as_long 8000 by_kernel
}

limits() {
	! hides_times || return "$KSFT_SKIP"
	prog 0 12 -p loop --budget 1000000 || return
	prog 1 12 -p loop --const turns=8000 --budget 100 || return
	prog 4 2 -p loop --budget 1000000
}

two() { prog 0 2 -p nothing -p loop && table cost '.rows | map(.key) == ["nothing", "loop"]'; }

refused() {
	local regex=$1
	shift

	prog 1 2 "$@" && said "$regex"
}

refusals() {
	refused 'a stream parser' -p parser && refused '--device: ' -p nothing --device veth &&
		refused '--request-cost: ' -p nothing --request-cost 100 &&
		refused '--stateful: ' -p nothing --stateful || return
	run 1 "$tool" prog "$skb" -p nothing --frame tcp:54 && said 'no frame carries a UDP or TCP payload'
}

leftovers() { [[ $("$here/bpf_count"; lsns -n -t net -o NS 2>/dev/null) == "$before" ]]; }

before=$("$here/bpf_count"; lsns -n -t net -o NS 2>/dev/null)
ktap_print_header
test_that "messages that pass" passed
test_that "messages that are dropped" dropped
test_that "messages that are redirected, and where to" redirected
test_that "messages that another socket sends" sent
test_that "by a sockhash" hashed
test_that "a program with a state is invalid" stateful
test_that "a loop takes what its instructions take" as_long 8000 difference
test_that "so says the kernel" so_says_the_kernel
test_that "--budget" limits
test_that "two programs" two
test_that "what there is not for SK_SKB gets one line" refusals
test_that "nothing is left" leftovers
finish
