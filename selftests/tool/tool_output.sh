#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Output that cannot be written: the tool says so before it measures, and leaves files alone. What
# can be written is what was there before, but for its contents; no result is lost.

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

# rescued: stderr names another file, and the result is there
rescued() {
	local file

	file=$(sed -n 's/.*; the result is in //p' "$work/err")
	[[ $file == "$work"/tmp/* ]] || { echo "nowhere else: $(<"$work/err")"; return 1; }
	holds "$file" table3 && rm "$file"
}

# Text that is no UTF-8 makes a result that is read back all the same
no_utf8() {
	HOOKCOST_TARGET=$'a\xffb' run_to_end "$tool" run table3 --quick --json "$work/odd.json" || return
	jq -e '.environment.target == "a\\xffb"' "$work/odd.json" >/dev/null || { jq .environment.target "$work/odd.json"; return 1; }
	run 0 "$tool" merge "$work/odd.json"
}

# A full file system: neither the result nor an earlier one is lost
full() {
	local dir="$work/full" rc=0

	mkdir "$dir"
	mount -t tmpfs -o size=8k tmpfs "$dir" || return
	echo earlier >"$dir/result.json"
	# in place, too: another name of it
	((${1:-0} == 0)) || ln "$dir/result.json" "$dir/other.json"
	run 1 "$tool" run table3 --quick --json "$dir/result.json" || rc=1
	grep -q "result.json.*[Nn]o space" "$work/err" || { cat "$work/err"; rc=1; }
	rescued || rc=1
	[[ $(<"$dir/result.json") == earlier ]] || { echo "the earlier result is gone"; rc=1; }
	[[ $(ls -A --ignore=other.json "$dir") == result.json ]] || { echo "left behind: $(ls -A "$dir")"; rc=1; }
	umount "$dir"
	rmdir "$dir"
	return $rc
}

# The folder goes while it is measured
goes() {
	mkdir "$work/goes"
	# an earlier run's are not this one's
	rm -f "$work/out" "$work/err"
	"$tool" run table3 --quick --json "$work/goes/result.json" >"$work/out" 2>"$work/err" &
	pid=$!
	await has_header && rmdir "$work/goes"
	wait $pid
	(($? == 1)) || { echo "not exit status 1"; cat "$work/err"; return 1; }
	rescued
}

# In between it cannot be written, at the end it can
after_all() {
	local dir="$work/after" rc=0

	mkdir "$dir"
	mount -t tmpfs -o size=8k tmpfs "$dir" || return
	rm -f "$work/err"
	"$tool" run table3 jitcheck --quick --json "$dir/result.json" >"$work/out" 2>"$work/err" &
	pid=$!
	told() { grep -qs 'the result is in' "$work/err"; }
	await_every 0.01 3000 told && mount -o remount,size=8m "$dir"
	wait $pid
	rc=$?
	((rc == 0)) || hides_times || { echo "exit status $rc"; cat "$work/err"; }
	grep -q "after all" "$work/err" && jq -e '.benches | length == 2' "$dir/result.json" >/dev/null || rc=1
	[[ ! $(ls -A "$work/tmp") ]] || { echo "left behind: $(ls -A "$work/tmp")"; rc=1; }
	umount "$dir"
	return $rc
}

# merged FILE [COMMAND...]: what is there of results, again, by another command
merged() {
	local file=$1
	shift

	"$@" "$tool" merge "$work/result.json" -o "$file" || return
}
as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
is_result() { jq -e '.benches | length == 1' "$1" >/dev/null || { echo "$1: $(head -c 200 "$1")"; return 1; }; }

# appends NAME: to what is in the file on standard output, descriptor 5 or by its own name
appends() {
	echo earlier >"$work/all.log"
	(cd "$work" && merged "$1" >>all.log 5>>all.log) || return
	[[ $(head -n 1 "$work/all.log") == earlier ]] || { echo "gone: earlier"; return 1; }
	tail -n +2 "$work/all.log" >"$work/added"
	is_result "$work/added"
}

# The tables go elsewhere then
run_appends() {
	echo earlier >"$work/all.log"
	"$tool" run table3 --quick --json /dev/stdout >>"$work/all.log" 2>"$work/err" || hides_times || return
	[[ $(head -n 1 "$work/all.log") == earlier && -s $work/err ]] || { head -n 3 "$work/all.log"; return 1; }
	tail -n +2 "$work/all.log" >"$work/added"
	holds "$work/added" table3
}

keeps_mode() {
	echo earlier >"$work/mode"
	chown 65534:65533 "$work/mode" && chmod 0640 "$work/mode"
	merged "$work/mode" && is_result "$work/mode" || return
	[[ $(stat -c '%a %u %g' "$work/mode") == "640 65534 65533" ]] || { stat "$work/mode"; return 1; }
}

# follows: links, one of them to a link, one to what is not there
follows() {
	mkdir -p "$work/links/to" && ln -sfn to/real "$work/links/first" && ln -sfn first "$work/links/second" || return
	merged "$work/links/second" && is_result "$work/links/to/real" || return
	echo earlier >"$work/links/to/real"
	merged "$work/links/second" && is_result "$work/links/to/real" || return
	[[ -L $work/links/first && -L $work/links/second && $(ls "$work/links/to") == real ]] || { ls -lR "$work/links"; return 1; }
	ln -sfn round "$work/links/round"
	! merged "$work/links/round" 2>"$work/err" && said "round"
}

two_names() {
	echo "an earlier one, and a long one: $(printf '%9999s' x)" >"$work/one"
	ln -f "$work/one" "$work/two"
	merged "$work/one" && is_result "$work/two"
}

mount_point() {
	local rc

	echo earlier >"$work/mounted" && mount --bind "$work/mounted" "$work/mounted" || return
	run_to_end "$tool" run table3 --quick --json "$work/mounted" && [[ $(ls "$work"/mounted*) == "$work/mounted" ]]
	rc=$?
	umount "$work/mounted"
	((rc == 0)) && holds "$work/mounted" table3
}

# Who may write the file may not make another in its folder
others_folder() {
	chmod 755 "$work"
	mkdir -p "$work/others" && echo earlier >"$work/others/file" && chmod 666 "$work/others/file" || return
	merged "$work/others/file" as_nobody && is_result "$work/others/file" || return
	! merged "$work/others/new" as_nobody 2>"$work/err" && said "others/new.*ermission"
}

replaces() {
	echo earlier >"$work/result.json"
	run_to_end "$tool" run table3 --quick --json "$work/result.json" || return
	holds "$work/result.json" table3
}

# JSON alone on stdout, the tables beside it
to_stdout() {
	run_to_end "$tool" run table3 --quick --json - || return
	holds "$work/out" table3 || return
	[[ -s $work/err ]] || { echo "no table on stderr"; return 1; }
}

# typed TERM: a run's output on a pty
typed() {
	TERM=$1 script -qec "'$tool' run table3 --quick" "$work/typed" </dev/null >/dev/null 2>&1
	grep -q "ARRAY" "$work/typed" || { cat -v "$work/typed"; return 1; }
}

# Progress on a terminal, but no escape codes where they would be text
dumb() {
	[[ -e /dev/pts/ptmx && -x $(command -v script) ]] || { echo "no pty, or no script(1)"; return "$KSFT_SKIP"; }
	typed xterm && grep -q $'\033' "$work/typed" || { echo "no progress"; return 1; }
	typed dumb && ! grep -q $'\033' "$work/typed"
}

stdout_full() {
	"$tool" "$@" >/dev/full 2>"$work/err"
	(($? == 1)) || { echo "exit status 0"; return 1; }
	said "standard output"
}

stdout_rescued() {
	"$tool" run table3 --quick --json - >/dev/full 2>"$work/err"
	(($? == 1)) || { echo "exit status 0"; return 1; }
	rescued
}

mkdir "$work/tmp"
export TMPDIR=$work/tmp
ktap_print_header
test_that "folder that is not there" unwritable "$work/absent/result.json" "$work/absent/result.json.*No such file"
test_that "a folder's name" unwritable "$work" "$work.*[Dd]irectory"
test_that "a file taken as a folder" unwritable "$here/lib.sh/result.json" "lib.sh/result.json.*[Dd]irectory"
test_that "read-only file system" read_only
test_that "full file system" full
test_that "full file system, a file with two names" full 1
test_that "full at first" after_all
test_that "a folder that goes" goes
test_that "an earlier file is replaced" replaces
test_that "--json -" to_stdout
test_that "text that is no UTF-8" no_utf8
test_that "--json - to a full device" stdout_rescued
test_that "--json /dev/stdout, appended" run_appends
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1 /dev/fd/5 all.log ./all.log; do
	test_that "$name, appended" appends "$name"
done
test_that "owner and mode are kept" keeps_mode
test_that "links are followed" follows
test_that "a file with two names" two_names
test_that "a mount point" mount_point
test_that "a file in somebody's folder" others_folder
test_that "TERM=dumb: no escape codes" dumb
test_that "list to a full device" stdout_full list
test_that "run to a full device" stdout_full run table3 --quick
finish
