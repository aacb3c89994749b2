/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of Shahinfar, Miano, Panda, Antichi: "Demystifying Performance
 * of eBPF Network Applications", Proc. ACM Netw. 3, CoNEXT3, Article 16 (2025)
 */
#ifndef HOOKCOST_PAPER_H
#define HOOKCOST_PAPER_H

#include <stddef.h>

#define PAPER_DOI "https://doi.org/10.1145/3749216"

/*
 * One number of a table, NAN where the paper has none:
 *   table1 XDP|TC|SK_SKB|Socket            reach_median reach_iqr prep   (ns)
 *   table2 "No eBPF"|XDP|TC|SK_SKB             median spread           (Gbps)
 *   table3 ARRAY|HASH|LRU_HASH             median spread (ns) inlining_gain (%)
 *   table4 ARRAY|HASH|LRU_HASH|PERCPU_ARRAY|PERCPU_HASH|LRU_PERCPU_HASH|RINGBUF|
 *          "ARRAY mmap"|"AF_XDP RX ring"                   mean           (ns)
 *   table6 "kernel module"|"eBPF"|"eBPF with memcpy wrapper"|
 *          "user space, no SIMD"|"user space, SIMD"   median spread      (ns)
 *   figure3 Socket|SK_SKB|TC|XDP           p1 p50 p99 iqr             (us)
 *   figure11 baseline: XDP_DROP of 64 bytes, one core   mpps          (Mpps)
 *   figure13 ARRAY|RINGBUF|"mmap ring"|AF_XDP           mpps          (Mpps)
 */
double paper_value(const char *table, const char *row, const char *col);

struct paper_figure {
	const char *key, *title, *xname;
	size_t n;
	const double *x;
	const double *hardcoded, *ebpf;		/* Mpps */
	double insns_hardcoded, insns_ebpf;	/* per repetition, NAN if not given */
};

/* figure14a, figure14b; NULL for another */
const struct paper_figure *paper_figure(const char *key);
/* Mpps at x; NAN if the paper has no such point. ebpf: 0 hard-coded, 1 eBPF */
double paper_mpps(const char *key, double x, int ebpf);

#endif /* HOOKCOST_PAPER_H */
