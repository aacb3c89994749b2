// SPDX-License-Identifier: GPL-2.0-only
/* The judgement of the TSC, on readings that are made up */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "measure/clocks.h"
#include "unit.h"

#define KHZ	2450000.0
#define PER_NS	(KHZ / 1e6)
#define ROUNDS	16
#define CPUS	2
#define N	(ROUNDS * CPUS)

static struct clock_reading reading[N];
static struct clock_offset offset;
static struct clock_look look;

/* Two CPUs, read in turns every 10 ms, each to +- 20 ns; a read is off by a few ns */
static void good(void)
{
	unsigned int i;

	for (i = 0; i < N; i++) {
		reading[i].cpu = i % CPUS;
		reading[i].ns = 5e12 + 10e6 * (i / CPUS) + 30e3 * (i % CPUS);
		reading[i].width = 100;
		reading[i].ticks = (uint64_t)(reading[i].ns * PER_NS) + 1000000 + i * 7 % 13;
	}
	offset = (struct clock_offset){ .cpu = 1, .low = -200, .high = 220 };
	look = (struct clock_look){
		.reading = reading, .n = N, .offset = &offset, .noffsets = 1, .step = 1,
	};
}

static enum clock_state judged(const char *why)
{
	struct clocks c;

	clocks_judge(&look, &c);
	CHECK_HAS(c.tsc_why, why);
	return c.tsc;
}

static void good_one(void)
{
	struct json_object *o;
	struct clocks c;
	uint64_t wrap;
	unsigned int i;

	good();
	clocks_judge(&look, &c);
	CHECK_INT(c.tsc, CLOCK_GOOD);
	CHECK_INT(c.system, CLOCK_GOOD);
	CHECK_STR(c.tsc_why, "");
	CHECK_INT(c.cpus, CPUS);
	CHECK_INT(c.jumps, 0);
	CHECK_NEAR(c.khz, KHZ, 1);
	CHECK_NEAR(c.seconds, 0.15, EPS);
	/* 41 ns of 75 ms, twice */
	CHECK(fabs(c.drift) < 1 && c.drift_half > 0.5 && c.drift_half < 2);
	CHECK_NEAR(c.offset_low, -200 / PER_NS, 0.01);
	CHECK_NEAR(c.offset_high, 220 / PER_NS, 0.01);
	o = clocks_json(&c);
	CHECK_STR(json_object_get_string(json_object_object_get(o, "state")), "good");
	json_object_put(o);

	/* the counter wraps in between, or began anywhere */
	wrap = reading[N / 2].ticks;
	for (i = 0; i < N; i++)
		reading[i].ticks -= wrap;
	CHECK_INT(judged(""), CLOCK_GOOD);
	/* the kernel's rate is another by less than 0.1 % */
	look.khz = KHZ * 1.0009;
	CHECK_INT(judged(""), CLOCK_GOOD);
	/* a bench ran in between */
	reading[N - 2].ns += 60e9;
	reading[N - 2].ticks += (uint64_t)(60e9 * PER_NS);
	CHECK_INT(judged(""), CLOCK_GOOD);
}

static void drifts(void)
{
	struct clocks c;
	unsigned int i;

	/* slower by 0.3 % in the second half, on one CPU: no step is as long as a jump */
	good();
	for (i = N / 2 + 1; i < N; i += CPUS)
		reading[i].ticks -= (uint64_t)(0.003 * PER_NS *
					       (reading[i].ns - reading[N / 2].ns));
	clocks_judge(&look, &c);
	CHECK_INT(c.tsc, CLOCK_BAD);
	CHECK(c.drift < -1000 && c.drift + c.drift_half < -1000);

	/* one CPU's is slower all the time */
	good();
	for (i = 1; i < N; i += CPUS)
		reading[i].ticks -= (uint64_t)(0.002 * PER_NS * (reading[i].ns - reading[0].ns));
	CHECK_INT(judged("CPU 1"), CLOCK_BAD);

	/* histograms would be converted by a wrong rate */
	good();
	look.khz = KHZ * 1.002;
	CHECK_INT(judged("kHz"), CLOCK_BAD);
}

static void jumps(void)
{
	struct clocks c;
	unsigned int i;

	good();
	for (i = N / 2; i < N; i++)
		reading[i].ticks += (uint64_t)(1e6 * PER_NS);
	clocks_judge(&look, &c);
	CHECK_INT(c.tsc, CLOCK_BAD);
	CHECK_INT(c.jumps, CPUS);
	CHECK_HAS(c.tsc_why, "jumped by 1000 us");

	/* back, on one CPU, where it is halted */
	good();
	for (i = N - 3; i < N; i += CPUS)
		reading[i].ticks -= (uint64_t)(50e3 * PER_NS);
	clocks_judge(&look, &c);
	CHECK_INT(c.tsc, CLOCK_BAD);
	CHECK_INT(c.jumps, 1);
	CHECK_HAS(c.tsc_why, "CPU 1 jumped by -50 us");
}

static void apart(void)
{
	good();
	offset.low = 150;
	offset.high = 570;
	CHECK_INT(judged("CPU 0 and 1 are apart by 61 ns"), CLOCK_BAD);
	offset.low = -570;
	offset.high = -150;
	CHECK_INT(judged("apart by 61 ns"), CLOCK_BAD);
	/* two steps of a counter that counts in such */
	look.step = 60;
	CHECK_INT(judged(""), CLOCK_GOOD);
	/* not provably */
	look.step = 1;
	offset.high = 10;
	CHECK_INT(judged(""), CLOCK_GOOD);
	/* they never ran at once */
	offset.low = -20e6 * PER_NS;
	CHECK_INT(judged("CPU 0 and 1"), CLOCK_UNSURE);
	look.noffsets = 0;
	CHECK_INT(judged("apart"), CLOCK_UNSURE);
}

/* Read through 40 us of ptrace that may be anywhere, for too short a time */
static void coarse(void)
{
	struct clocks c;
	unsigned int i;

	good();
	for (i = 0; i < N; i++)
		reading[i].width = (uint64_t)(40e3 * PER_NS);
	clocks_judge(&look, &c);
	CHECK_INT(c.tsc, CLOCK_UNSURE);
	CHECK(c.drift_half > 1000);
	/* four times as long is enough */
	for (i = 0; i < N; i++) {
		reading[i].ns = reading[0].ns + 4 * (reading[i].ns - reading[0].ns);
		reading[i].ticks = (uint64_t)(reading[i].ns * PER_NS);
	}
	CHECK_INT(judged(""), CLOCK_GOOD);
	look.n = 2;
	clocks_judge(&look, &c);
	CHECK_INT(c.tsc, CLOCK_NOT_JUDGED);
	CHECK(isnan(c.drift));
}

static void system_clock(void)
{
	struct clocks c;

	good();
	look.system_step = 4e6;
	clocks_judge(&look, &c);
	CHECK_INT(c.system, CLOCK_BAD);
	CHECK_HAS(c.system_why, "4000 us");
	/* the TSC is what it is */
	CHECK_INT(c.tsc, CLOCK_GOOD);
	look.system_step = 40;
	clocks_judge(&look, &c);
	CHECK_INT(c.system, CLOCK_GOOD);
	look.system_backward = true;
	clocks_judge(&look, &c);
	CHECK_INT(c.system, CLOCK_BAD);
}

/* This machine's: whatever it is, it has been looked at */
static void real(void)
{
	struct clocks c, again;

	clocks_look(&c, 0);
	CHECK(c.cpus >= 1);
	CHECK(c.khz > 1e5 && c.khz < 1e8);
	CHECK(c.seconds > 0.05 && c.seconds < 5);
	CHECK(!isnan(c.drift) && c.drift_half > 0);
	clocks_look_again(&again);
	CHECK(again.seconds > c.seconds);
	CHECK_INT(again.cpus, c.cpus);
}

const struct unit clocks_units[] = {
	{ "clocks: a good TSC", good_one },
	{ "clocks: one that drifts", drifts },
	{ "clocks: one that jumps", jumps },
	{ "clocks: two CPUs apart", apart },
	{ "clocks: read too coarsely", coarse },
	{ "clocks: the system's", system_clock },
	{ "clocks: this machine's", real },
	{ 0 }
};
