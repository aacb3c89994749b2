#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Wrong command lines: exit status 1, nothing on stdout, and one line that points to --help

source "$(dirname "$0")/lib.sh"
need_tool

# wrong REGEX ARGUMENT...
wrong() {
	local regex=$1
	shift

	run 1 "$tool" "$@" || return
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 3 "$work/out")"; return 1; }
	grep -q -- --help "$work/err" || { echo "no pointer to --help: $(<"$work/err")"; return 1; }
	said "$regex"
}

# named REGEX ARGUMENT...: wrong, too, but --help does not help
named() {
	local regex=$1
	shift

	run 1 "$tool" "$@" || return
	[[ ! -s $work/out ]] || { echo "on stdout: $(head -n 3 "$work/out")"; return 1; }
	said "$regex"
}

# helpful ARGUMENT...: a text on stdout, nothing on stderr
helpful() {
	run 0 "$tool" "$@" || return
	[[ -s $work/out && ! -s $work/err ]] || { echo "stdout or stderr is wrong"; return 1; }
}

names_all() {
	local name

	run 0 "$tool" list || return
	for name in table1 table3 table6 figure14a figure14b mlx5sim jitcheck; do
		grep -q "^$name " "$work/out" || { echo "no $name"; return 1; }
	done
}

ktap_print_header
test_that "no command" wrong "command"
test_that "unknown command" wrong "nonsense" nonsense
test_that "unknown option" wrong "nonsense" --nonsense
test_that "unknown option of a command" wrong "nonsense" run --nonsense table1
test_that "no bench" wrong "bench" run
test_that "unknown bench" wrong "table9" run table9
test_that "unknown bench beside a known one" wrong "table99" run table3 table99
test_that "--batches 0" wrong "batches.*\"0\"" run --batches 0 table3
test_that "--batches without number" wrong "batches" run table3 --batches
test_that "--batches, a word" wrong "batches.*\"many\"" run --batches many table3
test_that "--batches, negative" wrong "batches.*\"-1\"" run --batches=-1 table3
test_that "--batches, too large" wrong "batches" run --batches 99999999999999999999 table3
test_that "--samples, trailing garbage" wrong "samples.*\"10x\"" run --samples 10x table1
test_that "list with an unknown bench" wrong "\"nonsense\"" list nonsense
test_that "native, unknown word" wrong "\"start\"" native start
test_that "native set without a program" wrong "program" native set
test_that "native set without a device" wrong "\-\-device" native set drop
test_that "native off with a device" wrong "\-\-device" native off --device eth0
test_that "native off with an argument" wrong "\"now\"" native off now
test_that "hooks, unknown hook" wrong "\"xdq\"" hooks --hook xdq
test_that "hooks, no time" wrong "\"soon\"" hooks --duration soon
test_that "hooks with an argument" wrong "\"xdp\"" hooks xdp
test_that "doctor with an argument" wrong "\"now\"" doctor now
test_that "report without a file" wrong "results" report
test_that "report with two files" wrong "\"b.json\"" report a.json b.json
test_that "compare with one file" wrong "two files" compare a.json
test_that "compare with three files" wrong "\"c\"" compare a b c
test_that "--max-regression, a word" wrong "\"much\"" compare --max-regression much a b
test_that "a command that is near" wrong "\"rnu\", did you mean run" rnu table3
test_that "an option that is near" wrong "\-\-jsno, did you mean \-\-json" run table3 --jsno x
test_that "a bench that is near" wrong "\"tabel3\", did you mean table3" run tabel3
test_that "a bench that is near: list" wrong "did you mean figure14a" list figure14x
test_that "a bench that is near: peer" wrong "did you mean drop" peer --device lo dorp
test_that "a device that is near" named "\"vteh\", did you mean veth" run table3 --device vteh
test_that "no such option, short" wrong "\-Z" run -qZ table3
test_that "an option's argument that is missing" wrong "\-\-json needs FILE" run table3 --json
test_that "an option's argument that is missing, short" wrong "\-\-json needs FILE" run table3 -qj
test_that "no such results" named "absent.json.*No such file.*run --json" report "$work/absent.json"
test_that "no such baseline" named "absent.json.*No such file.*run --json" run table3 --baseline "$work/absent.json"
test_that "a baseline that is none" named "no JSON" run table3 --baseline "$0"
test_that "--help" helpful --help
test_that "--version" helpful --version
for command in list run report compare hooks native doctor; do
	test_that "$command --help" helpful "$command" --help
done
test_that "list names every bench" names_all
finish
