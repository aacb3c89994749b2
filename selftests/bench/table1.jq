# SPDX-License-Identifier: GPL-2.0-only
# Table 1: every hook is reached, and no packet is missing
#: need_patches

# What stands beside eBPF at the hook here
[if $native then "native" else empty end, if $hard then "hard" else empty end] as $sides |
def phases($hook; $phases): $hook + "_" + ($phases | split(" ")[]);

expect("every hook has its row"; rows("table1"; "xdp_frames",
	("xdp", "tcx", "cls_bpf", "sk_skb", "socket") + ("_udp", "_tcp"))),
expect("every hook has its phases"; rows("phases";
	phases("xdp_udp", "cls_bpf_tcp"; "reach entry prog prep verdict total floor"),
	phases("sk_skb_tcp"; "reach dequeue prog prep verdict total floor"), phases("socket_udp"; "reach floor"))),
expect("the clock's floor is there"; positive("table1"; "floor")),
# a frame is at XDP at once, and plain reads of the clock overlap with what is so short
expect("times to reach a hook"; least("table1"; "reach"; -50)),
expect("samples as promised"; least("table1"; "samples"; 10000)),
expect("with intervals"; interval("table1"; "reach")),
expect("of all phases"; interval("phases"; "median")),
expect("packets sent are packets measured"; fact("counts.*.exact"; true)),
expect("its reader sleeps before each message"; fact("counts.*.sleeps")),
expect("none without a stamp"; fact("counts.*.unstamped"; 0)),
(select($sides != []) |
	expect("two methods to the hook's cost"; rows("methods"; $sides[])),
	expect("of as many samples"; least("methods"; "samples"; 20000)),
	expect("each with an interval"; interval("methods"; "stamps")),
	expect("and of throughput"; interval("methods"; "throughput"))),
expect("the paper's numbers line by line"; rows("lines";
	("xdp", "tc", "sk_skb") + "_" + ("clock", "context", "program", "verdict", "sum", "whole"))),
# XDP's and TC's may be shorter than what the clock resolves
(("xdp", "tc", "sk_skb") as $hook | expect("\($hook): the lines add up"; adds_up("lines"; "ns";
	[$hook + "_" + ("sum", "clock", "context", "program", "verdict")] +
	if $hook == "xdp" and $native then ["xdp_dispatch"] else [] end))),
expect("SK_SKB's are more than the clock's"; ascending("lines"; "ns"; ["sk_skb_clock", "sk_skb_sum"])),
expect("SK_SKB's are more than XDP's"; ascending("lines"; "ns"; ["xdp_sum", "sk_skb_sum"])),
expect("the reads of the clock have their times"; time_fact("ordered_read_ns")),
# a busy machine may let it take no two times that agree, and a note says so
(select(any(the_bench.notes[]; contains("ktime_get_ns(), cannot be timed here")) | not) |
	expect("and the kernel's own"; time_fact("kernel_clock_ns")))
