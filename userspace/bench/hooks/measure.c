// SPDX-License-Identifier: GPL-2.0-only
/* Table 1: packets through a hook, and what is counted and timed meanwhile */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/hooks/measure.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "net/device.h"
#include "net/foreign.h"
#include "net/snmp.h"

#define WARM_UP		1000
#define TOP_UPS		16
#define DISTURBED_NS	1000	/* beyond the median: an interrupt was in it */

/* The floor itself stays as it was measured */
static void take_medians(struct run *r, const struct probe_hook *part)
{
	const struct probe_phase *floor = probe_phase(part, "floor"), *p;
	struct stats s;
	size_t i;

	for (i = 0; i < part->nphases; i++) {
		p = &part->phase[i];
		r->median[i][r->parts] = probe_stats(part, p, p == floor ? NULL : floor, &s) ?
					 NAN : s.median;
	}
}

static void take_means(struct run *r, const struct probe_hook *part)
{
	static const char *const name[PHASES] = {
		[PHASE_ENTRY] = "entry", [PHASE_PROG] = "prog", [PHASE_VERDICT] = "verdict",
		[PHASE_TOTAL] = "total",
	};
	const struct probe_phase *floor = probe_phase(part, "floor"), *p;
	double off = floor ? probe_mean(part, floor, DISTURBED_NS, NULL) : NAN;
	int i;

	for (i = 0; i < PHASES; i++) {
		p = probe_phase(part, name[i]);
		if (!p && i == PHASE_ENTRY)
			p = probe_phase(part, "dequeue");
		r->mean[i][r->parts] = p ? probe_mean(part, p, DISTURBED_NS, NULL) -
					   p->reads * off : NAN;
	}
}

/* What the last part added to the histograms */
static int take_part(struct run *r)
{
	const struct probe_phase *reach;
	struct probe_hook all, part;
	int ret;

	ret = probe_read_hook(r->site->table, &all);
	if (ret)
		return ret;
	probe_hook_copy(&part, &all);
	if (probe_hook_since(&part, &r->hook)) {
		take_medians(r, &part);
		take_means(r, &part);
		/* another machine's messages may all have come in a packet of the part before */
		reach = probe_phase(&part, "reach");
		r->parts += !r->remote || (reach && reach->count);
	} else {
		err("%s: its histogram was reset while it was measured", r->site->table);
		ret = -EBADMSG;
	}
	probe_hook_free(&part);
	probe_hook_free(&r->hook);
	r->hook = all;
	return ret;
}

static int packets_so_far(struct table1 *t1, struct run *r, uint64_t *sent, uint64_t *driver)
{
	struct net_count c;
	int ret;

	ret = net_count(&t1->net, &c);
	if (ret)
		return ret;
	*driver = c.received;
	if (r->remote) {
		*sent = r->site->frames ? c.received : traffic_messages(&r->traffic);
		return 0;
	}
	*sent = r->messages;
	if (r->site->frames) {
		*sent = r->gen.sent;
		return 0;
	}
	ret = traffic_segments(&r->traffic, sent);
	return ret == -EOPNOTSUPP ? 0 : ret;
}

/*
 * A hook behind the driver sees a packet that GRO has put to the one before as one with it. That
 * is rare: each message pushes, and only one that TCP had to send in two parts has one that does
 * not.
 */
static int merged_so_far(struct table1 *t1, const struct run *r, uint64_t *merged)
{
	*merged = 0;
	if (r->site->traffic != TRAFFIC_TCP_BURST || r->site->frames ||
	    r->site->hook->in_driver)
		return 0;
	return net_merged(&t1->net, &t1->net.b, merged);
}

/* Messages or frames through the hook, until all have arrived */
static int feed(struct run *r, uint64_t count)
{
	double ns;
	int ret;

	if (r->site->frames) {
		ns = generator_run(&r->gen, count);
		return ns < 0 ? ns : 0;
	}
	ret = traffic_run(&r->traffic, count);
	if (ret == -ETIMEDOUT)
		err("%s: messages were lost", r->site->label);
	return ret ?: traffic_settle(&r->traffic);
}

static int note_inner(struct table1 *t1, struct run *r)
{
	return r->remote ? packets_so_far(t1, r, &r->inner_messages, &r->inner_driver) : 0;
}

/*
 * TCP puts two messages into one packet when the first had to wait: as many more, for
 * there are to be as many packets as were asked for. begun: packets before the parts.
 */
static int top_up(struct table1 *t1, struct run *r, uint64_t begun)
{
	uint64_t sent, driver, merged, want = r->messages, lack;
	int tries, ret = 0;

	if (r->remote || r->site->frames || r->traffic.kind != TRAFFIC_TCP_BURST)
		return 0;
	for (tries = 0; tries < TOP_UPS && !ret; tries++) {
		ret = packets_so_far(t1, r, &sent, &driver) ?: merged_so_far(t1, r, &merged);
		if (ret)
			break;
		sent -= begun + merged - r->merged;
		if (sent >= want)
			break;
		lack = want - sent;
		ret = feed(r, lack);
		r->messages += lack;
	}
	return ret;
}

static int measure_parts(struct table1 *t1, struct run *r, uint64_t begun)
{
	uint64_t per = (t1->samples + t1->parts - 1) / t1->parts;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < t1->parts && !ret; i++) {
		progress(r->site->label, i, t1->parts);
		ret = feed(r, per);
		r->messages += per;
		if (!ret && i + 1 == t1->parts)
			ret = top_up(t1, r, begun);
		ret = ret ?: note_inner(t1, r) ?: take_part(r);
		foreign_look();
	}
	foreign_look_now();
	progress_end();
	return ret;
}

/* As a negative number it is what a row begins with */
static int count_runs(struct run *r, int sign)
{
	uint64_t runs;

	r->runs_known = hook_runs(&r->at, &runs);
	r->runs += sign * runs;
	return 0;
}

/* The inner counts begin when the histogram has been reset */
static int measure_remote(struct table1 *t1, struct run *r)
{
	uint64_t sent, driver, inner_sent, inner_driver, merged;
	int ret = packets_so_far(t1, r, &sent, &driver) ?: merged_so_far(t1, r, &r->merged) ?:
		  count_runs(r, -1) ?: probe_reset() ?: probe_read_hook(r->site->table, &r->hook) ?:
		  packets_so_far(t1, r, &inner_sent, &inner_driver) ?: measure_parts(t1, r, sent) ?:
		  count_runs(r, 1) ?:
		  packets_so_far(t1, r, &r->packets, &r->driver) ?: merged_so_far(t1, r, &merged);

	if (ret)
		return ret;
	r->merged = merged - r->merged;
	r->inner_messages -= inner_sent;
	r->inner_driver -= inner_driver;
	r->packets -= sent;
	r->driver -= driver;
	r->messages = r->packets;
	return 0;
}

static int measure(struct table1 *t1, struct run *r)
{
	uint64_t sent = 0, driver = 0, sleeps = 0, merged = 0;
	int ret;

	foreign_look_now();
	ret = feed(r, WARM_UP);
	if (ret)
		return ret;
	if (r->remote)
		return measure_remote(t1, r);
	r->sleeps_known = !r->site->frames && !traffic_sleeps(&r->traffic, &sleeps);
	ret = packets_so_far(t1, r, &sent, &driver) ?: merged_so_far(t1, r, &r->merged) ?:
	      count_runs(r, -1) ?: probe_reset() ?: probe_read_hook(r->site->table, &r->hook) ?:
	      measure_parts(t1, r, sent) ?: count_runs(r, 1) ?:
	      packets_so_far(t1, r, &r->packets, &r->driver) ?: merged_so_far(t1, r, &merged);
	r->merged = merged - r->merged;
	if (r->sleeps_known && !ret)
		ret = traffic_sleeps(&r->traffic, &r->sleeps);
	r->sleeps -= sleeps;
	r->packets -= sent;
	r->driver -= driver;
	return ret;
}

int table1_select(struct table1 *t1, const char *table)
{
	int ret = net_enter(&t1->net.b);

	if (!ret)
		ret = probe_set_device(t1->net.b.name);
	return net_leave(&t1->net) ?: ret ?: probe_enable(table);
}

static int with_frames(struct table1 *t1, struct run *r)
{
	size_t mark = cleanup_mark();
	int ret;

	ret = generator_setup(&r->gen, &t1->net, GENERATOR_BYTES) ?:
	      table1_select(t1, r->site->table) ?: measure(t1, r);
	probe_enable("none");
	t1->no_frames = r->gen.silent;
	cleanup_to(mark);
	return ret;
}

static bool site_is_tcp(const struct site *site)
{
	return site->traffic == TRAFFIC_TCP_BURST || site->traffic == TRAFFIC_TCP_WAKE;
}

enum peer_kind site_peer(const struct site *site)
{
	return site->frames ? PEER_FRAMES : site_is_tcp(site) ? PEER_TCP : PEER_UDP;
}

static int with_traffic(struct table1 *t1, struct run *r)
{
	bool *silent = &t1->silent[site_is_tcp(r->site)];
	size_t mark = cleanup_mark();
	int ret;

	r->traffic.silent = *silent;
	ret = traffic_open(&r->traffic, &t1->net, r->site->traffic);
	if (!ret) {
		ret = hook_least(&r->at, r->site->hook, &t1->net, r->traffic.server) ?:
		      table1_select(t1, r->site->table) ?: traffic_start(&r->traffic) ?:
		      measure(t1, r);
		probe_enable("none");
		/* before its socket leaves the sockmap */
		traffic_stop(&r->traffic);
	}
	*silent = r->traffic.silent;
	cleanup_to(mark);
	return ret;
}

static void site_init(struct table1 *t1, struct run *r, const struct site *site)
{
	int i;

	*r = (struct run){ .site = site, .remote = t1->net.dev->ops->remote };
	for (i = 0; i < PROBE_MAX_PHASES; i++)
		r->median[i] = xcalloc(t1->parts, sizeof(*r->median[i]));
	for (i = 0; i < PHASES; i++)
		r->mean[i] = xcalloc(t1->parts, sizeof(*r->mean[i]));
}

void site_free(struct run *r)
{
	int i;

	probe_hook_free(&r->hook);
	for (i = 0; i < PROBE_MAX_PHASES; i++)
		free(r->median[i]);
	for (i = 0; i < PHASES; i++)
		free(r->mean[i]);
}

int site_measure(struct table1 *t1, struct run *r, const struct site *site)
{
	double begin = now_ns();
	int ret;

	site_init(t1, r, site);
	ret = site->frames ? with_frames(t1, r) : with_traffic(t1, r);
	r->seconds = (now_ns() - begin) / 1e9;
	return ret;
}
