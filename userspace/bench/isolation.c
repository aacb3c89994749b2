// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a request ahead of it in the queue costs a neighbour: bursts of n requests to one port and
 * then one frame to another, which waits until the driver is done with those
 */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "isolation.bpf.h"
#include "isolation.skel.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "traffic/generator.h"
#include "traffic/reader.h"
#include "traffic/replies.h"

#define NUMBER_AT	(ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))
#define MIN_BURSTS	64
/* Sockets are emptied after so many frames; a run has some more, for caches */
#define CHUNK		4096
#define ROOM		(32 << 20)
/* The paper's Figure 16: requests per second, and by how much it found the median longer, us */
#define PAPER_RATE	100e3
#define PAPER_MORE_US	(89.1 - 57.9)

/* Requests ahead; with the neighbour they are as many as NAPI takes in one poll, at most */
static const unsigned int ahead[] = { 0, 1, 4, 16, 32, 63 };

#define POINTS		ARRAY_SIZE(ahead)	/* and a column for each but the first */
#define MOST		63

struct isolation;

/* What becomes of requests: a line makes a row of each table, and its checks */
struct way {
	const char *key, *label;
	size_t prog;			/* offset in the skeleton's programs; NONE: there is none */
	bool dropped;
	bool socket;			/* they come to their socket */
	bool replies;			/* they come back, with their addresses swapped */
};

#define NONE		SIZE_MAX
#define PROG(name)	offsetof(struct isolation_bpf, progs.name)

static const struct way ways[] = {
	{ "stack", "no program: their socket", NONE, .socket = true },
	{ "pass", "XDP_PASS: their socket", PROG(isolation_pass), .socket = true },
	{ "drop", "XDP_DROP", PROG(isolation_drop), .dropped = true },
	{ "tx", "XDP_TX as they are", PROG(isolation_tx), .replies = true },
};

#define WAYS		ARRAY_SIZE(ways)
#define VARIANTS	(WAYS * POINTS)

static const struct column_def columns[] = {
	{ "slope", "per request", "ns", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "alone", "alone", "ns", 0 },
	{ "mean_wait", "mean wait", "ns", 1 },
	{ "model", "model", "ns", 1 },
	{ "frames", "frames", "", 0 },
	{ }
};

/* Of all but the first of ahead[] */
static const struct column_def wait_columns[] = {
	{ "n_1", "1", "ns", 0 },
	{ "n_4", "4", "ns", 0 },
	{ "n_16", "16", "ns", 0 },
	{ "n_32", "32", "ns", 0 },
	{ "n_63", "63", "ns", 0 },
	{ }
};

static bool way_row(size_t i, struct row_def *def)
{
	if (i < WAYS)
		*def = (struct row_def){ ways[i].key, ways[i].label };
	return i < WAYS;
}

static const struct table_def tables[] = {
	{
		.key = "isolation",
		.title = "What a request ahead costs, by what becomes of requests",
		.columns = columns,
		.row = way_row,
		.plot = { PLOT_BARS, "", "ns per request ahead", "slope" },
	}, {
		.key = "wait",
		.title = "How much longer a frame waits behind so many requests than alone",
		.columns = wait_columns,
		.row = way_row,
	},
	{ }
};

/* One burst length of a way, while it is timed */
struct point {
	struct isolation *o;
	const struct way *way;
	unsigned int n;
	uint64_t sent, received, dropped;	/* by the generator; by the driver */
	uint64_t asked, neighbours;		/* frames of each kind */
	uint64_t seen, let_by;			/* the same by the program's count */
	uint64_t read, heard, lost;		/* by their sockets; dropped by these */
	struct replies replies;
};

struct isolation {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	struct reader neighbour, server;	/* sockets */
	struct isolation_bpf *skel;
	uint8_t request[GENERATOR_SHORT], reply[GENERATOR_SHORT], other[GENERATOR_SHORT];
	uint8_t turns[MOST + 1];
	struct point point[VARIANTS];
	struct variant variant[VARIANTS];
};

static const struct bpf_program *program_of(const struct isolation *o, const struct way *w)
{
	const struct bpf_program *prog;

	if (w->prog == NONE)
		return NULL;
	memcpy(&prog, (const char *)o->skel + w->prog, sizeof(prog));
	return prog;
}

/* What the counters say now; as negative numbers they are what a batch begins with */
static int count(struct point *p, int sign)
{
	struct isolation *o = p->o;
	struct net_count c;
	uint64_t drops[2];
	int ret = net_count(&o->net, &c) ?: reader_drops(&o->neighbour, &drops[0]) ?:
		  reader_drops(&o->server, &drops[1]);

	if (ret)
		return ret;
	p->sent += sign * o->gen.sent;
	p->received += sign * c.received;
	p->dropped += sign * c.dropped;
	p->seen += sign * o->skel->bss->requests;
	p->let_by += sign * o->skel->bss->neighbours;
	p->read += sign * o->server.read;
	p->heard += sign * o->neighbour.read;
	p->lost += sign * (drops[0] + drops[1]);
	return 0;
}

/* n requests, and then the neighbour; of replies only requests have one */
static int take_turn(struct point *p)
{
	struct isolation *o = p->o;
	struct requests r = {
		.kind = {
			{ o->request, p->way->replies ? o->reply : NULL, sizeof(o->request),
			  sizeof(o->reply) },
			{ o->other, NULL, sizeof(o->other) },
		},
		.kinds = 2,
		.turns = o->turns + MOST - p->n,
		.nturns = p->n + 1,
		.number_at = NUMBER_AT,
		.check = 1,
	};

	return generator_target(&o->gen, program_of(o, p->way)) ?:
	       generator_requests(&o->gen, &r) ?: generator_burst(&o->gen, p->n + 1) ?:
	       (p->way->replies ? generator_replies_begin(&o->gen) : 0);
}

/* Messages that do not come are for the row's counts to say */
static int empty(struct reader *r, uint64_t messages)
{
	int ret = reader_read(r, messages);

	return ret == -ETIMEDOUT ? 0 : ret;
}

/* So many frames in one run, whose turns begin with the first; then what has come is read */
static double chunk(struct point *p, uint64_t frames)
{
	struct isolation *o = p->o;
	uint64_t sent = o->gen.sent, neighbours, requests;
	double ns = generator_run(&o->gen, frames);
	int ret;

	if (ns < 0)
		return ns;
	sent = o->gen.sent - sent;
	neighbours = sent / (p->n + 1);
	requests = sent - neighbours;
	p->neighbours += neighbours;
	p->asked += requests;
	ret = empty(&o->neighbour, neighbours);
	if (!ret && p->way->socket)
		ret = empty(&o->server, requests);
	return ret ?: ns;
}

static int end_turn(struct point *p, uint64_t asked)
{
	struct isolation *o = p->o;
	struct replies r;
	int ret;

	if (!p->way->replies)
		return 0;
	ret = generator_replies_settle(&o->gen, asked) ?: generator_replies(&o->gen, &r) ?:
	      generator_replies_end(&o->gen);
	if (!ret)
		replies_add(&p->replies, &r, 1);
	return ret;
}

static double batch(void *arg, uint64_t units)
{
	struct point *p = arg;
	uint64_t left = units * (p->n + 1), frames, asked = p->asked;
	double sum = 0, ns;
	int ret = take_turn(p) ?: count(p, -1);

	for (; left && !ret; left -= frames) {
		frames = left < CHUNK ? left : CHUNK;
		ns = interrupted() ? -EINTR : chunk(p, frames);
		ret = ns < 0 ? ns : 0;
		sum += ns;
	}
	ret = ret ?: end_turn(p, p->asked - asked) ?: count(p, 1);
	return ret ?: sum;
}

/* Of a way's points together */
static void judge(const struct point *p, struct row *row)
{
	const struct way *w = p->way;

	row_ledger(row, "driver", NULL, (const struct ledger[]){
		{ "frames sent", p->sent, p->asked + p->neighbours },
		{ "received by the driver", p->received, p->sent },
		{ "dropped by it", p->dropped, w->dropped ? p->asked : 0 },
		{ NULL }
	});
	if (w->prog != NONE)
		row_ledger(row, "program", NULL, (const struct ledger[]){
			{ "requests", p->asked, p->asked },
			{ "seen by the program", p->seen, p->asked },
			{ "others, let by", p->let_by, p->neighbours },
			{ NULL }
		});
	row_ledger(row, "socket", NULL, (const struct ledger[]){
		{ "neighbours", p->neighbours, p->neighbours },
		{ "read", p->heard, p->neighbours },
		{ "requests read", p->read, w->socket ? p->asked : 0 },
		{ "dropped by the sockets", p->lost, 0 },
		{ NULL }
	});
	if (!w->replies)
		return;
	row_ledger(row, "end", NULL, (const struct ledger[]){
		{ "requests", p->asked, p->asked },
		{ "right replies", replies_right(&p->replies), p->asked },
		{ NULL }
	});
	replies_judge(&p->replies, row);
}

static void add_up(struct point *sum, const struct point *p)
{
	sum->way = p->way;
	sum->sent += p->sent;
	sum->received += p->received;
	sum->dropped += p->dropped;
	sum->asked += p->asked;
	sum->neighbours += p->neighbours;
	sum->seen += p->seen;
	sum->let_by += p->let_by;
	sum->read += p->read;
	sum->heard += p->heard;
	sum->lost += p->lost;
	replies_add(&sum->replies, &p->replies, 1);
}

/* ns of a burst of the i-th batch, or the model's part of it: what the driver does not wait for */
static double time_of(const struct variant *v, size_t i, bool model)
{
	double aside = v->aside ? v->aside[i] : 0;

	return model ? aside : v->ns[i] - aside;
}

/* By least squares over all points, which are in turns, of each batch */
static void slopes(const struct variant *v, size_t n, bool model, double *slope)
{
	double x = 0, xx = 0, y, xy;
	size_t i, k;

	for (k = 0; k < POINTS; k++) {
		x += ahead[k];
		xx += (double)ahead[k] * ahead[k];
	}
	for (i = 0; i < n; i++) {
		for (k = 0, y = 0, xy = 0; k < POINTS; k++) {
			y += time_of(&v[k], i, model);
			xy += ahead[k] * time_of(&v[k], i, model);
		}
		slope[i] = (POINTS * xy - x * y) / (POINTS * xx - x * x);
	}
}

/* The time behind so many, or, less than that behind none, the wait */
static void times(const struct variant *v, size_t n, size_t at, bool wait, double *ns)
{
	size_t i;

	for (i = 0; i < n; i++)
		ns[i] = time_of(&v[at], i, false) - (wait ? time_of(&v[0], i, false) : 0);
}

/* Behind requests that come at random, each of which takes so long (M/D/1) */
static double mean_wait(double ns)
{
	double load = PAPER_RATE * ns / 1e9;

	return load > 0 && load < 1 ? load * ns / 2 / (1 - load) : NAN;
}

static double fill(struct isolation *o, size_t at)
{
	const struct variant *v = &o->variant[at * POINTS];
	struct row *row = result_row(o->res, "isolation", ways[at].key);
	struct row *wait = result_row(o->res, "wait", ways[at].key);
	size_t n = o->opts->batches, i;
	double *ns = xcalloc(n, sizeof(*ns)), slope;
	struct point sum = {};
	struct stats s;

	slopes(v, n, false, ns);
	row_raw(row, "slope", "ns", ns, n);
	slope = stats_less_each(ns, NULL, n, &s);
	row_set_median(row, "slope", &s);
	row_set(row, "iqr", s.iqr);
	row_set(row, "mean_wait", mean_wait(slope));
	row_spread_validity(row, &s);
	row_spread_validity(wait, &s);
	slopes(v, n, true, ns);
	row_set(row, "model", stats_less_each(ns, NULL, n, &s));
	times(v, n, 0, false, ns);
	row_set(row, "alone", stats_less_each(ns, NULL, n, &s));
	for (i = 0; i < POINTS; i++) {
		add_up(&sum, v[i].arg);
		bench_linear(row, VALIDITY_INDICATIVE, i ? wait_columns[i - 1].key : "n_0",
			     "bursts", &v[i]);
		if (!i)
			continue;
		times(v, n, i, true, ns);
		stats_less_each(ns, NULL, n, &s);
		row_set_median(wait, wait_columns[i - 1].key, &s);
	}
	row_set(row, "frames", sum.sent);
	judge(&sum, row);
	judge(&sum, wait);
	free(ns);
	return slope;
}

static void say(struct isolation *o, const double slope[WAYS])
{
	size_t i, most = 0;

	for (i = 1; i < WAYS; i++)
		if (slope[i] > slope[most])
			most = i;
	result_note_times(o->res,
			  "At the paper's %.0f kreq/s a frame waits %.3f us, on average, behind the slowest of these (\"%s\", %.1f ns each, M/D/1); the paper found its median %.1f us longer with an XDP cache than without.",
			  PAPER_RATE / 1e3, mean_wait(slope[most]) / 1e3, ways[most].label,
			  slope[most], PAPER_MORE_US);
	result_note(o->res,
		    "Bursts of n requests (%d bytes, 64 with FCS) and one frame to another port, from mlx5sim's generator; times are those of a burst, until the driver is done with it, less the model's own.",
		    GENERATOR_SHORT);
}

static void isolation_end(void *arg)
{
	struct isolation *o = arg;

	isolation_bpf__destroy(o->skel);
	o->skel = NULL;
}

/* A request, the reply to it, and the neighbour's frame */
static void make_frames(struct isolation *o)
{
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;

	net_frame(&o->net, o->other, sizeof(o->other));
	memcpy(o->request, o->other, sizeof(o->request));
	memcpy(&eth, o->request, sizeof(eth));
	memcpy(&ip, o->request + sizeof(eth), sizeof(ip));
	memcpy(&udp, o->request + sizeof(eth) + sizeof(ip), sizeof(udp));
	udp.dest = htons(ISOLATION_PORT);
	memcpy(o->request + sizeof(eth) + sizeof(ip), &udp, sizeof(udp));
	memcpy(o->reply, o->request, sizeof(o->reply));
	memcpy(o->reply, eth.h_source, ETH_ALEN);
	memcpy(o->reply + ETH_ALEN, eth.h_dest, ETH_ALEN);
	memcpy(o->reply + sizeof(eth) + offsetof(struct iphdr, saddr), &ip.daddr, 4);
	memcpy(o->reply + sizeof(eth) + offsetof(struct iphdr, daddr), &ip.saddr, 4);
	memcpy(o->reply + sizeof(eth) + sizeof(ip), &udp.dest, 2);
	memcpy(o->reply + sizeof(eth) + sizeof(ip) + 2, &udp.source, 2);
	/* requests, and the last one is the neighbour's: a point takes the end of it */
	o->turns[MOST] = 1;
}

static int setup(struct isolation *o)
{
	int ret = cleanup_push(isolation_end, o) ?: net_setup(&o->net, o->opts->device) ?:
		  reader_open(&o->neighbour, &o->net, ROOM) ?:
		  reader_open_at(&o->server, &o->net, ISOLATION_PORT, ROOM) ?:
		  generator_setup(&o->gen, &o->net, GENERATOR_SHORT);

	if (ret)
		return ret;
	make_frames(o);
	o->skel = isolation_bpf__open_and_load();
	if (o->skel)
		return 0;
	ret = -errno;
	err("cannot load isolation.bpf.o: %s", strerror(-ret));
	return ret;
}

static int compare(struct isolation *o)
{
	size_t i;

	for (i = 0; i < VARIANTS; i++) {
		o->point[i] = (struct point){
			.o = o, .way = &ways[i / POINTS], .n = ahead[i % POINTS],
		};
		o->variant[i].name = ways[i / POINTS].key;
		o->variant[i].fn = batch;
		o->variant[i].arg = &o->point[i];
		o->variant[i].plan.units = MIN_BURSTS;
	}
	return batch_compare(o->variant, VARIANTS, o->opts->batches, "isolation");
}

/* Frames of two kinds come from mlx5sim only; and a burst's time is to be the driver's */
static bool lacks(struct isolation *o)
{
	if (!o->opts->device->ops->generator->replies)
		result_lacks(o->res, "it takes frames of two kinds: --device mlx5, not %s",
			     o->opts->device->ops->name);
	else if (cpu_count() > 1)
		result_lacks(o->res, "with several CPUs mlx5sim goes on beside the driver");
	return result_lack(o->res);
}

static int isolation_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct isolation *o = state;
	double slope[WAYS];
	size_t i;
	int ret;

	o->opts = opts;
	o->res = res;
	o->neighbour.fd = -1;
	o->server.fd = -1;
	if (lacks(o))
		return 0;
	ret = setup(o) ?: compare(o);
	for (i = 0; i < WAYS && !ret; i++)
		slope[i] = fill(o, i);
	if (!ret)
		say(o, slope);
	variants_free(o->variant, VARIANTS);
	return ret;
}

const struct bench bench_isolation = {
	.name = "isolation",
	.title = "what a request ahead in the queue costs a neighbour's frame",
	.seconds = 50,
	.seconds_quick = 20,
	.needs = "mlx5sim, one CPU (UML)",
	.wants = WANT_PATCHES,
	.headline = "isolation slope: stack drop tx",
	.sentence =
		"isolation stack slope / isolation tx slope: A frame waits @x as long behind a request that goes to its socket as behind one that XDP sends back",
	.batches = 12,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct isolation),
	.tables = tables,
	.run = isolation_run,
};
