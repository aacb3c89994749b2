# SPDX-License-Identifier: GPL-2.0-only
# Table 3: each map with and without inlining, and inlining is what the names say
#: devices=("")

["array", "hash", "lru_hash"] as $maps |
expect("every map has its rows"; rows("lookup"; "loop", $maps[] + ("_inlined", "_helper"))),
expect("times"; positive("lookup"; "with_loop")),
expect("batches"; least("lookup"; "n"; 5)),
($maps[] as $map |
	expect("\($map), inlined: no call of the helper"; fact("helper_calls.\($map)_inlined"; 0)),
	expect("\($map), not inlined: one call of the helper"; fact("helper_calls.\($map)_helper"; 1)))
