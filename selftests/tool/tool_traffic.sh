#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What benches run besides themselves is missing, dies, fails, or finds its port in use: one
# line says so, and the machine is as it was

source "$(dirname "$0")/lib.sh"
need_root
need_tool
command -v sockperf >/dev/null || skip_all "no sockperf"
command -v iperf >/dev/null || skip_all "no iperf"

json="$work/result.json"

programs() { "$here/bpf_count"; }
# Ours, the tool's apart
processes() { pgrep -c -x 'iperf|sockperf'; }

# restored COMMAND...: it leaves nothing behind
restored() {
	local links before

	links=$(netdevs)
	before=$(programs)
	"$@" || return
	[[ $(netdevs) == "$links" ]] || { echo "before: $links, now: $(netdevs)"; return 1; }
	# the kernel frees programs a moment later
	same() { [[ $(programs) == "$before" ]]; }
	await_every 0.01 2000 same || { echo "programs before: $before, left: $(programs)"; return 1; }
	[[ $(processes) == 0 ]] || { pgrep -l 'iperf|sockperf'; return 1; }
}

# missing BENCH TOOL
missing() {
	mkdir -p "$work/empty"
	PATH=$work/empty run 4 "$tool" run "$1" --quick --json "$json" || return
	said "nothing could be measured" || return
	holds "$json" "$1" 'sound, none($arg)' "there is no $2 in PATH"
}

# The process below the bench whose name is $1, into $child
child_is() {
	child=$(pgrep -P "$pid" -x "$1")
	[[ $child =~ ^[0-9]+$ ]]
}

# killed NAME REGEX BENCH...: one of its processes, in the middle
killed() {
	local name=$1 regex=$2 rc tries
	shift 2

	"$tool" run "$@" --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	# not while it is still being set up, and another one if this one has ended by then
	for tries in {1..20}; do
		await_every 0.01 2000 child_is "$name" || { kill -KILL $pid; echo "no $name ran"; return 1; }
		sleep 0.3
		! kill -KILL "$child" 2>/dev/null || break
	done
	wait $pid
	rc=$?
	((rc == 1)) || { echo "exit status $rc"; cat "$work/err"; return 1; }
	said "$regex"
}

# instead TOOL SCRIPT: for what follows, PATH has this tool first
instead() {
	rm -rf "${work:?}/bin"
	mkdir -p "$work/bin"
	printf '#!/bin/sh\n%s\n' "$2" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

# with_it REGEX BENCH...
with_it() {
	local regex=$1
	shift

	PATH=$work/bin:$PATH run 1 "$tool" run "$@" --json "$json" || return
	said "$regex"
}

# interrupted SIGNAL NAME BENCH...
interrupted() {
	local signal=$1 name=$2 rc
	shift 2

	"${interruptible[@]}" "$tool" run "$@" --json "$json" >"$work/out" 2>"$work/err" &
	pid=$!
	await_every 0.01 2000 child_is "$name" || { kill -KILL $pid; echo "no $name ran"; return 1; }
	kill "-$signal" $pid
	wait $pid
	rc=$?
	((rc == 1)) || { echo "exit status $rc"; return 1; }
	said interrupted || return
	holds "$json" "$1" interrupted
}

ktap_print_header
test_that "no sockperf" restored missing figure3 sockperf
test_that "no iperf" restored missing table2 iperf
test_that "sockperf is killed" restored killed sockperf "sockperf: killed by signal 9" figure3
test_that "iperf is killed" restored killed iperf "iperf client: killed by signal 9" table2
test_that "the echo server is killed" restored \
	killed hookcost "echo server: killed by signal 9" figure3
test_that "the TCP server is killed" restored killed hookcost "TCP server: killed by signal 9" table2
instead sockperf "socat -u UDP4-RECV:22222 STDOUT & until grep -q ':56CE ' /proc/net/udp; do sleep 0.05; done; exec $(command -v sockperf) \"\$@\""
test_that "sockperf's port is in use" restored with_it "sockperf: .*bind.*Address already in use" figure3 --quick
instead iperf "echo no good >&2; exit 7"
test_that "iperf fails" restored with_it "iperf client: ended with exit status 7: no good" table2 --quick
instead iperf "echo no good >&2"
test_that "iperf does nothing" restored \
	with_it "iperf client: only 0 of 48 connections: no good" table2 --quick
test_that "SIGINT in figure3" restored interrupted INT sockperf figure3
test_that "SIGTERM in table2" restored interrupted TERM iperf table2
finish
