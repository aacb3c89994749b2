// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "report/paired.h"

/* Up to here the distribution is counted (2^n is a double's), above it is taken as normal */
#define EXACT_MAX	100
#define ALPHA		0.05
#define Z_ALPHA		1.644854

static int cmp_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* ways[t]: of all signs of the ranks 1 to n, those whose positive ones add up to t */
static double *ways_of(size_t n)
{
	size_t top = n * (n + 1) / 2, i, t;
	double *ways = xcalloc(top + 1, sizeof(*ways));

	ways[0] = 1;
	for (i = 1; i <= n; i++)
		for (t = top; t >= i; t--)
			ways[t] += ways[t - i];
	return ways;
}

static size_t exact_rank(size_t n)
{
	size_t top = n * (n + 1) / 2, t;
	double *ways = ways_of(n), below = 0;

	/* the largest k with P(T < k) <= 5 % */
	for (t = 0; t <= top; t++) {
		below += ways[t];
		if (below > ALPHA * pow(2, (double)n))
			break;
	}
	free(ways);
	return t;
}

size_t paired_rank(size_t n)
{
	double m = (double)n, k;

	if (n <= EXACT_MAX)
		return n ? exact_rank(n) : 0;
	k = m * (m + 1) / 4 - Z_ALPHA * sqrt(m * (m + 1) * (2 * m + 1) / 24);
	return (size_t)floor(k);
}

/* P(T <= t) */
static double at_most(size_t n, size_t t)
{
	double m = (double)n, sum = 0, *ways;
	size_t i;

	if (n > EXACT_MAX)
		/* t + 1, as paired_rank() has it */
		return erfc((m * (m + 1) / 4 - (double)t - 1) /
			    sqrt(m * (m + 1) * (2 * m + 1) / 12)) / 2;
	ways = ways_of(n);
	for (i = 0; i <= t && i <= n * (n + 1) / 2; i++)
		sum += ways[i];
	free(ways);
	return sum / pow(2, m);
}

/*
 * Of the two one-sided tests whether the difference is beyond the limit the one that is nearer
 * to say so; mean: sorted. That the other one might as well is left out: it takes an interval
 * as wide as both limits are apart.
 */
static double beyond(const double *mean, size_t nmeans, size_t n, double limit)
{
	double low = log1p(-limit / 100), high = log1p(limit / 100);
	size_t below = 0, above = 0, i;

	for (i = 0; i < nmeans; i++) {
		below += mean[i] <= high;
		above += mean[i] >= low;
	}
	return at_most(n, below < above ? below : above);
}

static double percent(double log_ratio)
{
	return 100 * expm1(log_ratio);
}

/* An interval shrinks as the root of the number of pairs grows */
static size_t enough(const struct paired *p, double limit)
{
	double room = limit - fabs(p->percent);
	double half = fmax(p->high - p->percent, p->percent - p->low);
	double n;

	/* beyond the limit: so many that it is shown to differ */
	n = room ? (double)p->n * pow(half / room, 2) : INFINITY;
	/* one that is about as large as the limit is neither, by any number that can be run */
	return n < 1e5 ? (size_t)ceil(n) : 0;
}

static void judge(struct paired *p, double limit)
{
	p->verdict = PAIRED_NOT_SHOWN;
	if (!p->has_interval)
		return;
	if (p->low > -limit && p->high < limit)
		p->verdict = PAIRED_EQUIVALENT;
	else if (p->low > limit || p->high < -limit)
		p->verdict = PAIRED_DIFFERS;
	else
		p->enough = enough(p, limit);
}

int paired_of(const double *a, const double *b, size_t n, double limit, struct paired *p)
{
	size_t nmeans = n * (n + 1) / 2, i, j, k, at = 0;
	double *ratio, *mean;

	memset(p, 0, sizeof(*p));
	p->n = n;
	p->verdict = PAIRED_NOT_SHOWN;
	p->p = NAN;
	for (i = 0; i < n; i++)
		if (!(a[i] > 0) || !(b[i] > 0) || !isfinite(a[i]) || !isfinite(b[i]))
			return -1;
	if (!n)
		return -1;
	ratio = xcalloc(n, sizeof(*ratio));
	mean = xcalloc(nmeans, sizeof(*mean));
	for (i = 0; i < n; i++)
		ratio[i] = log(b[i] / a[i]);
	for (i = 0; i < n; i++)
		for (j = i; j < n; j++)
			mean[at++] = (ratio[i] + ratio[j]) / 2;
	qsort(mean, nmeans, sizeof(*mean), cmp_double);
	p->percent = percent(stats_quantile(mean, nmeans, 0.5));
	k = paired_rank(n);
	p->has_interval = k > 0;
	if (k) {
		p->low = percent(mean[k - 1]);
		p->high = percent(mean[nmeans - k]);
		p->p = beyond(mean, nmeans, n, limit);
	}
	judge(p, limit);
	free(ratio);
	free(mean);
	return 0;
}

static int by_p(const void *a, const void *b)
{
	const struct paired *const *x = a, *const *y = b;

	return ((*x)->p > (*y)->p) - ((*x)->p < (*y)->p);
}

void paired_correct(struct paired *const *p, size_t n)
{
	struct paired **sorted = xcalloc(n, sizeof(*sorted));
	size_t i, left = 0;
	double at_least = 0;

	for (i = 0; i < n; i++)
		if (!isnan(p[i]->p))
			sorted[left++] = p[i];
	qsort(sorted, left, sizeof(*sorted), by_p);
	/* the least likely as one of all, the next as one of those that remain, and so on */
	for (i = 0; left; i++, left--) {
		at_least = fmax(at_least, fmin(1, (double)left * sorted[i]->p));
		sorted[i]->p = at_least;
		if (sorted[i]->verdict == PAIRED_DIFFERS && at_least > ALPHA) {
			sorted[i]->verdict = PAIRED_NOT_SHOWN;
			sorted[i]->corrected = true;
		}
	}
	free(sorted);
}

const char *paired_verdict_name(enum paired_verdict v)
{
	static const char *const name[] = {
		[PAIRED_EQUIVALENT] = "equivalent",
		[PAIRED_DIFFERS] = "differs",
		[PAIRED_NOT_SHOWN] = "not shown",
	};

	return name[v];
}
