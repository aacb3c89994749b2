// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"

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

/* P(Binomial(n, p) = k) */
static double binomial(size_t n, size_t k, double p)
{
	if (p <= 0 || p >= 1)
		return k == (p <= 0 ? 0 : n);
	return exp(lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) +
		   (double)k * log(p) + (double)(n - k) * log1p(-p));
}

bool stats_ci_ranks(size_t n, size_t *lo, size_t *hi)
{
	size_t k = 0;

	*lo = 0;
	*hi = 0;
	if (n > EXACT_MAX) {
		double half = 0.98 * sqrt((double)n);

		k = (size_t)floor((double)n / 2 - half);
	} else {
		double below = 0;

		/* the largest k with P(Binomial(n, 1/2) < k) <= 2.5 % */
		for (;;) {
			below += binomial(n, k, 0.5);
			if (below > 0.025 || 2 * (k + 1) > n)
				break;
			k++;
		}
	}
	if (!k)
		return false;
	/* the k-th and the (n + 1 - k)-th smallest, counted from 1 */
	*lo = k - 1;
	*hi = n - k;
	return true;
}

/*
 * For the spread alone: Hazen's quantile. What stats_quantile() says is the IQR is smaller for 6
 * normally distributed values than for 1000 by a fifth, this one by a twentieth; and one value
 * of 6 may be anything.
 */
static double spread_quantile(const double *v, size_t n, double q)
{
	return stats_quantile(v, n, ((double)n * q - 0.5) / (double)(n - 1));
}

int stats_of(double *v, size_t n, struct stats *s)
{
	size_t i, lo, hi;
	double sum = 0;

	memset(s, 0, sizeof(*s));
	s->ci_lo = NAN;
	s->ci_hi = NAN;
	s->spread = NAN;
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
	if (!stats_ci_ranks(n, &lo, &hi))
		return 0;
	s->ci_lo = v[lo];
	s->ci_hi = v[hi];
	if (s->median > 0)
		s->spread = (spread_quantile(v, n, 0.75) - spread_quantile(v, n, 0.25)) / s->median;
	return 0;
}

double stats_less_each(const double *v, const double *minus, size_t n, struct stats *s)
{
	double *d = xcalloc(n, sizeof(*d));
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = minus ? v[i] - minus[i] : v[i];
	stats_of(d, n, s);
	free(d);
	return s->median;
}

void stats_repeated(struct stats *s, const double *medians, size_t n)
{
	double *v = xcalloc(n, sizeof(*v));
	struct stats of;
	size_t i, kept = 0;

	s->ci_lo = NAN;
	s->ci_hi = NAN;
	for (i = 0; i < n; i++)
		if (isfinite(medians[i]))
			v[kept++] = medians[i];
	if (!stats_of(v, kept, &of) && !isnan(of.ci_lo)) {
		s->ci_lo = fmin(of.ci_lo, s->median);
		s->ci_hi = fmax(of.ci_hi, s->median);
	}
	free(v);
}

void stats_less(const struct stats *a, const struct stats *b, struct stats *difference)
{
	double median = a->median - b->median;
	double low = hypot(a->median - a->ci_lo, b->ci_hi - b->median);
	double high = hypot(a->ci_hi - a->median, b->median - b->ci_lo);

	memset(difference, 0, sizeof(*difference));
	difference->n = a->n < b->n ? a->n : b->n;
	difference->median = median;
	difference->ci_lo = median - low;
	difference->ci_hi = median + high;
	difference->spread = NAN;
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
	if (n < STATS_FEW || left < 2)
		return;
	winsorised = (sum + (double)cut * (v[cut] + v[n - cut - 1])) / (double)n;
	for (i = 0; i < n; i++) {
		double x = v[i < cut ? cut : i >= n - cut ? n - cut - 1 : i] - winsorised;

		var += x * x;
	}
	var /= (double)n - 1;
	*half = stats_t_quantile(0.975, left - 1) * sqrt(var / (double)n) * (double)n / left;
}

double stats_round_up(double half, int decimals)
{
	double scale;

	if (decimals < 0)
		return half;
	scale = pow(10, decimals);
	/* what is a little more by its binary form alone is not more */
	return ceil(half * scale - 1 / 1e6) / scale;
}

enum within stats_within(double off, double half, double limit)
{
	off = fabs(off);
	if (off + half <= limit)
		return WITHIN_HELD;
	return off - half > limit ? WITHIN_MISSED : WITHIN_NOT_TOLD;
}

const char *within_name(enum within w)
{
	static const char *const name[] = {
		[WITHIN_HELD] = "held",
		[WITHIN_NOT_TOLD] = "not told",
		[WITHIN_MISSED] = "missed",
	};

	return name[w];
}

/* P(Binomial(n, p) <= k) */
static double at_most(size_t n, size_t k, double p)
{
	double sum = 0;
	size_t i;

	for (i = 0; i <= k; i++)
		sum += binomial(n, i, p);
	return sum;
}

/* The p of which k or fewer come with this probability: the larger p, the smaller that is */
static double share_with(size_t n, size_t k, double probability)
{
	double lo = 0, hi = 1;
	int i;

	for (i = 0; i < 50; i++) {
		double mid = (lo + hi) / 2;

		if (at_most(n, k, mid) > probability)
			lo = mid;
		else
			hi = mid;
	}
	return (lo + hi) / 2;
}

double stats_share_least(size_t k, size_t n)
{
	return k ? share_with(n, k - 1, 0.95) : 0;
}

double stats_share_most(size_t k, size_t n)
{
	return k < n ? share_with(n, k, 0.05) : 1;
}
