// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Shahinfar, Miano, Panda and Antichi observe in "Demystifying Performance of eBPF Network
 * Applications" (doi:10.1145/3749216), in hookcost's words, and the rows that speak for or against
 * it. A factor of 1 is "longer, for sure"; others are a half of what the paper has, or less, as
 * another machine may well have another factor for the same observation.
 */
#include "core/util.h"
#include "report/findings.h"

/* Figure 14b's last row, where the program's own work is nearly all */
#define LONGEST "repeat_64"

const struct observation observations[] = {
	{
		.key = "hooks",
		.source = "Table 1",
		.claim =
			"The later a hook is, the longer a packet takes to get there, and SK_SKB's takes long to prepare",
		.comparison = {
			{ "table1", "table1", "reach", "sk_skb_udp", "tcx_udp", 1 },
			{ "table1", "table1", "reach", "socket_udp", "sk_skb_udp", 1 },
			{ "table1", "table1", "prep", "sk_skb_udp", "tcx_udp", 2 },
		},
	},
	{
		.key = "early",
		.source = "Figures 3, 4 and 7",
		.claim =
			"What answers before the socket answers sooner, and more often",
		.comparison = {
			{ "figure3", "figure3", "p50", "socket", "xdp", 1 },
			{ "figure3", "figure3", "p50", "socket", "tc", 1 },
			{ "kv", "figure4", "rate", "ebpf", "memcached", 1.2 },
		},
	},
	{
		.key = "partial",
		.source = "Figures 6, 9 and 16",
		.claim =
			"What is not offloaded pays for what is",
		.comparison = {
			{ "kv", "figure6", "p50", "ebpf", "memcached", 1 },
			{ "isolation", "latency", "p50", "beside", "alone", 1 },
		},
	},
	{
		.key = "chaining",
		.source = "Table 5",
		.claim =
			"Splitting a program by tail calls costs a part of its rate",
		.comparison = {
			{ "chaining", "table5", "ns", "tail_var", "inline", 1 },
			{ "chaining", "table5", "ns", "tail_const", "inline", 1 },
		},
	},
	{
		.key = "maps",
		.source = "Table 3, Figure 11",
		.claim =
			"A hash costs a program several times an array, and more the more flows there are",
		.comparison = {
			{ "table3", "lookup", "median", "hash_inlined", "array_inlined", 2 },
			{ "table3", "lookup", "median", "lru_hash_inlined", "array_inlined", 2 },
			{ "figure11", "cost", "hash", "flows_100000", "flows_100", 1 },
		},
	},
	{
		.key = "channels",
		.source = "Table 4, Figure 13",
		.claim =
			"User space gets at a map by a system call for each entry, a ring is many times faster",
		.comparison = {
			{ "table4", "access", "median", "array", "ringbuf", 10 },
			{ "table4", "access", "median", "percpu_array", "array", 1 },
			{ "figure13", "figure13", "mpps", "xsk", "array", 2 },
		},
	},
	{
		.key = "copy",
		.source = "Table 6",
		.claim =
			"eBPF copies several times as slowly as the kernel, and a function of the kernel's closes the gap",
		.comparison = {
			{ "table6", "1024", "median", "ebpf_unaligned", "native_rep_movs", 3 },
			{ "table6", "1024", "median", "ebpf_unaligned", "kfunc_rep_movs", 3 },
		},
	},
	{
		.key = "code",
		.source = "Figure 14",
		.claim =
			"The same source is slower as eBPF than compiled for the CPU",
		.comparison = {
			{ "figure14b", "figure14b", "ebpf_ns", LONGEST, LONGEST, 1.2, "hard_ns" },
			{ "figure14b", "figure14b", "ebpf_ns", LONGEST, LONGEST, 1.2, "native_ns" },
		},
	},
};

const size_t nobservations = ARRAY_SIZE(observations);
