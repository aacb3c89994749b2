/* SPDX-License-Identifier: GPL-2.0-only */
/* The curves of the paper's figures */
#ifndef HOOKCOST_PAPER_CURVE_H
#define HOOKCOST_PAPER_CURVE_H

#include <stddef.h>

/*
 * One curve, at the figure's x:
 *   figure10 pps                                                x: % cut off
 *   figure11, figure12 ARRAY|HASH|LRU_HASH (Mpps)               x: flows, exponent
 *   figure11, figure12 "ARRAY misses"|"HASH misses"|"LRU_HASH misses"
 *                      of L1 per packet, by those of the baseline
 *   figure14a, figure14b hard-coded|eBPF (Mpps)              x: n, repetitions
 */
struct paper_curve {
	const char *figure, *name;
	size_t n;
	const double *x, *y;
};

/* NULL: the paper has none such */
const struct paper_curve *paper_curve(const char *figure, const char *name);

#endif /* HOOKCOST_PAPER_CURVE_H */
