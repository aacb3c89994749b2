// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: native code against eBPF at one place of the driver */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <linux/types.h>

#include "bench/codegen/figure14.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "kernel/probe.h"
#include "report/paper.h"
#include "twin/hookcost_twin.h"
#include "xdp.skel.h"

#define MIN_FRAMES	6000
#define REMOTE_BATCH	65536

/* Columns of a version that is there */
#define NATIVE		(IF_OWN << VERSION_NATIVE)
#define HARD		(IF_OWN << VERSION_HARD)
#define NO_HARD		(IF_OWN << VERSIONS)

static const struct column_def columns[] = {
	{ "native_mpps", "native", "Mpps", 3, NULL, NATIVE | HARD },
	/* the paper's native code was hard-coded */
	{ "native_mpps", "native", "Mpps", 3, "hard-coded", NATIVE | NO_HARD },
	{ "ebpf_mpps", "eBPF", "Mpps", 3, "eBPF" },
	{ "hard_mpps", "hard-coded", "Mpps", 3, "hard-coded", HARD },
	{ "native_ns", "native", "ns/packet", 1, NULL, NATIVE },
	{ "ebpf_ns", "eBPF", "ns/packet", 1 },
	{ "hard_ns", "hard-coded", "ns/packet", 1, NULL, HARD },
	{ "diff", "eBPF-native", "ns/packet", 1, NULL, NATIVE },
	{ "diff_iqr", "IQR", "ns", 1, NULL, NATIVE },
	{ }
};

static const struct column_def model_columns[] = {
	{ "native_", "native", .when = NATIVE, .kind = COLUMN_MODEL },
	{ "ebpf_", "eBPF", .kind = COLUMN_MODEL },
	{ "hard_", "hard-coded", .when = HARD, .kind = COLUMN_MODEL },
	{ }
};

static const struct column_def path_columns[] = {
	{ "ns", "time", "ns/packet", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "mpps", "rate", "Mpps", 3 },
	{ "", "", .kind = COLUMN_MODEL },
	{ }
};

static const struct column_def methods_columns[] = {
	{ "native", "native prep", "ns", 1 },
	{ "ebpf", "eBPF prep", "ns", 1 },
	{ "stamps", "by stamps", "ns", 1 },
	{ "throughput", "throughput", "ns", 1 },
	{ "apart", "apart", "ns", 1, .kind = COLUMN_ESTIMATE },
	{ }
};

static const struct column_def count_columns[] = {
	{ "native", "native", "instructions", 0 },
	{ "ebpf", "eBPF", "instructions", 0 },
	{ "hard", "hard-coded", "instructions", 0 },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "",
		.columns = columns,
		.each_x = true,
		.plot = { PLOT_LINES, NULL, "Mpps", "native_mpps ebpf_mpps hard_mpps" },
		.when = IF_TIMES,
	}, {
		.key = "model",
		.title = "The model's own time in them, and the rate without",
		.columns = model_columns,
		.each_x = true,
		.when = IF_TIMES | IF_MODEL,
	}, {
		.key = "path",
		.title = "The path alone: a program that only drops",
		.columns = path_columns,
		.when = IF_TIMES,
	}, {
		.key = "methods",
		.title = "Two methods to eBPF - native: time stamps, throughput",
		.old_key = "roads",
		.columns = methods_columns,
		.by_tsc = true,
		.when = IF_TIMES | NATIVE,
	}, {
		.key = "instructions",
		.title = "Instructions from the call site to the program's return",
		.columns = count_columns,
		.each_x = true,
		.plot = { PLOT_LINES, NULL, "instructions", "native ebpf hard" },
		.when = IF_INSTRUCTIONS,
	}, { }
};

/* One row's version; the median */
static double put_version(const struct figure14 *f, struct row *row, const struct variant *v)
{
	const struct point *p = v->arg;
	char key[32];
	struct stats s;

	stats_less_each(v->ns, NULL, f->opts->batches, &s);
	snprintf(key, sizeof(key), "%s_mpps", version_key[p->version]);
	row_set_rate(row, key, 1000, &s);
	snprintf(key, sizeof(key), "%s_ns", version_key[p->version]);
	row_set_median(row, key, &s);
	row_raw(row, version_key[p->version], "ns", v->ns, f->opts->batches);
	row_spread_validity(row, &s);
	bench_linear(row, VALIDITY_INVALID, v->name, "frames", v);
	version_judge(p, row, s.median);
	return s.median;
}

static void put_model(const struct figure14 *f, struct row *row, const struct variant *v)
{
	const struct point *p = v->arg;
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "%s_", version_key[p->version]);
	bench_model(row, v, f->opts->batches, prefix, v->name);
}

/* Batches that ran next to each other, so that drift falls out */
static void put_difference(struct figure14 *f, struct row *row, size_t at, const double *native,
			   const double *ebpf)
{
	struct stats s;

	bench_difference(row, "diff", "difference", ebpf, native, f->opts->batches, &s);
	row_set(row, "diff_iqr", s.iqr);
	f->diff_ns[at] = s.median;
	/* NAN of too few batches */
	f->tolerance[at] = fmax(s.ci_hi - s.median, s.median - s.ci_lo);
}

/*
 * Another machine's frames come at its own pace: there is nothing to calibrate, and twice as
 * many need not take twice as long. Else once more if a calibration failed: a disturbance,
 * unlike a fault, does not come twice.
 */
static int compare(const struct figure14 *f, struct variant *v, size_t n, const char *label)
{
	bool linear = false;
	int tries, ret = 0;
	size_t i;

	for (i = 0; i < n; i++)
		v[i].plan.units = f->of.net.dev->ops->remote ? REMOTE_BATCH : MIN_FRAMES;
	if (f->of.net.dev->ops->remote)
		return batch_rounds(v, n, f->opts->batches, label);
	for (tries = 0; tries < 2 && !ret && !linear; tries++) {
		ret = batch_compare(v, n, f->opts->batches, label);
		linear = true;
		for (i = 0; i < n; i++)
			linear = linear && v[i].plan.linear;
	}
	return ret;
}

/* There is nothing to be had from the other machine now, but maybe for the next row */
static int not_measured(const struct figure14 *f, struct row *row, int ret)
{
	if (ret)
		bench_not_measured(row, ret, f->of.net.dev, PEER_FRAMES);
	return ret == -ENODATA && f->of.net.dev->ops->remote ? 0 : ret;
}

/* Every version once more at one x: n of them, what they have measured */
static void put_x(struct figure14 *f, struct row *row, struct row *model, size_t at,
		  const struct variant *v, size_t n)
{
	const double *ns[VERSIONS] = {};
	bool paced = true;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct point *p = v[i].arg;
		double median = put_version(f, row, &v[i]);

		ns[p->version] = v[i].ns;
		if (p->version == VERSION_NATIVE)
			f->native_ns[at] = median;
		if (model)
			put_model(f, model, &v[i]);
		/* the receiver's pace, and not that of a machine which sends less */
		paced = paced && (!p->of->net.dev->ops->remote || version_saturated(p));
	}
	/* the difference between two senders' rates would say nothing */
	f->unpaced += !paced;
	if (ns[VERSION_NATIVE] && paced)
		put_difference(f, row, at, ns[VERSION_NATIVE], ns[VERSION_EBPF]);
}

static int measure_x(struct figure14 *f, size_t at)
{
	struct row *row = result_row_at(f->res, f->opts->bench->name, f->x[at]), *model = NULL;
	struct variant v[VERSIONS] = {};
	struct point p[VERSIONS] = {};
	size_t n = 0, version;
	char label[32];
	int ret;

	for (version = 0; version < VERSIONS; version++) {
		if (!f->of.have[version])
			continue;
		p[n] = (struct point){ &f->of, version, f->def->program[version],
				       (uint64_t)f->x[at], .checked = true };
		v[n].name = version_name[version];
		v[n].fn = version_batch;
		v[n].arg = &p[n];
		n++;
	}
	if (bench_has_model(f->opts->device))
		model = result_row_at(f->res, "model", f->x[at]);
	snprintf(label, sizeof(label), "%s = %g", f->opts->bench->figure->xname, f->x[at]);
	ret = compare(f, v, n, label);
	if (!ret)
		put_x(f, row, model, at, v, n);
	else if (model)
		not_measured(f, model, ret);
	variants_free(v, n);
	return not_measured(f, row, ret);
}

/* p: the point, NULL: the generator alone */
static int path_row(struct figure14 *f, const char *key, const char *label, struct point *p)
{
	struct row *row = table_row(result_find(f->res, "path"), key, label);
	struct variant v = {
		.name = label,
		.fn = p ? version_batch : generator_idle_batch,
		.arg = p ? (void *)p : &f->of.gen,
	};
	double median;
	int ret = compare(f, &v, 1, label);

	if (!ret) {
		median = bench_rate(row, v.ns, f->opts->batches);
		bench_model(row, &v, f->opts->batches, "", "");
		bench_linear(row, VALIDITY_INVALID, NULL, "frames", &v);
		if (p && f->of.net.dev->ops->remote)
			version_judge(p, row, median);
	}
	variants_free(&v, 1);
	return not_measured(f, row, ret);
}

static int path_version(struct figure14 *f, enum version version)
{
	struct point p = { &f->of, version, version_drop[version] };
	char label[48];

	snprintf(label, sizeof(label), "%s%s, %s drop", f->of.gen.ops->idle ? "generator + " : "",
		 f->of.net.dev->ops->name, version_name[version]);
	if (f->of.have[version])
		return path_row(f, version_key[version], label, &p);
	row_weaken(table_row(result_find(f->res, "path"), version_key[version], label),
		   VALIDITY_NOT_MEASURED, "%s", f->of.lacks[version]);
	return 0;
}

/* What the figure's points contain besides the program */
static int measure_path(struct figure14 *f)
{
	struct generator *g = &f->of.gen;
	enum version version;
	int ret = 0;

	if (g->ops->idle)
		ret = path_row(f, "generator", g->ops->idle, NULL);
	ret = ret ?: generator_target(g, g->skel->progs.xdp_drop);
	for (version = 0; version < VERSIONS && !ret; version++)
		ret = path_version(f, version);
	return ret ?: generator_target(g, f->prog);
}

/* Which versions this kernel and its modules have; what lacks is said */
static int find_versions(struct figure14 *f)
{
	struct versions *of = &f->of;
	int ret = versions_find(of, f->def->program), i;
	char why[256];

	if (probe_available(why, sizeof(why))) {
		result_note(f->res, "native and hard-coded: not measured: %s", why);
		return 0;
	}
	for (i = 0; i < VERSIONS && !ret; i++)
		if (!of->have[i])
			result_note(f->res, "%s: not measured: %s", version_name[i], of->lacks[i]);
	return ret;
}

static int look(const struct bench_opts *opts, struct result *res, void *state)
{
	struct figure14 *f = state;
	size_t i;
	int ret;

	f->def = opts->bench->own;
	f->opts = opts;
	f->res = res;
	f->n = paper_points(opts->bench->name);
	f->x = paper_x(opts->bench->name);
	for (i = 0; i < FIGURE14_X; i++) {
		f->native_ns[i] = NAN;
		f->diff_ns[i] = NAN;
		f->tolerance[i] = NAN;
	}
	f->of.ebpf = f->def->ebpf;
	f->of.expected = f->def->expected;
	f->of.frames_unknown = opts->device->ops->remote && f->def->of_frame;
	ret = find_versions(f);
	return ret ?: (f->of.have[VERSION_NATIVE] ? NATIVE : 0) |
		      (f->of.have[VERSION_HARD] ? HARD : NO_HARD);
}

static int setup(struct figure14 *f)
{
	struct versions *of = &f->of;
	int ret;

	ret = probe_off_at_end() ?: net_setup(&of->net, f->opts->device) ?:
	      generator_setup(&of->gen, &of->net, GENERATOR_BYTES);
	if (ret)
		return ret;
	f->prog = bpf_object__find_program_by_name(of->gen.skel->obj, f->def->ebpf);
	return f->prog ? generator_target(&of->gen, f->prog) : -ENOENT;
}

static int figure14_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct figure14 *f = state;
	int ret = setup(f);
	size_t i;

	if (f->opts->count_instructions)
		return ret ?: figure14_count(f);
	for (i = 0; i < f->n && !ret; i++)
		ret = measure_x(f, i);
	ret = ret ?: measure_path(f);
	if (!ret && f->of.have[VERSION_NATIVE])
		ret = figure14_methods(f);
	if (f->prog)
		figure14_notes(f);
	return ret;
}

static uint64_t expected_fib(const uint8_t *frame, uint64_t x)
{
	return twin_fib(x);
}

static uint64_t expected_sum(const uint8_t *frame, uint64_t x)
{
	return twin_sum(frame, x);
}

/* Of both */
#define FIGURE14_BENCH							\
	.remote = REMOTE_FRAMES,					\
	.needs = "kernel patches, hookcost_native (without: eBPF only)",	\
	.wants = WANT_PATCHES,						\
	.counts_instructions = true,					\
	.batches = 10,							\
	.batches_quick = 6,						\
	.over_device = true,						\
	.state = sizeof(struct figure14),				\
	.tables = tables,						\
	.look = look,							\
	.run = figure14_run

const struct bench bench_figure14a = {
	FIGURE14_BENCH,
	.name = "figure14a",
	.title = "n-th Fibonacci number per packet: native against eBPF",
	.seconds = 30,
	.seconds_quick = 12,
	.headline =
		"figure14a ebpf_mpps: n_0 n_80 n_640 n_5120; figure14a hard_mpps: n_0 n_80 n_640 n_5120",
	.sentence =
		"figure14a n_5120 ebpf_mpps / figure14a n_5120 hard_mpps: At n = 5120 eBPF has @% of the hard-coded program's rate",
	.figure = &(const struct figure_def){
		"figure14a", "n-th Fibonacci number: hard-coded in the driver against eBPF",
		"n", "n_%g", "n = %g", true
	},
	.own = &(const struct figure14_def){
		.program = { [VERSION_NATIVE] = "fib", [VERSION_HARD] = "hard_fib" },
		.symbol = "native_fib",
		.ebpf = "xdp_fib",
		.expected = expected_fib,
	},
};

const struct bench bench_figure14b = {
	FIGURE14_BENCH,
	.name = "figure14b",
	.title = "sum of a packet's first 64 bytes, repeated: native against eBPF",
	.seconds = 36,
	.seconds_quick = 15,
	.headline =
		"figure14b ebpf_mpps: repeat_0 repeat_4 repeat_16 repeat_64; figure14b hard_mpps: repeat_0 repeat_4 repeat_16 repeat_64",
	.sentence =
		"figure14b repeat_64 ebpf_mpps / figure14b repeat_64 hard_mpps: Repeated 64 times eBPF has @% of the hard-coded program's rate",
	.figure = &(const struct figure_def){
		"figure14b", "Sum of a packet's first 64 bytes, repeated: hard-coded against eBPF",
		"repeat", "repeat_%g", "repeat = %g", true
	},
	.own = &(const struct figure14_def){
		.program = { [VERSION_NATIVE] = "sum", [VERSION_HARD] = "hard_sum" },
		.symbol = "native_sum",
		.ebpf = "xdp_sum",
		.expected = expected_sum,
		.of_frame = true,
	},
};
