/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The numbers of Shahinfar, Miano, Panda, Antichi: "Demystifying Performance
 * of eBPF Network Applications", Proc. ACM Netw. 3, CoNEXT3, Article 16 (2025)
 */
#ifndef HOOKCOST_PAPER_H
#define HOOKCOST_PAPER_H

#include <stddef.h>

#define PAPER_DOI "https://doi.org/10.1145/3749216"

/* The other works that benches repeat, one line each */
#define SOURCE_CHAIN \
	"\"Understanding the performance of eBPF-based applications\", semester thesis, ETH Zurich; it has curves and no numbers"
#define SOURCE_BPFTIME \
	"bpftime's benchmarks, https://github.com/eunomia-bpf/bpftime (ec26daec), results of 2025-04-30: Core Ultra 7 258V, Linux 6.11"

/*
 * One number of a table, NAN where the paper has none:
 *   table1 XDP|TC|SK_SKB|Socket            reach_median reach_iqr prep   (ns)
 *   table2 "No eBPF"|XDP|TC|SK_SKB             median spread           (Gbps) loss (%)
 *   table3 ARRAY|HASH|LRU_HASH             median spread (ns) inlining_gain (%)
 *   table4 ARRAY|HASH|LRU_HASH|PERCPU_ARRAY|PERCPU_HASH|LRU_PERCPU_HASH|RINGBUF|
 *          "ARRAY mmap"|"AF_XDP RX ring"                   mean           (ns)
 *   table6 "kernel module"|"eBPF"|"eBPF with memcpy wrapper"|
 *          "user space, no SIMD"|"user space, SIMD"   median spread      (ns)
 *   figure3 Socket|SK_SKB|TC|XDP           p1 p50 p99 iqr             (us)
 *   figure11 baseline: XDP_DROP of 64 bytes, one core   mpps          (Mpps)
 *   figure13 ARRAY|RINGBUF|"mmap ring"|AF_XDP           mpps          (Mpps)
 *   figure14b hard-coded|eBPF                           insns         (per repetition)
 *   bpftime_probes uprobe|uretprobe|both   kernel user (ns), of another work, SOURCE_BPFTIME
 *   bpftime_calls native|sys_exit          call above user (ns), of that one, too
 *   drop   XDP|hard-coded: what other figures say of it   mpps ns
 *   methods hard-coded: what eBPF takes more, by Figure 14a   throughput   (ns)
 */
double paper_value(const char *table, const char *row, const char *col);

/* Of a figure that has curves, see paper_curve.h: at how many x, and at which; 0, NULL: none */
size_t paper_points(const char *figure);
const double *paper_x(const char *figure);
/* A curve's value there; NAN if the paper has no such point */
double paper_at(const char *figure, const char *curve, double x);

#endif /* HOOKCOST_PAPER_H */
