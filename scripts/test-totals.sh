#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# That results are counted as they are, by selftests/run_tests.sh and by ktap-sum.awk: output is
# made up, and the count known. In KTAP, on the host.
source "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

number=0
failed=0
# same NAME: what came, work/out, is what was expected, work/want
same() {
	local name=$1

	if diff "$work/want" "$work/out" >"$work/diff"; then
		printf 'ok %d %s\n' $((++number)) "$name"
	else
		printf 'not ok %d %s\n' $((++number)) "$name"
		sed 's/^/# | /' "$work/diff"
		failed=1
	fi
}

cp "$top/selftests/run_tests.sh" "$work/"
touch "$work/kselftest-list.txt"
printf '#!/bin/sh\ncat "$(dirname "$0")/ktap"\n' >"$work/run_kselftest.sh"
chmod +x "$work/run_kselftest.sh"

# run_tests STATUS TOTALS [FAILED]: of what stands in work/ktap. Its output goes to a file, as that
# of guests does, and nothing of it may be lost there.
run_tests() {
	{
		cat "$work/ktap"
		printf '# tests: %s\n' "$2"
		[[ ! ${3:-} ]] || printf '# failed: %s\n' "$3"
		printf 'status %s\n' "$1"
	} >"$work/want"
	{
		"$work/run_tests.sh" && echo "status 0" || echo "status $?"
	} >"$work/out"
}

# sum STATUS TEXT: ktap-sum.awk's, of the files work/sum-*
sum() {
	printf '%s\nstatus %d\n' "$2" "$1" >"$work/want"
	{
		awk -f "$top/scripts/ktap-sum.awk" "$work"/sum-* && echo "status 0" || echo "status $?"
	} >"$work/out"
	rm -f "$work"/sum-*
}

echo "TAP version 13"
subtests='# TAP version 13
# 1..2
# ok 1 one
# not ok 2 two'

printf '%s\n' "TAP version 13" "1..1" "$subtests" "not ok 1 selftests: hookcost: x # exit=1" >"$work/ktap"
run_tests 1 "0 passed, 1 failed, 0 skipped, 0 without a result" x
same "run_tests.sh: one that failed"

printf '%s\n' "TAP version 13" "1..2" "ok 1 selftests: hookcost: x" \
	"ok 2 selftests: hookcost: y # SKIP" >"$work/ktap"
run_tests 0 "1 passed, 0 failed, 1 skipped, 0 without a result"
same "run_tests.sh: passed and skipped"

printf '%s\n' "TAP version 13" "1..1" "ok 1 selftests: hookcost: x # SKIP" >"$work/ktap"
run_tests 4 "0 passed, 0 failed, 1 skipped, 0 without a result"
same "run_tests.sh: all skipped"

printf '%s\n' "TAP version 13" "1..2" "ok 1 selftests: hookcost: x" >"$work/ktap"
run_tests 1 "1 passed, 0 failed, 0 skipped, 1 without a result"
same "run_tests.sh: one has no result"

: >"$work/ktap"
run_tests 1 "0 passed, 0 failed, 0 skipped, 0 without a result"
same "run_tests.sh: no test at all"

printf '%s\n' "1..3" "$subtests" "not ok 1 x" "ok 2 y" "ok 3 z # SKIP no NIC" >"$work/sum-1"
sum 1 "2 passed, 1 failed, 1 skipped"
same "sum: a test with subtests is counted by these"

printf '%s\n' "1..2" "ok 1 x" "ok 2 y # SKIP no NIC" >"$work/sum-1"
sum 0 "1 passed, 0 failed, 1 skipped"
same "sum: none failed"

printf '%s\n' "1..1" "# 1..2" "# ok 1 one" "ok 1 x" >"$work/sum-1"
sum 1 "1 passed, 1 failed, 0 skipped"
same "sum: a subtest that its plan has, and that did not come"

printf '%s\n' "1..1" "# ok 1 one" "not ok 1 x # TIMEOUT 480 seconds" >"$work/sum-1"
sum 1 "1 passed, 1 failed, 0 skipped"
same "sum: a test that failed, though no subtest did"

printf '%s\n' "1..1" "ok 1 x" >"$work/sum-1"
echo "nothing" >"$work/sum-2"
sum 1 "1 passed, 1 failed, 0 skipped"
same "sum: a file without a result"

printf '%s\n' "1..2" "ok 1 x" "Bail out! no memory" >"$work/sum-1"
sum 1 "1 passed, 2 failed, 0 skipped"
same "sum: a bail-out"

printf '%s\n' "1..1" "ok 1 x" "# x took 9 s" "# y z took 12 s" >"$work/sum-1"
printf '%s\n' "1..1" "# # this took 99 s" "ok 1 x" "# a took 3 s" "# b took 2 s" "# c took 1 s" "# d took 0 s" >"$work/sum-2"
sum 0 "slowest: y z 12 s, x 9 s, a 3 s, b 2 s, c 1 s
2 passed, 0 failed, 0 skipped"
same "sum: the five slowest"

echo "1..$number"
exit "$failed"
