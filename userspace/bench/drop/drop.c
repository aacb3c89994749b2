// SPDX-License-Identifier: GPL-2.0-only
/* How many packets can be dropped per second, by where they are dropped */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/drop/drop.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/probe.h"
#include "measure/batch.h"
#include "report/paper.h"

#define BATCHES		20
#define BATCHES_QUICK	6
#define MIN_FRAMES	6000
#define IDLE		HOOKS		/* the generator alone is a variant as well */
#define VARIANTS	(HOOKS + 1)

/* One hook, while it is timed */
struct point {
	struct drop *d;
	size_t place;			/* of all_hooks[], or IDLE */
	uint64_t sent, received;	/* by the generator; by the driver */
	uint64_t in_driver;		/* dropped there */
	uint64_t counted;		/* by the place's program */
	uint64_t socket;		/* dropped by the socket, by its own count */
};

/* What the counters say now; as negative numbers they are what a batch begins with */
static int count(struct point *p, int sign)
{
	struct drop *d = p->d;
	struct net_count c;
	uint64_t drops;
	int ret = net_count(&d->net, &c) ?: reader_drops(&d->socket, &drops);

	if (ret)
		return ret;
	p->sent += sign * d->gen.sent;
	p->received += sign * c.received;
	p->in_driver += sign * c.dropped;
	p->counted += sign * drop_count(d, p->place);
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

	if (p->place == IDLE)
		return generator_idle(&d->gen, units);
	ret = drop_enter(d, p->place, why, sizeof(why));
	if (ret) {
		err("%s", why);
		return ret;
	}
	ret = count(p, -1);
	if (ret)
		return ret;
	counted = drop_count(d, p->place);
	ns = generator_run(&d->gen, units);
	if (ns < 0)
		return ns;
	drop_settle(d, p->place, counted + d->gen.sent - sent);
	return count(p, 1) ?: ns;
}

static void judge(const struct point *p, struct row *row)
{
	const struct hook_ops *hook = all_hooks[p->place];

	row_ledger(row, "driver", NULL, (const struct ledger[]){
		{ "frames sent", p->sent, p->sent },
		{ "received by the driver", p->received, p->sent },
		{ "dropped by it", p->in_driver, hook->in_driver ? p->sent : 0 },
		{ NULL }
	});
	row_ledger(row, "program", NULL, (const struct ledger[]){
		{ "frames sent", p->sent, p->sent },
		{ "dropped by the eBPF program", p->counted, hook->instead ? 0 : p->sent },
		{ NULL }
	});
	if (hook->end)
		row_ledger(row, "socket", NULL, (const struct ledger[]){
			{ "frames sent", p->sent, p->sent },
			{ "dropped by the socket", p->socket, p->sent },
			{ NULL }
		});
}

static struct table *columns(struct drop *d)
{
	struct table *t = result_table(d->res, "drop", "Packets dropped, by where");

	table_column(t, "mpps", "rate", "Mpps", 2);
	table_column(t, "ns", "time", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	bench_model_columns(t, d->opts->device, "", "");
	table_column(t, "over", "over XDP", "ns", 1);
	table_column(t, "over_iqr", "IQR", "ns", 1);
	table_column(t, "frames", "frames", "", 0);
	table_plot(t, PLOT_BARS, "", "Mpps", "mpps", false);
	return t;
}

/* XDP is Figure 11's baseline; the native hook stands where Figure 14a has hard-coded functions */
static double paper_rate(const struct hook_ops *hook)
{
	return hook == &hook_native ? paper_mpps("figure14a", 0, 0) :
	       hook == &hook_xdp ? paper_value("figure11", "baseline", "mpps") : NAN;
}

static struct row *new_row(struct table *t, const struct hook_ops *hook)
{
	struct row *row = table_row(t, hook->place, hook->place_label);
	double paper = paper_rate(hook);

	row_paper(row, "mpps", paper);
	row_paper(row, "ns", 1000 / paper);
	return row;
}

static double median(const double *v, const double *minus, size_t n, struct stats *s)
{
	double *d = xcalloc(n, sizeof(*d));
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = v[i] - (minus ? minus[i] : 0);
	stats_of(d, n, s);
	free(d);
	return s->median;
}

static void fill(struct drop *d, struct row *row, const struct point *p, const struct variant *v,
		 const struct variant *xdp)
{
	struct stats s;

	bench_rate(row, v->ns, d->batches);
	bench_model(row, v, d->batches, "", "");
	if (xdp && all_hooks[p->place] != &hook_xdp) {
		median(v->ns, xdp->ns, d->batches, &s);
		row_set_median(row, "over", &s);
		row_set(row, "over_iqr", s.iqr);
	}
	row_set(row, "frames", p->sent);
	if (!v->plan.linear)
		row_weaken(row, VALIDITY_INDICATIVE, "twice the frames took %.2f times the time",
			   2 * v->plan.ratio);
	judge(p, row);
}

static void say(struct drop *d, const double *ns)
{
	double xdp = ns[hook_nr(&hook_xdp)], native = ns[hook_nr(&hook_native)];
	double socket = ns[hook_nr(&hook_socket)], more = xdp - native;
	double paper = 1000 / paper_rate(&hook_xdp) - 1000 / paper_rate(&hook_native);

	if (isfinite(native))
		result_note_times(d->res,
				  "XDP takes %.1f ns %s than the native hook in its place; the paper's 1/%.1f - 1/%.1f Mpps = %.1f ns more.",
				  fabs(more), more < 0 ? "less" : "more", paper_rate(&hook_xdp),
				  paper_rate(&hook_native), paper);
	if (isfinite(socket))
		result_note_times(d->res,
				  "What the driver's XDP drops in %.1f ns takes %.1f ns at the socket, %.1f times as long; of either the generator's are %.1f ns.",
				  xdp, socket, socket / xdp, ns[IDLE]);
	result_note(d->res, "Path: %s, %d bytes (64 with FCS); %s. \"Generator\": %s.",
		    d->gen.ops->what, GENERATOR_SHORT, cpu_count() > 1 ?
		    "the paper's come from another machine" :
		    "one CPU makes them and runs the driver, so that rates contain the generator, and differences do not",
		    d->gen.ops->idle);
	result_fact_times(d->res, "generator_ns", json_number(ns[IDLE]));
}

static void find_places(struct drop *d)
{
	size_t i;

	for (i = 0; i < HOOKS; i++)
		if (drop_has(i))
			all_hooks[i]->needs("drop", d->lacks[i], sizeof(d->lacks[i]));
}

/* Once, before anything is timed: what the kernel does not take is a row that says so */
static int try_places(struct drop *d)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < HOOKS && ret != -EINTR; i++) {
		if (!drop_has(i) || *d->lacks[i])
			continue;
		ret = drop_enter(d, i, d->lacks[i], sizeof(d->lacks[i]));
		if (interrupted())
			ret = -EINTR;
	}
	drop_leave(d);
	return ret == -EINTR ? ret : 0;
}

static int measure(struct drop *d, struct point *p, struct variant *v, size_t *at)
{
	size_t n = 0, i;

	/* the places in the driver are neighbours: to and fro, it sets up its queues anew */
	for (i = 0; i < VARIANTS; i++) {
		size_t place = i ? i - 1 : IDLE;

		if (place != IDLE && (!drop_has(place) || *d->lacks[place]))
			continue;
		p[n] = (struct point){ .d = d, .place = place };
		v[n].name = place == IDLE ? "generator" : all_hooks[place]->place_label;
		v[n].fn = batch;
		v[n].arg = &p[n];
		v[n].plan.units = MIN_FRAMES;
		at[place] = n++;
	}
	return batch_compare(v, n, d->batches, "drop");
}

static void report(struct drop *d, struct table *t, const struct point *p,
		   const struct variant *v, const size_t *at, int ret)
{
	size_t xdp = hook_nr(&hook_xdp), place;
	double ns[VARIANTS];
	struct stats s;

	for (place = 0; place < HOOKS; place++) {
		struct row *row;

		ns[place] = NAN;
		if (!drop_has(place))
			continue;
		row = new_row(t, all_hooks[place]);
		if (ret) {
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s",
				   ret == -EINTR ? "interrupted" : strerror(-ret));
		} else if (*d->lacks[place]) {
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", d->lacks[place]);
		} else {
			fill(d, row, &p[at[place]], &v[at[place]],
			     *d->lacks[xdp] ? NULL : &v[at[xdp]]);
			ns[place] = median(v[at[place]].ns, NULL, d->batches, &s);
		}
	}
	if (ret)
		return;
	ns[IDLE] = median(v[at[IDLE]].ns, NULL, d->batches, &s);
	say(d, ns);
}

static void cleanup_probes(void *arg)
{
	const struct drop *d = arg;

	if (!*d->lacks[hook_nr(&hook_native)])
		probe_all_off();
}

static int drop_run(const struct bench_opts *opts, struct result *res)
{
	struct drop d = {
		.opts = opts,
		.res = res,
		.batches = opts->batches ?: opts->quick ? BATCHES_QUICK : BATCHES,
		.socket.fd = -1,
	};
	struct variant v[VARIANTS] = {};
	struct point p[VARIANTS] = {};
	size_t at[VARIANTS] = {}, i;
	struct table *t = columns(&d);
	int ret, cpu;

	bench_device(res, opts->device);
	find_places(&d);
	ret = cleanup_push(cleanup_probes, &d);
	if (!ret) {
		cpu = cpu_pin();
		ret = cpu < 0 ? cpu : drop_setup(&d) ?: try_places(&d) ?: measure(&d, p, v, at);
	}
	report(&d, t, p, v, at, ret);
	/* the cleanup stack has pointers to d */
	cleanup_all();
	for (i = 0; i < VARIANTS; i++)
		variant_free(&v[i]);
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
	.run = drop_run,
};
