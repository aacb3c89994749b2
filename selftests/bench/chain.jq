# SPDX-License-Identifier: GPL-2.0-only
# chain: each packet comes to each program of the chain, and to its end
#: true

["empty", "filter", "array_once", "array_shared", "array_own", "percpu_once", "percpu_shared", "percpu_own"] as $all |
["empty", "filter", "array_shared", "array_own", "percpu_shared", "percpu_own"] as $tcx |
expect("every length at cls_bpf"; rows("cls_bpf"; "n_" + ("0", "1", "4", "16", "64"))),
expect("as many at tcx as it takes"; rows("tcx"; "n_" + ("0", "1", "4", "16", "62"))),
expect("what tcx does not take is not there"; row_of("tcx"; "n_64") | "row \(.key)"),
expect("times at cls_bpf"; positive("cls_bpf"; $all[])),
expect("times at tcx"; positive("tcx"; $tcx[])),
expect("a longer chain takes longer"; ascending("cls_bpf"; $all[]; ["n_1", "n_16", "n_64"])),
expect("what one more program costs"; rows("slope"; "cls_bpf_" + ("1_4", "4_16", "16_64"), "tcx_" + ("1_4", "4_16", "16_62"))),
expect("every size"; rows("size"; "entries_" + ("1", "1024", "16384"))),
expect("the map's memory"; ascending("size"; "memory"; ["entries_1", "entries_1024", "entries_16384"])),
expect("writes by helper and pointer"; rows("write"; ("array", "percpu") + ("_update", "_pointer"))),
expect("loading"; rows("loading"; "cls_bpf_1", "cls_bpf_63", "tcx_1", "tcx_16")),
expect("times of it"; positive("loading"; "load", "attach", "detach")),
expect("CPUs at once, or why not"; table_of("conflicts") |
	if any(.rows[]; .reasons | any(.text == "one CPU")) then
		(.rows[] | select(.validity != "not measured") | "row \(.key): \(.validity)")
	else rows("conflicts"; "entries_" + ("1", "16", "1024") + "_cpus_2"), rows("line"; "line") end),
expect("the source is named"; the_bench | select(.source | contains("thesis") | not) | "source \(.source)")
