// SPDX-License-Identifier: GPL-2.0-only
/* A program in one version at one x, timed and counted */
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/versions/versions.h"
#include "core/run.h"
#include "hook/native.h"
#include "kernel/probe.h"
#include "xdp.skel.h"

const char *const version_name[VERSIONS] = {
	[VERSION_NATIVE] = "native", [VERSION_EBPF] = "eBPF", [VERSION_HARD] = "hard-coded",
};

const char *const version_key[VERSIONS] = {
	[VERSION_NATIVE] = "native", [VERSION_EBPF] = "ebpf", [VERSION_HARD] = "hard",
};

const char *const version_drop[VERSIONS] = {
	[VERSION_NATIVE] = "drop", [VERSION_HARD] = "hard_drop",
};

/* What no version computes from the arguments of the figures */
#define NO_RESULT	0x686f6f6b636f7374ULL

/* Frames of a poll, which a driver may be counting */
#define REMOTE_APART	512
#define EXCESS_PART	8

int versions_find(struct versions *f, const char *const program[VERSIONS])
{
	struct probe_native n = {};
	char why[256];
	bool here = !probe_available(why, sizeof(why));
	int ret = here ? probe_read_native(&n) : 0, i;

	for (i = 0; i < VERSIONS && !ret; i++) {
		char *lacks = f->lacks[i];

		snprintf(lacks, sizeof(why), "%s", here ? "" : why);
		f->have[i] = !program[i] ||
			     (here && probe_native_usable(&n, program[i], lacks, sizeof(why)) &&
			      probe_native_usable(&n, version_drop[i], lacks, sizeof(why)));
	}
	return ret;
}

int version_select(struct point *p)
{
	struct versions *f = p->of;
	int ret = 0;

	if (!p->name) {
		if (f->running)
			ret = probe_native_off();
		f->gen.skel->bss->arg = p->x;
	} else if (!f->running || strcmp(f->running, p->name) || f->arg != p->x) {
		ret = native_run(&f->net, p->name, p->x);
	}
	if (ret)
		return ret;
	f->running = p->name;
	f->arg = p->x;
	return 0;
}

/* The eBPF version leaves its result in a global; a native one must not touch that */
static bool ran_right(struct point *p)
{
	uint64_t sink = p->of->gen.skel->bss->sink;

	if (!p->checked)
		return true;
	if (p->name)
		return sink == NO_RESULT;
	/* what it sums up is for the other machine to know */
	if (p->of->frames_unknown)
		return sink != NO_RESULT;
	return sink == p->of->expected(p->of->gen.frame, p->x);
}

/*
 * A driver's counters that say more than came are not what they were taken for. The two are
 * not read at the same time: by how many more is what counts.
 */
static uint64_t excess(const struct net_count *before, const struct net_count *after)
{
	uint64_t dropped = after->dropped - before->dropped;
	uint64_t received = after->received - before->received;

	return dropped > received ? dropped - received : 0;
}

double version_batch(void *point, uint64_t units)
{
	struct point *p = point;
	struct versions *f = p->of;
	struct net_count before, after;
	uint64_t sent = f->gen.sent;
	double ns;
	int ret;

	ret = version_select(p) ?: net_count(&f->net, &before);
	if (ret)
		return ret;
	f->gen.skel->bss->sink = NO_RESULT;
	ns = generator_run(&f->gen, units);
	if (ns < 0)
		return ns;
	ret = net_count(&f->net, &after);
	if (ret)
		return ret;
	sent = f->gen.sent - sent;
	p->sent += sent;
	p->missed += after.missed - before.missed;
	f->missed += after.missed - before.missed;
	/* a counter that is read later has more of what goes on coming */
	p->received += f->net.dev->ops->remote ? after.xdp - before.xdp :
		       after.received - before.received;
	p->dropped += after.dropped - before.dropped;
	if (after.whole)
		p->excess += excess(&before, &after);
	f->sent += sent;
	f->received += after.dropped - before.dropped;
	p->wrong += !ran_right(p);
	return ns;
}

bool version_saturated(const struct point *p)
{
	return p->missed && p->missed >= p->received / 1000;
}

/* Nobody here has sent the frames: all that came were dropped, and more would have come */
static void judge_remote(const struct point *p, struct row *row, double ns)
{
	uint64_t apart = p->received > p->dropped ? p->received - p->dropped :
			 p->dropped - p->received;

	if (apart > REMOTE_APART)
		row_reason(row, VALIDITY_INVALID, "driver",
			   "%llu frames at XDP, %llu dropped by XDP",
			   (unsigned long long)p->received, (unsigned long long)p->dropped);
	if (p->excess > p->dropped / EXCESS_PART)
		row_reason(row, VALIDITY_INVALID, "driver",
			   "%llu frames more dropped than received, as the driver counts",
			   (unsigned long long)p->excess);
	if (ns > 0 && !version_saturated(p))
		row_reason(row, VALIDITY_INDICATIVE, "sender",
			   "%s: the sender is the limit (%.2f Mpps came, %s was missed)",
			   version_name[p->version], 1000 / ns,
			   p->missed ? "less than 1 in 1000" : "none");
}

void version_judge(const struct point *p, struct row *row, double ns)
{
	if (p->of->net.dev->ops->remote)
		judge_remote(p, row, ns);
	else
		bench_frames(row, NULL, &(const struct frame_count){
			p->sent, p->received, p->dropped
		});
	if (p->wrong)
		row_reason(row, VALIDITY_INVALID, "program", "%s did not run, or not with %llu",
			   p->name ?: p->of->ebpf, (unsigned long long)p->x);
}
