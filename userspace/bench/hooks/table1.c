// SPDX-License-Identifier: GPL-2.0-only
/* Table 1: time to reach a hook, and to prepare the program's run there */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/hooks/table1.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "net/foreign.h"
#include "net/snmp.h"

#define SAMPLES		100000
#define SAMPLES_QUICK	10000
#define PARTS		10
#define WARM_UP		1000
#define TOP_UPS		16
#define DISTURBED_NS	1000	/* beyond the median: an interrupt was in it */

#define SITE(_key, _label, _paper, _hook, _point, _traffic) {	\
	.key = _key, .label = _label, .paper = _paper,		\
	.hook = _hook, .point = _point, .traffic = _traffic,	\
}

static const struct site sites[] = {
	{ .key = "xdp_frames", .label = "XDP, frames", .paper = "XDP", .hook = "xdp",
	  .point = ATTACH_XDP, .frames = true },
	SITE("xdp_udp", "XDP, UDP", "XDP", "xdp", ATTACH_XDP, TRAFFIC_UDP_BURST),
	SITE("xdp_tcp", "XDP, TCP", "XDP", "xdp", ATTACH_XDP, TRAFFIC_TCP_BURST),
	{ .key = "tcx_udp", .label = "TC (tcx), UDP", .paper = "TC", .hook = "tc", .line = true,
	  .point = ATTACH_TCX, .traffic = TRAFFIC_UDP_BURST },
	SITE("tcx_tcp", "TC (tcx), TCP", "TC", "tc", ATTACH_TCX, TRAFFIC_TCP_BURST),
	SITE("cls_bpf_udp", "TC (cls_bpf), UDP", "TC", "tc", ATTACH_CLS_BPF, TRAFFIC_UDP_BURST),
	SITE("cls_bpf_tcp", "TC (cls_bpf), TCP", "TC", "tc", ATTACH_CLS_BPF, TRAFFIC_TCP_BURST),
	{ .key = "sk_skb_udp", .label = "SK_SKB, UDP", .paper = "SK_SKB", .hook = "sk_skb",
	  .line = true, .point = ATTACH_SK_SKB, .traffic = TRAFFIC_UDP_POLL },
	SITE("sk_skb_tcp", "SK_SKB, TCP", "SK_SKB", "sk_skb", ATTACH_SK_SKB, TRAFFIC_TCP_WAKE),
	SITE("socket_udp", "Socket, UDP", "Socket", "udp", ATTACH_NONE, TRAFFIC_UDP_WAKE),
	SITE("socket_tcp", "Socket, TCP", "Socket", "tcp", ATTACH_NONE, TRAFFIC_TCP_WAKE),
};

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

	ret = probe_read_hook(r->site->hook, &all);
	if (ret)
		return ret;
	probe_hook_copy(&part, &all);
	if (probe_hook_since(&part, &r->hook)) {
		take_medians(r, &part);
		take_means(r, &part);
		/* another machine's messages may all have come in a packet of the part before */
		reach = probe_phase(&part, "reach");
		r->parts += !r->outside || (reach && reach->count);
	} else {
		err("%s: its histogram was reset while it was measured", r->site->hook);
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
	if (r->outside) {
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
 * TC sees a packet that GRO has put to the one before as one with it. That is rare: each
 * message pushes, and only one that TCP had to send in two parts has one that does not.
 */
static int merged_so_far(struct table1 *t1, const struct run *r, uint64_t *merged)
{
	*merged = 0;
	if (r->site->traffic != TRAFFIC_TCP_BURST || r->site->frames ||
	    strcmp(r->site->hook, "tc"))
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
	return r->outside ? packets_so_far(t1, r, &r->inner_messages, &r->inner_driver) : 0;
}

/*
 * TCP puts two messages into one packet when the first had to wait: as many more, for
 * there are to be as many packets as were asked for. begun: packets before the parts.
 */
static int top_up(struct table1 *t1, struct run *r, uint64_t begun)
{
	uint64_t sent, driver, merged, want = r->messages, lack;
	int tries, ret = 0;

	if (r->outside || r->site->frames || r->traffic.kind != TRAFFIC_TCP_BURST)
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

	r->runs_known = attach_runs(&r->at, &runs);
	r->runs += sign * runs;
	return 0;
}

/* The inner counts begin when the histogram has been reset */
static int measure_outside(struct table1 *t1, struct run *r)
{
	uint64_t sent, driver, inner_sent, inner_driver, merged;
	int ret = packets_so_far(t1, r, &sent, &driver) ?: merged_so_far(t1, r, &r->merged) ?:
		  count_runs(r, -1) ?: probe_reset() ?: probe_read_hook(r->site->hook, &r->hook) ?:
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
	if (r->outside)
		return measure_outside(t1, r);
	r->sleeps_known = !r->site->frames && !traffic_sleeps(&r->traffic, &sleeps);
	ret = packets_so_far(t1, r, &sent, &driver) ?: merged_so_far(t1, r, &r->merged) ?:
	      count_runs(r, -1) ?: probe_reset() ?: probe_read_hook(r->site->hook, &r->hook) ?:
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

int table1_select(struct table1 *t1, const char *hook)
{
	int ret = net_enter(&t1->net.b);

	if (!ret)
		ret = probe_set_device(t1->net.b.name);
	return net_leave(&t1->net) ?: ret ?: probe_enable(hook);
}

static int with_frames(struct table1 *t1, struct run *r)
{
	size_t mark = cleanup_mark();
	int ret;

	ret = generator_setup(&r->gen, &t1->net, GENERATOR_BYTES) ?:
	      table1_select(t1, r->site->hook) ?: measure(t1, r);
	probe_enable("none");
	t1->no_frames = r->gen.silent;
	cleanup_to(mark);
	return ret;
}

static bool site_is_tcp(const struct site *site)
{
	return site->traffic == TRAFFIC_TCP_BURST || site->traffic == TRAFFIC_TCP_WAKE;
}

static enum peer_kind site_peer(const struct site *site)
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
		ret = attach_empty(&r->at, r->site->point, &t1->net, r->traffic.server) ?:
		      table1_select(t1, r->site->hook) ?: traffic_start(&r->traffic) ?:
		      measure(t1, r);
		probe_enable("none");
		/* before its socket leaves the sockmap */
		traffic_stop(&r->traffic);
	}
	*silent = r->traffic.silent;
	cleanup_to(mark);
	return ret;
}

static void run_init_site(struct table1 *t1, struct run *r, const struct site *site)
{
	int i;

	*r = (struct run){ .site = site, .outside = t1->net.dev->ops->outside };
	for (i = 0; i < PROBE_MAX_PHASES; i++)
		r->median[i] = xcalloc(t1->parts, sizeof(*r->median[i]));
	for (i = 0; i < PHASES; i++)
		r->mean[i] = xcalloc(t1->parts, sizeof(*r->mean[i]));
}

static void run_free(struct run *r)
{
	int i;

	probe_hook_free(&r->hook);
	for (i = 0; i < PROBE_MAX_PHASES; i++)
		free(r->median[i]);
	for (i = 0; i < PHASES; i++)
		free(r->mean[i]);
}

static void keep_means(const struct run *r, bool ordered, struct table1_means *m)
{
	const struct probe_phase *total = probe_phase(&r->hook, "total");
	int i;

	for (i = 0; i < PHASES; i++) {
		m->phase[i] = road_of(r->mean[i], r->parts);
		m->phase[i].systematic = road_step_error();
	}
	m->samples = total ? total->count : 0;
	m->ordered = ordered;
	m->exact = r->outside || table1_exact(r);
	m->have = total && isfinite(m->phase[PHASE_TOTAL].ns);
}

static int run_site(struct table1 *t1, const struct site *site, struct row *row)
{
	double begin = now_ns();
	struct run r;
	int ret;

	run_init_site(t1, &r, site);
	ret = site->frames ? with_frames(t1, &r) : with_traffic(t1, &r);
	r.seconds = (now_ns() - begin) / 1e9;
	if (!ret)
		table1_fill(t1, &r, row);
	else if (ret == -EINTR || (ret == -ENODATA && r.outside))
		bench_not_measured(row, ret, t1->net.dev, site_peer(site));
	else
		row_verdict(row, VERDICT_NOT_MEASURED, "failed: %s", strerror(-ret));
	if (!ret && site->line)
		keep_means(&r, t1->opts->ordered,
			   site->point == ATTACH_TCX ? &t1->tc : &t1->sk_skb);
	run_free(&r);
	return ret;
}

int table1_again(struct table1 *t1, struct table1_means *tc)
{
	const struct site *site = sites;
	struct run r;
	int ret;

	while (!site->line || site->point != ATTACH_TCX)
		site++;
	run_init_site(t1, &r, site);
	ret = probe_set_clock("ordered") ?: with_traffic(t1, &r);
	if (!ret)
		keep_means(&r, true, tc);
	run_free(&r);
	return probe_set_clock(t1->opts->ordered ? "ordered" : "plain") ?: ret;
}

static void cleanup_probes(void *arg)
{
	probe_all_off();
}

static int setup(struct table1 *t1)
{
	int cpu, ret;

	ret = cleanup_push(cleanup_probes, NULL);
	if (ret)
		return ret;
	cpu = cpu_pin();
	if (cpu < 0)
		return cpu;
	result_fact(t1->res, "cpu", json_object_new_int(cpu));
	return net_setup(&t1->net, t1->opts->device) ?: net_napi(&t1->net, true) ?:
	       probe_enable("none") ?: probe_set_clock(t1->opts->ordered ? "ordered" : "plain");
}

static void notes(struct table1 *t1)
{
	struct probe_clock c;
	char refused[256];

	if (t1->opts->device->ops->outside && device_nic_refused(refused, sizeof(refused)))
		result_note(t1->res, "Device: %s.", refused);
	if (!probe_read_clock(&c) && c.khz > 0)
		result_note_times(t1->res,
				  "Clock: %s, %s reads. Two reads back to back: %.1f ns plain, %.1f ns ordered. \"floor\" is the same at the hook itself; it is taken off every other time.",
				  c.source, t1->opts->ordered ? "ordered" : "plain",
				  c.floor_plain * 1e6 / c.khz, c.floor_ordered * 1e6 / c.khz);
	if (c.khz > 0 && cpu_tsc_step() > 1)
		result_note_times(t1->res,
				  "The clock counts in steps of %.1f ns. Quantiles take the samples as evenly spread over a step. What is shorter than one is not resolved, and an IQR below it says little.",
				  cpu_tsc_step() * 1e6 / c.khz);
	if (t1->opts->device->ops->outside)
		result_note(t1->res,
			    "Traffic: messages of %d bytes from another machine, to a server that sleeps until they come, on the CPU that has the NIC's interrupts. \"XDP, frames\": %s.",
			    TRAFFIC_BYTES, generator_what(t1->opts->device));
	else
		result_note(t1->res,
			    "Traffic: messages of %d bytes. XDP and TC: %s; SK_SKB and socket: %s, to a server that sleeps until the message comes, on the sender's CPU. \"XDP, frames\": %s.",
			    TRAFFIC_BYTES, traffic_name(TRAFFIC_UDP_BURST),
			    traffic_name(TRAFFIC_UDP_WAKE), generator_what(t1->opts->device));
	if (t1->opts->device->ops == &device_veth)
		result_note(t1->res,
			    "The receiver is in NAPI mode for every row (GRO on there, TSO off at the sender; the XDP rows have their program besides). veth copies each sk_buff into a page before XDP sees it, a frame it does not.");
	result_note(t1->res,
		    "Paper scope: from the hook to the end of the verdict, as its Table 1 measured (38, 35, 1350 ns); prep: until the program has returned.");
	if (t1->negative)
		result_note(t1->res,
			    "A time below 0 belongs to a phase so short that it overlaps with the clock reads around it; --ordered keeps them apart.");
	if (t1->counted)
		result_note(t1->res,
			    "Counts: packets sent = the driver's counter = samples in the histogram for %zu of %zu rows.",
			    t1->exact, t1->counted);
}

static bool fatal(int ret)
{
	return ret == -EINTR || ret == -ENOSPC || ret == -ENODEV;
}

/* PEER_KINDS: all */
static int run_sites(struct table1 *t1, enum peer_kind kind)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sites) && !ret; i++) {
		if (kind != PEER_KINDS && kind != site_peer(&sites[i]))
			continue;
		ret = run_site(t1, &sites[i], table1_row(t1, &sites[i]));
		/* its row says so, the others can still be measured */
		if (!fatal(ret))
			ret = 0;
	}
	return ret;
}

static int table1_run(const struct bench_opts *opts, struct result *res)
{
	struct table1 t1 = {
		.opts = opts,
		.res = res,
		.samples = opts->samples ?: opts->quick ? SAMPLES_QUICK : SAMPLES,
		.parts = opts->batches ?: PARTS,
	};
	bool outside = opts->device->ops->outside;
	struct table1_xdp xdp = {};
	enum peer_kind kind;
	char why[256];
	size_t i;
	int ret = 0, roads = 0;

	table1_columns(&t1);
	bench_device(res, opts->device);
	if (probe_available(why, sizeof(why))) {
		for (i = 0; i < ARRAY_SIZE(sites); i++)
			row_verdict(table1_row(&t1, &sites[i]), VERDICT_NOT_MEASURED, "%s", why);
		return 0;
	}
	t1.counts = json_object_new_object();
	result_fact(res, "counts", t1.counts);
	ret = setup(&t1);
	/* another machine sends one kind after the other, frames first, and but once */
	for (kind = 0; outside && kind < PEER_KINDS && !ret; kind++) {
		ret = run_sites(&t1, kind);
		if (kind == PEER_FRAMES && !ret)
			roads = table1_roads(&t1, &xdp);
		if (fatal(roads))
			ret = roads;
	}
	if (!outside && !ret)
		ret = run_sites(&t1, PEER_KINDS);
	notes(&t1);
	if (!outside && !ret)
		roads = table1_roads(&t1, &xdp);
	ret = ret ?: fatal(roads) ? roads : table1_lines(&t1, &xdp) ?: roads;
	/* the cleanup stack has pointers to t1 */
	cleanup_all();
	return ret;
}

const struct bench bench_table1 = {
	.name = "table1",
	.title = "time to reach each hook and to prepare the program's run there",
	.seconds = 30,
	.seconds_quick = 6,
	.outside = OUTSIDE_FRAMES | OUTSIDE_MESSAGES,
	.needs = "kernel patches",
	.wants = WANT_PATCHES | WANT_CALLS,
	.clock = TIMED_BY_TSC,
	.headline =
		"table1 reach: xdp_udp=XDP tcx_udp=TC sk_skb_udp=SK_SKB socket_udp=Socket; table1 scope: xdp_udp=XDP tcx_udp=TC sk_skb_udp=SK_SKB",
	.sentence =
		"table1 tcx_udp reach / table1 socket_udp reach: UDP reaches TC after @% of the time that it takes to its socket",
	.run = table1_run,
};
