// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include "core/stats.h"
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
	CHECK(isnan(s.spread) && isnan(s.ci_lo));
}

static void one_sample(void)
{
	double v[] = { 7 };
	struct stats s;

	CHECK_INT(stats_of(v, 1, &s), 0);
	CHECK_NEAR(s.median, 7, 0);
	CHECK_NEAR(s.p99, 7, 0);
	CHECK(isnan(s.ci_lo) && isnan(s.ci_hi) && isnan(s.spread));
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
		CHECK(stats_ci_ranks(known[i].n, &lo, &hi));
		CHECK_INT(lo + 1, known[i].lo);
		CHECK_INT(hi + 1, known[i].hi);
	}
	for (i = 0; i < STATS_FEW; i++)
		CHECK(!stats_ci_ranks(i, &lo, &hi));
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
	/* the first and the last of 5 hold it with 94 %, which is not 95 */
	stats_of(v, 5, &s);
	CHECK(isnan(s.ci_lo) && isnan(s.ci_hi));
	stats_of(v, 6, &s);
	CHECK_NEAR(s.ci_lo, 1, 0);
	CHECK_NEAR(s.ci_hi, 6, 0);
}

/* By the repetitions' medians, even where all samples together have another one */
static void repeated(void)
{
	const double medians[] = { 12, 11, NAN, 16, 13, 15, 14 };
	struct stats s = { .median = 13.2 };

	stats_repeated(&s, medians, 7);
	CHECK_NEAR(s.ci_lo, 11, 0);
	CHECK_NEAR(s.ci_hi, 16, 0);
	s.median = 20;
	stats_repeated(&s, medians, 7);
	CHECK_NEAR(s.ci_hi, 20, 0);
	stats_repeated(&s, medians, 6);
	CHECK(isnan(s.ci_lo) && isnan(s.ci_hi));
	stats_repeated(&s, NULL, 0);
	CHECK(isnan(s.ci_lo) && isnan(s.ci_hi));
}

static void difference(void)
{
	struct stats a = { .n = 9, .median = 10, .ci_lo = 7, .ci_hi = 16 };
	struct stats b = { .n = 8, .median = 4, .ci_lo = 2, .ci_hi = 8 }, d;

	stats_less(&a, &b, &d);
	CHECK_NEAR(d.median, 6, 0);
	CHECK_NEAR(d.ci_lo, 6 - 5, EPS);
	CHECK_NEAR(d.ci_hi, 6 + sqrt(40), EPS);
	b.ci_hi = NAN;
	b.ci_lo = NAN;
	stats_less(&a, &b, &d);
	CHECK(isnan(d.ci_lo) && isnan(d.ci_hi));
}

static void spread(void)
{
	double v[] = { 98, 100, 102, 99, 101, 1000 }, w[] = { -5, 0, -5, -5, 0, -5 };
	struct stats s;

	/* the second and the fifth of 6, whatever the sixth is */
	stats_of(v, 6, &s);
	CHECK_NEAR(s.spread, (102 - 99) / 100.5, EPS);
	stats_of(v, 5, &s);
	CHECK(isnan(s.spread));
	stats_of(w, 6, &s);
	CHECK(isnan(s.spread));
}

/* Judged by the whole interval: 22 +- 20 is not 20 within 3 */
static void within(void)
{
	CHECK_INT(stats_within(22 - 20, 0.9, 3), WITHIN_HELD);
	CHECK_INT(stats_within(20 - 22, 0.9, 3), WITHIN_HELD);
	CHECK_INT(stats_within(22 - 20, 20, 3), WITHIN_NOT_TOLD);
	CHECK_INT(stats_within(0, 3.1, 3), WITHIN_NOT_TOLD);
	CHECK_INT(stats_within(4, 1.5, 3), WITHIN_NOT_TOLD);
	CHECK_INT(stats_within(4, 0.5, 3), WITHIN_MISSED);
	CHECK_INT(stats_within(-4, 0.5, 3), WITHIN_MISSED);
	/* no interval, no claim */
	CHECK_INT(stats_within(0, INFINITY, 3), WITHIN_NOT_TOLD);
	CHECK_INT(stats_within(100, INFINITY, 3), WITHIN_NOT_TOLD);
	CHECK_INT(stats_within(100, NAN, 3), WITHIN_NOT_TOLD);
	CHECK_INT(stats_within(NAN, 1, 3), WITHIN_NOT_TOLD);
}

/* Clopper and Pearson's limits, from tables */
static void shares(void)
{
	CHECK_NEAR(stats_share_least(10, 10), 0.7411, 0.0001);
	CHECK_NEAR(stats_share_most(10, 10), 1, 0);
	CHECK_NEAR(stats_share_least(0, 10), 0, 0);
	CHECK_NEAR(stats_share_most(0, 10), 0.2589, 0.0001);
	CHECK_NEAR(stats_share_least(5, 10), 0.2224, 0.0001);
	CHECK_NEAR(stats_share_most(5, 10), 0.7776, 0.0001);
	CHECK_NEAR(stats_share_least(98, 100), 0.9384, 0.0001);
	CHECK_NEAR(stats_share_most(90, 100), 0.9448, 0.0001);
	/* nothing is known of none */
	CHECK_NEAR(stats_share_least(0, 0), 0, 0);
	CHECK_NEAR(stats_share_most(0, 0), 1, 0);
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
	/* as few as have no interval of a median have none of a mean */
	stats_trimmed(v, STATS_FEW - 1, 0.2, &mean, &half);
	CHECK(isfinite(mean) && isinf(half));
	stats_trimmed(v, STATS_FEW, 0.2, &mean, &half);
	CHECK(isfinite(half));
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
	{ "stats: interval by repetitions", repeated },
	{ "stats: difference of two medians", difference },
	{ "stats: spread", spread },
	{ "stats: within a limit, not, or not told", within },
	{ "stats: shares of which some were counted", shares },
	{ "stats: quantiles of Student's t", student },
	{ "stats: trimmed mean and its interval", trimmed },
	{ "stats: mean of the middle half", middle_half },
	{ 0 }
};
