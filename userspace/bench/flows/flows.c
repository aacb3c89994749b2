// SPDX-License-Identifier: GPL-2.0-only
/* Figures 11 and 12: frames of many flows, counted in a map by XDP */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/flows/flows.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "report/paper.h"
#include "flows.bpf.h"
#include "flows.skel.h"
#include "xdp.skel.h"

#define MIN_FRAMES	6000

const char *const flows_side_key[FLOWS_SIDES] = { "baseline", "array", "hash", "lru_hash" };
const char *const flows_side_name[FLOWS_SIDES] = { "baseline", "ARRAY", "HASH", "LRU_HASH" };

static const struct column_def rate_columns[] = {
	{ "baseline", "baseline", "Mpps", 2 },
	{ "array", "ARRAY", "Mpps", 2, "ARRAY" },
	{ "hash", "HASH", "Mpps", 2, "HASH" },
	{ "lru_hash", "LRU_HASH", "Mpps", 2, "LRU_HASH" },
	{ }
};

static const struct column_def model_columns[] = {
	{ "baseline_", "baseline", .kind = COLUMN_MODEL },
	{ "array_", "ARRAY", .kind = COLUMN_MODEL },
	{ "hash_", "HASH", .kind = COLUMN_MODEL },
	{ "lru_hash_", "LRU_HASH", .kind = COLUMN_MODEL },
	{ }
};

static const struct column_def cost_columns[] = {
	{ "baseline", "baseline", "ns/packet", 1 }, { "baseline_iqr", "IQR", "ns", 1 },
	{ "array", "ARRAY", "ns", 1 }, { "array_iqr", "IQR", "ns", 1 },
	{ "hash", "HASH", "ns", 1 }, { "hash_iqr", "IQR", "ns", 1 },
	{ "lru_hash", "LRU_HASH", "ns", 1 }, { "lru_hash_iqr", "IQR", "ns", 1 },
	{ }
};

static const struct column_def misses_columns[] = {
	{ "baseline", "baseline", "misses", 2 },
	{ "array", "ARRAY", "times", 2, "ARRAY misses" },
	{ "hash", "HASH", "times", 2, "HASH misses" },
	{ "lru_hash", "LRU_HASH", "times", 2, "LRU_HASH misses" },
	{ }
};

static const struct column_def checks_columns[] = {
	{ "frames", "frames", "", 0 },
	{ "lost", "not counted", "", 0 },
	{ "seen", "flows seen", "", 0 },
	{ "expected", "expected", "", 0 },
	{ "exponent", "exponent", "", 3 },
	{ "deviation", "deviation", "", 1 },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "",
		.columns = rate_columns,
		.each_x = true,
		.plot = { PLOT_LINES, NULL, "Mpps", "baseline array hash lru_hash" },
	}, {
		.key = "model",
		.title = "The model's own time in them, and the rate without",
		.columns = model_columns,
		.each_x = true,
		.when = IF_MODEL,
	}, {
		.key = "cost",
		.title = "Time per packet of the baseline, and what a map adds to it",
		.columns = cost_columns,
		.each_x = true,
	}, {
		.key = "misses",
		.title = "L1 cache misses per packet, and by how many times a map has more",
		.columns = misses_columns,
		.each_x = true,
	}, {
		.key = "flows",
		.title = "What the maps have counted",
		.columns = checks_columns,
		.each_x = true,
	}, { }
};

static void put_model(struct flows *f, const struct variant *v)
{
	enum flows_side side;
	struct row *row;
	char prefix[32];

	if (!bench_has_model(f->opts->device))
		return;
	row = result_row_at(f->res, "model", f->x);
	for (side = 0; side < FLOWS_SIDES; side++) {
		snprintf(prefix, sizeof(prefix), "%s_", flows_side_key[side]);
		bench_model(row, &v[side], f->opts->batches, prefix, flows_side_name[side]);
	}
}

/* The far end runs the side's program from now on, and the flows are at its place */
static int select_side(struct flows_point *p)
{
	struct flows *f = p->f;

	f->gen.at = p->at;
	return generator_target(&f->gen, p->side == FLOWS_BASELINE ?
				f->gen.skel->progs.xdp_drop : flows_program(f, p->side));
}

static int warm_up(struct flows_point *p)
{
	return p->side == FLOWS_BASELINE ? 0 : generator_warm(&p->f->gen, p->f->flows);
}

/*
 * Begins with as many frames as there are flows, untimed: the other sides have had
 * the caches, and a map of 100000 flows does not come back by itself in 10 ms
 */
static double batch(void *arg, uint64_t units)
{
	struct flows_point *p = arg;
	struct flows *f = p->f;
	uint64_t missed = f->skel->bss->missed, timed;
	double ns, l1_before = 0, l1_after = 0;
	int ret;

	ret = select_side(p) ?: generator_count(&f->gen, &p->count, -1) ?:
	      warm_up(p) ?: counter_read(&f->l1, &l1_before);
	if (ret)
		return ret;
	timed = f->gen.sent;
	ns = generator_run(&f->gen, units);
	if (ns < 0)
		return ns;
	ret = counter_read(&f->l1, &l1_after) ?: generator_count(&f->gen, &p->count, 1);
	if (ret)
		return ret;
	p->at = f->gen.at;
	p->missed += f->skel->bss->missed - missed;
	p->misses += l1_after - l1_before;
	p->watched += f->gen.sent - timed;
	return ns;
}

static void put_cost(struct flows *f, struct row *row, const struct variant *v, size_t side)
{
	const double *base = side == FLOWS_BASELINE ? NULL : v[FLOWS_BASELINE].ns;
	struct stats s;
	char key[32];

	bench_difference(row, flows_side_key[side], flows_side_key[side], v[side].ns, base,
			 f->opts->batches, &s);
	snprintf(key, sizeof(key), "%s_iqr", flows_side_key[side]);
	row_set(row, key, s.iqr);
}

static void put_rate(struct flows *f, struct row *row, const struct variant *v, size_t at,
		     size_t side)
{
	struct stats s;

	row_raw(row, flows_side_key[side], "ns", v[side].ns, f->opts->batches);
	stats_less_each(v[side].ns, NULL, f->opts->batches, &s);
	row_set_rate(row, flows_side_key[side], 1000, &s);
	row_spread_validity(row, &s);
	f->ns[at][side] = s.median;
	bench_linear(row, VALIDITY_INDICATIVE, flows_side_name[side], "frames", &v[side]);
}

static void put_misses(struct flows *f, struct row *row, const struct flows_point *p)
{
	double base = p[FLOWS_BASELINE].misses / p[FLOWS_BASELINE].watched;
	enum flows_side side;

	if (*f->no_counter) {
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", f->no_counter);
		return;
	}
	row_set(row, flows_side_key[FLOWS_BASELINE], base);
	if (!(base > 0)) {
		row_reason(row, VALIDITY_INVALID, "machine",
			   "the counter has counted no miss");
		return;
	}
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES; side++)
		row_set(row, flows_side_key[side], p[side].misses / p[side].watched / base);
}

/* The paper has no baseline of Figure 12's own, and no costs */
static void put_paper(struct flows *f, struct row *rate, struct row *cost)
{
	double base = paper_value("figure11", "baseline", "mpps");
	enum flows_side side;

	row_paper(rate, flows_side_key[FLOWS_BASELINE], base);
	row_paper(cost, flows_side_key[FLOWS_BASELINE], 1000 / base);
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES; side++)
		row_paper(cost, flows_side_key[side],
			  1000 / paper_at(f->figure->key, flows_side_name[side], f->x) -
			  1000 / base);
}

static void put_point(struct flows *f, size_t at, struct flows_point *p, const struct variant *v)
{
	struct row *rate = result_row_at(f->res, f->figure->key, f->x);
	struct row *cost = result_row_at(f->res, "cost", f->x);
	enum flows_side side;

	put_model(f, v);
	for (side = 0; side < FLOWS_SIDES; side++) {
		put_rate(f, rate, v, at, side);
		put_cost(f, cost, v, side);
		flows_check(&p[side], rate);
		flows_check(&p[side], cost);
	}
	put_misses(f, result_row_at(f->res, "misses", f->x), p);
	flows_put_checks(f, p);
}

static int measure_x(struct flows *f, size_t at)
{
	struct flows_point p[FLOWS_SIDES] = {};
	struct variant v[FLOWS_SIDES] = {};
	char label[32];
	enum flows_side side;
	int ret;

	f->x = paper_x(f->figure->key)[at];
	f->flows = f->zipf ? FLOWS_MAX : f->x;
	f->exponent = f->zipf ? f->x : 0;
	snprintf(label, sizeof(label), f->figure->x_label, f->x);
	for (side = 0; side < FLOWS_SIDES; side++) {
		p[side].f = f;
		p[side].side = side;
		v[side].name = flows_side_name[side];
		v[side].fn = batch;
		v[side].arg = &p[side];
		v[side].plan.units = MIN_FRAMES;
	}
	ret = flows_load(f) ?:
	      generator_flows(&f->gen, f->flows, lround(1000 * f->exponent)) ?:
	      batch_compare(v, FLOWS_SIDES, f->opts->batches, label);
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES && !ret; side++)
		ret = flows_read(&p[side]);
	if (!ret)
		put_point(f, at, p, v);
	/* the link has one of its programs until here */
	generator_target(&f->gen, f->gen.skel->progs.xdp_drop);
	flows_unload(f);
	variants_free(v, FLOWS_SIDES);
	return ret;
}

static void flows_end(void *arg)
{
	struct flows *f = arg;

	counter_close(&f->l1);
	flows_unload(f);
}

static int setup(struct flows *f)
{
	int ret = cleanup_push(flows_end, f);

	counter_open_l1(&f->l1, f->no_counter, sizeof(f->no_counter));
	return ret ?: net_setup(&f->net, f->opts->device) ?:
	       generator_setup(&f->gen, &f->net, GENERATOR_SHORT);
}

static int flows_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct flows *f = state;
	size_t i, side;
	int ret;

	f->figure = opts->bench->figure;
	f->zipf = opts->bench == &bench_figure12;
	f->opts = opts;
	f->res = res;
	f->counts = json_object_new_object();
	for (i = 0; i < FLOWS_X; i++) {
		for (side = 0; side < FLOWS_SIDES; side++)
			f->ns[i][side] = NAN;
		f->x = paper_x(f->figure->key)[i];
		put_paper(f, result_row_at(res, f->figure->key, f->x),
			  result_row_at(res, "cost", f->x));
	}
	ret = setup(f);
	for (i = 0; i < FLOWS_X && !ret; i++)
		ret = measure_x(f, i);
	flows_notes(f);
	return ret;
}

/* Of both */
#define FLOWS_BENCH				\
	.seconds = 30,				\
	.seconds_quick = 12,			\
	.needs = "",				\
	.batches = 20,				\
	.batches_quick = 6,			\
	.over_device = true,			\
	.state = sizeof(struct flows),		\
	.tables = tables,			\
	.run = flows_run

const struct bench bench_figure11 = {
	FLOWS_BENCH,
	.name = "figure11",
	.title = "a counter per flow in ARRAY, HASH, LRU_HASH: 100 to 100000 flows",
	.headline =
		"figure11 array: flows_100 flows_100000; figure11 hash: flows_100 flows_100000; figure11 lru_hash: flows_100 flows_100000",
	.sentence =
		"figure11 flows_100000 hash / figure11 flows_100 hash: With 100000 flows HASH has @% of its rate with 100",
	.figure = &(const struct figure_def){
		"figure11", "A counter for each flow, all flows alike",
		"flows", "flows_%g", "%g flows", true
	},
};

const struct bench bench_figure12 = {
	FLOWS_BENCH,
	.name = "figure12",
	.title = "a counter per flow in ARRAY, HASH, LRU_HASH: 100000 flows by Zipf's law",
	.headline =
		"figure12 array: zipf_0 zipf_2; figure12 hash: zipf_0 zipf_2; figure12 lru_hash: zipf_0 zipf_2",
	.sentence =
		"figure12 zipf_2 hash / figure12 zipf_0 hash: With exponent 2 HASH has @x its rate with 0",
	.figure = &(const struct figure_def){
		"figure12", "A counter for each of 100000 flows, by Zipf's law",
		"exponent", "zipf_%g", "exponent %g"
	},
};
