/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics over samples and histograms */
#ifndef HOOKCOST_STATS_H
#define HOOKCOST_STATS_H

#include <stddef.h>

struct stats {
	size_t n;
	double mean, min, max;
	double median, iqr;		/* iqr: the paper's +- */
	double p1, p25, p75, p99;
	double ci_lo, ci_hi;		/* 95 % interval of the median, from order statistics */
};

/* Sorts v in place; returns -1 and zeroes *s when n is 0 */
int stats_of(double *v, size_t n, struct stats *s);
/* q in 0..1, linear interpolation; v sorted */
double stats_quantile(const double *v, size_t n, double q);
/*
 * Sorts v in place; the mean of its middle half, so that what an interrupt, or
 * another process on the CPU, has lengthened does not count
 */
double stats_middle(double *v, size_t n);
/* (max - min) / median, 0 when it cannot be told */
double stats_spread(const struct stats *s);
/*
 * Ranks (from 0) of the samples that bound the median with at least 95 %; the
 * first and the last when n is too small for that (n < 6).
 */
void stats_ci_ranks(size_t n, size_t *lo, size_t *hi);

/* Quantile p of Student's t distribution */
double stats_t_quantile(double p, double freedom);
/*
 * Mean without the share `trim` at either end, and half the width of its 95 % confidence
 * interval (Tukey and McLaughlin: from the winsorised variance); INFINITY where too few
 * are left to tell. Sorts v in place.
 */
void stats_trimmed(double *v, size_t n, double trim, double *mean, double *half);

#endif /* HOOKCOST_STATS_H */
