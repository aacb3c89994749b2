// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "traffic/zipf.h"
#include "unit.h"

#define FLOWS	1000
#define DRAWS	200000
#define MICRO	(1 / 1e6)	/* of a fit */

static uint64_t *counts_of(double s, uint32_t n, size_t draws, unsigned int rounds)
{
	uint32_t *draw = calloc(draws, sizeof(*draw));
	uint64_t *count = calloc(n, sizeof(*count));
	size_t i;

	zipf_draw(draw, draws, n, s);
	for (i = 0; i < draws; i++) {
		CHECK(draw[i] < n);
		count[draw[i]] += rounds;
	}
	free(draw);
	return count;
}

/* What was drawn is what is found */
static void found_again(void)
{
	static const double exponents[] = { 0, 0.5, 1, 1.5, 2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(exponents); i++) {
		double s = exponents[i];
		uint64_t *count = counts_of(s, FLOWS, DRAWS, 1);

		CHECK_NEAR(zipf_fit(count, FLOWS), s, s ? 0.02 * s : 0.02);
		CHECK_NEAR(zipf_deviation(count, FLOWS, s, 1), 0, 4);
		free(count);
	}
}

/* Another exponent than the one drawn by, and flows in another order, are noticed */
static void noticed(void)
{
	uint64_t *count = counts_of(1, FLOWS, DRAWS, 1), first;

	CHECK(zipf_deviation(count, FLOWS, 1.05, 1) > 6);
	CHECK(zipf_deviation(count, FLOWS, 0, 1) > 6);
	first = count[0];
	count[0] = count[FLOWS - 1];
	count[FLOWS - 1] = first;
	CHECK(fabs(zipf_fit(count, FLOWS) - 1) > 0.02);
	free(count);
	/* all alike, but one flow is left out */
	count = counts_of(0, FLOWS, DRAWS, 1);
	count[FLOWS / 2] = 0;
	CHECK(zipf_deviation(count, FLOWS, 0, 1) > 4);
	free(count);
}

static void by_hand(void)
{
	const uint64_t law[] = { 6000, 3000, 2000 }, flat[] = { 5, 5, 5, 5 }, none[3] = {};
	double sd;

	CHECK_NEAR(zipf_fit(law, 3), 1, MICRO);
	/* chi-square 0, 2 degrees of freedom */
	CHECK_NEAR(zipf_deviation(law, 3, 1, 1), -8 / 3.0, MICRO);
	CHECK_NEAR(zipf_fit(flat, 4), 0, MICRO);
	CHECK(isnan(zipf_fit(none, 3)));
	CHECK(isnan(zipf_fit(law, 1)));
	/* two draws of two flows: both, or one of them twice */
	CHECK_NEAR(zipf_distinct(2, 0, 2, &sd), 1.5, EPS);
	CHECK_NEAR(zipf_distinct(5, 0, 1000000, &sd), 5, EPS);
	CHECK_NEAR(sd, 0, EPS);
}

/* Few flows are missed: one is no wonder where one is expected once in 200 runs */
static void distinct_likely(void)
{
	double sd, mean = zipf_distinct(FLOWS, 0, 12200, &sd);

	CHECK_NEAR(FLOWS - mean, 0.005, 0.0005);
	CHECK(zipf_distinct_likely(FLOWS, FLOWS, mean, sd));
	CHECK(zipf_distinct_likely(FLOWS - 1, FLOWS, mean, sd));
	CHECK(!zipf_distinct_likely(FLOWS - 5, FLOWS, mean, sd));
	/* what cannot be missed, and what cannot be met */
	CHECK(zipf_distinct_likely(100, 100, 100, 0));
	CHECK(!zipf_distinct_likely(99, 100, 100, 0));
	CHECK(!zipf_distinct_likely(1, 100, 0, 0));
	/* many of either: 6 standard deviations */
	mean = zipf_distinct(FLOWS, 0, FLOWS, &sd);
	CHECK(zipf_distinct_likely(mean + 5.5 * sd, FLOWS, mean, sd));
	CHECK(zipf_distinct_likely(mean - 5.5 * sd, FLOWS, mean, sd));
	CHECK(!zipf_distinct_likely(mean + 6.5 * sd + 1, FLOWS, mean, sd));
	CHECK(!zipf_distinct_likely(mean - 6.5 * sd, FLOWS, mean, sd));
}

/* A ring of draws that comes again and again varies as the few draws do */
static void ring(void)
{
	uint64_t *count = counts_of(0, FLOWS, DRAWS, 5);

	CHECK_NEAR(zipf_repeat(10, 0), 1, 0);
	CHECK_NEAR(zipf_repeat(DRAWS, DRAWS), 1, 0);
	CHECK_NEAR(zipf_repeat(5 * DRAWS, DRAWS), 5, EPS);
	CHECK_NEAR(zipf_repeat(3 * DRAWS / 2, DRAWS), 2.5 / 1.5, EPS);
	CHECK(zipf_deviation(count, FLOWS, 0, 1) > 6);
	CHECK_NEAR(zipf_deviation(count, FLOWS, 0, 5), 0, 4);
	free(count);
}

const struct unit zipf_units[] = {
	{ "zipf: drawn and found again", found_again },
	{ "zipf: what is not drawn by the law", noticed },
	{ "zipf: by hand", by_hand },
	{ "zipf: how many flows are met", distinct_likely },
	{ "zipf: a ring of draws", ring },
	{ NULL }
};
