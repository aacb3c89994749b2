// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include "lib/stats.h"
#include "unit.h"

static void quantiles(void)
{
	double v[] = { 4, 1, 3, 2, 5 };
	struct stats s;

	CHECK_INT(stats_of(v, 5, &s), 0);
	CHECK_INT(s.n, 5);
	CHECK_NEAR(s.median, 3, 0);
	CHECK_NEAR(s.p25, 2, 0);
	CHECK_NEAR(s.p75, 4, 0);
	CHECK_NEAR(s.iqr, 2, 0);
	CHECK_NEAR(s.min, 1, 0);
	CHECK_NEAR(s.max, 5, 0);
	CHECK_NEAR(s.mean, 3, EPS);
	CHECK_NEAR(s.p1, 1.04, EPS);
	CHECK_NEAR(s.p99, 4.96, EPS);
}

static void even_count(void)
{
	double v[] = { 10, 20, 40, 30 };
	struct stats s;

	CHECK_INT(stats_of(v, 4, &s), 0);
	CHECK_NEAR(s.median, 25, 0);
	CHECK_NEAR(stats_quantile(v, 4, 0.1), 13, EPS);
	CHECK_NEAR(stats_quantile(v, 4, 0), 10, 0);
	CHECK_NEAR(stats_quantile(v, 4, 1), 40, 0);
}

static void nothing(void)
{
	struct stats s = { .n = 7, .median = 7 };
	double v[1];

	CHECK_INT(stats_of(v, 0, &s), -1);
	CHECK_INT(s.n, 0);
	CHECK_NEAR(s.median, 0, 0);
	CHECK_NEAR(stats_spread(&s), 0, 0);
}

static void one_sample(void)
{
	double v[] = { 7 };
	struct stats s;

	CHECK_INT(stats_of(v, 1, &s), 0);
	CHECK_NEAR(s.median, 7, 0);
	CHECK_NEAR(s.p99, 7, 0);
	CHECK_NEAR(s.ci_lo, 7, 0);
	CHECK_NEAR(s.ci_hi, 7, 0);
}

static void middle(void)
{
	double v[] = { 100, 2, 1, 4, 3, 5, 6, 0 };

	CHECK_NEAR(stats_middle(v, 8), 3.5, EPS);	/* 2 3 4 5 */
	CHECK_NEAR(stats_middle(v, 1), 0, 0);
	CHECK_NEAR(stats_middle(v, 0), 0, 0);
}

/* Ranks, counted from 1, of tables of the binomial distribution */
static void interval(void)
{
	static const struct {
		size_t n, lo, hi;
	} known[] = {
		{ 6, 1, 6 }, { 7, 1, 7 }, { 8, 1, 8 }, { 9, 2, 8 }, { 10, 2, 9 },
		{ 15, 4, 12 }, { 20, 6, 15 }, { 25, 8, 18 }, { 30, 10, 21 },
		{ 50, 18, 33 }, { 100, 40, 61 },
	};
	size_t i, lo, hi;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		stats_ci_ranks(known[i].n, &lo, &hi);
		CHECK_INT(lo + 1, known[i].lo);
		CHECK_INT(hi + 1, known[i].hi);
	}
	/* too few for 95 %: all there is */
	stats_ci_ranks(5, &lo, &hi);
	CHECK_INT(lo, 0);
	CHECK_INT(hi, 4);
	/* n/2 +- 0.98 sqrt(n) */
	stats_ci_ranks(1000000, &lo, &hi);
	CHECK_NEAR((double)lo, 500000 - 980, 1);
	CHECK_NEAR((double)hi, 500000 + 980, 1);
	/* no step where the exact sum ends */
	stats_ci_ranks(1000, &lo, &hi);
	CHECK_INT(lo + 1, 469);
	stats_ci_ranks(1001, &lo, &hi);
	CHECK_NEAR((double)lo + 1, 469, 1);
}

static void interval_of_median(void)
{
	double v[30];
	struct stats s;
	int i;

	for (i = 0; i < 30; i++)
		v[i] = 30 - i;
	stats_of(v, 30, &s);
	CHECK_NEAR(s.median, 15.5, 0);
	CHECK_NEAR(s.ci_lo, 10, 0);
	CHECK_NEAR(s.ci_hi, 21, 0);
}

static void spread(void)
{
	double v[] = { 95, 100, 110 }, w[] = { -5, 0, 5 };
	struct stats s;

	stats_of(v, 3, &s);
	CHECK_NEAR(stats_spread(&s), 0.15, EPS);
	stats_of(w, 3, &s);
	CHECK_NEAR(stats_spread(&s), 0, 0);
}

static void student(void)
{
	CHECK_NEAR(stats_t_quantile(0.975, 1), 12.7062, 0.001);
	CHECK_NEAR(stats_t_quantile(0.975, 5), 2.57058, 0.0001);
	CHECK_NEAR(stats_t_quantile(0.95, 29), 1.69913, 0.0001);
	CHECK_NEAR(stats_t_quantile(0.025, 5), -2.57058, 0.0001);
	CHECK_NEAR(stats_t_quantile(0.5, 5), 0, 0.000001);
}

/* An outlier at either end is cut off and leaves no trace */
static void trimmed(void)
{
	double v[] = { 5, 1000, 1, 2, 3, 4, 6, 7, 8, -1000 }, one[] = { 7 }, mean, half;

	stats_trimmed(v, 10, 0.2, &mean, &half);
	CHECK_NEAR(mean, 4.5, EPS);
	/* winsorised: 2 2 2 3 4 5 6 7 7 7, whose squares from 4.5 sum up to 42.5 */
	CHECK_NEAR(half, 2.57058 * sqrt(42.5 / 9 / 10) / 0.6, 0.0001);
	stats_trimmed(one, 1, 0.2, &mean, &half);
	CHECK_NEAR(mean, 7, 0);
	CHECK_INT(isinf(half) != 0, 1);
}

static void middle_half(void)
{
	/* what disturbs is not in it, wherever it was */
	double v[] = { 900, 4, 1, 6, 5, 800, 3, 2 }, one[] = { 7 }, three[] = { 30, 10, 20 };

	CHECK_NEAR(stats_middle(v, 8), 4.5, EPS);
	CHECK_NEAR(stats_middle(one, 1), 7, 0);
	CHECK_NEAR(stats_middle(three, 3), 20, EPS);
	CHECK_NEAR(stats_middle(NULL, 0), 0, 0);
}

const struct unit stats_units[] = {
	{ "stats: middle half", middle },
	{ "stats: quantiles of known values", quantiles },
	{ "stats: even count, ends", even_count },
	{ "stats: no sample", nothing },
	{ "stats: one sample", one_sample },
	{ "stats: ranks of the median's interval", interval },
	{ "stats: interval of a known sample", interval_of_median },
	{ "stats: spread", spread },
	{ "stats: quantiles of Student's t", student },
	{ "stats: trimmed mean and its interval", trimmed },
	{ "stats: mean of the middle half", middle_half },
	{ 0 }
};
