#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# truth.jq, and the check by two delays before a run

source "$(dirname "$0")/bench.sh"

table

# the check before a run: of a kernel that can do it
checked() {
	[[ $(sed -n 2p "$work/out") =~ ^self-check:\ 20\ ns\ read\ as\ .*:\ (held|missed|not\ told) ]] ||
		{ sed -n 2p "$work/out"; return 1; }
	grep -q '"checked":true' "$json" || { grep -A 3 self_check "$json"; return 1; }
}
no_check() { sed -n 2p "$work/out" | grep -q '^self-check: not checked: ' || { sed -n 2p "$work/out"; return 1; }; }
if grep -q '"emulated":true' "$json"; then
	result "two delays cannot be checked before the run, which says so" no_check
else
	result "two delays are checked before the run" checked
fi

# delays that are half as long again as they say: missed, and no row is valid
missed() {
	rmmod hookcost_native || return
	! insmod "$module" delay_excess=101 2>/dev/null || { echo "delay_excess=101 is taken"; return 1; }
	insmod "$module" delay_excess=50 || return
	rm -f "$json"
	"$tool" run truth --quick --device veth --json "$json" >"$work/out" 2>"$work/err"
	as_it_was || return
	sed -n 2p "$work/out" | grep -q '^self-check: .*: missed, indicative at best$' ||
		{ sed -n 2p "$work/out"; return 1; }
	grep -A 2 '"self_check"' "$json" | grep -q '"state":"missed"' || { grep -A 3 self_check "$json"; return 1; }
	grep -q 'self-check: missed within .* a delay of 20 ns was read as' "$json" || { echo "no row says why"; return 1; }
	# above it is the environment's own validity
	! sed '1,/"self_check"/d' "$json" | grep '"validity":"valid"' || { echo "a row is valid"; return 1; }
}
# Whatever became of missed()
as_it_was() {
	[[ $(cat /sys/module/hookcost_native/parameters/delay_excess 2>/dev/null) != 0 ]] || return 0
	! has_module hookcost_native || rmmod hookcost_native
	insmod "$module"
}
if hides_times; then
	ktap_test_skip "a delay that is missed: no times are shown here"
elif [[ -r $module ]]; then
	cleanups+=(as_it_was)
	result "a delay that is missed makes every row indicative at best" missed
else
	ktap_test_skip "a delay that is missed: no HOOKCOST_MODULES"
fi

# another program in the module's place: nothing to check with, and it is said
unchecked() {
	HOOKCOST_DEBUGFS=$work/none "$tool" run truth --quick --json "$json" >"$work/out" 2>"$work/err"
	[[ $? == "$KSFT_SKIP" ]] || { echo "exit status is not $KSFT_SKIP"; return 1; }
	no_check || return
	grep -q '"checked":false' "$json" || { grep -A 3 self_check "$json"; return 1; }
}
result "without the patches nothing is checked, and the run says so" unchecked
finish
