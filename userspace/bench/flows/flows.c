// SPDX-License-Identifier: GPL-2.0-only
/* Figures 11 and 12: frames of many flows, counted in a map by XDP */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/flows/flows.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "report/paper.h"
#include "report/paper_curve.h"
#include "flows.bpf.h"
#include "flows.skel.h"
#include "xdp.skel.h"

#define BATCHES		20
#define BATCHES_QUICK	6
#define MIN_FRAMES	6000

const char *const flows_side_key[FLOWS_SIDES] = { "baseline", "array", "hash", "lru_hash" };
const char *const flows_side_name[FLOWS_SIDES] = { "baseline", "ARRAY", "HASH", "LRU_HASH" };

static void rate_table(struct flows *f)
{
	struct table *t = result_table(f->res, f->figure->key, f->figure->title);
	enum flows_side side;

	for (side = 0; side < FLOWS_SIDES; side++)
		table_column(t, flows_side_key[side], flows_side_name[side], "Mpps", 2);
	table_plot(t, PLOT_LINES, f->figure->xname, "Mpps", "baseline array hash lru_hash",
		   !f->figure->zipf);
	f->rates = t;
}

static void cost_table(struct flows *f)
{
	struct table *t = result_table(f->res, "cost",
				       "Time per packet of the baseline, and what a map adds to it");
	enum flows_side side;
	char key[32];

	for (side = 0; side < FLOWS_SIDES; side++) {
		table_column(t, flows_side_key[side], flows_side_name[side],
			     side == FLOWS_BASELINE ? "ns/packet" : "ns", 1);
		snprintf(key, sizeof(key), "%s_iqr", flows_side_key[side]);
		table_column(t, key, "IQR", "ns", 1);
	}
	f->cost = t;
}

static void model_table(struct flows *f)
{
	enum flows_side side;
	char prefix[32];

	if (!bench_has_model(f->opts->device))
		return;
	f->model = result_table(f->res, "model",
				"The model's own time in them, and the rate without");
	for (side = 0; side < FLOWS_SIDES; side++) {
		snprintf(prefix, sizeof(prefix), "%s_", flows_side_key[side]);
		bench_model_columns(f->model, f->opts->device, prefix, flows_side_name[side]);
	}
}

static void put_model(struct flows *f, const struct variant *v, const char *key,
		      const char *label, int ret)
{
	enum flows_side side;
	struct row *row;
	char prefix[32];

	if (!f->model)
		return;
	row = table_row(f->model, key, label);
	if (ret)
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s",
			   ret == -EINTR ? "interrupted" : strerror(-ret));
	for (side = 0; side < FLOWS_SIDES && !ret; side++) {
		snprintf(prefix, sizeof(prefix), "%s_", flows_side_key[side]);
		bench_model(row, &v[side], f->batches, prefix, flows_side_name[side]);
	}
}

static void misses_table(struct flows *f)
{
	struct table *t = result_table(f->res, "misses",
				       "L1 cache misses per packet, and by how many times a map has more");
	enum flows_side side;

	for (side = 0; side < FLOWS_SIDES; side++)
		table_column(t, flows_side_key[side], flows_side_name[side],
			     side == FLOWS_BASELINE ? "misses" : "times", 2);
	f->misses = t;
}

static void checks_table(struct flows *f)
{
	struct table *t = result_table(f->res, "flows", "What the maps have counted");

	table_column(t, "frames", "frames", "", 0);
	table_column(t, "lost", "not counted", "", 0);
	table_column(t, "seen", "flows seen", "", 0);
	table_column(t, "expected", "expected", "", 0);
	table_column(t, "exponent", "exponent", "", 3);
	table_column(t, "deviation", "deviation", "", 1);
	f->checks = t;
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
	uint64_t sent = f->gen.sent, missed = f->skel->bss->missed, timed;
	struct net_count before, after;
	double ns, l1_before = 0, l1_after = 0;
	int ret;

	ret = select_side(p) ?: net_count(&f->net, &before) ?:
	      warm_up(p) ?: counter_read(&f->l1, &l1_before);
	if (ret)
		return ret;
	timed = f->gen.sent;
	ns = generator_run(&f->gen, units);
	if (ns < 0)
		return ns;
	ret = counter_read(&f->l1, &l1_after) ?: net_count(&f->net, &after);
	if (ret)
		return ret;
	p->at = f->gen.at;
	p->sent += f->gen.sent - sent;
	p->received += after.received - before.received;
	p->dropped += after.dropped - before.dropped;
	p->missed += f->skel->bss->missed - missed;
	p->misses += l1_after - l1_before;
	p->watched += f->gen.sent - timed;
	return ns;
}

static void put_cost(struct flows *f, struct row *row, const struct variant *v, size_t side)
{
	double *d = xcalloc(f->batches, sizeof(*d));
	struct stats s;
	unsigned int i;
	char key[32];

	/* batches that ran in the same turn, so that drift falls out */
	for (i = 0; i < f->batches; i++)
		d[i] = v[side].ns[i] - (side ? v[FLOWS_BASELINE].ns[i] : 0);
	row_raw(row, flows_side_key[side], "ns", d, f->batches);
	stats_of(d, f->batches, &s);
	free(d);
	row_set_median(row, flows_side_key[side], &s);
	snprintf(key, sizeof(key), "%s_iqr", flows_side_key[side]);
	row_set(row, key, s.iqr);
}

static void put_rate(struct flows *f, struct row *row, const struct variant *v, size_t at,
		     size_t side)
{
	double *ns = xcalloc(f->batches, sizeof(*ns));
	struct stats s;

	row_raw(row, flows_side_key[side], "ns", v[side].ns, f->batches);
	memcpy(ns, v[side].ns, f->batches * sizeof(*ns));
	stats_of(ns, f->batches, &s);
	free(ns);
	row_set_rate(row, flows_side_key[side], 1000, &s);
	row_spread_validity(row, &s);
	f->ns[at][side] = s.median;
	if (!v[side].plan.linear)
		row_weaken(row, VALIDITY_INDICATIVE,
			   "%s: twice the frames took %.2f times the time",
			    flows_side_name[side], 2 * v[side].plan.ratio);
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
		row_weaken(row, VALIDITY_INVALID, "the counter has counted no miss");
		return;
	}
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES; side++)
		row_set(row, flows_side_key[side], p[side].misses / p[side].watched / base);
}

static void put_paper(struct flows *f, size_t at, struct row *rate, struct row *cost,
		      struct row *misses)
{
	double base = paper_value("figure11", "baseline", "mpps");
	enum flows_side side;
	char name[32];

	row_paper(rate, flows_side_key[FLOWS_BASELINE], base);
	row_paper(cost, flows_side_key[FLOWS_BASELINE], 1000 / base);
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES; side++) {
		const struct paper_curve *c = paper_curve(f->figure->key, flows_side_name[side]);

		row_paper(rate, flows_side_key[side], c->y[at]);
		row_paper(cost, flows_side_key[side], 1000 / c->y[at] - 1000 / base);
		snprintf(name, sizeof(name), "%s misses", flows_side_name[side]);
		c = paper_curve(f->figure->key, name);
		row_paper(misses, flows_side_key[side], c->y[at]);
	}
}

static void put_point(struct flows *f, size_t at, struct flows_point *p, const struct variant *v,
		      const char *key, const char *label, int ret)
{
	struct row *rate = table_row(f->rates, key, label);
	struct row *cost = table_row(f->cost, key, label);
	struct row *misses = table_row(f->misses, key, label);
	struct row *const rows[] = { rate, cost, misses };
	const char *why = ret == -EINTR ? "interrupted" : strerror(-ret);
	enum flows_side side;
	size_t i;

	put_model(f, v, key, label, ret);
	row_x(rate, f->x);
	put_paper(f, at, rate, cost, misses);
	if (ret) {
		for (i = 0; i < ARRAY_SIZE(rows); i++)
			row_weaken(rows[i], VALIDITY_NOT_MEASURED, "%s", why);
		row_weaken(table_row(f->checks, key, label), VALIDITY_NOT_MEASURED, "%s", why);
		return;
	}
	for (side = 0; side < FLOWS_SIDES; side++) {
		put_rate(f, rate, v, at, side);
		put_cost(f, cost, v, side);
		flows_check(&p[side], rate);
		flows_check(&p[side], cost);
	}
	put_misses(f, misses, p);
	flows_put_checks(f, p, key, label);
}

static int measure_x(struct flows *f, size_t at)
{
	struct flows_point p[FLOWS_SIDES] = {};
	struct variant v[FLOWS_SIDES] = {};
	char key[32], label[32];
	enum flows_side side;
	int ret;

	f->x = paper_curve(f->figure->key, "ARRAY")->x[at];
	f->flows = f->figure->zipf ? FLOWS_MAX : f->x;
	f->exponent = f->figure->zipf ? f->x : 0;
	snprintf(key, sizeof(key), "%s_%g", f->figure->zipf ? "zipf" : "flows", f->x);
	snprintf(label, sizeof(label), f->figure->format, f->x);
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
	      batch_compare(v, FLOWS_SIDES, f->batches, label);
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES && !ret; side++)
		ret = flows_read(&p[side]);
	put_point(f, at, p, v, key, label, ret);
	/* the link has one of its programs until here */
	generator_target(&f->gen, f->gen.skel->progs.xdp_drop);
	flows_unload(f);
	for (side = 0; side < FLOWS_SIDES; side++)
		variants_free(&v[side], 1);
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
	int ret = cleanup_push(flows_end, f), cpu;

	if (ret)
		return ret;
	cpu = cpu_pin();
	if (cpu < 0)
		return cpu;
	counter_open_l1(&f->l1, f->no_counter, sizeof(f->no_counter));
	return net_setup(&f->net, f->opts->device) ?:
	       generator_setup(&f->gen, &f->net, GENERATOR_SHORT);
}

static int flows_run(const struct flows_figure *figure, const struct bench_opts *opts,
		     struct result *res)
{
	struct flows f = {
		.figure = figure,
		.opts = opts,
		.res = res,
		.batches = opts->batches ?: opts->quick ? BATCHES_QUICK : BATCHES,
		.counts = json_object_new_object(),
	};
	size_t i, side;
	int ret;

	f.ns = xcalloc(figure->n, sizeof(*f.ns));
	for (i = 0; i < figure->n; i++)
		for (side = 0; side < FLOWS_SIDES; side++)
			f.ns[i][side] = NAN;
	bench_device(res, opts->device);
	rate_table(&f);
	model_table(&f);
	cost_table(&f);
	misses_table(&f);
	checks_table(&f);
	ret = setup(&f);
	for (i = 0; i < figure->n && !ret; i++)
		ret = measure_x(&f, i);
	flows_notes(&f);
	/* the cleanup stack has pointers to f */
	cleanup_all();
	free(f.ns);
	return ret;
}

static int figure11_run(const struct bench_opts *opts, struct result *res, void *state)
{
	static const struct flows_figure figure = {
		.key = "figure11",
		.title = "A counter for each flow, all flows alike",
		.xname = "flows",
		.format = "%g flows",
		.n = 5,
	};

	return flows_run(&figure, opts, res);
}

static int figure12_run(const struct bench_opts *opts, struct result *res, void *state)
{
	static const struct flows_figure figure = {
		.key = "figure12",
		.title = "A counter for each of 100000 flows, by Zipf's law",
		.xname = "exponent",
		.format = "exponent %g",
		.zipf = true,
		.n = 5,
	};

	return flows_run(&figure, opts, res);
}

const struct bench bench_figure11 = {
	.name = "figure11",
	.title = "a counter per flow in ARRAY, HASH, LRU_HASH: 100 to 100000 flows",
	.seconds = 30,
	.seconds_quick = 12,
	.needs = "",
	.headline =
		"figure11 array: flows_100 flows_100000; figure11 hash: flows_100 flows_100000; figure11 lru_hash: flows_100 flows_100000",
	.sentence =
		"figure11 flows_100000 hash / figure11 flows_100 hash: With 100000 flows HASH has @% of its rate with 100",
	.run = figure11_run,
};

const struct bench bench_figure12 = {
	.name = "figure12",
	.title = "a counter per flow in ARRAY, HASH, LRU_HASH: 100000 flows by Zipf's law",
	.seconds = 30,
	.seconds_quick = 12,
	.needs = "",
	.headline =
		"figure12 array: zipf_0 zipf_2; figure12 hash: zipf_0 zipf_2; figure12 lru_hash: zipf_0 zipf_2",
	.sentence =
		"figure12 zipf_2 hash / figure12 zipf_0 hash: With exponent 2 HASH has @x its rate with 0",
	.run = figure12_run,
};
