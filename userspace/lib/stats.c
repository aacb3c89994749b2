// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "stats.h"

/* Up to here the binomial distribution is summed, above it is taken as normal */
#define EXACT_MAX 1000

static int cmp_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double stats_quantile(const double *v, size_t n, double q)
{
	double at, part;
	size_t i;

	if (!n)
		return 0;
	if (q <= 0)
		return v[0];
	if (q >= 1)
		return v[n - 1];
	at = q * (double)(n - 1);
	i = (size_t)at;
	part = at - (double)i;
	if (i + 1 >= n || part == 0)
		return v[i];
	return v[i] + part * (v[i + 1] - v[i]);
}

void stats_ci_ranks(size_t n, size_t *lo, size_t *hi)
{
	size_t k = 0;

	if (n > EXACT_MAX) {
		double half = 0.98 * sqrt((double)n);

		k = (size_t)floor((double)n / 2 - half);
	} else {
		double below = 0;

		/* the largest k with P(Binomial(n, 1/2) < k) <= 2.5 % */
		for (;;) {
			below += exp(lgamma((double)n + 1) - lgamma((double)k + 1) -
				     lgamma((double)(n - k) + 1) -
				     (double)n * M_LN2);
			if (below > 0.025 || 2 * (k + 1) > n)
				break;
			k++;
		}
	}
	/* the k-th and the (n + 1 - k)-th smallest, counted from 1 */
	*lo = k ? k - 1 : 0;
	*hi = n ? n - 1 - *lo : 0;
}

int stats_of(double *v, size_t n, struct stats *s)
{
	size_t i, lo, hi;
	double sum = 0;

	memset(s, 0, sizeof(*s));
	if (!n)
		return -1;

	qsort(v, n, sizeof(*v), cmp_double);
	for (i = 0; i < n; i++)
		sum += v[i];

	s->n = n;
	s->mean = sum / (double)n;
	s->min = v[0];
	s->max = v[n - 1];
	s->median = stats_quantile(v, n, 0.5);
	s->p1 = stats_quantile(v, n, 0.01);
	s->p25 = stats_quantile(v, n, 0.25);
	s->p75 = stats_quantile(v, n, 0.75);
	s->p99 = stats_quantile(v, n, 0.99);
	s->iqr = s->p75 - s->p25;
	stats_ci_ranks(n, &lo, &hi);
	s->ci_lo = v[lo];
	s->ci_hi = v[hi];
	return 0;
}

double stats_spread(const struct stats *s)
{
	if (s->n < 2 || s->median <= 0)
		return 0;
	return (s->max - s->min) / s->median;
}
