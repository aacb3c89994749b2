/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two clocks that times are read from: the CPUs' time stamp counter, and the system's
 * clock (CLOCK_MONOTONIC_RAW), by which the counter is judged. Which clock source the kernel
 * uses says little of the counter: a guest with kvm-clock has a good one, too.
 */
#ifndef HOOKCOST_CLOCKS_H
#define HOOKCOST_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>

/* What times something */
enum timed_by {
	TIMED_BY_SYSTEM,		/* CLOCK_MONOTONIC(_RAW), ktime_get() in the kernel */
	TIMED_BY_TSC,
};

/* "system", "tsc" */
const char *timed_by_name(enum timed_by clock);

enum clock_state {
	CLOCK_NOT_JUDGED,		/* not looked at, or nothing that could be judged */
	CLOCK_GOOD,
	CLOCK_UNSURE,			/* read too coarsely to tell */
	CLOCK_BAD,
};

/* Both clocks at one time, on one CPU */
struct clock_reading {
	unsigned int cpu;
	double ns;			/* of the system's clock */
	uint64_t ticks, width;		/* the counter then: ticks +- width / 2 */
};

/* How many ticks CPU's counter is ahead of the first one's: no less, and no more */
struct clock_offset {
	unsigned int cpu;
	double low, high;
};

struct clock_look {
	struct clock_reading *reading;	/* in the order of time */
	size_t n;
	struct clock_offset *offset;
	size_t noffsets;
	unsigned int step;		/* ticks, in which the counter counts */
	double khz;			/* by which the kernel converts ticks; 0: not known */
	double system_step;		/* ns, if the system's clock stood still between reads */
	bool system_backward;
};

struct clocks {
	enum clock_state tsc, system;
	char tsc_why[192], system_why[128];	/* "" if good */
	double khz;			/* measured; NAN: it was not */
	double seconds;			/* between first and last reading */
	unsigned int cpus;
	/* The largest deviation of the rate, in time, of a CPU, or from the kernel's; ppm */
	double drift, drift_half;	/* +- that, which is a bound; NAN: not measured */
	unsigned int jumps;
	/* The offset that is known worst, or is the largest, ns; NAN: there is one CPU */
	double offset_low, offset_high;
	unsigned int offset_cpu;
	double system_step;		/* ns; 0: it counts finer than it can be read */
};

/* clocks_judge.c: from readings, whoever has made them */
void clocks_judge(const struct clock_look *l, struct clocks *c);
const char *clock_state_name(enum clock_state s);
struct json_object *clocks_json(const struct clocks *c);

/* clocks.c: a few readings are enough, as nothing that is timed will be valid; before the others */
void clocks_brief(void);
/*
 * Looks at this machine's, which takes some 0.2 s, or 1 s in UML, the first time; kernel_khz:
 * by which the kernel converts ticks, 0: not known
 */
void clocks_look(struct clocks *c, double kernel_khz);
/* One reading more on each CPU, a moment: everything since the first look is judged */
void clocks_look_again(struct clocks *c);

#endif /* HOOKCOST_CLOCKS_H */
