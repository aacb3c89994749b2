#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# uprobe.jq, and what its counts are there for: hits that are not counted

source "$(dirname "$0")/bench.sh"

table

dropped() {
	rm -f "$json"
	HOOKCOST_PROVOKE=dropped "$tool" run uprobe --quick --batches 1 --json "$json" >"$work/out" 2>"$work/err"
	holds "$json" uprobe 'because("probes"; ("nop5", "movslq") + ("_uprobe", "_uretprobe", "_both"); "program")'
}
if [[ -r /sys/bus/event_source/devices/uprobe/type ]]; then
	result "hits that are not counted are missed" dropped
else
	ktap_test_skip "hits that are not counted: the kernel has no uprobes"
fi
finish
