// SPDX-License-Identifier: GPL-2.0-only
/* Table 1: time to reach a hook, and to prepare the program's run there */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/hooks/lines.h"
#include "bench/hooks/measure.h"
#include "bench/hooks/roads.h"
#include "bench/hooks/rows.h"
#include "bench/hooks/table1.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "driver/driver.h"
#include "kernel/probe.h"
#include "traffic/generator.h"

#define SAMPLES		100000
#define SAMPLES_QUICK	10000
#define PARTS		10

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
	struct run r;
	int ret = site_measure(t1, &r, site);

	if (!ret)
		table1_fill(t1, &r, row);
	else if (ret == -EINTR || (ret == -ENODATA && r.outside))
		bench_not_measured(row, ret, t1->net.dev, site_peer(site));
	else
		row_verdict(row, VERDICT_NOT_MEASURED, "failed: %s", strerror(-ret));
	if (!ret && site->line)
		keep_means(&r, t1->opts->ordered,
			   site->point == ATTACH_TCX ? &t1->tc : &t1->sk_skb);
	site_free(&r);
	return ret;
}

/* TC's row once more, with the clock read in order, for its means only */
static int tc_again(struct table1 *t1, struct table1_means *tc)
{
	const struct site *site = sites;
	struct run r;
	int ret;

	while (!site->line || site->point != ATTACH_TCX)
		site++;
	ret = probe_set_clock("ordered");
	if (!ret) {
		ret = site_measure(t1, &r, site);
		if (!ret)
			keep_means(&r, true, tc);
		site_free(&r);
	}
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

/* The paper's 38, 35 and 1350 ns, line by line */
static int lines(struct table1 *t1, const struct table1_xdp *xdp)
{
	struct table1_means tc = t1->tc;
	struct table *t;
	int ret = 0;

	if (!xdp->ebpf.have && !tc.have && !t1->sk_skb.have)
		return 0;
	t = table1_lines_table(t1->res);
	/* another machine would have to send again */
	if (tc.have && !tc.ordered && !t1->net.dev->ops->outside)
		ret = tc_again(t1, &tc);
	return ret ?: table1_lines(t1, t, xdp, &tc, &t1->sk_skb);
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
	ret = ret ?: fatal(roads) ? roads : lines(&t1, &xdp) ?: roads;
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
