// SPDX-License-Identifier: GPL-2.0-only
#include "report/crossing.h"
#include "unit.h"

static const double x[] = { 0, 10, 20, 40 };
static const double none[] = { 0, 0, 0, 0 };

static const char *describe(const double *a, const double *b, const double *tolerance)
{
	static char text[512];
	struct curves c = {
		.xname = "n",
		.a = "native",
		.b = "eBPF",
		.n = ARRAY_SIZE(x),
		.x = x,
		.ns_a = a,
		.ns_b = b,
		.tolerance = tolerance,
	};

	curves_describe(&c, text, sizeof(text));
	return text;
}

static void one_crossing(void)
{
	const double a[] = { 60, 70, 80, 100 }, b[] = { 80, 75, 76, 50 };

	CHECK_STR(describe(a, b, none),
		  "at n = 0 native is faster by 20.0 ns (25.0 %), at n = 40 eBPF is faster by 50.0 ns (50.0 %); they cross between 10 and 20");
}

static void two_crossings(void)
{
	const double a[] = { 1, 3, 3, 1 }, b[] = { 2, 2, 2, 2 };

	CHECK_HAS(describe(a, b, none), "; they cross between 0 and 10, between 20 and 40");
}

static void no_crossing(void)
{
	const double a[] = { 1, 1, 1, 1 }, b[] = { 2, 2, 2, 2 };

	CHECK_HAS(describe(a, b, none), "; they do not cross");
}

/* A difference within the tolerance is none: the crossing lies around it */
static void tolerance(void)
{
	const double a[] = { 10, 10.5, 10, 12 }, b[] = { 12, 10, 10, 10 };
	const double give[] = { 1, 1, 1, 1 };

	CHECK_HAS(describe(a, b, give), "they cross between 0 and 40");
}

static void equal_ends(void)
{
	const double a[] = { 1, 1, 1, 1 };

	CHECK_STR(describe(a, a, none),
		  "at n = 0 there is no difference beyond the spread, at n = 40 there is no difference beyond the spread; they do not cross");
}

static void missing_points(void)
{
	const double a[] = { NAN, 1, 3, NAN }, b[] = { 2, 2, 2, 2 };

	CHECK_HAS(describe(a, b, none), "at n = 10 native is faster by 1.0 ns");
	CHECK_HAS(describe(a, b, none), "at n = 20 eBPF is faster by 1.0 ns");
}

/* Too few batches for an interval: a difference is none that can be told */
static void no_interval(void)
{
	const double a[] = { 1, 1, 1, 1 }, b[] = { 2, 2, 2, 2 };
	const double no[] = { NAN, NAN, NAN, NAN }, some[] = { NAN, 0, 0, NAN };

	CHECK_HAS(describe(a, b, no), "too few points");
	CHECK_HAS(describe(a, b, some), "at n = 10 native is faster");
}

static void nothing_known(void)
{
	const double a[] = { NAN, NAN, 3, NAN }, b[] = { 2, 2, 2, 2 };

	CHECK_HAS(describe(a, b, none), "too few points");
}

const struct unit crossing_units[] = {
	{ "crossing: one", one_crossing },
	{ "crossing: two", two_crossings },
	{ "crossing: none", no_crossing },
	{ "crossing: differences within the tolerance", tolerance },
	{ "crossing: equal curves", equal_ends },
	{ "crossing: points without a value at the ends", missing_points },
	{ "crossing: points without an interval", no_interval },
	{ "crossing: one point only", nothing_known },
	{ 0 }
};
