/* SPDX-License-Identifier: GPL-2.0-only */
/* Order statistics over samples and histograms */
#ifndef HOOKCOST_STATS_H
#define HOOKCOST_STATS_H

#include <stdbool.h>
#include <stddef.h>

struct stats {
	size_t n;
	double mean, min, max;
	double median, iqr;		/* iqr: the paper's +- */
	double p1, p25, p75, p99;
	/* 95 % interval of the median, from order statistics; NAN if n < STATS_FEW */
	double ci_lo, ci_hi;
	/* IQR / median, whatever n is; NAN if n < STATS_FEW or the median is not above 0 */
	double spread;
};

/* Of fewer the smallest and the largest do not enclose the median with 95 % */
#define STATS_FEW	6

/* Sorts v in place; returns -1 and zeroes *s when n is 0 */
int stats_of(double *v, size_t n, struct stats *s);
/* Of v, or, with minus, of the differences of what came together; both are left as they are */
double stats_less_each(const double *v, const double *minus, size_t n, struct stats *s);
/*
 * The interval that the median has by the medians of its repetitions, n of them: samples in
 * a row have more in common than those of another repetition. It holds the median.
 */
void stats_repeated(struct stats *s, const double *medians, size_t n);
/* The difference of two medians, and its interval: both uncertainties added as squares */
void stats_less(const struct stats *a, const struct stats *b, struct stats *difference);
/* q in 0..1, linear interpolation; v sorted */
double stats_quantile(const double *v, size_t n, double q);
/*
 * Sorts v in place; the mean of its middle half, so that what an interrupt, or
 * another process on the CPU, has lengthened does not count
 */
double stats_middle(double *v, size_t n);
/* Ranks (from 0) of the samples that bound the median with at least 95 %; false: too few */
bool stats_ci_ranks(size_t n, size_t *lo, size_t *hi);

/* Quantile p of Student's t distribution */
double stats_t_quantile(double p, double freedom);
/*
 * Mean without the share `trim` at either end, and half the width of its 95 % confidence
 * interval (Tukey and McLaughlin: from the winsorised variance); INFINITY of fewer than
 * STATS_FEW. Sorts v in place.
 */
void stats_trimmed(double *v, size_t n, double trim, double *mean, double *half);

/* Up to so many decimals, so that an interval is never said to be narrower than it is */
double stats_round_up(double half, int decimals);

/* Whether something that is 0 within a limit has been shown to be so */
enum within {
	WITHIN_HELD,		/* its whole interval is within the limit */
	WITHIN_NOT_TOLD,	/* the interval holds the limit: more is to be measured */
	WITHIN_MISSED,		/* its whole interval is beyond */
};

/* off: the deviation; half: of its interval's width, NAN or INFINITY: there is none */
enum within stats_within(double off, double half, double limit);
const char *within_name(enum within w);

/*
 * What share of all is known of k that were counted among n (Clopper and Pearson): it is at
 * least that, and it is at most that, each with 95 %
 */
double stats_share_least(size_t k, size_t n);
double stats_share_most(size_t k, size_t n);

#endif /* HOOKCOST_STATS_H */
