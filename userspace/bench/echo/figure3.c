// SPDX-License-Identifier: GPL-2.0-only
/* Figure 3: how long a client waits for an echo from XDP, TC, SK_SKB and user space */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/echo/echo.h"
#include "bench/guest.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "net/snmp.h"
#include "report/paper.h"
#include "traffic/sockperf.h"

#define SECONDS		1
#define BYTES		64
#define SETTLE_TRIES	200
#define SETTLE_US	1000

static const struct column_def columns[] = {
	{ "p1", "p1", "us", 1, "p1" },
	{ "p25", "p25", "us", 1 },
	{ "p50", "p50", "us", 1, "p50" },
	{ "p75", "p75", "us", 1 },
	{ "p99", "p99", "us", 1, "p99" },
	{ "iqr", "IQR", "us", 1, "iqr" },
	{ "samples", "n", "", 0 },
	{ }
};

static const char *label_of(const struct hook_ops *hook)
{
	return hook->end ? "user space" : hook->place_label;
}

static bool row_of(size_t i, struct row_def *def)
{
	const struct hook_ops *list[HOOKS];

	if (i >= echo_hooks(list))
		return false;
	*def = hook_row(list[i]);
	def->label = label_of(list[i]);
	return true;
}

static const struct table_def tables[] = {
	{
		.key = "figure3",
		.title = "Response time that the client sees",
		.paper = "figure3",
		.columns = columns,
		.row = row_of,
		.plot = { PLOT_BARS, "", "response time (us)", "p1 p50 p99" },
	},
	{ }
};

/* Datagrams: sent by the client, answered, and come to the client */
struct counts {
	uint64_t requests, echoes, replies;
};

/* One row */
struct place {
	const struct hook_ops *hook;
	const char *label;
	double *rtt;			/* us, of all rounds */
	size_t n;
	double *median;			/* us, one of each round */
	unsigned int rounds, verified;
	struct counts counts;
	uint64_t lost;			/* by sockperf's own account */
	char invalid[256], failed[256];
};

struct figure3 {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	unsigned int rounds;
	struct place place[HOOKS];	/* the first: user space */
	size_t nplaces;
};

static void make_places(struct figure3 *f)
{
	const struct hook_ops *list[HOOKS];
	size_t i;

	f->nplaces = echo_hooks(list);
	for (i = 0; i < f->nplaces; i++)
		f->place[i] = (struct place){
			.hook = list[i],
			.label = label_of(list[i]),
		};
}

/* All datagrams since the namespaces began */
static int read_counts(struct figure3 *f, const struct echo *e, struct counts *c)
{
	static const char *const name[] = { "Udp.OutDatagrams", "Ip.InDelivers", "Icmp.InMsgs" };
	uint64_t value[ARRAY_SIZE(name)];
	int ret = snmp_read(&f->net, &f->net.a, name, value, ARRAY_SIZE(name));

	c->requests = value[0];
	/* an answer whose socket is closed already is not among those that were read */
	c->replies = value[1] - value[2];
	c->echoes = echo_count(e);
	return ret;
}

/* Since `from`, when the last answer is there */
static int settled_counts(struct figure3 *f, const struct echo *e, const struct counts *from,
			  struct counts *c)
{
	int ret, i;

	for (i = 0; i < SETTLE_TRIES; i++) {
		ret = read_counts(f, e, c);
		if (ret)
			return ret;
		c->requests -= from->requests;
		c->echoes -= from->echoes;
		c->replies -= from->replies;
		if (c->requests == c->replies)
			break;
		usleep(SETTLE_US);
	}
	return 0;
}

static void add_counts(struct place *p, const struct counts *c)
{
	p->counts.requests += c->requests;
	p->counts.echoes += c->echoes;
	p->counts.replies += c->replies;
}

/* -EBADMSG: it is no echo server, and its row says why */
static int verify(struct figure3 *f, struct place *p)
{
	char why[128];
	int ret;

	if (p->verified)
		return 0;
	ret = echo_check(&f->net, &p->verified, why, sizeof(why));
	if (ret == -EBADMSG)
		snprintf(p->invalid, sizeof(p->invalid),
			 "the echo is wrong: after %u right ones, an answer %s", p->verified, why);
	return ret;
}

static void take(struct place *p, const struct sockperf *s)
{
	struct stats st;

	p->rtt = xrealloc(p->rtt, p->n + s->n, sizeof(*p->rtt));
	memcpy(p->rtt + p->n, s->rtt, s->n * sizeof(*p->rtt));
	p->n += s->n;
	p->median[p->rounds++] = stats_less_each(s->rtt, NULL, s->n, &st);
	p->lost += s->dropped + s->duplicated + s->misordered;
}

static int time_it(struct figure3 *f, struct place *p, struct echo *e)
{
	const struct sockperf_opts o = {
		.net = &f->net,
		.server = echo_server(e),
		.port = ECHO_PORT,
		.client_port = ECHO_CLIENT_PORT,
		.bytes = BYTES,
		.seconds = SECONDS,
	};
	struct counts from, got;
	struct sockperf s = {};
	int ret;

	ret = read_counts(f, e, &from) ?: verify(f, p) ?: sockperf_run(&o, &s) ?:
	      settled_counts(f, e, &from, &got);
	if (!ret) {
		add_counts(p, &got);
		take(p, &s);
	}
	sockperf_free(&s);
	return ret;
}

/* What one place cannot does not keep the others from being measured */
static int measure(struct figure3 *f, struct place *p)
{
	size_t mark = cleanup_mark();
	struct echo e;
	int ret, started;

	if (*p->failed || *p->invalid)
		return 0;
	started = echo_start(&e, p->hook, &f->net);
	ret = started ?: time_it(f, p, &e);
	cleanup_to(mark);
	if (interrupted())
		return -EINTR;
	if (ret && ret != -EBADMSG)
		snprintf(p->failed, sizeof(p->failed), "%s", err_last());
	return started || ret == -EBADMSG ? 0 : ret;
}

static int measure_all(struct figure3 *f)
{
	unsigned int round, i, done = 0;
	int ret = 0;

	for (round = 0; round < f->rounds && !ret; round++) {
		/* there and back again: A B C D, D C B A */
		for (i = 0; i < f->nplaces && !ret; i++) {
			progress("figure3", done++, f->rounds * f->nplaces);
			ret = measure(f, &f->place[round % 2 ? f->nplaces - 1 - i : i]);
		}
	}
	progress_end();
	return ret;
}

static void judge(struct figure3 *f, const struct place *p, struct row *row)
{
	const struct counts *c = &p->counts;

	if (*p->invalid)
		row_reason(row, VALIDITY_INVALID, "order", "%s", p->invalid);
	if (p->rounds < f->rounds)
		row_reason(row, VALIDITY_INDICATIVE, "few",
			   "%u of %u rounds%s%s", p->rounds, f->rounds,
			   *p->failed ? ": " : "", p->failed);
	row_ledger(row, "end", NULL, (const struct ledger[]){
		{ "requests", c->requests, c->requests },
		{ "echoes", c->echoes, c->requests },
		{ "answers", c->replies, c->requests },
		{ NULL }
	});
	row_ledger(row, "order", NULL, (const struct ledger[]){
		{ "messages that sockperf has dropped, doubled or out of order", p->lost, 0 }, { }
	});
}

static void fill(struct figure3 *f, struct place *p, struct row *row)
{
	/* the client sends and receives; a server in user space, too */
	static const struct guest_work client = { .calls = 2 };
	static const struct guest_work server = { .calls = 4, .switches = 2 };
	struct stats st;

	if (!p->rounds) {
		if (*p->invalid)
			row_reason(row, VALIDITY_INVALID, "order", "%s", p->invalid);
		else if (*p->failed)
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", p->failed);
		return;
	}
	row_raw(row, "median", "us", p->median, p->rounds);
	stats_of(p->rtt, p->n, &st);
	row_set(row, "p1", st.p1);
	row_set(row, "p25", st.p25);
	stats_repeated(&st, p->median, p->rounds);
	row_set_median(row, "p50", &st);
	row_set(row, "p75", st.p75);
	row_set(row, "p99", st.p99);
	row_set(row, "iqr", st.iqr);
	row_set(row, "samples", p->n);
	stats_less_each(p->median, NULL, p->rounds, &st);
	row_spread_validity(row, &st);
	guest_share(row, p->hook->end ? &server : &client, 1e3 * st.median);
	judge(f, p, row);
}

static void facts(struct figure3 *f)
{
	struct json_object *counts = json_object_new_object();
	size_t i;

	for (i = 0; i < f->nplaces; i++) {
		const struct place *p = &f->place[i];
		const struct counts *c = &p->counts;
		struct json_object *o;

		if (!p->rounds)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "requests", json_object_new_uint64(c->requests));
		json_object_object_add(o, "echoes", json_object_new_uint64(c->echoes));
		json_object_object_add(o, "answers", json_object_new_uint64(c->replies));
		json_object_object_add(o, "verified", json_object_new_uint64(p->verified));
		json_object_object_add(o, "exact",
				       json_object_new_boolean(c->requests == c->echoes &&
							       c->echoes == c->replies));
		json_object_object_add(counts, p->hook->place, o);
	}
	result_fact(f->res, "counts", counts);
}

/* By how much an answer comes sooner than from user space, here and in the paper */
static void shape(struct figure3 *f)
{
	const struct place *base = &f->place[0];
	double paper = paper_value("figure3", base->hook->paper, "p50");
	char text[256] = "";
	size_t used = 0, i;

	for (i = f->nplaces - 1; i > 0 && base->n; i--) {
		const struct place *p = &f->place[i];
		double here, there;

		if (!p->n)
			continue;
		here = stats_quantile(p->rtt, p->n, 0.5) / stats_quantile(base->rtt, base->n, 0.5);
		there = paper_value("figure3", p->hook->paper, "p50") / paper;
		used += snprintf(text + used, sizeof(text) - used,
				 "%s from %s %.0f %% %s (paper: %.0f %% sooner)",
				 used ? "," : "", p->label, fabs(100 - 100 * here),
				 here <= 1 ? "sooner" : "later", 100 - 100 * there);
	}
	if (used)
		result_note_times(f->res,
				  "Against user space, at the median, the answer comes%s.", text);
}

static void notes(struct figure3 *f)
{
	unsigned int verified = 0;
	size_t i;

	shape(f);
	guest_note(f->res);
	for (i = 0; i < f->nplaces; i++)
		verified += f->place[i].verified;
	result_note(f->res,
		    "UDP messages of %d bytes, one at a time: sockperf ping-pong, the whole round trip. User space is a process of hookcost's own, which sleeps in recvfrom(). Client and server run on one CPU%s.",
		    BYTES, cpu_count() == 1 ? ", the network too" : "");
	if (verified)
		result_note(f->res,
			    "%u echoes of 1 to 1472 bytes were compared before, bytes, addresses and checksums, %u from each server.",
			    verified, f->place[0].verified);
}

static int setup(struct figure3 *f)
{
	result_fact(f->res, "cpu", json_object_new_int(cpu_pinned()));
	return net_setup(&f->net, f->opts->device) ?: net_napi(&f->net, true) ?:
	       /* before the first: a program would send back what is still to be made */
	       f->opts->device->ops->checksums(&f->net);
}

static int figure3_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct figure3 *f = state;
	char why[128];
	int ret = 0;
	size_t i;

	f->opts = opts;
	f->res = res;
	f->rounds = opts->batches;
	make_places(f);
	if (!tool_find("sockperf", why, sizeof(why))) {
		result_lacks(res, "%s", why);
		return 0;
	}
	for (i = 0; i < f->nplaces; i++)
		f->place[i].median = xcalloc(f->rounds, sizeof(double));
	ret = setup(f) ?: measure_all(f);
	for (i = 0; i < f->nplaces; i++)
		fill(f, &f->place[i], result_row(res, "figure3", f->place[i].hook->place));
	facts(f);
	notes(f);
	for (i = 0; i < f->nplaces; i++) {
		free(f->place[i].rtt);
		free(f->place[i].median);
	}
	return ret;
}

const struct bench bench_figure3 = {
	.name = "figure3",
	.title = "response time of an echo server at XDP, TC, SK_SKB and in user space",
	.seconds = 84,
	.seconds_quick = 15,
	.needs = "sockperf",
	.wants = WANT_CALLS | WANT_CPUS,
	.clock = TIMED_BY_TSC,
	.headline = "figure3 p50: socket sk_skb tc xdp",
	.sentence =
		"figure3 xdp p50 / figure3 socket p50: An echo at XDP is back after @% of the time that one from user space takes",
	.batches = 6,
	.batches_quick = 1,
	.over_device = true,
	.state = sizeof(struct figure3),
	.tables = tables,
	.run = figure3_run,
};
