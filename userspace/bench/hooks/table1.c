// SPDX-License-Identifier: GPL-2.0-only
/* Table 1: time to reach a hook, and to prepare the program's run there */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/hooks/lines.h"
#include "bench/hooks/measure.h"
#include "bench/hooks/methods.h"
#include "bench/hooks/rows.h"
#include "bench/hooks/table1.h"
#include "core/cpu.h"
#include "core/run.h"
#include "driver/driver.h"
#include "hook/hook.h"
#include "kernel/probe.h"
#include "traffic/generator.h"

#define SAMPLES		100000
#define SAMPLES_QUICK	10000
#define PARTS		10

/* Of a hook: frames, UDP and TCP, as far as it has them; false: there are no more */
static bool site_of(size_t i, struct site *s)
{
	static const char *const key[] = { "frames", "udp", "tcp" };
	static const char *const label[] = { "frames", "UDP", "TCP" };
	const struct hook_ops *hook;
	size_t at, kind;

	for (at = 0; at < 3 * HOOKS; at++) {
		const struct hook_reach *reach = all_hooks[at / 3]->reach;

		if (reach && (at % 3 || reach->frames) && !i--)
			break;
	}
	if (at == 3 * HOOKS)
		return false;
	hook = all_hooks[at / 3];
	kind = at % 3;
	*s = (struct site){
		.hook = hook,
		.table = hook->reach->table[kind == 2],
		.traffic = hook->reach->traffic[kind == 2],
		.frames = !kind,
		.lines = kind == 1 ? hook->reach->lines : NULL,
	};
	snprintf(s->key, sizeof(s->key), "%s_%s", hook->name, key[kind]);
	snprintf(s->label, sizeof(s->label), "%s, %s", hook->label, label[kind]);
	return true;
}

static bool row_of(size_t i, struct row_def *def)
{
	static struct site s;
	bool is = site_of(i, &s);

	if (is)
		*def = (struct row_def){ s.key, s.label, s.hook->paper };
	return is;
}

static const struct column_def columns[] = {
	{ "reach", "reach", "ns", 0, "reach_median" },
	{ "reach_iqr", "IQR", "ns", 0, "reach_iqr" },
	{ "prep", "prep", "ns", 1 },
	{ "prep_iqr", "IQR", "ns", 1 },
	{ "floor", "floor", "ns", 1 },
	{ "scope", "paper scope", "ns", 1, "prep" },
	{ "samples", "samples", "", 0 },
	{ }
};

/* Its rows are what the kernel has of each hook */
static const struct column_def phases_columns[] = {
	{ "median", "median", "ns", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "p1", "p1", "ns", 1 },
	{ "p99", "p99", "ns", 1 },
	{ "samples", "n", "", 0 },
	{ }
};

static const struct column_def methods_columns[] = {
	{ "native", "native prep", "ns", 1 },
	{ "ebpf", "eBPF prep", "ns", 1 },
	{ "stamps", "by stamps", "ns", 1 },
	{ "throughput", "throughput", "ns", 1, "throughput" },
	{ "apart", "apart", "ns", 1, .kind = COLUMN_ESTIMATE },
	{ "samples", "samples", "", 0 },
	{ }
};

static const struct row_def methods_rows[] = {
	{ "native", "eBPF - native" },
	{ "hard", "eBPF - hard-coded", "hard-coded" },
	{ }
};

/* Its rows are those of the hooks that have been measured */
static const struct column_def lines_columns[] = {
	{ "ns", "time", "ns", 1, .kind = COLUMN_ESTIMATE },
	{ "reads", "clock read", "", 0 },
	{ "samples", "samples", "", 0 },
	{ }
};

#define IF_PATCHED	IF_OWN

static const struct table_def tables[] = {
	{
		.key = "table1",
		.title = "Time to reach a hook, and to prepare the program's run",
		.paper = "table1",
		.columns = columns,
		.row = row_of,
		.plot = {
			PLOT_PATH, "from the driver to the hook",
			"there, until the verdict is carried out", "reach scope"
		},
	}, {
		.key = "phases",
		.title =
			"Phases of each hook, the clock's floor removed (verdicts: see the hook's row above)",
		.columns = phases_columns,
	}, {
		.key = "methods",
		.title =
			"Two methods to the XDP hook's cost: what eBPF takes more, of a program that drops",
		.old_key = "roads",
		.paper = "methods",
		.columns = methods_columns,
		.rows = methods_rows,
		.when = IF_PATCHED,
	}, {
		.key = "lines",
		.title = "The paper's 38, 35 and 1350 ns, line by line (means, the floor removed)",
		.columns = lines_columns,
	}, { }
};

static void keep_means(const struct run *r, bool ordered, struct table1_means *m)
{
	const struct probe_phase *total = probe_phase(&r->hook, "total");
	int i;

	for (i = 0; i < PHASES; i++) {
		m->phase[i] = estimate_of(r->mean[i], r->parts);
		m->phase[i].systematic = estimate_step_error();
	}
	m->samples = total ? total->count : 0;
	m->ordered = ordered;
	m->exact = r->remote || table1_exact(r);
	m->have = total && isfinite(m->phase[PHASE_TOTAL].ns);
}

static int run_site(struct table1 *t1, struct site *site, struct row *row)
{
	struct run r;
	int ret = site_measure(t1, &r, site);

	if (!ret)
		table1_fill(t1, &r, row);
	else if (ret == -EINTR || (ret == -ENODATA && r.remote))
		bench_not_measured(row, ret, t1->net.dev, site_peer(site));
	else
		row_weaken(row, VALIDITY_NOT_MEASURED, "failed: %s", strerror(-ret));
	if (!ret && site->lines)
		keep_means(&r, t1->opts->ordered, &site->means);
	site_free(&r);
	return ret;
}

/* The row once more, with the clock read in order, for its means only */
static int means_again(struct table1 *t1, struct site *site)
{
	struct run r;
	int ret = probe_set_clock("ordered");

	if (!ret) {
		ret = site_measure(t1, &r, site);
		if (!ret)
			keep_means(&r, true, &site->means);
		site_free(&r);
	}
	return probe_set_clock(t1->opts->ordered ? "ordered" : "plain") ?: ret;
}

static int setup(struct table1 *t1)
{
	int ret = probe_off_at_end();

	if (ret)
		return ret;
	result_fact(t1->res, "cpu", json_object_new_int(cpu_pinned()));
	return net_setup(&t1->net, t1->opts->device) ?: net_napi(&t1->net, true) ?:
	       probe_enable("none") ?: probe_set_clock(t1->opts->ordered ? "ordered" : "plain");
}

static void notes(struct table1 *t1)
{
	struct probe_clock c;
	char refused[256];

	if (t1->opts->device->ops->refused(refused, sizeof(refused)))
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
	if (t1->opts->device->ops->remote)
		result_note(t1->res,
			    "Traffic: messages of %d bytes from another machine, to a server that sleeps until they come, on the CPU that has the NIC's interrupts. \"XDP, frames\": %s.",
			    TRAFFIC_BYTES, generator_what(t1->opts->device));
	else
		result_note(t1->res,
			    "Traffic: messages of %d bytes. XDP and TC: %s; SK_SKB and socket: %s, to a server that sleeps until the message comes, on the sender's CPU. \"XDP, frames\": %s.",
			    TRAFFIC_BYTES, traffic_name(TRAFFIC_UDP_BURST),
			    traffic_name(TRAFFIC_UDP_WAKE), generator_what(t1->opts->device));
	if (t1->opts->device->ops->how)
		result_note(t1->res, "%s", t1->opts->device->ops->how);
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
	bool remote = t1->net.dev->ops->remote, have = xdp->ebpf.have;
	int ret = 0;
	size_t i;

	for (i = 0; i < t1->nsites; i++)
		have |= t1->site[i].means.have;
	if (!have)
		return 0;
	for (i = 0; i < t1->nsites && !ret; i++) {
		struct site *site = &t1->site[i];

		/* another machine would have to send again */
		if (site->means.have && site->lines->ordered && !site->means.ordered && !remote)
			ret = means_again(t1, site);
	}
	return ret ?: table1_lines(t1, xdp);
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

	for (i = 0; i < t1->nsites && !ret; i++) {
		struct site *site = &t1->site[i];

		if (kind != PEER_KINDS && kind != site_peer(site))
			continue;
		ret = run_site(t1, site, result_row(t1->res, "table1", site->key));
		/* its row says so, the others can still be measured */
		if (!fatal(ret))
			ret = 0;
	}
	return ret;
}

static int look(const struct bench_opts *opts, struct result *res, void *state)
{
	char why[256];

	if (!probe_available(why, sizeof(why)))
		return IF_PATCHED;
	result_lacks(res, "%s", why);
	return 0;
}

static int table1_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct table1 *t1 = state;
	bool remote = opts->device->ops->remote;
	struct table1_xdp xdp = {};
	enum peer_kind kind;
	int ret, methods = 0;

	if (result_lack(res))
		return 0;
	t1->opts = opts;
	t1->res = res;
	t1->samples = opts->samples ?: opts->quick ? SAMPLES_QUICK : SAMPLES;
	t1->parts = opts->batches;
	while (site_of(t1->nsites, &t1->site[t1->nsites]))
		t1->nsites++;
	t1->counts = json_object_new_object();
	result_fact(res, "counts", t1->counts);
	ret = setup(t1);
	/* another machine sends one kind after the other, frames first, and but once */
	for (kind = 0; remote && kind < PEER_KINDS && !ret; kind++) {
		ret = run_sites(t1, kind);
		if (kind == PEER_FRAMES && !ret)
			methods = table1_methods(t1, &xdp);
		if (fatal(methods))
			ret = methods;
	}
	if (!remote && !ret)
		ret = run_sites(t1, PEER_KINDS);
	notes(t1);
	if (!remote && !ret)
		methods = table1_methods(t1, &xdp);
	return ret ?: fatal(methods) ? methods : lines(t1, &xdp) ?: methods;
}

const struct bench bench_table1 = {
	.name = "table1",
	.title = "time to reach each hook and to prepare the program's run there",
	.seconds = 30,
	.seconds_quick = 6,
	.remote = REMOTE_FRAMES | REMOTE_MESSAGES,
	.needs = "kernel patches",
	.wants = WANT_PATCHES | WANT_CALLS,
	.clock = TIMED_BY_TSC,
	.headline =
		"table1 reach: xdp_udp=XDP tcx_udp=TC sk_skb_udp=SK_SKB socket_udp=Socket; table1 scope: xdp_udp=XDP tcx_udp=TC sk_skb_udp=SK_SKB",
	.sentence =
		"table1 tcx_udp reach / table1 socket_udp reach: UDP reaches TC after @% of the time that it takes to its socket",
	.batches = PARTS,
	.batches_quick = PARTS,
	.over_device = true,
	.state = sizeof(struct table1),
	.tables = tables,
	.look = look,
	.run = table1_run,
};
