#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Output that cannot be written: the tool says so before it measures, and leaves files alone

source "$(dirname "$0")/lib.sh"
need_root
need_tool

# unwritable FILE REGEX: refused at once, without a table on stdout
unwritable() {
	run 1 "$tool" run table3 --quick --json "$1" || return
	[[ ! -s $work/out ]] || { echo "measured all the same: $(head -n 1 "$work/out")"; return 1; }
	said "$2"
}

read_only() {
	local dir="$work/ro" rc

	mkdir "$dir"
	mount -t tmpfs -o ro tmpfs "$dir" || return
	unwritable "$dir/result.json" "$dir/result.json.*[Rr]ead-only"
	rc=$?
	umount "$dir"
	return $rc
}

# A full file system: the result is lost, an earlier one is not
full() {
	local dir="$work/full" rc=0

	mkdir "$dir"
	mount -t tmpfs -o size=8k tmpfs "$dir" || return
	echo earlier >"$dir/result.json"
	run 1 "$tool" run table3 --quick --json "$dir/result.json" || rc=1
	grep -q "result.json.*[Nn]o space" "$work/err" || { cat "$work/err"; rc=1; }
	[[ $(<"$dir/result.json") == earlier ]] || { echo "the earlier result is gone"; rc=1; }
	[[ $(ls -A "$dir") == result.json ]] || { echo "left behind: $(ls -A "$dir")"; rc=1; }
	umount "$dir"
	return $rc
}

replaces() {
	echo earlier >"$work/result.json"
	run_to_end "$tool" run table3 --quick --json "$work/result.json" || return
	"$here/bench_check" "$work/result.json" table3 sound
}

# JSON alone on stdout, the tables beside it
to_stdout() {
	run_to_end "$tool" run table3 --quick --json - || return
	"$here/bench_check" "$work/out" table3 sound || return
	[[ -s $work/err ]] || { echo "no table on stderr"; return 1; }
}

stdout_full() {
	"$tool" "$@" >/dev/full 2>"$work/err"
	(($? == 1)) || { echo "exit status 0"; return 1; }
	said "standard output"
}

ktap_print_header
test_that "folder that is not there" unwritable "$work/absent/result.json" "$work/absent/result.json.*No such file"
test_that "a folder's name" unwritable "$work" "$work.*[Dd]irectory"
test_that "a file taken as a folder" unwritable "$here/lib.sh/result.json" "lib.sh/result.json.*[Dd]irectory"
test_that "read-only file system" read_only
test_that "full file system" full
test_that "an earlier file is replaced" replaces
test_that "--json -" to_stdout
test_that "list to a full device" stdout_full list
test_that "run to a full device" stdout_full run table3 --quick
finish
