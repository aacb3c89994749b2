// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a probe costs while it is on. The same frames are dropped by the same XDP program
 * with everything off, with the kernel's own statistics of programs on, which keep a mean,
 * and with the hook's probe on, which keeps histograms; the differences are what each takes.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/self/probecost.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "hook/hook.h"
#include "hook/native.h"
#include "kernel/probe.h"
#include "measure/batch.h"
#include "xdp.skel.h"

#define MIN_FRAMES	6000
#define PROGRAM		"record"
#define ELSEWHERE	"drop"

/* As kernel.bpf_stats_enabled, but they end with this process, however that ends */
static int set_stats(struct probecost *pc, bool on)
{
	if (on && pc->stats < 0) {
		pc->stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
		if (pc->stats < 0)
			return -errno;
	} else if (!on && pc->stats >= 0) {
		close(pc->stats);
		pc->stats = -1;
	}
	return 0;
}

static int set_hook(struct probecost *pc, bool on, bool ordered)
{
	int ret = 0;

	if (!pc->patched)
		return 0;
	if (on && pc->ordered != ordered)
		ret = probe_set_clock(ordered ? "ordered" : "plain");
	if (on && !ret)
		pc->ordered = ordered;
	if (!ret && pc->hook_on != on)
		ret = probe_enable(on ? XDP_TABLE : "none");
	if (!ret)
		pc->hook_on = on;
	return ret;
}

/* The receiver's XDP program runs as before, but its call site looks whose turn it is */
static int native_elsewhere(const struct net *n)
{
	int ret = net_enter(&n->a);

	if (ret)
		return ret;
	ret = probe_set_native(ELSEWHERE, 0, n->a.name);
	return net_leave(n) ?: ret;
}

static int set_native(struct probecost *pc, enum state state)
{
	int ret;

	if (state < STATE_RECORD || state > STATE_ELSEWHERE)
		state = STATE_OFF;
	if (!pc->patched || pc->native == state)
		return 0;
	if (state == STATE_ELSEWHERE)
		ret = native_elsewhere(&pc->net);
	else
		ret = native_run(&pc->net, state == STATE_OFF ? "off" : PROGRAM,
				 state == STATE_RECORDS ? PROBE_RECORDS : 1);
	if (!ret)
		pc->native = state;
	return ret;
}

static int enter(struct probecost *pc, enum state state)
{
	return set_stats(pc, state == STATE_STATS || state == STATE_IDLE_STATS) ?:
	       set_hook(pc, state == STATE_PLAIN || state == STATE_ORDERED,
			state == STATE_ORDERED) ?:
	       set_native(pc, state);
}

static int runs_so_far(const struct probecost *pc, uint64_t *runs)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_prog_get_info_by_fd(bpf_program__fd(pc->gen.skel->progs.xdp_drop), &info, &len))
		return -errno;
	*runs = info.run_cnt;
	return 0;
}

static int samples_so_far(const struct probecost *pc, uint64_t *samples)
{
	const struct probe_phase *p;
	struct probe_hook h;
	int ret;

	*samples = 0;
	if (!pc->patched)
		return 0;
	ret = probe_read_hook(XDP_TABLE, &h);
	if (ret)
		return ret;
	p = probe_phase(&h, "prep");
	*samples = p ? p->count : 0;
	probe_hook_free(&h);
	return 0;
}

/* What the counters say now; as negative numbers they are what a batch begins with */
static int count(struct probe_point *p, int sign)
{
	struct probecost *pc = p->pc;
	uint64_t runs = 0, samples = 0;
	int ret = generator_count(&pc->gen, &p->count, sign) ?: runs_so_far(pc, &runs) ?:
		  samples_so_far(pc, &samples);

	if (ret)
		return ret;
	p->runs += sign * runs;
	p->samples += sign * samples;
	return 0;
}

static double batch(void *arg, uint64_t units)
{
	struct probe_point *p = arg;
	struct probecost *pc = p->pc;
	double ns;
	int ret = enter(pc, p->state);

	if (ret)
		return ret;
	if (p->state == STATE_IDLE || p->state == STATE_IDLE_STATS)
		return generator_idle(&pc->gen, units);
	ret = count(p, -1);
	if (ret)
		return ret;
	ns = generator_run(&pc->gen, units);
	if (ns < 0)
		return ns;
	return count(p, 1) ?: ns;
}

static int measure(struct probecost *pc)
{
	static const char *const name[STATES] = {
		"all off", "bpf_stats", "probe", "probe, ordered", "record", "records",
		"native, another device", "generator", "generator, bpf_stats",
	};
	struct variant v[STATES] = {};
	size_t at[STATES], n = 0, i;
	enum state state;
	int ret;

	for (state = 0; state < STATES; state++) {
		if (*pc->lacks[state])
			continue;
		at[state] = n;
		v[n++] = (struct variant){
			.name = name[state],
			.fn = batch,
			.arg = &pc->point[state],
			.plan.units = MIN_FRAMES,
		};
	}
	ret = batch_compare(v, n, pc->batches, "probe");
	for (state = 0; state < STATES; state++) {
		if (*pc->lacks[state])
			continue;
		i = at[state];
		pc->point[state].linear = v[i].plan.linear;
		pc->point[state].ratio = v[i].plan.ratio;
		if (ret)
			variants_free(&v[i], 1);
		else
			pc->point[state].v = v[i];
		pc->point[state].ns = pc->point[state].v.ns;
	}
	return ret;
}

/* A sample's reads: one ends each interval of the chain, and one begins it */
static void shape_of_sample(struct probecost *pc)
{
	static const char *const chain[] = { "reach", "total", "floor" };
	const struct probe_phase *p;
	struct probe_hook h;
	size_t i;

	if (!pc->patched || probe_read_hook(XDP_TABLE, &h))
		return;
	pc->histograms = h.nphases;
	pc->reads = 1;
	for (i = 0; i < ARRAY_SIZE(chain); i++) {
		p = probe_phase(&h, chain[i]);
		pc->reads += p ? p->reads : 0;
	}
	probe_hook_free(&h);
}

static void lack(struct probecost *pc, enum state what, const char *why)
{
	snprintf(pc->lacks[what], sizeof(pc->lacks[what]), "%s", why);
}

static void find_states(struct probecost *pc)
{
	bool bpf_made = pc->opts->device->ops->generator->ebpf;
	struct probe_native n;
	enum state state;
	char why[256];

	pc->patched = !probe_available(why, sizeof(why));
	for (state = STATE_PLAIN; state <= STATE_ELSEWHERE && !pc->patched; state++)
		lack(pc, state, why);
	if (pc->patched)
		probe_read_native(&n);
	for (state = STATE_RECORD; state <= STATE_RECORDS && pc->patched; state++)
		if (!probe_native_usable(&n, PROGRAM, why, sizeof(why)))
			lack(pc, state, why);
	if (pc->opts->device->ops->remote)
		lack(pc, STATE_ELSEWHERE, "there is no other netdev of the bench's here");
	else if (pc->patched && !probe_native_usable(&n, ELSEWHERE, why, sizeof(why)))
		lack(pc, STATE_ELSEWHERE, why);
	for (state = STATE_IDLE; state <= STATE_IDLE_STATS; state++)
		if (!bpf_made)
			lack(pc, state, "the generator is no eBPF program");
	if (set_stats(pc, true)) {
		snprintf(why, sizeof(why), "BPF_ENABLE_STATS: %s", strerror(errno));
		lack(pc, STATE_STATS, why);
		lack(pc, STATE_IDLE_STATS, why);
	}
	set_stats(pc, false);
	for (state = 0; state < STATES; state++)
		pc->point[state] = (struct probe_point){ .pc = pc, .state = state };
}

static void undo(void *arg)
{
	struct probecost *pc = arg;

	set_stats(pc, false);
	if (pc->patched) {
		probe_all_off();
		/* some of its samples were made up */
		probe_reset();
	}
}

static int setup(struct probecost *pc)
{
	int ret;

	find_states(pc);
	ret = net_setup(&pc->net, pc->opts->device) ?:
	      generator_setup(&pc->gen, &pc->net, GENERATOR_SHORT);
	if (ret || !pc->patched)
		return ret;
	ret = net_enter(&pc->net.b) ?: probe_set_device(pc->net.b.name);
	/* its histograms are made when it is on first, and are needed by "record", too */
	ret = net_leave(&pc->net) ?: ret ?: probe_set_clock("plain") ?: probe_enable(XDP_TABLE) ?:
	      probe_enable("none") ?: probe_reset();
	shape_of_sample(pc);
	return ret;
}

static int probe_run(const struct bench_opts *opts, struct result *res, void *own)
{
	struct probecost *pc = own;
	enum state state;
	int ret;

	pc->opts = opts;
	pc->res = res;
	pc->batches = opts->batches;
	pc->stats = -1;
	ret = cleanup_push(undo, pc) ?: setup(pc) ?: measure(pc);
	probecost_report(pc, ret);
	for (state = 0; state < STATES; state++)
		variants_free(&pc->point[state].v, 1);
	return ret;
}

const struct bench bench_probe = {
	.name = "probe",
	.title = "what a probe costs while it is on, against a bpf_stats mean",
	.seconds = 9,
	.seconds_quick = 5,
	.needs = "kernel patches, hookcost_native (without: bpf_stats alone)",
	.wants = WANT_PATCHES,
	.headline = "probe ns: off stats plain ordered",
	.sentence = "probe plain more: A probe at XDP that is on takes @",
	.batches = 20,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct probecost),
	.tables = probecost_tables,
	.run = probe_run,
};
