// SPDX-License-Identifier: GPL-2.0-only
/* How many packets can be dropped per second, by where they are dropped */
#include <errno.h>
#include <math.h>

#include "bench/bench.h"
#include "bench/drop/drop.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "report/paper.h"

#define MIN_FRAMES	6000

static const struct column_def columns[] = {
	{ "mpps", "rate", "Mpps", 2, "mpps" },
	{ "ns", "time", "ns/packet", 1, "ns" },
	{ "iqr", "IQR", "ns", 1 },
	{ "", "", .kind = COLUMN_MODEL },
	{ "over", "over XDP", "ns", 1 },
	{ "over_iqr", "IQR", "ns", 1 },
	{ "frames", "frames", "", 0 },
	{ }
};

static bool row_of(size_t i, struct row_def *def)
{
	size_t at = 0;

	for (; at < HOOKS && (!drop_has(at) || i--); at++)
		;
	if (at < HOOKS)
		*def = hook_row(all_hooks[at]);
	return at < HOOKS;
}

static const struct table_def tables[] = {
	{
		.key = "drop",
		.title = "Packets dropped, by where",
		.paper = "drop",
		.columns = columns,
		.row = row_of,
		.plot = { PLOT_BARS, "", "Mpps", "mpps" },
	},
	{ }
};

/* One hook, while it is timed */
struct point {
	struct drop *d;
	size_t at;			/* of all_hooks[] */
	struct frame_count count;
	uint64_t counted;		/* by the hook's program */
	uint64_t socket;		/* dropped by the socket, by its own count */
};

struct drop_bench {
	struct drop d;
	struct point point[HOOKS];
	struct variant variant[HOOKS + 1];	/* the first: the generator alone */
	size_t n;
	const struct variant *of[HOOKS];	/* by the hook; NULL: not measured */
};

/* What the counters say now; as negative numbers they are what a batch begins with */
static int count(struct point *p, int sign)
{
	struct drop *d = p->d;
	uint64_t drops;
	int ret = generator_count(&d->gen, &p->count, sign) ?: reader_drops(&d->socket, &drops);

	if (ret)
		return ret;
	p->counted += sign * drop_count(d, p->at);
	p->socket += sign * drops;
	return 0;
}

static double batch(void *arg, uint64_t units)
{
	struct point *p = arg;
	struct drop *d = p->d;
	uint64_t sent = d->gen.sent, counted;
	char why[256];
	double ns;
	int ret;

	ret = hook_turn(&d->turns, p->at, why, sizeof(why));
	if (ret)
		err("%s", why);
	ret = ret ?: count(p, -1);
	if (ret)
		return ret;
	counted = drop_count(d, p->at);
	ns = generator_run(&d->gen, units);
	if (ns < 0)
		return ns;
	drop_settle(d, p->at, counted + d->gen.sent - sent);
	return count(p, 1) ?: ns;
}

static void judge(const struct point *p, struct row *row)
{
	const struct hook_ops *hook = all_hooks[p->at];

	row_ledger(row, "driver", NULL, (const struct ledger[]){
		{ "frames sent", p->count.sent, p->count.sent },
		{ "received by the driver", p->count.received, p->count.sent },
		{ "dropped by it", p->count.dropped, hook->in_driver ? p->count.sent : 0 },
		{ }
	});
	row_ledger(row, "program", NULL, (const struct ledger[]){
		{ "frames sent", p->count.sent, p->count.sent },
		{ "dropped by the eBPF program", p->counted, hook->instead ? 0 : p->count.sent },
		{ }
	});
	if (hook->end)
		row_ledger(row, "socket", NULL, (const struct ledger[]){
			{ "frames sent", p->count.sent, p->count.sent },
			{ "dropped by the socket", p->socket, p->count.sent },
			{ }
		});
}

static void fill(const struct drop_bench *b, const struct variant *v, size_t n, struct result *res)
{
	const struct variant *xdp = b->of[hook_nr(&hook_xdp)];
	const struct point *p = v->arg;
	struct row *row = result_row(res, "drop", all_hooks[p->at]->place);
	struct stats s;

	bench_rate(row, v->ns, n);
	bench_model(row, v, n, "", "");
	if (xdp && v != xdp) {
		stats_less_each(v->ns, xdp->ns, n, &s);
		row_set_median(row, "over", &s);
		row_set(row, "over_iqr", s.iqr);
	}
	row_set(row, "frames", p->count.sent);
	bench_linear(row, VALIDITY_INDICATIVE, NULL, "frames", v);
	judge(p, row);
}

static double median_of(const struct variant *v, size_t n)
{
	struct stats s;

	return v ? stats_less_each(v->ns, NULL, n, &s) : NAN;
}

static void say(const struct drop_bench *b, size_t n, struct result *res)
{
	double xdp = median_of(b->of[hook_nr(&hook_xdp)], n), idle = median_of(b->variant, n);
	double native = median_of(b->of[hook_nr(&hook_native)], n), more = xdp - native;
	double socket = median_of(b->of[hook_nr(&hook_socket)], n);
	double paper = paper_value("drop", hook_xdp.paper, "mpps");
	double hard = paper_value("drop", hook_native.paper, "mpps");

	if (isfinite(native))
		result_note_times(res,
				  "XDP takes %.1f ns %s than the native hook in its place; the paper's 1/%.1f - 1/%.1f Mpps = %.1f ns more.",
				  fabs(more), more < 0 ? "less" : "more", paper, hard,
				  1000 / paper - 1000 / hard);
	if (isfinite(socket))
		result_note_times(res,
				  "What the driver's XDP drops in %.1f ns takes %.1f ns at the socket, %.1f times as long; of either the generator's are %.1f ns.",
				  xdp, socket, socket / xdp, idle);
	result_note(res, "Path: %s, %d bytes (64 with FCS); %s. \"Generator\": %s.",
		    b->d.gen.ops->what, GENERATOR_SHORT, cpu_count() > 1 ?
		    "the paper's come from another machine" :
		    "one CPU makes them and runs the driver, so that rates contain the generator, and differences do not",
		    b->d.gen.ops->idle);
	result_fact_times(res, "generator_ns", json_number(idle));
}

static void add(struct drop_bench *b, size_t at)
{
	struct variant *v = &b->variant[b->n++];

	b->point[at] = (struct point){ .d = &b->d, .at = at };
	v->name = all_hooks[at]->place_label;
	v->fn = batch;
	v->arg = &b->point[at];
	v->plan.units = MIN_FRAMES;
	b->of[at] = v;
}

/*
 * Once, before anything is timed: what the kernel does not take is a row that says so. Hooks in
 * the driver are neighbours: to and fro, it sets up its queues anew.
 */
static int find(struct drop_bench *b, struct result *res)
{
	char why[256];
	size_t i;

	b->variant[b->n++] = (struct variant){
		.name = "generator",
		.fn = generator_idle_batch,
		.arg = &b->d.gen,
		.plan.units = MIN_FRAMES,
	};
	for (i = 0; i < HOOKS && !interrupted(); i++) {
		if (!drop_has(i))
			continue;
		if (all_hooks[i]->needs("drop", why, sizeof(why)) ||
		    hook_turn(&b->d.turns, i, why, sizeof(why)))
			row_weaken(result_row(res, "drop", all_hooks[i]->place),
				   VALIDITY_NOT_MEASURED, "%s", why);
		else
			add(b, i);
	}
	hook_turns_end(&b->d.turns);
	return interrupted() ? -EINTR : 0;
}

static int drop_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct drop_bench *b = state;
	size_t n = opts->batches, i;
	int ret;

	ret = drop_setup(&b->d, opts->device) ?: find(b, res) ?:
	      batch_compare(b->variant, b->n, n, "drop");
	for (i = 1; i < b->n && !ret; i++)
		fill(b, &b->variant[i], n, res);
	if (!ret)
		say(b, n, res);
	variants_free(b->variant, b->n);
	return ret;
}

const struct bench bench_drop = {
	.name = "drop",
	.title = "packets dropped per second at XDP, TC, SK_SKB and the socket",
	.seconds = 20,
	.seconds_quick = 6,
	.needs = "kernel patches, hookcost_native (without: all but the native hook)",
	.wants = WANT_PATCHES,
	.headline = "drop mpps: native xdp tc sk_skb socket",
	.sentence =
		"drop xdp mpps / drop socket mpps: XDP drops @x as many packets as a full socket",
	.batches = 20,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct drop_bench),
	.tables = tables,
	.run = drop_run,
};
