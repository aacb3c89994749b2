// SPDX-License-Identifier: GPL-2.0-only
/* Figures 14a and 14b: native code against eBPF at one place of the driver */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/cdefs.h>
#include <linux/types.h>

#include "bench/codegen/figure14.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "kernel/probe.h"
#include "measure/batch.h"
#include "twin/hookcost_twin.h"
#include "xdp.skel.h"

#define BATCHES		10
#define BATCHES_QUICK	6
#define MIN_FRAMES	6000
#define REMOTE_BATCH	65536

static const char *const version_key[VERSIONS] = {
	[VERSION_NATIVE] = "native", [VERSION_EBPF] = "ebpf", [VERSION_HARD] = "hard",
};

static const char *const version_name[VERSIONS] = {
	[VERSION_NATIVE] = "native", [VERSION_EBPF] = "eBPF", [VERSION_HARD] = "hard-coded",
};

static uint64_t expected_fib(const uint8_t *frame, uint64_t x)
{
	return twin_fib(x);
}

static uint64_t expected_sum(const uint8_t *frame, uint64_t x)
{
	return twin_sum(frame, x);
}

static const char *point_program(const struct figure14 *f, enum version version)
{
	return version == VERSION_NATIVE ? f->native : version == VERSION_HARD ? f->hard : NULL;
}

static void columns(struct figure14 *f, struct table *t)
{
	char key[32], head[32];
	int i;

	for (i = 0; i < VERSIONS; i++) {
		if (!f->have[i])
			continue;
		snprintf(key, sizeof(key), "%s_mpps", version_key[i]);
		table_column(t, key, version_name[i], "Mpps", 3);
	}
	for (i = 0; i < VERSIONS; i++) {
		if (!f->have[i])
			continue;
		snprintf(key, sizeof(key), "%s_ns", version_key[i]);
		snprintf(head, sizeof(head), "%s", version_name[i]);
		table_column(t, key, head, "ns/packet", 1);
	}
	if (f->have[VERSION_NATIVE]) {
		table_column(t, "diff", "eBPF-native", "ns/packet", 1);
		table_column(t, "diff_iqr", "IQR", "ns", 1);
	}
}

/* The same points: what the model takes of each version */
static void model_table(struct figure14 *f)
{
	char prefix[32];
	int i;

	if (!bench_has_model(f->opts->device))
		return;
	f->model = result_table(f->res, "model",
				"The model's own time in them, and the rate without");
	for (i = 0; i < VERSIONS; i++) {
		snprintf(prefix, sizeof(prefix), "%s_", version_key[i]);
		if (f->have[i])
			bench_model_columns(f->model, f->opts->device, prefix, version_name[i]);
	}
}

static void put_model(struct row *row, enum version version, const struct variant *v,
		      size_t batches)
{
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "%s_", version_key[version]);
	bench_model(row, v, batches, prefix, version_name[version]);
}

static void paper_cells(struct figure14 *f, struct row *row, double x)
{
	const char *key = f->paper->key;

	/* the paper's native code was hard-coded */
	if (f->have[VERSION_HARD])
		row_paper(row, "hard_mpps", paper_mpps(key, x, 0));
	else if (f->have[VERSION_NATIVE])
		row_paper(row, "native_mpps", paper_mpps(key, x, 0));
	row_paper(row, "ebpf_mpps", paper_mpps(key, x, 1));
}

static void plot(const struct figure14 *f, struct table *t)
{
	char columns[64] = "";
	int i;

	for (i = 0; i < VERSIONS; i++) {
		if (!f->have[i])
			continue;
		strcat(columns, *columns ? " " : "");
		strcat(columns, version_key[i]);
		strcat(columns, "_mpps");
	}
	table_plot(t, PLOT_LINES, f->paper->xname, "Mpps", columns, true);
}

static double put_version(struct figure14 *f, struct row *row, enum version version,
			  const double *ns)
{
	double *v = xcalloc(f->batches, sizeof(*v));
	char key[32];
	struct stats s;

	memcpy(v, ns, f->batches * sizeof(*v));
	stats_of(v, f->batches, &s);
	free(v);
	snprintf(key, sizeof(key), "%s_mpps", version_key[version]);
	row_set_rate(row, key, 1000, &s);
	snprintf(key, sizeof(key), "%s_ns", version_key[version]);
	row_set_median(row, key, &s);
	row_raw(row, version_key[version], "ns", ns, f->batches);
	row_spread_validity(row, &s);
	return s.median;
}

/* Batches that ran next to each other, so that drift falls out */
static void put_difference(struct figure14 *f, struct row *row, size_t at,
			   const double *native, const double *ebpf)
{
	double *d = xcalloc(f->batches, sizeof(*d));
	struct stats s;
	unsigned int i;

	for (i = 0; i < f->batches; i++)
		d[i] = ebpf[i] - native[i];
	row_raw(row, "difference", "ns", d, f->batches);
	stats_of(d, f->batches, &s);
	row_set_median(row, "diff", &s);
	row_set(row, "diff_iqr", s.iqr);
	f->diff_ns[at] = s.median;
	/* NAN of too few batches */
	f->tolerance[at] = fmax(s.ci_hi - s.median, s.median - s.ci_lo);
	free(d);
}

/*
 * Another machine's frames come at its own pace: there is nothing to calibrate, and twice
 * as many need not take twice as long
 */
static int compare_remote(struct figure14 *f, struct variant *v, size_t n, const char *label)
{
	unsigned int k;
	size_t i;

	for (i = 0; i < n; i++) {
		v[i].ns = xcalloc(f->batches, sizeof(*v[i].ns));
		v[i].plan = (struct batch_plan){ .units = REMOTE_BATCH, .linear = true };
	}
	for (k = 0; k < f->batches; k++) {
		progress(label, k, f->batches);
		for (i = 0; i < n; i++) {
			struct variant *one = &v[k % 2 ? n - 1 - i : i];
			double ns = interrupted() ? -EINTR : one->fn(one->arg, REMOTE_BATCH);

			if (ns < 0)
				return ns;
			one->ns[k] = ns / REMOTE_BATCH;
		}
	}
	progress_end();
	return 0;
}

/* Once more if a calibration failed: a disturbance, unlike a fault, does not come twice */
static int compare_sides(struct figure14 *f, struct variant *v, size_t n, const char *label)
{
	bool linear = false;
	int tries, ret = 0;
	size_t i;

	if (f->net.dev->ops->remote)
		return compare_remote(f, v, n, label);
	for (tries = 0; tries < 2 && !ret && !linear; tries++) {
		ret = batch_compare(v, n, f->batches, label);
		linear = true;
		for (i = 0; i < n; i++)
			linear = linear && v[i].plan.linear;
	}
	return ret;
}

/* The receiver's, and not that of another machine which sends less than it could take */
static bool own_pace(const struct point *p)
{
	return !p->f->net.dev->ops->remote || figure14_saturated(p);
}

static int measure_x(struct figure14 *f, struct table *t, size_t at)
{
	const struct paper_figure *pf = f->paper;
	struct variant v[VERSIONS] = {};
	struct point p[VERSIONS] = {};
	double *ns[VERSIONS] = {};
	char key[32], label[32];
	struct row *row, *model = NULL;
	size_t n = 0, i;
	bool paced = true;
	int ret, version;

	for (version = 0; version < VERSIONS; version++) {
		if (!f->have[version])
			continue;
		p[n] = (struct point){
			.f = f,
			.version = version,
			.name = point_program(f, version),
			.x = (uint64_t)pf->x[at],
			.checked = true,
		};
		v[n].name = version_name[version];
		v[n].fn = figure14_batch;
		v[n].arg = &p[n];
		v[n].plan.units = MIN_FRAMES;
		n++;
	}
	snprintf(key, sizeof(key), "%s_%g", pf->xname, pf->x[at]);
	snprintf(label, sizeof(label), "%s = %g", pf->xname, pf->x[at]);
	ret = compare_sides(f, v, n, label);
	row = table_row(t, key, label);
	row_x(row, pf->x[at]);
	paper_cells(f, row, pf->x[at]);
	if (f->model)
		model = table_row(f->model, key, label);
	for (i = 0; i < n; i++)
		ns[p[i].version] = v[i].ns;
	for (i = 0; i < n && !ret; i++) {
		double median = put_version(f, row, p[i].version, v[i].ns);

		if (p[i].version == VERSION_NATIVE)
			f->native_ns[at] = median;
		if (model)
			put_model(model, p[i].version, &v[i], f->batches);
		paced = paced && own_pace(&p[i]);
		if (!v[i].plan.linear)
			row_weaken(row, VALIDITY_INVALID,
				   "%s: twice the frames took %.2f times the time", v[i].name,
				    2 * v[i].plan.ratio);
		figure14_judge(&p[i], row, median);
	}
	/* the difference between two senders' rates would say nothing */
	f->unpaced += !paced;
	if (!ret && ns[VERSION_NATIVE] && paced)
		put_difference(f, row, at, ns[VERSION_NATIVE], ns[VERSION_EBPF]);
	if (ret)
		bench_not_measured(row, ret, f->net.dev, PEER_FRAMES);
	if (ret && model)
		bench_not_measured(model, ret, f->net.dev, PEER_FRAMES);
	for (i = 0; i < n; i++)
		variant_free(&v[i]);
	/* it may have something for the next */
	return ret == -ENODATA && f->net.dev->ops->remote ? 0 : ret;
}

static double idle_batch(void *arg, uint64_t units)
{
	struct figure14 *f = arg;

	return generator_idle(&f->gen, units);
}

/* p: the point, NULL: the generator alone */
static int path_row(struct figure14 *f, struct table *t, const char *key, const char *label,
		    batch_fn fn, struct point *p)
{
	struct variant v = {
		.name = label,
		.fn = fn,
		.arg = p ? (void *)p : f,
		.plan.units = MIN_FRAMES,
	};
	struct row *row = table_row(t, key, label);
	double median;
	int ret;

	ret = compare_sides(f, &v, 1, label);
	if (ret) {
		bench_not_measured(row, ret, f->net.dev, PEER_FRAMES);
	} else {
		median = bench_rate(row, v.ns, f->batches);
		bench_model(row, &v, f->batches, "", "");
		if (!v.plan.linear)
			row_weaken(row, VALIDITY_INVALID,
				   "twice the frames took %.2f times the time", 2 * v.plan.ratio);
		if (p && f->net.dev->ops->remote)
			figure14_judge(p, row, median);
	}
	variant_free(&v);
	return ret == -ENODATA && f->net.dev->ops->remote ? 0 : ret;
}

static int path_version(struct figure14 *f, struct table *t, enum version version)
{
	static const char *const drop[VERSIONS] = {
		[VERSION_NATIVE] = "drop", [VERSION_HARD] = "hard_drop",
	};
	struct point p = { .f = f, .version = version, .name = drop[version] };
	char label[48];

	snprintf(label, sizeof(label), "%s%s, %s drop", f->gen.ops->idle ? "generator + " : "",
		 f->net.dev->ops->name, version_name[version]);
	if (f->have[version])
		return path_row(f, t, version_key[version], label, figure14_batch, &p);
	row_weaken(table_row(t, version_key[version], label), VALIDITY_NOT_MEASURED, "%s",
		   f->lacks[version]);
	return 0;
}

/* What the figure's points contain besides the program */
static int measure_path(struct figure14 *f)
{
	struct table *t = result_table(f->res, "path", "The path alone: a program that only drops");
	enum version version;
	int ret = 0;

	table_column(t, "ns", "time", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	table_column(t, "mpps", "rate", "Mpps", 3);
	bench_model_columns(t, f->net.dev, "", "");
	if (f->gen.ops->idle)
		ret = path_row(f, t, "generator", f->gen.ops->idle, idle_batch, NULL);
	ret = ret ?: generator_target(&f->gen, f->gen.skel->progs.xdp_drop);
	for (version = 0; version < VERSIONS && !ret; version++)
		ret = path_version(f, t, version);
	return ret ?: generator_target(&f->gen, f->prog);
}

static bool usable(struct figure14 *f, const struct probe_native *n, enum version version,
		   const char *name)
{
	return probe_native_usable(n, name, f->lacks[version], sizeof(f->lacks[version]));
}

/* Which versions this kernel and its modules have; what lacks is said */
static int find_sides(struct figure14 *f)
{
	struct probe_native n;
	char why[256];
	int ret, i;

	f->have[VERSION_EBPF] = true;
	ret = probe_available(why, sizeof(why));
	if (ret) {
		result_note(f->res, "native and hard-coded: not measured: %s", why);
		snprintf(f->lacks[VERSION_NATIVE], sizeof(f->lacks[0]), "%s", why);
		snprintf(f->lacks[VERSION_HARD], sizeof(f->lacks[0]), "%s", why);
		return 0;
	}
	ret = probe_read_native(&n);
	if (ret)
		return ret;
	f->have[VERSION_NATIVE] = usable(f, &n, VERSION_NATIVE, f->native) &&
			       usable(f, &n, VERSION_NATIVE, "drop");
	f->have[VERSION_HARD] = usable(f, &n, VERSION_HARD, f->hard) &&
			     usable(f, &n, VERSION_HARD, "hard_drop");
	for (i = 0; i < VERSIONS; i++)
		if (!f->have[i])
			result_note(f->res, "%s: not measured: %s", version_name[i], f->lacks[i]);
	return 0;
}

static void cleanup_probes(void *arg)
{
	struct figure14 *f = arg;

	if (f->have[VERSION_NATIVE] || f->have[VERSION_HARD])
		probe_all_off();
}

static int setup(struct figure14 *f)
{
	int ret, cpu;

	ret = cleanup_push(cleanup_probes, f);
	if (ret)
		return ret;
	cpu = cpu_pin();
	if (cpu < 0)
		return cpu;
	ret = net_setup(&f->net, f->opts->device) ?:
	      generator_setup(&f->gen, &f->net, GENERATOR_BYTES);
	if (ret)
		return ret;
	f->prog = bpf_object__find_program_by_name(f->gen.skel->obj, f->ebpf);
	return f->prog ? 0 : -ENOENT;
}

static double *new_curve(const struct figure14 *f)
{
	double *v = xcalloc(f->paper->n, sizeof(*v));
	size_t i;

	for (i = 0; i < f->paper->n; i++)
		v[i] = NAN;
	return v;
}

static int measure(struct figure14 *f)
{
	struct table *t;
	size_t i;
	int ret;

	if (f->opts->count_instructions)
		return generator_target(&f->gen, f->prog) ?: figure14_count(f);
	t = result_table(f->res, f->paper->key, f->paper->title);
	columns(f, t);
	plot(f, t);
	model_table(f);
	ret = generator_target(&f->gen, f->prog);
	for (i = 0; i < f->paper->n && !ret; i++)
		ret = measure_x(f, t, i);
	ret = ret ?: measure_path(f);
	if (!ret && f->have[VERSION_NATIVE])
		ret = figure14_methods(f);
	return ret;
}

static int figure14_run(struct figure14 *f, const struct bench_opts *opts, struct result *res)
{
	int ret;

	f->opts = opts;
	f->res = res;
	f->frames_unknown = opts->device->ops->remote && f->of_frame;
	f->batches = opts->batches ?: opts->quick ? BATCHES_QUICK : BATCHES;
	bench_device(res, opts->device);
	f->native_ns = new_curve(f);
	f->diff_ns = new_curve(f);
	f->tolerance = new_curve(f);
	ret = find_sides(f) ?: setup(f);
	if (!ret) {
		ret = measure(f);
		if (!opts->count_instructions)
			figure14_notes(f);
	}
	/* the cleanup stack has pointers to f */
	cleanup_all();
	free(f->native_ns);
	free(f->diff_ns);
	free(f->tolerance);
	return ret;
}

static int figure14a_run(const struct bench_opts *opts, struct result *res)
{
	struct figure14 f = {
		.paper = paper_figure("figure14a"),
		.native = "fib",
		.hard = "hard_fib",
		.symbol = "native_fib",
		.ebpf = "xdp_fib",
		.expected = expected_fib,
	};

	return figure14_run(&f, opts, res);
}

static int figure14b_run(const struct bench_opts *opts, struct result *res)
{
	struct figure14 f = {
		.paper = paper_figure("figure14b"),
		.native = "sum",
		.hard = "hard_sum",
		.symbol = "native_sum",
		.ebpf = "xdp_sum",
		.expected = expected_sum,
		.of_frame = true,
	};

	return figure14_run(&f, opts, res);
}

const struct bench bench_figure14a = {
	.name = "figure14a",
	.title = "n-th Fibonacci number per packet: native against eBPF",
	.seconds = 30,
	.seconds_quick = 12,
	.remote = REMOTE_FRAMES,
	.needs = "kernel patches, hookcost_native (without: eBPF only)",
	.wants = WANT_PATCHES,
	.counts_instructions = true,
	.headline =
		"figure14a ebpf_mpps: n_0 n_80 n_640 n_5120; figure14a hard_mpps: n_0 n_80 n_640 n_5120",
	.sentence =
		"figure14a n_5120 ebpf_mpps / figure14a n_5120 hard_mpps: At n = 5120 eBPF has @% of the hard-coded program's rate",
	.run = figure14a_run,
};

const struct bench bench_figure14b = {
	.name = "figure14b",
	.title = "sum of a packet's first 64 bytes, repeated: native against eBPF",
	.seconds = 36,
	.seconds_quick = 15,
	.remote = REMOTE_FRAMES,
	.needs = "kernel patches, hookcost_native (without: eBPF only)",
	.wants = WANT_PATCHES,
	.counts_instructions = true,
	.headline =
		"figure14b ebpf_mpps: repeat_0 repeat_4 repeat_16 repeat_64; figure14b hard_mpps: repeat_0 repeat_4 repeat_16 repeat_64",
	.sentence =
		"figure14b repeat_64 ebpf_mpps / figure14b repeat_64 hard_mpps: Repeated 64 times eBPF has @% of the hard-coded program's rate",
	.run = figure14b_run,
};
