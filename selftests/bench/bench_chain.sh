#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# chain.jq, and what its counts are there for: a program that is missing, one that ends the chain

source "$(dirname "$0")/bench.sh"

table

# provoked FAULT CHECK: rows that lack runs are invalid, and only they
provoked() {
	rm -f "$json"
	HOOKCOST_PROVOKE=$1 "$tool" run chain --quick --batches 1 --device veth --json "$json" >"$work/out" 2>"$work/err"
	holds "$json" chain "$2"
}
result "a program that is detached is missed at cls_bpf and at tcx" provoked detached \
	'because("cls_bpf"; "n_1", "n_16", "n_64"; "program"), because("tcx"; "n_1", "n_16"; "program"),
	(row_of("cls_bpf"; "n_0") | select(has_code("program")) | "row n_0: \(.reasons)")'
result "a verdict that ends a chain of tcx, and none of cls_bpf" provoked pipe \
	'because("tcx"; "n_4", "n_16"; "program"), (rows_of("cls_bpf") | select(has_code("program")) | "row \(.key): \(.reasons)")'
finish
