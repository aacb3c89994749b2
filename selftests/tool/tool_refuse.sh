#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the tool needs and does not have: one line that says so, and no number

source "$(dirname "$0")/lib.sh"
need_root
need_tool

json="$work/result.json"

# Every row of the bench is "not measured" and says why
not_measured() {
	local bench=$1 reason=$2

	holds "$json" "$bench" 'sound, none($arg)' "$reason"
}

unpatched_run() {
	HOOKCOST_DEBUGFS=$work/absent run 4 "$tool" run table1 --quick --json "$json" || return
	said "nothing could be measured" || return
	not_measured table1 "$work/absent"
}

# unpatched STATUS COMMAND...
unpatched() {
	local status=$1
	shift

	HOOKCOST_DEBUGFS=$work/absent run "$status" "$tool" "$@" || return
	said "$work/absent"
}

unpatched_doctor() {
	HOOKCOST_DEBUGFS=$work/absent run 1 "$tool" doctor || return
	# a kernel that shows its configuration says it by that
	has_patches || ! grep -q "no CONFIG_HOOKCOST" "$work/out" || return 0
	grep -q "$work/absent" "$work/out" || { echo "no word of $work/absent"; return 1; }
}

as_nobody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

# not_root STATUS COMMAND...
not_root() {
	local status=$1
	shift

	chmod 755 "$work"
	run "$status" as_nobody "$tool" "$@" || return
	said "root"
}

not_root_run() {
	local open="$work/open"

	mkdir -p "$open"
	chmod 777 "$open"
	chmod 755 "$work"
	run 4 as_nobody "$tool" run "$1" --quick --json "$open/result.json" || return
	holds "$open/result.json" "$1" 'sound, none("root")'
}

without_module() {
	local module=$1 bench=$2 ko="${HOOKCOST_MODULES:-}/$1.ko" rc

	if ! has_module "$module"; then
		run 0 "$tool" run "$bench" --quick --json "$json" || return
		holds "$json" "$bench" 'sound, some_none($arg)' "${3:-$module}"
		return
	fi
	[[ -r $ko ]] || { echo "HOOKCOST_MODULES does not name the folder of $1.ko"; return 4; }
	rmmod "$module" || return
	"$tool" run "$bench" --quick --json "$json" >"$work/out" 2>"$work/err"
	holds "$json" "$bench" 'sound, some_none($arg)' "$module"
	rc=$?
	insmod "$ko" || return
	return $rc
}

ktap_print_header
test_that "unpatched kernel: run" unpatched_run
test_that "unpatched kernel: native" unpatched 1 native
test_that "unpatched kernel: native set" unpatched 1 native set drop --device eth0
test_that "unpatched kernel: hooks" unpatched 4 hooks --duration 1
test_that "unpatched kernel: doctor" unpatched_doctor
test_that "not root: native" not_root 1 native
test_that "not root: hooks" not_root 4 hooks --duration 1
test_that "not root: run table1" not_root_run table1
test_that "not root: run table3" not_root_run table3
test_that "not root: run figure13" not_root_run figure13
test_that "no hookcost_kfunc: its rows of table6 say so" without_module hookcost_kfunc table6
test_that "no hookcost_native: its rows of figure14a say so" without_module hookcost_native figure14a \
	"$(has_patches && echo hookcost_native || echo CONFIG_HOOKCOST)"
test_that "nothing is left on" all_off
finish
