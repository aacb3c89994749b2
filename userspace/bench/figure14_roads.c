// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: two roads to the difference between native and eBPF */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/probe.h"
#include "../lib/run.h"
#include "../lib/util.h"
#include "figure14.h"

#define ROAD_FRAMES	20040
#define LIMIT_NS	2.0
#define LIMIT_SHARE	0.1

/* At short run times, where the histogram is finest */
static const size_t at[] = { 0, 2 };

static void probes_off(void *arg)
{
	probe_enable("none");
}

/* Median time from the call site to the program's return, the floor removed */
static int stamp_one(struct point *p, double *prep)
{
	struct figure14 *f = p->f;
	struct probe_hook h;
	struct stats s;
	uint64_t sent = f->gen.sent;
	double ns;
	int ret;

	ret = figure14_select(p) ?: probe_reset();
	if (ret)
		return ret;
	ns = generator_run(&f->gen, ROAD_FRAMES);
	if (ns < 0)
		return ns;
	ret = probe_read_hook("xdp", &h);
	if (ret)
		return ret;
	if (probe_stats(&h, probe_phase(&h, "prep"), probe_phase(&h, "floor"), &s)) {
		err("hook xdp has no samples of prep and floor");
		ret = -ENODATA;
	}
	*prep = s.median;
	p->sent += f->gen.sent - sent;
	p->received += s.n;
	p->dropped += s.n;
	probe_hook_free(&h);
	return ret;
}

static void fill_road(struct figure14 *f, struct row *row, size_t i, double *native,
		      double *ebpf)
{
	double *d = xcalloc(f->batches, sizeof(*d));
	double throughput = f->diff_ns[i];
	struct stats s;
	double apart;
	unsigned int k;

	for (k = 0; k < f->batches; k++)
		d[k] = ebpf[k] - native[k];
	row_raw(row, "native", "ns", native, f->batches);
	row_raw(row, "ebpf", "ns", ebpf, f->batches);
	stats_of(native, f->batches, &s);
	row_set(row, "native", s.median);
	stats_of(ebpf, f->batches, &s);
	row_set(row, "ebpf", s.median);
	row_spread_verdict(row, &s);
	stats_of(d, f->batches, &s);
	free(d);
	row_set(row, "stamps", s.median);
	if (isnan(throughput))
		return;
	row_set(row, "throughput", throughput);
	apart = s.median - throughput;
	row_set(row, "apart", apart);
	if (fabs(apart) > fmax(LIMIT_NS, LIMIT_SHARE * fabs(throughput)))
		result_note(f->res,
			    "Warning: at %s = %g the two roads disagree by %.1f ns, more than 2 ns and 10 %%: stamps %.1f ns, throughput %.1f ns.",
			    f->paper->xname, f->paper->x[i], apart, s.median, throughput);
}

/* A stamp's time does not depend on how many frames come */
static void judge(const struct point *p, struct row *row)
{
	if (!p->f->net.dev->ops->outside)
		figure14_judge(p, row, 0);
}

static int measure_road(struct figure14 *f, struct table *t, size_t i)
{
	double x = f->paper->x[i], *native, *ebpf;
	struct point pn = { .f = f, .side = SIDE_NATIVE, .name = f->native, .x = x };
	struct point pe = { .f = f, .side = SIDE_EBPF, .x = x };
	char key[32], label[32];
	unsigned int k;
	struct row *row;
	int ret = 0;

	native = xcalloc(f->batches, sizeof(*native));
	ebpf = xcalloc(f->batches, sizeof(*ebpf));
	snprintf(key, sizeof(key), "%s_%g", f->paper->xname, x);
	snprintf(label, sizeof(label), "%s = %g", f->paper->xname, x);
	for (k = 0; k < f->batches && !ret; k++) {
		progress("time stamps", k, f->batches);
		if (k % 2)
			ret = stamp_one(&pe, &ebpf[k]) ?: stamp_one(&pn, &native[k]);
		else
			ret = stamp_one(&pn, &native[k]) ?: stamp_one(&pe, &ebpf[k]);
	}
	progress_end();
	row = table_row(t, key, label);
	if (ret) {
		bench_not_measured(row, ret, f->net.dev, PEER_FRAMES);
	} else {
		fill_road(f, row, i, native, ebpf);
		judge(&pn, row);
		judge(&pe, row);
	}
	free(native);
	free(ebpf);
	return ret;
}

int figure14_roads(struct figure14 *f)
{
	struct table *t = result_table(f->res, "roads",
				       "Two roads to eBPF - native: time stamps, throughput");
	size_t i;
	int ret;

	table_column(t, "native", "native prep", "ns", 1);
	table_column(t, "ebpf", "eBPF prep", "ns", 1);
	table_column(t, "stamps", "by stamps", "ns", 1);
	table_column(t, "throughput", "by throughput", "ns", 1);
	table_column(t, "apart", "apart", "ns", 1);
	ret = cleanup_push(probes_off, NULL);
	if (ret)
		return ret;
	ret = probe_set_clock(f->opts->ordered ? "ordered" : "plain") ?: probe_enable("xdp");
	for (i = 0; i < ARRAY_SIZE(at) && !ret; i++)
		ret = measure_road(f, t, at[i]);
	cleanup_pop();
	return ret == -ENODATA && f->net.dev->ops->outside ? 0 : ret;
}
