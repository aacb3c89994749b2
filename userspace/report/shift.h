/* SPDX-License-Identifier: GPL-2.0-only */
/* By how much one sample differs from another, as a factor, without assuming a distribution */
#ifndef HOOKCOST_SHIFT_H
#define HOOKCOST_SHIFT_H

#include <stdbool.h>
#include <stddef.h>

struct stats;

struct shift {
	double percent;		/* Hodges-Lehmann: the median of all ratios b / a, minus 1 */
	bool has_interval;
	double low, high;	/* 95 % interval, from the Mann-Whitney test inverted */
};

/*
 * All values > 0, else -1. Too few values for 95 % (fewer than 4 and 4, 3 and 5,
 * 2 and 8): no interval. Of more than 1000 values, 1000 are taken, evenly spread.
 */
int shift_of(const double *a, size_t na, const double *b, size_t nb, struct shift *s);
/*
 * The same of two medians, each with its 95 % interval (NAN: none), where their batches are
 * not there: the two uncertainties added as squares, each side by itself
 */
int shift_of_medians(const double a[3], const double b[3], struct shift *s);
int shift_of_stats(const struct stats *a, const struct stats *b, struct shift *s);
/* How many of na * nb ordered ratios are left out at either end; 0: too few values */
size_t shift_rank(size_t na, size_t nb);

#endif /* HOOKCOST_SHIFT_H */
