#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# drop: packets are dropped where they are meant to be, each of them, and nowhere else

source "$(dirname "$0")/bench.sh"
need_patches
need_module hookcost_native

for over in $(devices); do
	run_bench drop --batches 2 --device "$over"
	expect "it is the device" device "$over"
	expect "every place" rows drop native xdp xdp_generic tc sk_skb socket
	expect "rates" positive drop mpps ns
	expect "frames sent are dropped by the place's program, or by the native one" \
		never "frames sent"
	expect "the generator alone" time-fact generator_ns
	expect_model drop
done
over=
without_native() {
	rmmod hookcost_native || return
	rm -f "$json"
	"$tool" run drop --quick --batches 1 --device veth --json "$json" >"$work/out" 2>"$work/err"
	local rc=$?
	insmod "$module" || return
	((rc == 0)) || { ((rc == KSFT_SKIP)) && hides_times; } || { echo "exit status $rc"; return 1; }
	"$here/bench_check" "$json" drop some-none "load hookcost_native.ko"
}
# where the module is loaded from, and can be taken out
module=${HOOKCOST_MODULES:-}/hookcost_native.ko
if [[ -r $module ]]; then
	test_that "without hookcost_native, the other places" without_native
else
	ktap_test_skip "without hookcost_native: no HOOKCOST_MODULES"
fi
finish
