// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdint.h>
#include "core/util.h"
#include "report/paired.h"
#include "unit.h"

#define N	30

/* The tables of Wilcoxon's test, one-sided 5 %: the critical sum, plus 1 */
static void ranks(void)
{
	CHECK_INT(paired_rank(0), 0);
	CHECK_INT(paired_rank(1), 0);
	CHECK_INT(paired_rank(4), 0);
	CHECK_INT(paired_rank(5), 1);
	CHECK_INT(paired_rank(6), 3);
	CHECK_INT(paired_rank(8), 6);
	CHECK_INT(paired_rank(10), 11);
	CHECK_INT(paired_rank(20), 61);
	CHECK_INT(paired_rank(25), 101);
	CHECK_INT(paired_rank(30), 152);
	CHECK_INT(paired_rank(100), 2046);
	/* the normal approximation goes on where the count ends */
	CHECK(paired_rank(101) > 2046 && paired_rank(101) < 2150);
}

/* Uniform in -1 to 1, always the same sequence */
static double noise(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (double)(*seed >> 11) / (double)(1ULL << 52) - 1;
}

/* Pairs around 7 Mpps that drift together; b has `percent` more, each up to `spread` % off */
static struct paired of(double percent, double spread, size_t n, uint64_t seed)
{
	double a[N], b[N];
	struct paired p;
	size_t i;

	for (i = 0; i < n; i++) {
		double drift = 7 * (1 + 0.03 * (double)i);

		a[i] = drift * (1 + spread / 100 * noise(&seed));
		b[i] = drift * (1 + percent / 100) * (1 + spread / 100 * noise(&seed));
	}
	CHECK_INT(paired_of(a, b, n, 0.5, &p), 0);
	CHECK_INT(p.n, n);
	return p;
}

static void verdicts(void)
{
	struct paired p = of(0, 0.3, N, 1);

	CHECK_INT(p.verdict, PAIRED_EQUIVALENT);
	CHECK(p.low > -0.2 && p.high < 0.2 && p.low < p.percent && p.percent < p.high);
	CHECK_INT(p.enough, 0);
	/* a difference that is surely there, and does not count */
	p = of(-0.2, 0.1, N, 2);
	CHECK_INT(p.verdict, PAIRED_EQUIVALENT);
	CHECK(p.high < 0);

	p = of(1, 0.3, N, 3);
	CHECK_INT(p.verdict, PAIRED_DIFFERS);
	CHECK_NEAR(p.percent, 1, 0.2);
	p = of(-1, 0.3, N, 4);
	CHECK_INT(p.verdict, PAIRED_DIFFERS);
	CHECK_NEAR(p.percent, -1, 0.2);

	/* equal, but that cannot be seen; with four times as many it might */
	p = of(0, 5, N, 5);
	CHECK_INT(p.verdict, PAIRED_NOT_SHOWN);
	CHECK(p.low < -0.5 && p.high > 0.5 && p.enough > N);
	/* 1 % more, but that cannot be seen either */
	p = of(1, 3, N, 6);
	CHECK_INT(p.verdict, PAIRED_NOT_SHOWN);
	CHECK_INT(of(0.5, 0.3, N, 7).verdict, PAIRED_NOT_SHOWN);
}

static void few(void)
{
	struct paired p = of(0, 0.01, 4, 1);

	CHECK(!p.has_interval);
	CHECK_INT(p.verdict, PAIRED_NOT_SHOWN);
	CHECK_INT(p.enough, 0);
	p = of(0, 0.01, 5, 1);
	CHECK(p.has_interval);
	CHECK_INT(p.verdict, PAIRED_EQUIVALENT);
}

/* 90 % of the intervals hold the truth, and one of twenty is beyond it to either side */
static void coverage(void)
{
	unsigned int i, below = 0, above = 0, wrong = 0;

	for (i = 0; i < 2000; i++) {
		struct paired p = of(0.3, 0.5, N, 1000 + i * 7919);

		below += p.high < 0.3;
		above += p.low > 0.3;
		/* at the limit's other side, so it must hardly ever be called equivalent */
		wrong += of(0.5, 0.5, N, 5000 + i * 7919).verdict == PAIRED_EQUIVALENT;
	}
	CHECK(below > 60 && below < 140);
	CHECK(above > 60 && above < 140);
	CHECK(wrong > 40 && wrong < 140);
}

static void by_hand(void)
{
	/* ratios 1, 1.01, 1.02, 1.03, 1.05: all of 15 means, as one of 2^5 may be left out */
	const double a[] = { 100, 100, 100, 100, 100 }, b[] = { 103, 100, 105, 101, 102 };
	struct paired p;

	CHECK_INT(paired_of(a, b, 5, 0.5, &p), 0);
	CHECK_NEAR(p.low, 0, EPS);
	CHECK_NEAR(p.high, 5, EPS);
	/* the 8th of them: 1.02 itself */
	CHECK_NEAR(p.percent, 2, 0.01);
	CHECK_INT(p.verdict, PAIRED_NOT_SHOWN);

	CHECK_INT(paired_of(a, (double[]){ 1, 0, 1, 1, 1 }, 5, 0.5, &p), -1);
	CHECK_INT(paired_of(a, (double[]){ 1, -1, 1, 1, 1 }, 5, 0.5, &p), -1);
	CHECK_INT(paired_of(a, (double[]){ 1, NAN, 1, 1, 1 }, 5, 0.5, &p), -1);
	CHECK_INT(paired_of(a, b, 0, 0.5, &p), -1);
}

/* An interrupt in the middle of a few runs moves neither the estimate nor the verdict */
static void outliers(void)
{
	double a[N], b[N];
	struct paired p;
	uint64_t seed = 11;
	size_t i;

	for (i = 0; i < N; i++) {
		a[i] = 7 + 0.007 * noise(&seed);
		b[i] = 7 + 0.007 * noise(&seed);
	}
	b[3] = 3.5;
	a[17] = 5;
	CHECK_INT(paired_of(a, b, N, 0.5, &p), 0);
	CHECK_INT(p.verdict, PAIRED_EQUIVALENT);
	CHECK_NEAR(p.percent, 0, 0.05);
}

/* What is beyond the limit by its interval has 5 % at most, and nothing else has */
static void chances(void)
{
	unsigned int i;

	CHECK(isnan(of(0, 0.01, 4, 1).p));
	for (i = 0; i < 300; i++) {
		struct paired p = of(0.4 + 0.001 * i, 0.5, i % 2 ? N : 7, i);

		CHECK_INT(p.p <= 0.05, p.verdict == PAIRED_DIFFERS);
	}
	/* all of 5, to one side: one of 2^5 */
	CHECK_NEAR(of(9, 0.1, 5, 1).p, 1.0 / 32, EPS);
	CHECK_NEAR(of(-9, 0.1, 5, 1).p, 1.0 / 32, EPS);
}

static struct paired with(double p)
{
	return (struct paired){
		.p = p, .has_interval = !isnan(p),
		.verdict = p <= 0.05 ? PAIRED_DIFFERS : PAIRED_NOT_SHOWN,
	};
}

/* Holm's own way: 4 x 0.01, 3 x 0.015, 2 x 0.03, 1 x 0.5; the one without an interval is none */
static void correction(void)
{
	struct paired p[] = { with(0.03), with(0.01), with(NAN), with(0.5), with(0.015) };
	struct paired *all[] = { &p[0], &p[1], &p[2], &p[3], &p[4] };

	paired_correct(all, 5);
	CHECK_NEAR(p[1].p, 0.04, EPS);
	CHECK_NEAR(p[4].p, 0.045, EPS);
	CHECK_NEAR(p[0].p, 0.06, EPS);
	CHECK_NEAR(p[3].p, 0.5, EPS);
	CHECK(isnan(p[2].p));
	CHECK_INT(p[1].verdict, PAIRED_DIFFERS);
	CHECK_INT(p[4].verdict, PAIRED_DIFFERS);
	CHECK(p[0].verdict == PAIRED_NOT_SHOWN && p[0].corrected);
	CHECK(p[3].verdict == PAIRED_NOT_SHOWN && !p[3].corrected);

	/* one alone stays as it is */
	p[0] = with(0.05);
	paired_correct(all, 1);
	CHECK_INT(p[0].verdict, PAIRED_DIFFERS);
	paired_correct(NULL, 0);
}

/* Of 10 rows that are at the limit one would be said to differ in 4 of 10 families */
static void many_rows(void)
{
	unsigned int family, row, wrong = 0, uncorrected = 0, found = 0;

	for (family = 0; family < 400; family++) {
		struct paired p[11], *all[11];
		bool before = false, after = false;

		for (row = 0; row < 11; row++) {
			/* the last one does differ, and is still found */
			p[row] = of(row < 10 ? 0.5 : 1.2, 0.5, N, family * 104729 + row * 7919);
			all[row] = &p[row];
			before |= row < 10 && p[row].verdict == PAIRED_DIFFERS;
		}
		paired_correct(all, 11);
		for (row = 0; row < 10; row++)
			after |= p[row].verdict == PAIRED_DIFFERS;
		uncorrected += before;
		wrong += after;
		found += p[10].verdict == PAIRED_DIFFERS;
	}
	CHECK(uncorrected > 100);
	CHECK(wrong < 30);
	CHECK(found > 380);
}

const struct unit paired_units[] = {
	{ "paired: ranks of the signed-rank test", ranks },
	{ "paired: by hand", by_hand },
	{ "paired: equivalent, differs, not shown", verdicts },
	{ "paired: too few pairs", few },
	{ "paired: outliers", outliers },
	{ "paired: how likely a difference is by chance", chances },
	{ "paired: correction for several rows", correction },
	{ "paired: of many rows none differs by chance", many_rows },
	{ "paired: its intervals hold the truth as often as they should", coverage },
	{ 0 }
};
