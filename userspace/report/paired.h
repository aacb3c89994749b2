/* SPDX-License-Identifier: GPL-2.0-only */
/* Pairs of values: by how much the second differs, and whether by less than a limit */
#ifndef HOOKCOST_PAIRED_H
#define HOOKCOST_PAIRED_H

#include <stdbool.h>
#include <stddef.h>

enum paired_verdict {
	PAIRED_EQUIVALENT,	/* the whole interval is within the limits */
	PAIRED_DIFFERS,		/* the whole interval is beyond one of them */
	PAIRED_NOT_SHOWN,	/* it crosses one, or there are too few pairs for one */
};

struct paired {
	size_t n;
	double percent;		/* Hodges-Lehmann: the median of the means of any two pairs */
	bool has_interval;
	double low, high;	/* 90 % interval, from Wilcoxon's signed-rank test inverted */
	enum paired_verdict verdict;
	/*
	 * How likely so large a difference is, of one that is no larger than the limit; NAN
	 * without an interval. At most 5 %: the interval is beyond the limit. After
	 * paired_correct(): as one of many.
	 */
	double p;
	bool corrected;		/* that is why it is not shown */
	/* Not shown: as many pairs might do, if all stays as it is; 0: no number of them will */
	size_t enough;
};

/*
 * Two one-sided tests, of 5 % each, of the ratios b / a (logarithms, so that a ratio and
 * its inverse are as far from 1): is it more than 1 - limit, and less than 1 + limit, in
 * percent? The tests assume that the differences are as likely as large to either side
 * of the median, and nothing else of their distribution. All values > 0, else -1.
 */
int paired_of(const double *a, const double *b, size_t n, double limit, struct paired *p);
/*
 * Of n of them, each with its verdict, some would be called different by chance: so that one
 * of all n is with 5 %, Holm's correction. It assumes nothing of what they have in common.
 * That all are equivalent needs none: each of them has to be.
 */
void paired_correct(struct paired *const *p, size_t n);
/* How many of the n (n + 1) / 2 means are left out at either end; 0: too few pairs (< 5) */
size_t paired_rank(size_t n);
const char *paired_verdict_name(enum paired_verdict v);

#endif /* HOOKCOST_PAIRED_H */
