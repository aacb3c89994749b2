// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include "core/stats.h"
#include "probe.h"
#include "unit.h"

static void nanoseconds(void)
{
	const struct probe_phase *reach, *floor;
	struct probe_hook h;
	struct stats s, raw;
	char why[256];

	CHECK_INT(probe_parse_text(probe_good, "udp", &h, why), 0);
	reach = probe_phase(&h, "reach");
	floor = probe_phase(&h, "floor");

	CHECK_INT(probe_stats(&h, reach, NULL, &raw), 0);
	CHECK_INT(raw.n, 1000);
	CHECK_NEAR(raw.mean, 64.504, EPS);
	CHECK_NEAR(raw.min, 40, 0);
	CHECK_NEAR(raw.max, 66, 0);
	/* samples 499 and 500 are 487 and 488 of 887 in [64, 65] */
	CHECK_NEAR(raw.median, 64 + 488.0 / 887, EPS);
	CHECK_NEAR(raw.p1, 40, EPS);
	/* the last bucket ends at the largest sample */
	CHECK_NEAR(raw.p99, 66, EPS);

	CHECK_INT(probe_stats(&h, reach, floor, &s), 0);
	CHECK_NEAR(s.median, raw.median - 10, EPS);
	CHECK_NEAR(s.mean, raw.mean - 10, EPS);
	CHECK_NEAR(s.iqr, raw.iqr, EPS);
	CHECK(s.ci_lo <= s.median && s.median <= s.ci_hi);
	CHECK_NEAR(s.ci_hi - s.ci_lo, 62.0 / 887, 2.0 / 887);

	/* half the rate, twice the time; two reads, two floors */
	h.khz /= 2;
	h.phase[0].reads = 2;
	CHECK_INT(probe_stats(&h, reach, floor, &s), 0);
	CHECK_NEAR(s.median, 2 * (raw.median - 20), EPS);
	CHECK_NEAR(s.iqr, 2 * raw.iqr, EPS);
	h.phase[1].count = 0;
	CHECK_INT(probe_stats(&h, reach, floor, &s), -1);
	CHECK_INT(probe_stats(&h, NULL, NULL, &s), -1);
	probe_hook_free(&h);
}

/* At 2 ticks a nanosecond; the median is 40 ticks, what is beyond 140 holds an interrupt */
static void means(void)
{
	static const char text[] =
		"hookcost 2 hook udp\n"
		"enabled 0\n"
		"clock plain 2000000\n"
		"unstamped 0\n"
		"unsited 0\n"
		"backward 0\n"
		"phase reach reads 1 count 1000 sum 49700 min 20 max 1610\n"
		"b 20 20 300\n"
		"b 40 40 690\n"
		"b 1600 1631 10\n"
		"phase floor reads 1 count 2 sum 3200 min 1600 max 1600\n"
		"b 1600 1631 2\n";
	struct probe_hook h;
	uint64_t left_out = 99;
	char why[256];

	CHECK_INT(probe_parse_text(text, "udp", &h, why), 0);
	/* the samples that are left out are known to be from 1600 to the largest, 1610 */
	CHECK_NEAR(probe_mean(&h, &h.phase[0], 50, &left_out),
		   (49700 - 10 * 1605.0) / 990 / 2, EPS);
	CHECK_INT(left_out, 10);
	CHECK_NEAR(probe_mean(&h, &h.phase[0], 1000, &left_out), 24.85, EPS);
	CHECK_INT(left_out, 0);
	CHECK_NEAR(probe_mean(&h, &h.phase[1], 50, NULL), 800, EPS);
	h.phase[1].count = 0;
	CHECK(isnan(probe_mean(&h, &h.phase[1], 50, NULL)));
	probe_hook_free(&h);
}

/* 30 % of the intervals appear as 20 ticks, the others as 40: 34 on the whole */
static void clock_in_steps(void)
{
	static const char text[] =
		"hookcost 2 hook udp\n"
		"enabled 0\n"
		"clock plain 1000000\n"
		"unstamped 0\n"
		"unsited 0\n"
		"backward 0\n"
		"phase reach reads 1 count 1000 sum 34000 min 20 max 40\n"
		"b 20 20 300\n"
		"b 40 40 700\n"
		"phase floor reads 1 count 2 sum 3200 min 1600 max 1600\n"
		"b 1600 1631 2\n";
	struct probe_hook h;
	struct stats s;
	char why[256];

	CHECK_INT(probe_parse_text(text, "udp", &h, why), 0);
	CHECK_INT(probe_stats(&h, &h.phase[0], NULL, &s), 0);
	CHECK_NEAR(s.median, 40, EPS);
	h.phase[0].step = 20;
	CHECK_INT(probe_stats(&h, &h.phase[0], NULL, &s), 0);
	CHECK_NEAR(s.median, 30 + 20 * 200.0 / 700, EPS);
	CHECK_NEAR(s.p1, 10 + 20 * 10.49 / 300, EPS);
	CHECK_NEAR(s.min, 20, 0);
	CHECK_NEAR(s.max, 40, 0);
	/* readings that are a tick off count with their multiple */
	h.phase[0].bucket[0].lo = 21;
	h.phase[0].bucket[0].hi = 21;
	CHECK_INT(probe_stats(&h, &h.phase[0], NULL, &s), 0);
	CHECK_NEAR(s.median, 30 + 20 * 200.0 / 700, EPS);
	CHECK_NEAR(s.p1, 10 + 20 * 10.49 / 300, EPS);
	h.phase[0].bucket[0].lo = 39;
	h.phase[0].bucket[0].hi = 39;
	CHECK_INT(probe_stats(&h, &h.phase[0], NULL, &s), 0);
	CHECK_NEAR(s.median, 30 + 20 * 500.0 / 1000, 0.02);
	/* a bucket that is wider than a step stays as it is */
	h.phase[1].step = 20;
	CHECK_INT(probe_stats(&h, &h.phase[1], NULL, &s), 0);
	CHECK_NEAR(s.median, 1600, EPS);
	probe_hook_free(&h);
}

static void difference(void)
{
	struct probe_hook then, now, since;
	char why[256], *text;

	CHECK_INT(probe_parse_text(probe_good, "udp", &then, why), 0);
	text = probe_replaced(probe_good,
			      "count 1000 sum 64504 min 40 max 66\nb 40 40 12\nb 64 65 887\n",
			      "count 1010 sum 65000 min 40 max 66\nb 40 40 12\nb 52 52 4\nb 64 65 893\n");
	CHECK_INT(probe_parse_text(text, "udp", &now, why), 0);
	probe_hook_copy(&since, &now);
	CHECK(probe_hook_since(&since, &then));
	CHECK_INT(since.phase[0].count, 10);
	CHECK_INT(since.phase[0].sum, 496);
	CHECK_INT(since.phase[0].nbuckets, 2);
	CHECK_INT(since.phase[0].bucket[0].lo, 52);
	CHECK_INT(since.phase[0].bucket[1].count, 6);
	CHECK_INT(since.phase[0].min, 52);
	CHECK_INT(since.phase[0].max, 65);
	CHECK_INT(since.phase[1].count, 0);
	CHECK_INT(since.unstamped, 0);
	/* the copy was a copy */
	CHECK_INT(now.phase[0].count, 1010);
	CHECK_INT(now.phase[0].nbuckets, 4);
	probe_hook_free(&since);

	/* reset in between: the later table stays as it is */
	probe_hook_copy(&since, &then);
	CHECK(!probe_hook_since(&since, &now));
	CHECK_INT(since.phase[0].count, 1000);
	probe_hook_free(&since);
	probe_hook_free(&then);
	probe_hook_free(&now);
	free(text);
}

const struct unit probe_hist_units[] = {
	{ "probe: ticks to nanoseconds, floors removed", nanoseconds },
	{ "probe: means without samples that hold an interrupt", means },
	{ "probe: a clock that counts in steps", clock_in_steps },
	{ "probe: difference of two readings", difference },
	{ 0 }
};
