#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make test: static checks and unit tests on the host, selftests on the target.
# The last line is "N passed, N failed, N skipped".
source "$(dirname "$0")/lib.sh"

run=$cache/run/test-$(date +%Y%m%d-%H%M%S)
ktap=$run/ktap
mkdir -p "$ktap"
doing="build"

# Whatever happens, the sum comes last
finish() {
	local rc=$?

	trap - EXIT
	((rc == 0)) || printf 'not ok 1 %s # status %d\n' "$doing" "$rc" | tee "$ktap/0-failed"
	if awk -f "$top/scripts/ktap-sum.awk" "$ktap"/*; then
		rm -rf "$run"
		exit 0
	fi
	exit 1
}
trap finish EXIT

# judge FILE STATUS: failures are counted from the output; a status that it does
# not explain is one more
judge() {
	(($2 == 0)) || grep -qE '^(# |  )*not ok' "$1" ||
		printf 'not ok 1 %s # status %d\n' "$doing" "$2" | tee "$1.status"
}

"$top/scripts/build.sh"
find_llvm

doing="static checks"
rc=0
"$top/scripts/check.sh" | tee "$ktap/1-static" || rc=$?
judge "$ktap/1-static" "$rc"

doing="unit tests"
rc=0
userspace_make -s check | tee "$ktap/2-unit" || rc=$?
judge "$ktap/2-unit" "$rc"

if [[ $target != host && $debug == 0 ]]; then
	doing="recovery"
	rc=0
	"$top/scripts/test-recover.sh" | tee "$ktap/2-recovery" || rc=$?
	judge "$ktap/2-recovery" "$rc"
fi

doing="selftests on the target"
rc=0
"$top/scripts/boot-$target.sh" "$run" "$out/selftests/install/run_tests.sh" -o "$test_limit" || rc=$?
cp "$run/output" "$ktap/3-target"
cp "$run/dmesg" "$run/dmesg-1" 2>/dev/null || :
((rc != 4)) || rc=0	# all skipped
judge "$ktap/3-target" "$rc"

# Exact where the clock counts instructions, which takes another boot
if [[ $target == vm && $debug == 0 ]]; then
	doing="instructions"
	rc=0
	VM_ICOUNT=1 "$top/scripts/boot-vm.sh" "$run" "$out/selftests/install/run_tests.sh" \
		-o "$test_limit" -t hookcost:bench_instructions.sh || rc=$?
	cp "$run/output" "$ktap/3-target-icount"
	judge "$ktap/3-target-icount" "$rc"
fi

# none NAME TEXT: fails if there is a text, and shows it
none() {
	if [[ $2 ]]; then
		printf 'not ok 1 %s\n%s\n' "$1" "$(sed 's/^/# | /' <<<"$2")"
	else
		printf 'ok 1 %s\n' "$1"
	fi
}

doing="kernel log of the target is clean"
[[ -s $run/dmesg && -s $run/dmesg-1 ]] || exit 125
none "$doing" "$(grep -hE 'WARNING: |BUG: |Oops|Call Trace' "$run/dmesg-1" "$run/dmesg")" | tee "$ktap/4-log"

if ((debug)); then
	doing="kmemleak finds no leak on the target"
	[[ -e $run/kmemleak ]] || exit 125
	none "$doing" "$(<"$run/kmemleak")" | tee "$ktap/5-leaks"
fi
