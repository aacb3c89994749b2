#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: how far a step says that it is
# shellcheck disable=SC2034,SC2154

# says WANT ARGUMENT...: as how_far() has them
says() {
	local got
	got=$(how_far "${@:2}")
	[[ $got == "$1" ]] || { echo "\"$got\""; return 1; }
}

# log N: of a build that has made so many
log_of() {
	local i

	for ((i = 0; i < $1; i++)); do
		printf '  CC      file%d.o\n  AR      built-in.a\n' "$i"
	done
}

# Of the list, of a build here, and not of one that had less to do
remembers() (
	cache=$PWD/cache variant=uml
	rm -rf cache
	mkdir -p cache/logs
	[[ $(past kernel) == "965 0" && $(past nothing) == "0 0" ]] || { past kernel; exit 1; }
	variant=uml-debug
	[[ $(past kernel) == "965 0" ]] || exit
	log_of 1000 >log
	keep_past kernel log 300
	[[ $(past kernel) == "1000 300" ]] || exit
	log_of 40 >log
	keep_past kernel log 9
	[[ $(past kernel) == "1000 300" ]] || exit
	# a step that compiles nothing took so long
	: >log
	keep_past "kernel source" log 20
	[[ $(past "kernel source") == "0 20" ]] || exit
	echo "no number" >cache/logs/kernel-uml-debug.whole
	[[ $(past kernel) == "0 0" ]]
)

# A line now and then, and no escape codes, where there is no terminal that knows them
plain() (
	cache=$PWD/cache variant=uml
	mkdir -p cache/logs
	work_a_while() { log_of 20; sleep 2.5; }
	for type in dumb xterm; do
		TERM=$type HOOKCOST_TICK=1 whole=1 step kernel work_a_while >out
		grep -qx "kernel: 1 s, 20 of about 965 objects, log: .*" out &&
			grep -qx "hookcost: kernel: [23] s" out || { cat -v out; exit 1; }
		! grep -q '[[:cntrl:]]' out || exit
	done
	# a dumb terminal
	[[ -x $(command -v script) ]] || exit 0
	# script(1) has $SHELL start it, or sh, which drops functions from the environment
	{
		declare -f log_of work_a_while
		printf 'source %q\nstep kernel work_a_while\n' "$top/scripts/lib.sh"
	} >work.sh
	TERM=dumb HOOKCOST_CACHE=$PWD/fresh HOOKCOST_TICK=1 SHELL=/bin/sh script -qec "bash work.sh" typed </dev/null >/dev/null
	! grep -q $'\033' typed && grep -q "kernel: 1 s, 20 of at most 965 objects" typed || { cat -v typed; exit 1; }
)

# Of who does not know whether all of it is to be done, as check-series.sh
by_itself() {
	local pid tries

	cache=$PWD/cache variant=uml
	mkdir -p cache/logs
	log_of 20 >log
	HOOKCOST_TICK=1 ticker kernel log >out 2>&1 &
	pid=$!
	for ((tries = 0; tries < 300 && !$(grep -c . out); tries++)); do
		sleep 0.1
	done
	kill "$pid"
	wait "$pid" || :
	grep -q "^kernel: [1-9][0-9]* s, 20 of at most 965 objects, log: log" out || { cat -v out; return 1; }
}

test_that "a first build: how much of how much, and how long yet" \
	says ", 640 of about 1400 objects, some 6 min left" 640 1400 300 0 1
test_that "too early to say how long" says ", 10 of about 1400 objects" 10 1400 30 0 1
test_that "soon done" says ", 1300 of about 1400 objects, some 24 s left" 1300 1400 300 0 1
test_that "only what has changed" says ", 40 of at most 1400 objects" 40 1400 30 500 ""
test_that "more than before" says ", 1500 objects" 1500 1400 300 500 1
test_that "what compiles nothing" says ", 20 s the last time" 0 0 3 20 ""
test_that "nothing is known" says "" 0 0 3 0 ""
test_that "nothing compiled yet" says "" 0 1400 3 500 1
test_that "what is remembered" remembers
test_that "no escape codes without a terminal" plain
test_that "a line for who knows less" by_itself
