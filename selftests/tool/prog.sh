#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost prog: programs whose verdicts or costs are known, by BPF_PROG_TEST_RUN, which any
# kernel has. Each packet must be as it came, whatever the program makes of it.

source "$(dirname "$0")/lib.sh"
need_root
need_tool
need_command jq

json="$work/result.json"
costs="$here/prog_costs.bpf.o"
"$here/prog_captures" "$work" || exit 1

# prog STATUS ARGUMENT...: few batches, as counts do not depend on them
prog() {
	local status=$1
	shift

	run "$status" "$tool" prog --quiet --brief --batches 1 --json "$json" "$@"
}

# table KEY JQ-FILTER: true of that table
table() {
	jq -e --arg key "$1" ".benches[0].tables[] | select(.key == \$key) | $2" "$json" >/dev/null ||
		{ echo "$1: not $2"; jq -c '.benches[0].tables[].rows[] | [.key, .validity, .reason, .cells]' "$json"; return 1; }
}

# verdicts VERDICT...: of the capture's frames in their order; and each time in the measured rounds
verdicts() {
	local is

	table cost '.rows[0] | (.validity != "invalid") and .cells.packets > 1000' || return
	is=$(jq -r '[.benches[0].tables[] | select(.key == "frames").rows[] | [.cells.number, .cells.verdict]] |
		sort | map(.[1]) | join(" ")' "$json")
	[[ $is == "$*" ]] || { echo "$is, not $*"; return 1; }
}

swapped() {
	prog 0 "$here/prog_swap.bpf.o" --pcap "$work/mix.pcap" &&
		verdicts XDP_TX XDP_TX XDP_TX XDP_TX XDP_TX XDP_TX &&
		table frames 'all(.rows[]; .cells.changed == "changed")'
}

# What it is measured against: test_run's own repeat goes on with the packet that is left.
# returns REPEAT VERDICT
returns() {
	bpftool prog run pinned "$work/bpf/swap" data_in "$work/frame" repeat "$1" >"$work/out" 2>&1
	grep -q "^Return value: $2," "$work/out" || { echo "repeat $1:"; cat "$work/out"; return 1; }
}

repeated() {
	local rc

	command -v bpftool >/dev/null || { echo "no bpftool"; return "$KSFT_SKIP"; }
	printf '\2\0\0\0\0\2\2\0\0\0\0\1\x08\0%050d' 0 >"$work/frame"
	mkdir "$work/bpf" && mount -t bpf bpf "$work/bpf" || return
	bpftool prog load "$here/prog_swap.bpf.o" "$work/bpf/swap" 2>/dev/null && returns 1 3 && returns 1000 1
	rc=$?
	umount "$work/bpf"
	return "$rc"
}

resized() {
	prog 0 "$costs" -p resize --pcap "$work/mix.pcap" &&
		verdicts XDP_TX XDP_TX XDP_TX XDP_TX XDP_TX XDP_TX &&
		table frames 'all(.rows[]; .cells.changed == "resized")'
}

tc() {
	prog 0 "$costs" -p mark --pcap "$work/mix.pcap" &&
		verdicts TC_ACT_OK TC_ACT_OK TC_ACT_OK TC_ACT_OK TC_ACT_OK TC_ACT_OK &&
		prog 0 "$costs" -p ttl --pcap "$work/mix.pcap" &&
		verdicts TC_ACT_OK TC_ACT_OK TC_ACT_SHOT TC_ACT_SHOT TC_ACT_SHOT TC_ACT_SHOT
}

# skb->protocol is not in the packet's bytes
protocols() {
	prog 0 "$costs" -p protocol --pcap "$work/mix.pcap" &&
		verdicts TC_ACT_OK TC_ACT_OK TC_ACT_PIPE TC_ACT_SHOT TC_ACT_SHOT TC_ACT_PIPE
}

# Each program drops a packet that it has changed already; all tables are of fresh ones
fronts() {
	local name

	for name in decap to_ipv6; do
		prog 0 "$costs" -p $name --frame udp:200 || return
		table cost '.rows[0].validity != "invalid" and .rows[0].cells.packets >= 2000' || return
	done
	for name in encap two_tags; do
		run 0 "$tool" prog --quiet --quick --json "$json" "$costs" -p $name --frame udp:200 --flows 3 || return
		hides_times || table cost '.rows[0].validity != "invalid" and .rows[0].cells.ns != null' || return
		table verdicts '.rows | map(.label) == ["TC_ACT_OK"] and all(.validity != "invalid")' || return
		hides_times || table caches 'length > 0 and ([.rows[] | select(.validity == "invalid")] == [])' || return
	done
}

# Invalid, with the frame named; but not where a state is what is to be measured
stateful() {
	prog 1 "$costs" -p state --pcap "$work/mix.pcap" || return
	table cost '.rows[0] | .validity == "invalid" and any(.reasons[]; .code == "verdicts" and
		(.text | test("frame [0-9].* XDP_(PASS|DROP) in the reference run, then XDP_(PASS|DROP)")))' || return
	said 'state: packets had other verdicts than in the reference run; ' || return
	prog 1 "$costs" -p never --pcap "$work/mix.pcap" || return
	prog 0 "$costs" -p never --pcap "$work/mix.pcap" --stateful || return
	table cost '.rows[0] | .validity == "indicative" and any(.notes[]; .code == "stateful")'
}

aborted() {
	prog 0 "$costs" -p aborts --pcap "$work/mix.pcap" &&
		verdicts XDP_ABORTED XDP_ABORTED XDP_ABORTED XDP_ABORTED XDP_ABORTED XDP_ABORTED
}

# In slot 0 a program of the object, which calls slot 1, which is empty
tail_calls() {
	echo '[{"key": ["0x00", "0x00", "0x00", "0x00"], "value": "called"}]' >"$work/next.json"
	prog 0 "$costs" -p calls || return
	table frames '.rows[0].cells.verdict == "XDP_DROP"' || return
	prog 0 "$costs" -p calls --map next="$work/next.json" || return
	table frames '.rows[0].cells.verdict == "XDP_TX"'
}

constants() {
	prog 0 "$costs" -p nothing --const verdict=1 || return
	table frames '.rows[0].cells.verdict == "XDP_DROP"' || return
	prog 0 "$costs" -p nothing --const verdict=0x3 || return
	table frames '.rows[0].cells.verdict == "XDP_TX"' || return
	prog 1 "$costs" -p nothing --const verdict=drop || return
	said '--const verdict=drop: no number' || return
	prog 1 "$costs" -p nothing --const verdikt=1 || return
	said '--const verdikt=1: no object has anything of that name'
}

# By BTF, as hex digits, as bpftool has dumped it
maps() {
	cat >"$work/btf.json" <<'JSON'
[{"key": 2048, "value": {"verdict": 1, "flags": 5, "more": 3, "name": "abc"}},
 {"key": "0x86dd", "value": {"verdict": 2, "flags": "0x5", "name": [97, 98]}}]
JSON
	prog 0 "$costs" -p ruled --pcap "$work/mix.pcap" --map rules="$work/btf.json" || return
	verdicts XDP_DROP XDP_DROP XDP_ABORTED XDP_PASS XDP_PASS XDP_ABORTED || return
	cat >"$work/hex.json" <<'JSON'
[{"key": ["0x00","0x08","0x00","0x00"], "value": ["0x03","0x00","0x00","0x00","0x05","0x61","0x62","0x00","0x00","0x00","0x00","0x00","0x00","0x00","0x00","0x00"],
  "formatted": {"key": 2048}}]
JSON
	prog 0 "$costs" -p ruled --pcap "$work/mix.pcap" --map rules="$work/hex.json" || return
	verdicts XDP_TX XDP_TX XDP_ABORTED XDP_ABORTED XDP_ABORTED XDP_ABORTED
}

# A control program of the user's, and nothing of it afterwards
setup() {
	local before after

	command -v bpftool >/dev/null || { echo "no bpftool"; return "$KSFT_SKIP"; }
	before=$(there)
	prog 0 "$costs" -p ruled --pcap "$work/mix.pcap" --setup \
		'bpftool map update pinned $HOOKCOST_PIN/rules key hex 00 08 00 00 value hex 03 00 00 00 05 61 62 00 00 00 00 00 00 00 00 00' || return
	verdicts XDP_TX XDP_TX XDP_ABORTED XDP_ABORTED XDP_ABORTED XDP_ABORTED || return
	prog 1 "$costs" -p ruled --setup 'exit 3' || return
	said '--setup exit 3: exit status 3' || return
	after=$(there)
	[[ $before == "$after" ]] || { diff <(echo "$before") <(echo "$after"); return 1; }
}

# What a run could leave: pins, mounts, files, programs and maps, netdevs, namespaces
there() {
	ls -d /tmp/*hookcost* /sys/fs/bpf/* 2>/dev/null
	cat /proc/self/mounts
	netdevs
	ip -o netns list
	lsns -n -t net -o NS 2>/dev/null
	"$here/bpf_count"
}

# killed_while FILE ARGUMENT...: as soon as it is there, by SIGKILL; and a second run is as the first
killed_while() {
	local begun=$1 before pid
	shift

	before=$(there)
	"$tool" prog --quiet "$costs" -p ruled --pcap "$work/mix.pcap" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	await test -e "$begun" || { cat "$work/err"; kill -KILL $pid; return 1; }
	sleep 0.2
	kill -KILL $pid
	wait $pid
	rm "$begun"
	as_before() { [[ $(there) == "$before" ]]; }
	await as_before || { diff <(echo "$before") <(there); return 1; }
	prog 0 "$costs" -p ruled --pcap "$work/mix.pcap"
}

killed() {
	killed_while "$work/begun" --setup "touch $work/begun; exec sleep 20" || return
	killed_while "$work/begun" --setup "touch $work/begun" --batches 10000
}

templates() {
	prog 0 "$costs" -p nothing --frame udp:64 --frame tcp6:200 --flows 100 --zipf 1 || return
	jq -e '.benches[0].facts.frames | .frames == 200 and .packets == 262144' "$json" >/dev/null ||
		{ jq -c '.benches[0].facts' "$json"; return 1; }
}

# least PROGRAM TURNS: nanoseconds of the fastest of some rounds, which are the program's own
least() {
	prog 0 "$costs" -p "$1" --const turns="$2" >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "frames").rows[0].cells.ns' "$json"
}

# Twice the turns take twice the time, and nothing takes none. Others on the machine only ever
# lengthen a round, so that the shortest one is known better than the mean.
known_cost() {
	local none one two

	none=$(least empty 1) && one=$(least loop 500) && two=$(least loop 1000) || return
	# shellcheck disable=SC2016
	jq -en --argjson none "$none" --argjson one "$one" --argjson two "$two" \
		'($none | fabs) < 0.05 * $one and $one > 100 and ($two / $one | . > 1.85 and . < 2.15)' >/dev/null ||
		{ echo "an empty program takes $none ns, 500 turns $one ns, 1000 turns $two ns"; return 1; }
}

# median TURNS: of the loop, as the table cost has it
median() {
	run 0 "$tool" prog --quiet --brief --batches 12 --json "$json" "$costs" -p loop --const turns="$1" >&2 || return
	jq -r '.benches[0].tables[] | select(.key == "cost").rows[0].cells.ns' "$json"
}

# An empty program's interval holds 0; one in which no interrupt came is enough
empty_is_nothing() {
	local i

	! hides_times || return "$KSFT_SKIP"
	for ((i = 0; i < 5; i++)); do
		run 0 "$tool" prog --quiet --brief --batches 30 --json "$json" "$costs" -p empty || return
		jq -c '.benches[0].tables[] | select(.key == "cost").rows[0] | [.cells.ns, .intervals.ns]' "$json"
		table cost '.rows[0].intervals.ns | .[0] <= 0.5 and .[1] >= -0.5 and (.[1] - .[0]) < 10' && return
	done
	return 1
}

compared() {
	prog 0 "$costs" -p nothing -p loop || return
	table cost '.rows | map(.key) == ["nothing", "loop"]' || return
	table cost '.rows[1].cells.ns > .rows[0].cells.ns'
}

# As many loads as batches, but not of a program that is loaded already
loads() {
	run_to_end "$tool" prog --quiet --brief --batches 12 --json "$json" "$costs" -p nothing || return
	jq -e '.benches[0].facts.loads.nothing == 10' "$json" >/dev/null || { jq -c '.benches[0].facts.loads' "$json"; return 1; }
	run_to_end "$tool" prog --quiet --brief --batches 5 --json "$json" "$costs" -p nothing || return
	jq -e '.benches[0].facts.loads.nothing == 1' "$json" >/dev/null || { jq -c '.benches[0].facts.loads' "$json"; return 1; }
}

# redirects PROGRAM SHARE MAPS NETDEVS ARGUMENT...
redirects() {
	local name=$1 share=$2 maps=$3 netdevs=$4
	shift 4

	prog 0 "$costs" -p "$name" "$@" &&
		jq -e --arg name "$name" --argjson share "$share" --argjson maps "$maps" --argjson netdevs "$netdevs" \
			'.benches[0].facts.redirects[$name] == {share: $share, maps: $maps, netdevs: $netdevs}' \
			"$json" >/dev/null ||
		{ jq -c '.benches[0].facts.redirects' "$json"; return 1; }
}

# lo is a namespace's first netdev
where_to() {
	echo '[{"key": 2, "value": 1}]' >"$work/ports.json"
	redirects to_port 100 '["ports (devmap): 2 to lo"]' '[]' --map ports="$work/ports.json" &&
		redirects to_netdev 100 '[]' '["bpf_redirect() to lo"]' &&
		redirects to_const 100 '[]' '["bpf_redirect_neigh() to lo"]' &&
		redirects to_const 100 '[]' '["bpf_redirect_neigh() to netdev 7777"]' --const out=7777 &&
		redirects to_either 100 '[]' '["bpf_redirect() to what it finds at run time"]' && prog 0 "$costs" -p to_port &&
		jq -e '.benches[0].facts.redirects == null' "$json" >/dev/null
}

# A hash costs more than an array, and other maps have no price
priced() {
	! hides_times || return "$KSFT_SKIP"
	run 0 "$tool" prog --quiet --quick --no-caches --json "$json" "$costs" -p flow || return
	table maps '(.rows | map(select(.cells.type == "hash"))[0]) as $hash |
		(.rows | map(select(.cells.type == "array"))[0]) as $array |
		$array.intervals.lookup != null and $hash.cells.lookup > $array.cells.lookup' &&
		prog 0 "$costs" -p flow && table maps 'all(.rows[]; .cells.lookup == null)' &&
		run 0 "$tool" prog --quiet --quick --no-caches --json "$json" "$costs" -p calls || return
	table maps 'any(.rows[]; .cells.type == "prog_array" and .cells.lookup == null)'
}

# caches PROGRAM ROW: nanoseconds of a row of that table
caches() { jq -r --arg key "$1:$2" '.benches[0].tables[] | select(.key == "caches").rows[] | select(.key == $key).cells.ns' "$work/$1.json"; }

# A table that no cache holds costs more in the capture's order than the same entry again and
# again, and most after memory was written; a program without memory has its own code only
cold() {
	local name is

	! hides_times || return "$KSFT_SKIP"
	for name in flow nothing; do
		run 0 "$tool" prog --quiet --quick "$costs" -p $name --flows 100000 --json "$work/$name.json" || return
	done
	is="flow: warm $(caches flow warm), order $(caches flow order), cold $(caches flow cold); nothing: cold $(caches nothing cold)"
	jq -en --argjson warm "$(caches flow warm)" --argjson order "$(caches flow order)" \
		--argjson cold "$(caches flow cold)" --argjson nothing "$(caches nothing cold)" \
		'$order > 1.2 * $warm and $cold > 2 * $warm and $cold > 1.5 * $nothing' >/dev/null ||
		{ echo "$is"; return 1; }
}

pays() {
	prog 0 "$costs" -p nothing --const verdict=1 --request-cost 1000 || return
	table pay '.rows[0].cells | .omega == 1 and .rho < 0.5' || return
	prog 0 "$costs" -p loop --request-cost 1000 || return
	table pay '.rows[0].cells.omega == 0'
}

# Of results of the bench drop: rho is as wide as both intervals together
pays_measured() {
	local request="$work/drop.json"

	prog 0 "$costs" -p loop || return
	jq '.benches[0] |= (.name = "drop" | .tables = [{key: "drop", title: "drop", columns: [], rows: [{
		key: "socket", label: "socket", validity: "valid", cells: {over: 1000}, intervals: {over: [500, 2000]}}]}])' \
		"$json" >"$request"
	run 0 "$tool" prog --quiet --brief --batches 8 --json "$json" "$costs" -p loop --request-cost "measured:$request" || return
	table pay '(.rows[0].cells.rho * 1000) as $ns | .rows[0].intervals.rho |
		.[0] <= $ns / 1900 and .[1] >= $ns / 525' || return
	jq '.benches[0].tables[0].rows[0].validity = "invalid"' "$request" >"$work/bad.json"
	prog 1 "$costs" -p loop --request-cost "measured:$work/bad.json" && said 'row "socket" is invalid$' || return
	jq '.benches[0].tables[0].rows = []' "$request" >"$work/bad.json"
	prog 1 "$costs" -p loop --request-cost "measured:$work/bad.json" && said 'it has no row "socket" of the bench drop' &&
		prog 1 "$costs" -p loop --request-cost "measured:/nonexistent" && said '/nonexistent: No such file'
}

ktap_print_header
test_that "a packet that was sent back is as it came the next time" swapped
test_that "which it is not for test_run's repeat" repeated
test_that "so is one whose head, tail and metadata were moved" resized
test_that "TC: mark, cb and bytes are as they came" tc
test_that "TC: a packet's protocol is its own" protocols
test_that "TC: what is in front of a packet's headers is as it came" fronts
test_that "a program with a state is invalid, or --stateful" stateful
test_that "a program that aborts" aborted
test_that "tail calls: the program array is filled" tail_calls
test_that "--const" constants
test_that "--map by BTF and by hex digits" maps
test_that "--setup fills the maps, and leaves nothing" setup
test_that "killed in --setup, and in a test_run: nothing is left" killed
test_that "templates, flows, zipf" templates
test_that "known costs: nothing is nothing, twice as much is twice as much" known_cost
# shorter ones begin before what comes before them has ended
test_that "a loop takes what its instructions take: 1000 turns" as_long 1000 least loop 1000
test_that "a loop takes what its instructions take: 8000 turns" as_long 8000 least loop 8000
test_that "so says the median of all packets" as_long 4000 median 4000
test_that "an empty program takes nothing" empty_is_nothing
test_that "two programs are compared" compared
test_that "several loads of a program" loads
test_that "a map of 100000 entries: warm, in order, cold" cold
test_that "redirects: where to" where_to
test_that "its maps' look-ups" priced
test_that "--request-cost: rho and omega" pays
test_that "--request-cost measured:FILE" pays_measured
finish
