// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: two methods to the difference between native and eBPF */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/codegen/figure14.h"
#include "bench/codegen/methods.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/probe.h"

#define STAMP_FRAMES	20040

/* At short run times, where the histogram is finest */
static const size_t at[] = { 0, 2 };

static void probes_off(void *arg)
{
	probe_enable("none");
}

/* The series' means of prep into a raw column, and the median of them */
static void put_version(struct row *row, const char *key, const struct stamp_means *st,
			unsigned int rounds)
{
	double *v = xcalloc(rounds, sizeof(*v));
	struct stats s;
	unsigned int k;

	for (k = 0; k < rounds; k++)
		v[k] = st[k].ns[STAMP_PREP];
	row_raw(row, key, "ns", v, rounds);
	stats_of(v, rounds, &s);
	row_set_median(row, key, &s);
	free(v);
}

/* A stamp's time does not depend on how many frames come */
static void judge(const struct point *p, struct row *row)
{
	if (!p->f->net.dev->ops->remote)
		figure14_judge(p, row, 0);
}

static int measure_method(struct figure14 *f, struct table *t, size_t i)
{
	double x = f->paper->x[i];
	struct estimate throughput = {
		f->diff_ns[i], isfinite(f->tolerance[i]) ? f->tolerance[i] : INFINITY,
		cpu_tsc_step_ns() / f->gen.ops->block
	};
	struct point p[] = {
		{ .f = f, .version = VERSION_NATIVE, .name = f->native, .x = x },
		{ .f = f, .version = VERSION_EBPF, .x = x },
	};
	struct stamp_means *st = xcalloc(ARRAY_SIZE(p) * f->batches, sizeof(*st));
	const struct stamp_means *native = st, *ebpf = st + f->batches;
	char key[32], label[32], what[64];
	struct row *row;
	int ret;

	snprintf(key, sizeof(key), "%s_%g", f->paper->xname, x);
	snprintf(label, sizeof(label), "%s = %g", f->paper->xname, x);
	snprintf(what, sizeof(what), "native at %s", label);
	ret = methods_stamps(p, ARRAY_SIZE(p), f->batches, STAMP_FRAMES, st);
	row = table_row(t, key, label);
	if (ret) {
		bench_not_measured(row, ret, f->net.dev, PEER_FRAMES);
	} else {
		put_version(row, "native", native, f->batches);
		put_version(row, "ebpf", ebpf, f->batches);
		methods_fill(f->res, row, what,
			     estimate_phase(ebpf, native, STAMP_PREP, f->batches),
			     throughput);
		judge(&p[0], row);
		judge(&p[1], row);
	}
	free(st);
	return ret;
}

int figure14_methods(struct figure14 *f)
{
	struct table *t = result_table(f->res, "methods",
				       "Two methods to eBPF - native: time stamps, throughput");
	size_t mark = cleanup_mark(), i;
	int ret;

	table_old_key(t, "roads");
	table_column(t, "native", "native prep", "ns", 1);
	table_column(t, "ebpf", "eBPF prep", "ns", 1);
	methods_columns(t);
	table_by_tsc(t);
	ret = cleanup_push(probes_off, NULL);
	if (ret)
		return ret;
	ret = probe_set_clock(f->opts->ordered ? "ordered" : "plain") ?: probe_enable(XDP_TABLE);
	for (i = 0; i < ARRAY_SIZE(at) && !ret; i++)
		ret = measure_method(f, t, at[i]);
	cleanup_to(mark);
	return ret == -ENODATA && f->net.dev->ops->remote ? 0 : ret;
}
