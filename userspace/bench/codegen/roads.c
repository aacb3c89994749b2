// SPDX-License-Identifier: GPL-2.0-only
/* Two roads to one number: time stamps at the XDP hook, and throughput */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/codegen/roads.h"
#include "bench/self/delays.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/probe.h"

#define LIMIT_NS	2.0
#define LIMIT_SHARE	0.1
#define DISTURBED_NS	100	/* beyond the median: an interrupt was in it */
#define TRIM		0.2
#define STEP_UNEVEN	0.1	/* of a step of the clock, see delays.c */
#define WIDE_SHARE	0.1

static const char *const phase_name[ROAD_PHASES] = {
	[ROAD_ENTRY] = "entry", [ROAD_PROG] = "prog", [ROAD_PREP] = "prep",
	[ROAD_VERDICT] = "verdict", [ROAD_TOTAL] = "total",
};

static int means(const struct probe_hook *h, struct road_stamps *out)
{
	const struct probe_phase *floor = probe_phase(h, "floor"), *p;
	int i;

	out->floor = floor && floor->count ? probe_mean(h, floor, DISTURBED_NS, NULL) : NAN;
	for (i = 0; i < ROAD_PHASES; i++) {
		p = probe_phase(h, phase_name[i]);
		if (!p || !p->count || isnan(out->floor)) {
			err("hook %s has no samples of %s and floor", XDP_TABLE, phase_name[i]);
			return -ENODATA;
		}
		out->ns[i] = probe_mean(h, p, DISTURBED_NS,
					i == ROAD_PREP ? &out->left_out : NULL) -
			     p->reads * out->floor;
	}
	out->samples = probe_phase(h, "prep")->count;
	return 0;
}

static int stamp_one(struct point *p, uint64_t frames, struct road_stamps *out)
{
	struct generator *g = &p->f->gen;
	struct probe_hook h;
	uint64_t sent = g->sent;
	double ns;
	int ret;

	ret = figure14_select(p) ?: probe_reset();
	if (ret)
		return ret;
	ns = generator_run(g, frames);
	if (ns < 0)
		return ns;
	ret = probe_read_hook(XDP_TABLE, &h);
	if (ret)
		return ret;
	ret = means(&h, out);
	probe_hook_free(&h);
	if (ret)
		return ret;
	p->sent += g->sent - sent;
	p->received += out->samples;
	p->dropped += out->samples;
	return 0;
}

int roads_stamps(struct point *p, size_t n, unsigned int rounds, uint64_t frames,
		 struct road_stamps *out)
{
	unsigned int k;
	int ret = 0;
	size_t i, at;

	for (k = 0; k < rounds && !ret; k++) {
		progress("time stamps", k, rounds);
		for (i = 0; i < n && !ret; i++) {
			at = k % 2 ? n - 1 - i : i;
			ret = interrupted() ? -EINTR :
			      stamp_one(&p[at], frames, &out[at * rounds + k]);
		}
	}
	progress_end();
	return ret;
}

struct road road_of(const double *v, size_t n)
{
	double *copy = xcalloc(n, sizeof(*copy));
	struct road r;

	memcpy(copy, v, n * sizeof(*copy));
	stats_trimmed(copy, n, TRIM, &r.ns, &r.half);
	r.systematic = 0;
	free(copy);
	return r;
}

double road_step_error(void)
{
	return STEP_UNEVEN * cpu_tsc_step_ns();
}

struct road road_rate(const double *v, size_t n, const struct generator *g)
{
	struct road r = road_of(v, n);

	r.systematic = cpu_tsc_step_ns() / g->ops->block;
	return r;
}

struct road road_phase(const struct road_stamps *a, const struct road_stamps *b,
		       enum road_phase phase, unsigned int rounds)
{
	double *v = xcalloc(rounds, sizeof(*v));
	struct road r;
	unsigned int k;

	for (k = 0; k < rounds; k++)
		v[k] = a[k].ns[phase] - (b ? b[k].ns[phase] : 0);
	r = road_of(v, rounds);
	free(v);
	r.systematic = road_step_error();
	return r;
}

struct road road_plus(struct road a, struct road b)
{
	return (struct road){
		a.ns + b.ns, hypot(a.half, b.half), a.systematic + b.systematic
	};
}

struct road road_less(struct road a, struct road b)
{
	return (struct road){
		a.ns - b.ns, hypot(a.half, b.half), a.systematic + b.systematic
	};
}

struct road road_times(struct road r, double factor)
{
	return (struct road){ r.ns * factor, r.half * factor, r.systematic * factor };
}

const char *road_text(struct road r, char *text, size_t len)
{
	if (isfinite(r.half))
		snprintf(text, len, "%.1f +- %.1f", r.ns, r.half);
	else
		snprintf(text, len, "%.1f", r.ns);
	return text;
}

static void systematic_key(char *text, size_t len, const char *key)
{
	snprintf(text, len, "%s_systematic", key);
}

void road_column(struct table *t, const char *key, const char *head, int decimals)
{
	char name[48];

	table_column(t, key, head, "ns", decimals);
	systematic_key(name, sizeof(name), key);
	if (cpu_tsc_step() > 1)
		table_column(t, name, "clock +-", "ns", decimals);
}

void road_set_mean(struct row *row, const char *key, struct road r)
{
	if (isfinite(r.ns))
		row_set_interval(row, key, r.ns, isfinite(r.half) ? r.ns - r.half : NAN,
				 r.ns + r.half);
}

void road_set(struct row *row, const char *key, struct road r)
{
	char name[48];

	road_set_mean(row, key, r);
	systematic_key(name, sizeof(name), key);
	if (isfinite(r.ns) && cpu_tsc_step() > 1)
		row_set(row, name, r.systematic);
}

void road_judge_width(struct row *row, struct road r)
{
	if (!isfinite(r.half))
		row_verdict(row, VERDICT_INDICATIVE, "too few batches: it has no interval");
	else if (r.half + r.systematic > fmax(delays_limit(), WIDE_SHARE * fabs(r.ns)))
		row_verdict(row, VERDICT_INDICATIVE,
			    "its 95 %% interval, and what the clock may add, are wider than %g ns and %.0f %%",
			    delays_limit(), 100 * WIDE_SHARE);
}

void roads_columns(struct table *t)
{
	table_column(t, "stamps", "by stamps", "ns", 1);
	table_column(t, "throughput", "throughput", "ns", 1);
	road_column(t, "apart", "apart", 1);
}

/* The limit is for what is systematic; whether it is kept is told by the rest */
static void judge_apart(struct result *res, struct row *row, const char *what, struct road stamps,
			struct road throughput)
{
	struct road apart = road_less(stamps, throughput);
	double limit = fmax(LIMIT_NS, LIMIT_SHARE * fabs(throughput.ns));
	char by_stamps[48], by_throughput[48];

	road_text(stamps, by_stamps, sizeof(by_stamps));
	road_text(throughput, by_throughput, sizeof(by_throughput));
	switch (stats_within(apart.ns, apart.half, limit)) {
	case WITHIN_HELD:
		result_note_times(res,
				  "eBPF - %s: %s ns by stamps, %s by throughput: the two roads agree within %g ns or %.0f %%.",
				  what, by_stamps, by_throughput, LIMIT_NS, 100 * LIMIT_SHARE);
		break;
	case WITHIN_MISSED:
		row_verdict(row, VERDICT_INDICATIVE, "the two roads are %.1f ns apart",
			    fabs(apart.ns));
		result_note_times(res,
				  "Warning: eBPF - %s: %s ns by stamps, %s by throughput: the two roads disagree by %.1f ns, more than %g ns and %.0f %%.",
				  what, by_stamps, by_throughput, fabs(apart.ns), LIMIT_NS,
				  100 * LIMIT_SHARE);
		break;
	case WITHIN_NOT_TOLD:
		row_verdict(row, VERDICT_INDICATIVE,
			    "whether the two roads are apart by more than %.1f ns is not told",
			    limit);
		result_note_times(res,
				  "Warning: eBPF - %s: %s ns by stamps, %s by throughput: too unsure to say whether the two roads agree within %g ns or %.0f %%.",
				  what, by_stamps, by_throughput, LIMIT_NS, 100 * LIMIT_SHARE);
		break;
	}
}

void roads_fill(struct result *res, struct row *row, const char *what, struct road stamps,
		struct road throughput)
{
	road_set_mean(row, "stamps", stamps);
	road_set_mean(row, "throughput", throughput);
	if (!isfinite(stamps.ns - throughput.ns))
		return;
	road_set(row, "apart", road_less(stamps, throughput));
	if (bench_has_times())
		judge_apart(res, row, what, stamps, throughput);
}
