// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second method over a device: what the hook's own time stamps say that a program takes more
 * than one of the same verdict, where the kernel has the patches
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>
#include "bench/bench.h"
#include "bench/stamps.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/probe.h"
#include "prog/over.h"

/* Beyond the median: an interrupt was in it. A program may take long, and not always the same. */
#define DISTURBED_NS	1000
#define SETTLE_TRIES	1000
#define SETTLE_US	1000

void over_stamps_find(struct over *o, char *why, size_t len)
{
	o->stamps = probe_available(why, len) ? NULL : o->ops->reach->table[0];
}

void over_stamps_columns(const struct over *o, struct table *t)
{
	if (!o->stamps)
		return;
	table_column(t, "stamps", "by stamps", "ns/packet", 1);
	estimate_column(t, "apart", "apart", 1);
	table_column(t, "samples", "samples", "", 0);
}

static void stamps_off(void *arg)
{
	probe_enable("none");
	probe_set_device("any");
}

/* Only this netdev's packets */
static int stamps_on(struct over *o)
{
	int ret = net_enter(&o->net.b);

	if (!ret)
		ret = probe_set_device(o->net.b.name);
	return net_leave(&o->net) ?: ret ?: probe_set_clock("plain") ?: probe_enable(o->stamps);
}

/* The driver has them all; what is behind it may be on another CPU, and is waited for */
static int read_all(const struct over *o, uint64_t sent, struct stamp_means *out)
{
	int tries, ret = 0;

	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		ret = stamps_read(o->stamps, DISTURBED_NS, out);
		if ((ret && ret != -ENODATA) || out->samples >= sent)
			break;
		usleep(SETTLE_US);
	}
	return ret;
}

static int series(struct lane *l, struct stamp_means *out)
{
	struct over *o = l->o;
	uint64_t sent;
	double ns;
	int ret = lane_put(l) ?: lane_count(l, -1) ?: probe_reset();

	if (ret)
		return ret;
	sent = o->gen.sent;
	ns = generator_run(&o->gen, OVER_FRAMES);
	if (ns < 0)
		return ns;
	sent = o->gen.sent - sent;
	ret = read_all(o, sent, out);
	if (ret)
		return ret;
	l->stamped += sent;
	l->samples += out->samples;
	return lane_count(l, 1);
}

/* A B, B A, ... */
static int all_series(struct lane lane[2], unsigned int rounds, struct stamp_means *st)
{
	unsigned int k, i, at;
	int ret = 0;

	for (k = 0; k < rounds && !ret; k++) {
		progress("time stamps", k, rounds);
		for (i = 0; i < 2 && !ret; i++) {
			at = (k + i) % 2;
			ret = interrupted() ? -EINTR : series(&lane[at], &st[at * rounds + k]);
		}
	}
	progress_end();
	return ret;
}

static struct estimate throughput_of(const struct over *o, const struct variant v[2], size_t n)
{
	double *d = xcalloc(n, sizeof(*d));
	struct estimate e;
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = v[1].ns[i] - v[0].ns[i];
	e = estimate_rate(d, n, o->gen.ops->block);
	free(d);
	return e;
}

static void fill(struct row *row, const struct stamp_means *st, unsigned int rounds,
		 struct estimate throughput)
{
	const struct stamp_means *same = st, *prog = st + rounds;
	struct estimate stamps = estimate_phase(prog, same, STAMP_PREP, rounds);
	struct estimate apart = estimate_less(stamps, throughput);
	double *d = xcalloc(rounds, sizeof(*d));
	unsigned int k;

	for (k = 0; k < rounds; k++)
		d[k] = prog[k].ns[STAMP_PREP] - same[k].ns[STAMP_PREP];
	row_raw(row, "stamps", "ns", d, rounds);
	free(d);
	estimate_set_mean(row, "stamps", stamps);
	estimate_set(row, "apart", apart);
	if (bench_has_times() &&
	    stats_within(apart.ns, apart.half, stamps_limit(throughput)) == WITHIN_MISSED)
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "the two methods are %.1f ns apart", fabs(apart.ns));
}

/* Each frame that was sent has been stamped, with the program as without */
static void judge(struct row *row, const struct lane *l, const char *whose)
{
	row_ledger(row, "stamps", whose, (const struct ledger[]){
		{ "frames sent", l->stamped, l->stamped },
		{ "stamped by the hook", l->samples, l->stamped },
		{ }
	});
}

int over_stamps(struct over *o, struct lane lane[2], const struct variant v[2], struct row *row)
{
	unsigned int rounds = o->p->batches;
	size_t mark = cleanup_mark();
	struct stamp_means *st;
	int ret;

	if (!o->stamps)
		return 0;
	st = xcalloc(2 * (size_t)rounds, sizeof(*st));
	ret = cleanup_push(stamps_off, NULL) ?: stamps_on(o) ?: all_series(lane, rounds, st);
	cleanup_to(mark);
	if (!ret) {
		fill(row, st, rounds, throughput_of(o, v, rounds));
		row_set(row, "samples", lane[1].samples);
		judge(row, &lane[0], "with the same verdict");
		judge(row, &lane[1], NULL);
	} else if (ret == -ENODATA) {
		row_note(row, "no_stamps", "not by stamps: this driver's packets have none at %s",
			 o->ops->place_label);
		ret = 0;
	}
	free(st);
	return ret;
}
