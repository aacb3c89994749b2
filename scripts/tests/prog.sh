#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Sourced by test-scripts.sh: make prog's arguments, and the file that it writes. The guest's
# launcher is a script that tells what it was given.
# shellcheck disable=SC2154

mkdir -p user/folder
cat >kernel <<'END'
#!/bin/bash
for arg; do
	case $arg in
	hookcost_run=*) run=${arg#*=} ;;
	hookcost_nonce=*) nonce=${arg#*=} ;;
	esac
done
eval "words=($(<"$run/command"))"
printf '<%s>' "${words[@]}" >"$SAID"
for arg in "${words[@]}"; do
	[[ $arg != */result.json ]] || echo '{}' >"$arg"
done
[[ ${STATUS:-0} == 125 ]] || echo "$nonce ${STATUS:-0}" >"$run/status"
END
chmod +x kernel
prog() {
	SAID=$PWD/said UML_MEM=8 UML_KERNEL=$PWD/kernel HOOKCOST_BUILT=1 DIR=${dir:-$PWD/user} "$top/scripts/prog.sh" "$@"
}

# given STATUS WANTED ARGUMENT...: what the guest runs behind its folder
given() {
	local status=$1 wanted=$2 rc=0
	shift 2

	prog "$@" >out 2>&1 || rc=$?
	((rc == status)) || { echo "exit status $rc"; cat out; return 1; }
	[[ $(<said) == *"<prog><$PWD/user>$wanted" ]] || { cat said; return 1; }
}

statuses() {
	local status

	for status in 0 1 4; do
		export STATUS=$status
		given "$status" "<a.o><--budget><5>" a.o --budget 5 || return
	done
	# the guest came to no end
	STATUS=125 given 1 "<a.o>" a.o
}

quoted() { given 0 '<a b.o><--setup><echo "x">' 'a b.o' --setup 'echo "x"'; }
by_variable() { export ARGS='"a b.o" --pcap c.pcap' && given 0 '<a b.o><--pcap><c.pcap>'; }

# json ARGUMENT...: user/folder/x.json is written
json() {
	rm -f user/folder/x.json
	prog a.o "$@" >out 2>&1 &&
		[[ $(<user/folder/x.json) == '{}' ]] || { cat out said; return 1; }
}
json_forms() {
	json --json folder/x.json && json -j folder/x.json && json --json=folder/x.json && json -jfolder/x.json &&
		json --json "$PWD/user/folder/x.json" || return
	given 0 '<a.o><--json><->' a.o --json -
}

nowhere() { dir=/absent refused prog a.o; }
no_target() { TARGET=x refused prog a.o; }
test_that "exit statuses are the tool's" statuses
test_that "words as they are" quoted
test_that "ARGS" by_variable
test_that "--json, in all its forms" json_forms
test_that "--json without a folder: refused" refused prog a.o --json absent/x.json
test_that "--json without a file: refused" refused prog a.o --json
test_that "no program: refused" refused prog
test_that "DIR that is not there: refused" nowhere
test_that "TARGET that is none: refused" no_target
