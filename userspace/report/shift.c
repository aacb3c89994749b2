// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "report/shift.h"

/* Up to here the Mann-Whitney distribution is counted, above it is taken as normal */
#define EXACT_MAX	20
#define VALUES_MAX	1000

static int cmp_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Of all orders of na and nb values, ways[u] have u pairs with b below a: the
 * coefficients of the product of (1 - x^(nb + i)) / (1 - x^i). All of them are
 * integers that a double holds.
 */
static size_t exact_rank(size_t na, size_t nb)
{
	double ways[EXACT_MAX * EXACT_MAX + 1] = { 1 }, all = 0, below = 0;
	size_t top = na * nb, i, u;

	for (i = 1; i <= na; i++) {
		for (u = top; u + 1 > nb + i; u--)
			ways[u] -= ways[u - nb - i];
		for (u = i; u <= top; u++)
			ways[u] += ways[u - i];
	}
	for (u = 0; u <= top; u++)
		all += ways[u];
	/* the largest k with P(U < k) <= 2.5 % */
	for (u = 0; u <= top; u++) {
		below += ways[u];
		if (below > 0.025 * all)
			break;
	}
	return u;
}

size_t shift_rank(size_t na, size_t nb)
{
	double n = (double)na, m = (double)nb, k;

	if (!na || !nb)
		return 0;
	if (na <= EXACT_MAX && nb <= EXACT_MAX)
		return exact_rank(na, nb);
	k = n * m / 2 - 1.959964 * sqrt(n * m * (n + m + 1) / 12);
	return k > 0 ? (size_t)floor(k) : 0;
}

/* Logarithms, so that a ratio is a difference; -1 if there is none */
static int logarithms(const double *v, size_t n, double *out, size_t kept)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!(v[i] > 0) || !isfinite(v[i]))
			return -1;
	for (i = 0; i < kept; i++)
		out[i] = log(v[i * n / kept]);
	return 0;
}

static double percent(double log_ratio)
{
	return 100 * expm1(log_ratio);
}

/* a, b: median, low, high. MOVER, of Zou and Donner, with logarithms. */
int shift_of_medians(const double a[3], const double b[3], struct shift *s)
{
	double d;

	memset(s, 0, sizeof(*s));
	if (!(a[0] > 0) || !(b[0] > 0) || !isfinite(a[0]) || !isfinite(b[0]))
		return -1;
	d = log(b[0] / a[0]);
	s->percent = percent(d);
	if (!(a[1] > 0) || !(b[1] > 0) || !isfinite(a[2]) || !isfinite(b[2]))
		return 0;
	s->has_interval = true;
	s->low = percent(d - hypot(log(b[0] / b[1]), log(a[2] / a[0])));
	s->high = percent(d + hypot(log(b[2] / b[0]), log(a[0] / a[1])));
	return 0;
}

int shift_of_stats(const struct stats *a, const struct stats *b, struct shift *s)
{
	const double from[] = { a->median, a->ci_lo, a->ci_hi };
	const double to[] = { b->median, b->ci_lo, b->ci_hi };

	return shift_of_medians(from, to, s);
}

int shift_of(const double *a, size_t na, const double *b, size_t nb, struct shift *s)
{
	size_t n = na < VALUES_MAX ? na : VALUES_MAX, m = nb < VALUES_MAX ? nb : VALUES_MAX;
	double *la, *lb, *ratio;
	size_t i, j, k;
	int ret = -1;

	memset(s, 0, sizeof(*s));
	if (!n || !m)
		return -1;
	la = xcalloc(n, sizeof(*la));
	lb = xcalloc(m, sizeof(*lb));
	ratio = xcalloc(n * m, sizeof(*ratio));
	if (logarithms(a, na, la, n) || logarithms(b, nb, lb, m))
		goto out;
	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			ratio[i * m + j] = lb[j] - la[i];
	qsort(ratio, n * m, sizeof(*ratio), cmp_double);
	s->percent = percent(stats_quantile(ratio, n * m, 0.5));
	k = shift_rank(n, m);
	s->has_interval = k > 0;
	if (k) {
		s->low = percent(ratio[k - 1]);
		s->high = percent(ratio[n * m - k]);
	}
	ret = 0;
out:
	free(la);
	free(lb);
	free(ratio);
	return ret;
}
