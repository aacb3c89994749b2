// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: two methods to the difference between native and eBPF */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/codegen/figure14.h"
#include "bench/versions/methods.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/probe.h"

#define STAMP_FRAMES	20040

/* At short run times, where the histogram is finest */
static const size_t at[] = { 0, 2 };

/* Of the series the median of prep; a stamp's time does not depend on how many frames come */
static void put_version(struct row *row, const struct point *p, const struct stamp_means *st,
			unsigned int rounds)
{
	struct stats s;

	methods_raw(row, version_key[p->version], st, rounds, &s);
	row_set_median(row, version_key[p->version], &s);
	if (!p->of->net.dev->ops->remote)
		version_judge(p, row, 0);
}

static int measure_method(struct figure14 *f, size_t i)
{
	unsigned int rounds = f->opts->batches;
	struct estimate throughput = {
		f->diff_ns[i], isfinite(f->tolerance[i]) ? f->tolerance[i] : INFINITY,
		cpu_tsc_step_ns() / f->of.gen.ops->block
	};
	struct point p[] = {
		{ &f->of, VERSION_NATIVE, f->def->program[VERSION_NATIVE], f->x[i] },
		{ &f->of, VERSION_EBPF, NULL, f->x[i] },
	};
	struct stamp_means *native = xcalloc(ARRAY_SIZE(p) * rounds, sizeof(*native));
	struct stamp_means *ebpf = native + rounds;
	char key[32], label[32], what[64];
	struct row *row;
	int ret;

	snprintf(key, sizeof(key), "%s_%g", f->opts->bench->figure->xname, f->x[i]);
	snprintf(label, sizeof(label), "%s = %g", f->opts->bench->figure->xname, f->x[i]);
	snprintf(what, sizeof(what), "native at %s", label);
	ret = methods_stamps(p, ARRAY_SIZE(p), rounds, STAMP_FRAMES, native);
	row = table_row(result_find(f->res, "methods"), key, label);
	if (ret) {
		bench_not_measured(row, ret, f->of.net.dev, PEER_FRAMES);
	} else {
		put_version(row, &p[0], native, rounds);
		put_version(row, &p[1], ebpf, rounds);
		methods_fill(f->res, row, what,
			     estimate_phase(ebpf, native, STAMP_PREP, rounds), throughput);
	}
	free(native);
	return ret;
}

int figure14_methods(struct figure14 *f)
{
	size_t i;
	int ret;

	ret = probe_set_clock(f->opts->ordered ? "ordered" : "plain") ?: probe_enable(XDP_TABLE);
	for (i = 0; i < ARRAY_SIZE(at) && !ret; i++)
		ret = measure_method(f, at[i]);
	return ret == -ENODATA && f->of.net.dev->ops->remote ? 0 : ret;
}
