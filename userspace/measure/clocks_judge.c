// SPDX-License-Identifier: GPL-2.0-only
/* What readings of both clocks say of the time stamp counter */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/json.h"
#include "core/util.h"
#include "measure/clocks.h"

/* 0.1 %: less is lost in any time that is printed */
#define DRIFT_MAX_PPM	1000.0
/* Beside that, between two readings: what a hypervisor's clock may itself be set right by */
#define JUMP_NS		10e3
/* Provably apart by more, and an interval between two CPUs is off by as much */
#define APART_NS	20.0
/* Two CPUs that could not show each other their counters at once say nothing */
#define OFFSET_WIDTH_NS	10e3
/* A batch of 10 ms is timed to 0.1 % */
#define SYSTEM_STEP_NS	10e3

/* A deviation in ppm, and how much of it may be the reading */
struct drift {
	double ppm, half;
	char what[64];
};

const char *timed_by_name(enum timed_by clock)
{
	return clock == TIMED_BY_TSC ? "tsc" : "system";
}

const char *clock_state_name(enum clock_state s)
{
	static const char *const name[] = {
		[CLOCK_NOT_JUDGED] = "not judged",
		[CLOCK_GOOD] = "good",
		[CLOCK_UNSURE] = "unsure",
		[CLOCK_BAD] = "bad",
	};

	return name[s];
}

static double ticks_between(const struct clock_reading *a, const struct clock_reading *b)
{
	return (double)(int64_t)(b->ticks - a->ticks);
}

/* Ticks per ns between two readings, and by how much of itself it may be wrong */
static double rate(const struct clock_reading *a, const struct clock_reading *b, double *off)
{
	double ticks = ticks_between(a, b);

	*off = ticks > 0 ? (double)(a->width + b->width) / 2 / ticks : INFINITY;
	return ticks / (b->ns - a->ns);
}

static bool is_beyond(const struct drift *d)
{
	return fabs(d->ppm) - d->half > DRIFT_MAX_PPM;
}

/* What is provably beyond the limit comes first, then what might be further from 0 */
static bool is_worse(const struct drift *d, const struct drift *than)
{
	if (is_beyond(d) != is_beyond(than))
		return is_beyond(d);
	if (is_beyond(d))
		return fabs(d->ppm) - d->half > fabs(than->ppm) - than->half;
	return fabs(d->ppm) + d->half > fabs(than->ppm) + than->half;
}

__printf(5, 6)
static void add_drift(struct drift *worst, double r, double than, double off,
		      const char *fmt, ...)
{
	struct drift d = { .ppm = 1e6 * (r / than - 1), .half = 1e6 * off };
	va_list ap;

	if (!isfinite(d.ppm) || !isfinite(d.half))
		return;
	va_start(ap, fmt);
	vsnprintf(d.what, sizeof(d.what), fmt, ap);
	va_end(ap);
	if (!*worst->what || is_worse(&d, worst))
		*worst = d;
}

/* The readings of one CPU, to be freed */
static struct clock_reading *of_cpu(const struct clock_look *l, unsigned int cpu, size_t *n)
{
	struct clock_reading *r = xcalloc(l->n, sizeof(*r));
	size_t i;

	*n = 0;
	for (i = 0; i < l->n; i++)
		if (l->reading[i].cpu == cpu)
			r[(*n)++] = l->reading[i];
	return r;
}

static bool is_first_of_cpu(const struct clock_look *l, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (l->reading[j].cpu == l->reading[i].cpu)
			return false;
	return true;
}

struct weighted {
	double value, weight;
};

static int by_value(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* The rate that half of the time passed at: a jump falls into one interval only */
static double usual_rate(const struct clock_reading *r, size_t n)
{
	struct weighted *w = xcalloc(n, sizeof(*w));
	double sum = 0, half = 0, off, value = NAN;
	size_t i;

	for (i = 0; i + 1 < n; i++) {
		w[i].value = rate(&r[i], &r[i + 1], &off);
		w[i].weight = r[i + 1].ns - r[i].ns;
		sum += w[i].weight;
	}
	qsort(w, n - 1, sizeof(*w), by_value);
	for (i = 0; i + 1 < n && half < sum / 2; i++) {
		half += w[i].weight;
		value = w[i].value;
	}
	free(w);
	return value;
}

/* How many; by how many ns the worst */
static unsigned int count_jumps(const struct clock_reading *r, size_t n, double *worst)
{
	double per_ns = usual_rate(r, n), off, may;
	unsigned int jumps = 0;
	size_t i;

	for (i = 0; i + 1 < n; i++) {
		double took = r[i + 1].ns - r[i].ns;

		off = ticks_between(&r[i], &r[i + 1]) / per_ns - took;
		may = JUMP_NS + took * DRIFT_MAX_PPM / 1e6 +
		      (double)(r[i].width + r[i + 1].width) / 2 / fabs(per_ns);
		if (fabs(off) <= may && ticks_between(&r[i], &r[i + 1]) >= 0)
			continue;
		jumps++;
		if (fabs(off) > fabs(*worst))
			*worst = off;
	}
	return jumps;
}

/* The rate of the second half of the time by that of the first */
static void halves(const struct clock_reading *r, size_t n, struct drift *worst)
{
	double mid = (r[0].ns + r[n - 1].ns) / 2, first, second, off[2];
	size_t i;

	for (i = 1; i + 2 < n && r[i].ns < mid; i++)
		;
	if (i + 1 >= n)
		return;
	first = rate(&r[0], &r[i], &off[0]);
	second = rate(&r[i], &r[n - 1], &off[1]);
	add_drift(worst, second, first, off[0] + off[1],
		  "CPU %u's rate changed", r->cpu);
}

struct judged {
	struct drift drift;
	double per_ns, off;		/* the first CPU's rate */
	double jump;			/* ns, the worst */
	unsigned int jumped;		/* where */
};

static void judge_cpu(const struct clock_look *l, unsigned int cpu, struct judged *j,
		      struct clocks *c)
{
	double per_ns, off, jump = 0;
	struct clock_reading *r;
	unsigned int jumps;
	size_t n;

	r = of_cpu(l, cpu, &n);
	if (n < 3 || r[n - 1].ns <= r[0].ns)
		goto out;
	per_ns = rate(&r[0], &r[n - 1], &off);
	c->seconds = fmax(c->seconds, (r[n - 1].ns - r[0].ns) / 1e9);
	jumps = count_jumps(r, n, &jump);
	if (jumps && fabs(jump) >= fabs(j->jump)) {
		j->jump = jump;
		j->jumped = cpu;
	}
	c->jumps += jumps;
	halves(r, n, &j->drift);
	if (!c->cpus) {
		j->per_ns = per_ns;
		j->off = off;
		c->khz = per_ns * 1e6;
		if (l->khz > 0)
			add_drift(&j->drift, per_ns * 1e6, l->khz, off,
				  "the kernel takes it for %.0f kHz, and it is off", l->khz);
	} else {
		add_drift(&j->drift, per_ns, j->per_ns, off + j->off,
			  "CPU %u's rate is another than CPU %u's", cpu, l->reading[0].cpu);
	}
	c->cpus++;
out:
	free(r);
}

/* Nearest to 0 that it can be */
static double apart(double low, double high)
{
	return low > 0 ? low : high < 0 ? -high : 0;
}

static bool judge_offsets(const struct clock_look *l, double per_ns, struct clocks *c)
{
	double step = l->step > 1 ? 2 * l->step / per_ns : 0;
	size_t i;

	for (i = 0; i < l->noffsets; i++) {
		double low = l->offset[i].low / per_ns, high = l->offset[i].high / per_ns;
		double is = apart(low, high), was = apart(c->offset_low, c->offset_high);

		if (!isnan(c->offset_low) &&
		    (is < was || (is == was && high - low <= c->offset_high - c->offset_low)))
			continue;
		c->offset_low = low;
		c->offset_high = high;
		c->offset_cpu = l->offset[i].cpu;
	}
	return isnan(c->offset_low) || apart(c->offset_low, c->offset_high) <= APART_NS + step;
}

static void judge_system(const struct clock_look *l, struct clocks *c)
{
	c->system_step = l->system_step;
	c->system = CLOCK_GOOD;
	if (l->system_backward)
		snprintf(c->system_why, sizeof(c->system_why), "the system's clock went backwards");
	else if (l->system_step > SYSTEM_STEP_NS)
		snprintf(c->system_why, sizeof(c->system_why),
			 "the system's clock goes in steps of %.0f us", l->system_step / 1e3);
	if (*c->system_why)
		c->system = CLOCK_BAD;
}

void clocks_judge(const struct clock_look *l, struct clocks *c)
{
	struct judged j = { 0 };
	bool together;
	size_t i;

	*c = (struct clocks){
		.khz = NAN, .drift = NAN, .drift_half = NAN,
		.offset_low = NAN, .offset_high = NAN,
	};
	judge_system(l, c);
	for (i = 0; i < l->n; i++)
		if (is_first_of_cpu(l, i))
			judge_cpu(l, l->reading[i].cpu, &j, c);
	if (!c->cpus)
		return;
	if (*j.drift.what) {
		c->drift = j.drift.ppm;
		c->drift_half = j.drift.half;
	}
	together = judge_offsets(l, j.per_ns, c);
	if (c->jumps)
		snprintf(c->tsc_why, sizeof(c->tsc_why),
			 "the TSC of CPU %u jumped by %.0f us against the system's clock",
			 j.jumped, j.jump / 1e3);
	else if (is_beyond(&j.drift))
		snprintf(c->tsc_why, sizeof(c->tsc_why),
			 "the TSC drifts against the system's clock: %s by %.0f +- %.0f ppm",
			 j.drift.what, j.drift.ppm, j.drift.half);
	else if (!together)
		snprintf(c->tsc_why, sizeof(c->tsc_why),
			 "the TSCs of CPU %u and %u are apart by %.0f ns at least",
			 l->reading[0].cpu, c->offset_cpu, apart(c->offset_low, c->offset_high));
	c->tsc = CLOCK_BAD;
	if (*c->tsc_why)
		return;
	c->tsc = CLOCK_UNSURE;
	if (!*j.drift.what || fabs(j.drift.ppm) + j.drift.half > DRIFT_MAX_PPM)
		snprintf(c->tsc_why, sizeof(c->tsc_why),
			 "the TSC's rate could be told to +- %.0f ppm only", j.drift.half);
	else if (c->cpus > 1 && isnan(c->offset_low))
		snprintf(c->tsc_why, sizeof(c->tsc_why),
			 "how far apart the CPUs' TSCs are could not be told");
	else if (c->offset_high - c->offset_low > OFFSET_WIDTH_NS)
		snprintf(c->tsc_why, sizeof(c->tsc_why),
			 "how far apart the TSCs of CPU %u and %u are could be told to %.0f us only",
			 l->reading[0].cpu, c->offset_cpu,
			 (c->offset_high - c->offset_low) / 1e3);
	else
		c->tsc = CLOCK_GOOD;
}

struct json_object *clocks_json(const struct clocks *c)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "state", clock_state_name(c->tsc));
	json_add_string(o, "reason", c->tsc_why);
	json_object_object_add(o, "khz", json_number(c->khz));
	json_object_object_add(o, "seconds", json_number(c->seconds));
	json_object_object_add(o, "cpus", json_object_new_int((int)c->cpus));
	json_object_object_add(o, "drift_ppm", json_number(c->drift));
	json_object_object_add(o, "drift_half_width", json_number(c->drift_half));
	json_object_object_add(o, "jumps", json_object_new_int((int)c->jumps));
	json_object_object_add(o, "offset_low_ns", json_number(c->offset_low));
	json_object_object_add(o, "offset_high_ns", json_number(c->offset_high));
	return o;
}
