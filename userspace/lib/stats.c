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

double stats_middle(double *v, size_t n)
{
	size_t i, first = n / 4, last = n - first;
	double sum = 0;

	if (!n)
		return 0;
	qsort(v, n, sizeof(*v), cmp_double);
	for (i = first; i < last; i++)
		sum += v[i];
	return sum / (double)(last - first);
}

double stats_spread(const struct stats *s)
{
	if (s->n < 2 || s->median <= 0)
		return 0;
	return (s->max - s->min) / s->median;
}

/* The density's integral from 0 to t, by Simpson's rule */
static double t_area(double t, double freedom)
{
	double scale = exp(lgamma((freedom + 1) / 2) - lgamma(freedom / 2)) /
		       sqrt(freedom * M_PI);
	double sum = 0, x;
	int i, steps = 2000;

	for (i = 0; i <= steps; i++) {
		x = t * i / steps;
		sum += pow(1 + x * x / freedom, -(freedom + 1) / 2) *
		       (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2);
	}
	return scale * sum * t / steps / 3;
}

double stats_t_quantile(double p, double freedom)
{
	static double last_p, last_freedom, last;
	double lo = 0, hi = 1;
	int i;

	if (p < 0.5)
		return -stats_t_quantile(1 - p, freedom);
	if (p == last_p && freedom == last_freedom)
		return last;
	while (t_area(hi, freedom) < p - 0.5 && hi < 1e4)
		hi *= 2;
	for (i = 0; i < 50; i++) {
		double mid = (lo + hi) / 2;

		if (t_area(mid, freedom) < p - 0.5)
			lo = mid;
		else
			hi = mid;
	}
	last_p = p;
	last_freedom = freedom;
	last = (lo + hi) / 2;
	return last;
}

void stats_trimmed(double *v, size_t n, double trim, double *mean, double *half)
{
	size_t cut = (size_t)(trim * (double)n), i;
	double sum = 0, winsorised = 0, var = 0, left = (double)n - 2 * (double)cut;

	*mean = NAN;
	*half = INFINITY;
	if (!n || left < 1)
		return;
	qsort(v, n, sizeof(*v), cmp_double);
	for (i = cut; i < n - cut; i++)
		sum += v[i];
	*mean = sum / left;
	if (left < 2)
		return;
	winsorised = (sum + (double)cut * (v[cut] + v[n - cut - 1])) / (double)n;
	for (i = 0; i < n; i++) {
		double x = v[i < cut ? cut : i >= n - cut ? n - cut - 1 : i] - winsorised;

		var += x * x;
	}
	var /= (double)n - 1;
	*half = stats_t_quantile(0.975, left - 1) * sqrt(var / (double)n) * (double)n / left;
}
