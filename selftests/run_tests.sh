#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# run_tests.sh [OPTION...]: run_kselftest.sh beside it, with an exit status and a
# last line that counts. Lies in the folder that `make install` has filled.

CDPATH='' cd "$(dirname "$0")" || exit
if [ ! -e run_kselftest.sh ] || [ ! -e kselftest-list.txt ]; then
	echo "run_tests.sh: no run_kselftest.sh in $PWD; run the copy that \"make install\" makes" >&2
	exit 1
fi

# Every line passes through at once, not when an awk has read enough of them. tee opens
# the pipe to awk, not what it writes to: a file opened a second time has an offset of its
# own, and the totals would lie over its beginning. They come from the outer KTAP only.
{ { ./run_kselftest.sh "$@" 3>&- 4>&- | tee /dev/fd/4 >&3; } 4>&1 | awk '
	/^1\.\.[0-9]+/			{ planned += substr($1, 4) }
	/^ok [0-9]+ .* # SKIP/		{ skipped++ }
	/^ok [0-9]+ /			{ ok++ }
	/^not ok [0-9]+ /		{ failed++; names = names " " $6 }
	END {
		lost = planned - ok - failed
		printf "# tests: %d passed, %d failed, %d skipped, %d without a result\n",
			ok - skipped, failed, skipped, lost
		if (failed)
			print "# failed:" names
		if (failed || lost || !planned)
			exit 1
		exit ok == skipped ? 4 : 0
	}'; } 3>&1
