# SPDX-License-Identifier: GPL-2.0-only
# Figure 13: channels between the kernel and user space; every packet was read, or counted
# as one that found no room, and those that were read are as they were sent

["array", "ringbuf", "mmap", "xsk", "user_ringbuf"] as $channels |
expect("every channel"; rows("figure13"; "none", "none_xsk", $channels[])),
# Kernels before 6.9 have none; where the kernel refuses it, the row says so
expect("an arena, or why not"; [rows("figure13"; "arena")] |
	if . == [] then empty else some_none("arena") end),
expect("packets per second, time per packet"; positive("figure13"; "mpps", "ns")),
expect_model("figure13"),
expect("packets were counted"; least("counts"; "sent"; 1000)),
(("none", $channels[]) as $row |
	expect("\($row): sent, in driver and program, read, no room: conserved"; fact("counts.\($row).exact"; true)),
	expect("\($row): in order and as they were sent"; fact("counts.\($row).intact"; true))),
expect("what of it is UML"; guest_shares("figure13"; "array")),
# two system calls for each packet, or none
(("ringbuf", "mmap") as $row |
	expect("\($row) costs less than ARRAY"; ascending("figure13"; "ns"; [$row, "array"])))
