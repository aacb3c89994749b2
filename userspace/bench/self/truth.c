// SPDX-License-Identifier: GPL-2.0-only
/* Ground truth: known delays at the native hook, and what the tool makes of them */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/self/delays.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env.h"

#define ROUNDS		10
/* What intervals are said to hold the truth in; what is to be shown of them, with 95 % */
#define COVERED		0.95
#define COVERED_LEAST	0.90

static const uint64_t delays[] = { 0, 5, 10, 20, 50, 100, 500 };

#define NDELAYS ARRAY_SIZE(delays)

enum method { STAMPS, THROUGHPUT, METHODS };

static const char *const method_key[METHODS] = { "stamps", "throughput" };
static const char *const method_name[METHODS] = { "time stamps", "throughput" };

/* A method has six: the delay as it reads it, and how far that is to be trusted */
static const struct column_def columns[] = {
	{ "stamps", "stamps", "ns", 2 },
	{ "stamps_error", "error", "ns", 2 },
	{ "stamps_half", "run's +-", "ns", 2 },
	{ "stamps_systematic", "systematic", "ns", 2 },
	{ "stamps_covered", "covered", "%", 0 },
	{ "stamps_least", "at least", "%", 0 },
	{ "throughput", "throughput", "ns", 2 },
	{ "throughput_error", "error", "ns", 2 },
	{ "throughput_half", "run's +-", "ns", 2 },
	{ "throughput_systematic", "systematic", "ns", 2 },
	{ "throughput_covered", "covered", "%", 0 },
	{ "throughput_least", "at least", "%", 0 },
	{ }
};

/* The same as delays[] */
static const struct row_def rows[] = {
	{ "0", "0 ns" }, { "5", "5 ns" }, { "10", "10 ns" }, { "20", "20 ns" }, { "50", "50 ns" },
	{ "100", "100 ns" }, { "500", "500 ns" }, { }
};

static const struct table_def tables[] = {
	{
		.key = "truth",
		.title = "Delays at the native hook, and what was made of them",
		.columns = columns,
		.rows = rows,
		.each_device = true,
	},
	{ }
};

struct truth {
	struct result *res;
	unsigned int runs;
	double *mean[NDELAYS][METHODS], *half[NDELAYS][METHODS];	/* one per run */
	double systematic[NDELAYS][METHODS];			/* the same in all runs */
	/* Over all devices, by enum within: of the errors, of the intervals */
	unsigned int series, errors[WITHIN_MISSED + 1], covered[WITHIN_MISSED + 1];
};

static void set(struct row *row, enum method method, const char *what, double value)
{
	char key[48];

	snprintf(key, sizeof(key), "%s_%s", method_key[method], what);
	row_set(row, key, value);
}

/* Is the delay read within the limit? By the interval of all runs' median */
static void judge_error(struct truth *t, struct row *row, enum method method, double truth,
			const struct stats *mean)
{
	double half = fmax(mean->ci_hi - mean->median, mean->median - mean->ci_lo);
	double limit = delays_limit();
	enum within w = stats_within(mean->median - truth, half, limit);

	t->errors[w]++;
	if (w == WITHIN_MISSED)
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "%s: missed by more than %g ns",
			   method_name[method], limit);
	else if (w == WITHIN_NOT_TOLD)
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "%s: not told whether within %g ns",
			   method_name[method], limit);
}

/* Does a run's interval hold the truth as often as it says? */
static void judge_covered(struct truth *t, struct row *row, enum method method, size_t covered,
			  size_t runs)
{
	enum within w = WITHIN_NOT_TOLD;

	if (stats_share_most(covered, runs) < COVERED)
		w = WITHIN_MISSED;
	else if (stats_share_least(covered, runs) >= COVERED_LEAST)
		w = WITHIN_HELD;
	t->covered[w]++;
	if (w == WITHIN_MISSED)
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "%s: the interval holds the truth in fewer than %.0f %% of the runs",
			   method_name[method], 100 * COVERED);
	else if (w == WITHIN_NOT_TOLD)
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "%s: not told whether the interval holds the truth in %.0f %% of the runs",
			   method_name[method], 100 * COVERED_LEAST);
}

static void fill_method(struct truth *t, struct row *row, size_t i, enum method method,
			unsigned int runs)
{
	const double *mean = t->mean[i][method], *half = t->half[i][method];
	double truth = delays[i], systematic = t->systematic[i][method];
	struct stats means, halves;
	unsigned int r, covered = 0;
	char key[48];

	for (r = 0; r < runs; r++)
		covered += fabs(mean[r] - truth) <= half[r] + systematic;
	stats_less_each(mean, NULL, runs, &means);
	stats_less_each(half, NULL, runs, &halves);
	row_set_median(row, method_key[method], &means);
	set(row, method, "error", means.median - truth);
	set(row, method, "half", halves.median);
	set(row, method, "systematic", systematic);
	set(row, method, "covered", 100.0 * covered / runs);
	set(row, method, "least", 100 * stats_share_least(covered, runs));
	row_raw(row, method_key[method], "ns", mean, runs);
	snprintf(key, sizeof(key), "%s_half", method_key[method]);
	row_raw(row, key, "ns", half, runs);
	t->series++;
	judge_error(t, row, method, truth, &means);
	judge_covered(t, row, method, covered, runs);
}

static void fill(struct truth *t, const struct delays *d, unsigned int runs)
{
	enum method method;
	size_t i;

	for (i = 0; i < NDELAYS; i++) {
		struct row *row = result_row_over(t->res, "truth", d->net.dev->ops->name,
						  rows[i].key);

		for (method = 0; method < METHODS; method++)
			fill_method(t, row, i, method, runs);
		bench_frames(row, NULL, &d->count);
		row_ledger(row, "program", NULL, (const struct ledger[]){
			{ "frames sent while the hook was on", d->stamped, d->stamped },
			{ "samples", d->samples, d->stamped },
			{ }
		});
	}
}

static void keep_counts(struct truth *t, const struct delays *d)
{
	struct json_object *o = json_object_new_object();
	char key[32];

	json_object_object_add(o, "packets_sent", json_object_new_uint64(d->count.sent));
	json_object_object_add(o, "packets_in_driver", json_object_new_uint64(d->count.received));
	json_object_object_add(o, "packets_stamped", json_object_new_uint64(d->stamped));
	json_object_object_add(o, "samples", json_object_new_uint64(d->samples));
	snprintf(key, sizeof(key), "counts_%s", d->net.dev->ops->name);
	result_fact(t->res, key, o);
}

/* An interrupted bench keeps the runs that are complete */
static int measure_device(struct truth *t, const struct device *dev)
{
	struct delay_estimate e[NDELAYS];
	struct delays d;
	unsigned int r;
	size_t i;
	int ret;

	ret = delays_setup(&d, dev);
	for (r = 0; r < t->runs && !ret; r++) {
		progress(dev->ops->name, r, t->runs);
		ret = delays_run(&d, delays, NDELAYS, ROUNDS, e);
		if (ret)
			break;
		for (i = 0; i < NDELAYS; i++) {
			t->mean[i][STAMPS][r] = e[i].stamps.mean;
			t->half[i][STAMPS][r] = e[i].stamps.half;
			t->mean[i][THROUGHPUT][r] = e[i].throughput.mean;
			t->half[i][THROUGHPUT][r] = e[i].throughput.half;
			t->systematic[i][STAMPS] = e[i].stamps.systematic;
			t->systematic[i][THROUGHPUT] = e[i].throughput.systematic;
		}
	}
	progress_end();
	if (r) {
		fill(t, &d, r);
		keep_counts(t, &d);
	}
	/* the next one has another device */
	cleanup_all();
	return ret;
}

static void notes(struct truth *t)
{
	result_note(t->res,
		    "Each of %u runs has %u rounds of all delays and of one of 0 that they are compared with; recovered: median of the runs, +-: its 95 %% interval; run's +-: the same of a single run, from its rounds, and systematic: what no number of rounds shows; covered: runs for which both together hold the delay, and at least so many of all runs (95 %% confidence).",
		    t->runs, ROUNDS);
	if (delays_cycle() > 0)
		result_note(t->res,
			    "The delays are chains of instructions that wait for each other, in units of %.2f ns, calibrated against the time stamp counter when hookcost_native was loaded.",
			    delays_cycle());
	if (!t->series)
		return;
	result_note(t->res,
		    "%u of %u delays and methods recovered within %g ns (%s); %u missed, %u not told.",
		    t->errors[WITHIN_HELD], t->series, delays_limit(),
		    delays_limit() > 1 ? "the limit of a virtual machine" : "bare metal's limit",
		    t->errors[WITHIN_MISSED], t->errors[WITHIN_NOT_TOLD]);
	result_note(t->res,
		    "%u of %u intervals shown to hold the truth in at least %.0f %% of the runs; %u do so in fewer than the %.0f %% that they should, %u not told.",
		    t->covered[WITHIN_HELD], t->series, 100 * COVERED_LEAST,
		    t->covered[WITHIN_MISSED], 100 * COVERED, t->covered[WITHIN_NOT_TOLD]);
}

static void alloc_runs(struct truth *t)
{
	enum method method;
	size_t i;

	for (i = 0; i < NDELAYS; i++) {
		for (method = 0; method < METHODS; method++) {
			t->mean[i][method] = xcalloc(t->runs, sizeof(double));
			t->half[i][method] = xcalloc(t->runs, sizeof(double));
		}
	}
}

static void free_runs(struct truth *t)
{
	enum method method;
	size_t i;

	for (i = 0; i < NDELAYS; i++) {
		for (method = 0; method < METHODS; method++) {
			free(t->mean[i][method]);
			free(t->half[i][method]);
		}
	}
}

static int truth_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct truth t = {
		.res = res,
		.runs = opts->batches,
	};
	struct device veth;
	char why[256];
	int ret = 0;

	if (delays_available(why, sizeof(why))) {
		result_lacks(res, "%s", why);
		return 0;
	}
	device_made(&veth);
	alloc_runs(&t);
	if (!opts->device->ops->made)
		ret = measure_device(&t, opts->device);
	ret = ret ?: measure_device(&t, &veth);
	notes(&t);
	free_runs(&t);
	return ret;
}

const struct bench bench_truth = {
	.name = "truth",
	.title = "known delays at the native hook, recovered by both methods",
	.seconds = 120,
	.seconds_quick = 20,
	.needs = "kernel patches, hookcost_native",
	.wants = WANT_PATCHES,
	.clock = TIMED_BY_TSC,
	.headline =
		"truth stamps: mlx5_20 mlx5_100 veth_20 veth_100; truth throughput: mlx5_20 mlx5_100 veth_20 veth_100",
	.sentence = "truth veth_100 stamps: A delay of 100 ns is read as @ by time stamps",
	.batches = 100,
	.batches_quick = 12,
	.over_device = true,
	.roams = true,
	.tables = tables,
	.run = truth_run,
};
