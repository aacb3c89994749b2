// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <string.h>
#include "core/util.h"
#include "report/paper.h"

#define BASELINE	14.7		/* Mpps */
#define HARD_CODED	15.9		/* Figure 14a at n = 0 ... */
#define EBPF		14.6		/* ... and its eBPF version */
#define NO_EBPF		7.24		/* Gbps */
#define LOSS(gbps)	(100 - 100 * (gbps) / NO_EBPF)

static const struct {
	const char *table, *row, *col;
	double value;
} cells[] = {
	{ "table1", "XDP", "reach_median", 0 },
	{ "table1", "XDP", "prep", 38 },
	{ "table1", "TC", "reach_median", 273 },
	{ "table1", "TC", "reach_iqr", 51 },
	{ "table1", "TC", "prep", 35 },
	{ "table1", "SK_SKB", "reach_median", 1072 },
	{ "table1", "SK_SKB", "reach_iqr", 65 },
	{ "table1", "SK_SKB", "prep", 1350 },
	{ "table1", "Socket", "reach_median", 5738 },
	{ "table1", "Socket", "reach_iqr", 779 },

	/* loss: of the bandwidth without a program, in percent */
	{ "table2", "No eBPF", "median", NO_EBPF },
	{ "table2", "No eBPF", "spread", 0.64 },
	{ "table2", "XDP", "median", 7.14 },
	{ "table2", "XDP", "spread", 0.22 },
	{ "table2", "XDP", "loss", LOSS(7.14) },
	{ "table2", "TC", "median", 7.02 },
	{ "table2", "TC", "spread", 0.89 },
	{ "table2", "TC", "loss", LOSS(7.02) },
	{ "table2", "SK_SKB", "median", 6.22 },
	{ "table2", "SK_SKB", "spread", 0.3 },
	{ "table2", "SK_SKB", "loss", LOSS(6.22) },

	{ "table3", "ARRAY", "median", 3.9 },
	{ "table3", "ARRAY", "spread", 0.8 },
	{ "table3", "ARRAY", "inlining_gain", 20 },
	{ "table3", "HASH", "median", 18.8 },
	{ "table3", "HASH", "spread", 1.2 },
	{ "table3", "HASH", "inlining_gain", 8 },
	{ "table3", "LRU_HASH", "median", 19.2 },
	{ "table3", "LRU_HASH", "spread", 1.4 },
	{ "table3", "LRU_HASH", "inlining_gain", 4 },

	{ "table4", "ARRAY", "mean", 485 },
	{ "table4", "HASH", "mean", 495 },
	{ "table4", "LRU_HASH", "mean", 495 },
	{ "table4", "PERCPU_ARRAY", "mean", 1552 },
	{ "table4", "PERCPU_HASH", "mean", 1550 },
	{ "table4", "LRU_PERCPU_HASH", "mean", 1554 },
	{ "table4", "RINGBUF", "mean", 10 },
	{ "table4", "ARRAY mmap", "mean", 2 },
	{ "table4", "AF_XDP RX ring", "mean", 14 },

	{ "table6", "kernel module", "median", 32 },
	{ "table6", "kernel module", "spread", 0.7 },
	{ "table6", "eBPF", "median", 340 },
	{ "table6", "eBPF", "spread", 1.8 },
	{ "table6", "eBPF with memcpy wrapper", "median", 36 },
	{ "table6", "eBPF with memcpy wrapper", "spread", 1.4 },
	{ "table6", "user space, no SIMD", "median", 279 },
	{ "table6", "user space, SIMD", "median", 29 },
	{ "table6", "user space, SIMD", "spread", 0.5 },

	{ "figure3", "Socket", "p1", 42.671 },
	{ "figure3", "Socket", "p50", 44.332 },
	{ "figure3", "Socket", "p99", 119.884 },
	{ "figure3", "Socket", "iqr", 1.364 },
	{ "figure3", "SK_SKB", "p1", 41.566 },
	{ "figure3", "SK_SKB", "p50", 43.063 },
	{ "figure3", "SK_SKB", "p99", 51.313 },
	{ "figure3", "SK_SKB", "iqr", 1.221 },
	{ "figure3", "TC", "p1", 37.022 },
	{ "figure3", "TC", "p50", 38.479 },
	{ "figure3", "TC", "p99", 43.994 },
	{ "figure3", "TC", "iqr", 1.181 },
	{ "figure3", "XDP", "p1", 36.384 },
	{ "figure3", "XDP", "p50", 37.834 },
	{ "figure3", "XDP", "p99", 44.653 },
	{ "figure3", "XDP", "iqr", 1.107 },

	{ "figure11", "baseline", "mpps", BASELINE },

	/* XDP is Figure 11's baseline; the native hook stands where Figure 14a has its functions */
	{ "drop", "XDP", "mpps", BASELINE },
	{ "drop", "XDP", "ns", 1000 / BASELINE },
	{ "drop", "hard-coded", "mpps", HARD_CODED },
	{ "drop", "hard-coded", "ns", 1000 / HARD_CODED },

	/* What eBPF takes more at n = 0 of Figure 14a */
	{ "methods", "hard-coded", "throughput", 1000 / EBPF - 1000 / HARD_CODED },

	{ "figure13", "ARRAY", "mpps", 0.948 },
	{ "figure13", "RINGBUF", "mpps", 2.17 },
	{ "figure13", "mmap ring", "mpps", 5.4 },
	{ "figure13", "AF_XDP", "mpps", 13.4 },

	/* bpftime's: ns of a call with an empty program, the call included */
	{ "bpftime_probes", "uprobe", "kernel", 2561.57 },
	{ "bpftime_probes", "uprobe", "user", 190.02 },
	{ "bpftime_probes", "uretprobe", "kernel", 3019.45 },
	{ "bpftime_probes", "uretprobe", "user", 187.10 },
	{ "bpftime_probes", "both", "kernel", 3119.28 },
	{ "bpftime_probes", "both", "user", 191.63 },
	{ "bpftime_calls", "native", "call", 404.44 },
	{ "bpftime_calls", "sys_exit", "call", 438.92 },
	{ "bpftime_calls", "sys_exit", "above", 438.92 - 404.44 },
	{ "bpftime_calls", "sys_exit", "user", 484.65 - 404.44 },

	{ "figure14b", "hard-coded", "insns", 326 },
	{ "figure14b", "eBPF", "insns", 520 },
};

double paper_value(const char *table, const char *row, const char *col)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cells); i++)
		if (!strcmp(cells[i].table, table) && !strcmp(cells[i].row, row) &&
		    !strcmp(cells[i].col, col))
			return cells[i].value;
	return NAN;
}
