// SPDX-License-Identifier: GPL-2.0-only
/* Two roads to one number: time stamps at the XDP hook, and throughput */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/cpu.h"
#include "../lib/probe.h"
#include "../lib/run.h"
#include "../lib/stats.h"
#include "../lib/util.h"
#include "roads.h"

#define LIMIT_NS	2.0
#define LIMIT_SHARE	0.1
#define DISTURBED_NS	100	/* beyond the median: an interrupt was in it */
#define TRIM		0.2
#define STEP_UNEVEN	0.1	/* of a step of the clock, see delays.c */

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
			err("hook xdp has no samples of %s and floor", phase_name[i]);
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
	ret = probe_read_hook("xdp", &h);
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
	free(copy);
	return r;
}

double road_step_half(void)
{
	return STEP_UNEVEN * cpu_tsc_step_ns();
}

struct road road_rate(const double *v, size_t n, const struct generator *g)
{
	struct road r = road_of(v, n);

	r.half += cpu_tsc_step_ns() / g->ops->block;
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
	r.half += road_step_half();
	return r;
}

void roads_columns(struct table *t)
{
	table_column(t, "stamps", "by stamps", "ns", 1);
	table_column(t, "stamps_ci", "+-", "ns", 1);
	table_column(t, "throughput", "throughput", "ns", 1);
	table_column(t, "throughput_ci", "+-", "ns", 1);
	table_column(t, "apart", "apart", "ns", 1);
}

static void set(struct row *row, const char *value, const char *half, struct road r)
{
	if (isfinite(r.ns))
		row_set(row, value, r.ns);
	if (isfinite(r.ns) && isfinite(r.half))
		row_set(row, half, r.half);
}

void roads_fill(struct result *res, struct row *row, const char *what, struct road stamps,
		struct road throughput)
{
	double apart = stamps.ns - throughput.ns;
	double limit = fmax(LIMIT_NS, LIMIT_SHARE * fabs(throughput.ns));

	set(row, "stamps", "stamps_ci", stamps);
	set(row, "throughput", "throughput_ci", throughput);
	if (!isfinite(apart))
		return;
	row_set(row, "apart", apart);
	if (!bench_has_times())
		return;
	if (fmax(stamps.half, throughput.half) > limit) {
		row_verdict(row, VERDICT_INDICATIVE,
			    "a road's 95 %% interval is wider than the two may be apart (%.1f ns)",
			    limit);
		result_note_times(res,
				  "Warning: eBPF - %s: %.1f +- %.1f ns by stamps, %.1f +- %.1f by throughput: too unsure to say whether the two roads agree.",
				  what, stamps.ns, stamps.half, throughput.ns, throughput.half);
	} else if (fabs(apart) > limit) {
		row_verdict(row, VERDICT_INDICATIVE, "the two roads are %.1f ns apart",
			    fabs(apart));
		result_note_times(res,
				  "Warning: eBPF - %s: %.1f ns by stamps, %.1f by throughput: the two roads disagree by %.1f ns, more than %g ns and %.0f %%.",
				  what, stamps.ns, throughput.ns, fabs(apart), LIMIT_NS,
				  100 * LIMIT_SHARE);
	} else {
		result_note_times(res,
				  "eBPF - %s: %.1f ns by stamps, %.1f by throughput: the two roads agree within %g ns or %.0f %%.",
				  what, stamps.ns, throughput.ns, LIMIT_NS, 100 * LIMIT_SHARE);
	}
}
