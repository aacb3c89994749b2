#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Table 3: each map with and without inlining, and inlining is what the names say

source "$(dirname "$0")/bench.sh"

run_bench table3
expect "every map has its rows" rows lookup loop {array,hash,lru_hash}_{inlined,helper}
expect "times" positive lookup with_loop
expect "batches" least lookup n 5
for map in array hash lru_hash; do
	expect "$map, inlined: no call of the helper" fact "helper_calls.${map}_inlined" 0
	expect "$map, not inlined: one call of the helper" fact "helper_calls.${map}_helper" 1
done
finish
