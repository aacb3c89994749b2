// SPDX-License-Identifier: GPL-2.0-only
/* Figure 13: channels between the kernel and user space */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/channels/channel.h"
#include "bench/channels/passage.h"
#include "bench/channels/upward.h"
#include "bench/guest.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "measure/batch.h"
#include "report/paper.h"
#include "channel.skel.h"

#define CALLS		2		/* per packet, of a reader that reads by system calls */
/* With a reader on another CPU: long enough for a ring that was empty to be none that counts */
#define MIN_BESIDE	(8 * CHANNEL_RECORDS)

/* What can be compared with each other, packet by packet, in turns; the first is the baseline */
static const struct channel_ops *const memory[] = {
	&channel_none, &channel_array, &channel_ringbuf, &channel_mmap, &channel_arena,
};

/* While a socket has the queue */
static const struct channel_ops *const sockets[] = { &channel_none_xsk, &channel_xsk };

#define GROUP_MAX	ARRAY_SIZE(memory)
#define CHANNELS	(ARRAY_SIZE(memory) + ARRAY_SIZE(sockets))

static const char upward_key[] = "user_ringbuf";
static const char upward_label[] = "user ringbuf, to kernel";

static const struct column_def columns[] = {
	{ "mpps", "rate", "Mpps", 3, "mpps" },
	{ "ns", "time", "ns/packet", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "", "", .kind = COLUMN_MODEL },
	{ "channel", "channel", "ns", 1 },
	{ "reader", "reader", "ns", 1 },
	{ }
};

static bool row_of(size_t i, struct row_def *def)
{
	const struct channel_ops *ops;

	if (i < CHANNELS) {
		ops = i < GROUP_MAX ? memory[i] : sockets[i - GROUP_MAX];
		*def = (struct row_def){ ops->key, ops->label, ops->paper };
	} else {
		*def = (struct row_def){ upward_key, upward_label };
	}
	return i <= CHANNELS;
}

/* Its rows are those that have been measured */
static const struct column_def counts_columns[] = {
	{ "sent", "sent", "", 0 },
	{ "driver", "driver", "", 0 },
	{ "program", "program", "", 0 },
	{ "read", "read", "", 0 },
	{ "full", "no room", "", 0 },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "figure13",
		.title = "64 bytes of each packet through a channel, the packet's own way included",
		.paper = "figure13",
		.columns = columns,
		.row = row_of,
		.plot = { PLOT_BARS, "", "Mpps", "mpps" },
	}, {
		.key = "counts",
		.title = "Where the packets were seen",
		.columns = counts_columns,
	}, { }
};

struct figure13 {
	const struct bench_opts *opts;
	struct result *res;
	struct json_object *counts;
	struct net net;
	struct generator gen;
	struct channel_record sent;
	struct passage passage[CHANNELS];
	struct upward upward;
	unsigned int batches;
	uint32_t queue;
	int reader_cpu;
	bool zero_copy;
	/* what has been measured, for the notes */
	const struct channel_ops *of[CHANNELS];
	double mpps[CHANNELS];
	size_t measured;
};

static struct row *count_row(struct figure13 *f, const char *key, const char *label)
{
	return table_row(result_find(f->res, "counts"), key, label);
}

/* Every packet is where it must be: nothing is lost that nobody has counted */
static void judge(struct figure13 *f, struct row *row, const struct passage *p)
{
	const struct frame_count *n = &p->count;
	const struct channel *c = &p->channel;
	bool reads = c->ops->drain, exact, intact;
	uint64_t lost = channel_lost(c), read = reads ? c->read : n->sent;
	struct row *count = count_row(f, c->ops->key, c->ops->label);
	struct json_object *o = json_object_new_object();

	exact = row_ledger(row, "end", NULL, (const struct ledger[]){
		{ "packets sent", n->sent, n->sent },
		{ "in the driver", n->received, n->sent },
		{ "dropped by XDP", n->dropped, c->ops->redirects ? n->dropped : n->sent },
		{ "in the program", *c->seen, n->sent },
		{ "read", read, n->sent - lost },
		{ "without room", lost, n->sent - read },
		{ "gaps", c->gaps, c->gaps < lost ? c->gaps : lost },
		{ }
	});
	intact = row_ledger(row, "order", NULL, (const struct ledger[]){
		{ "packets out of order", c->disorder, 0 },
		{ "altered", c->altered, 0 },
		{ "too short", *c->wrong, 0 },
		{ "system calls failed", c->calls_failed, 0 },
		{ }
	});
	json_object_object_add(o, "exact", json_object_new_boolean(exact));
	json_object_object_add(o, "intact", json_object_new_boolean(intact));
	json_object_object_add(f->counts, c->ops->key, o);
	row_set(count, "sent", n->sent);
	row_set(count, "driver", n->received);
	row_set(count, "program", *c->seen);
	if (reads) {
		row_set(count, "read", c->read);
		row_set(count, "full", lost);
	}
}

static double put_times(struct figure13 *f, struct row *row, const struct variant *v)
{
	double median = bench_rate(row, v->ns, f->batches);

	bench_model(row, v, f->batches, "", "");
	bench_linear(row, VALIDITY_INDICATIVE, NULL, "packets", v);
	return median;
}

static void put_row(struct figure13 *f, const struct passage *p, const struct variant *v,
		    const double *none)
{
	const struct channel *c = &p->channel;
	struct row *row = result_row(f->res, "figure13", c->ops->key);
	double ns = put_times(f, row, v);
	struct stats added;

	guest_share(row, &(struct guest_work){ .calls = c->ops->calls ? CALLS : 0 }, ns);

	f->of[f->measured] = c->ops;
	f->mpps[f->measured++] = 1000 / ns;
	if (c->ops->drain) {
		bench_difference(row, "channel", NULL, v->ns, none, f->batches, &added);
		if (p->reader.n)
			row_set(row, "reader", turns_middle(&p->reader, 0));
	}
	judge(f, row, p);
}

/* Those of a group that can be opened run in turns */
static int measure_group(struct figure13 *f, struct passage *p,
			 const struct channel_ops *const *ops, size_t n)
{
	struct variant v[GROUP_MAX] = {};
	size_t i, at[GROUP_MAX], used = 0;
	int ret = 0;

	for (i = 0; i < n; i++) {
		p[i].gen = &f->gen;
		p[i].reader_cpu = f->reader_cpu;
		if (channel_open(&p[i].channel, ops[i], &f->sent, &f->net, f->queue))
			continue;
		at[used] = i;
		v[used].name = ops[i]->label;
		v[used].fn = passage_batch;
		v[used].arg = &p[i];
		v[used].plan.units = f->reader_cpu < 0 ? passage_turn(&p[i]) : MIN_BESIDE;
		used++;
	}
	if (ops == sockets)
		f->zero_copy = p[1].channel.xsock.zero_copy;
	/* without a baseline there is nothing to compare with */
	if (used && !at[0])
		ret = batch_compare(v, used, f->batches, "figure13");
	for (i = 0, used = 0; i < n; i++) {
		const char *why = *p[i].channel.why ? p[i].channel.why : p[0].channel.why;

		if (*why)
			row_weaken(result_row(f->res, "figure13", ops[i]->key),
				   VALIDITY_NOT_MEASURED, "%s", why);
		else if (!ret)
			put_row(f, &p[i], &v[used++], v[0].ns);
	}
	for (i = 0; i < GROUP_MAX; i++)
		variants_free(&v[i], 1);
	return ret;
}

static void put_upward(struct figure13 *f, struct row *row, const struct variant *v)
{
	struct row *count = count_row(f, upward_key, upward_label);
	struct json_object *o = json_object_new_object();
	const struct upward *u = &f->upward;
	uint64_t seen = u->skel->bss->seen;
	bool exact, intact;

	exact = row_ledger(row, "end", NULL, (const struct ledger[]){
		{ "records written", u->written, u->written },
		{ "without room", u->full, 0 },
		{ "read by the program", seen, u->written },
		{ }
	});
	intact = row_ledger(row, "order", NULL, (const struct ledger[]){
		{ "records wrong", u->skel->bss->wrong, 0 }, { }
	});

	row_set(row, "channel", put_times(f, row, v));
	row_set(row, "reader", turns_middle(&u->drain, 0));
	json_object_object_add(o, "exact", json_object_new_boolean(exact));
	json_object_object_add(o, "intact", json_object_new_boolean(intact));
	json_object_object_add(f->counts, upward_key, o);
	row_set(count, "sent", u->written);
	row_set(count, "program", seen);
	row_set(count, "read", seen);
	row_set(count, "full", u->full);
}

static int measure_upward(struct figure13 *f)
{
	struct upward *u = &f->upward;
	struct variant v = {
		.name = upward_label,
		.fn = upward_batch,
		.arg = u,
		.plan.units = TURN_FRAMES,
	};
	struct row *row = result_row(f->res, "figure13", upward_key);
	int ret;

	if (upward_open(u, &f->sent)) {
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", u->why);
		return 0;
	}
	ret = batch_compare(&v, 1, f->batches, "figure13");
	if (!ret)
		put_upward(f, row, &v);
	variants_free(&v, 1);
	return ret;
}

static int setup(struct figure13 *f)
{
	int ret;

	/* with which it is likely to share the cache */
	f->reader_cpu = cpu_below_pinned();
	ret = net_setup(&f->net, f->opts->device) ?:
	      generator_setup(&f->gen, &f->net, sizeof(f->sent));
	if (ret)
		return ret;
	memcpy(&f->sent, f->gen.frame, sizeof(f->sent));
	return channel_find_queue(&f->gen, &f->queue);
}

static double mpps_of(const struct figure13 *f, const struct channel_ops *ops)
{
	size_t i;

	for (i = 0; i < f->measured; i++)
		if (f->of[i] == ops)
			return f->mpps[i];
	return NAN;
}

/* Rates as multiples of ARRAY's, here and in the paper */
static void compare_shapes(struct figure13 *f)
{
	static const struct channel_ops *const to[] = {
		&channel_ringbuf, &channel_mmap, &channel_xsk,
	};
	double array = mpps_of(f, &channel_array);
	double paper = paper_value("figure13", channel_array.paper, "mpps");
	char text[256] = "";
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(to); i++) {
		double here = mpps_of(f, to[i]);

		if (isnan(here) || isnan(array))
			continue;
		len += snprintf(text + len, sizeof(text) - len, "%s%s %.1f times (paper %.1f)",
				len ? ", " : "", to[i]->label, here / array,
				paper_value("figure13", to[i]->paper, "mpps") / paper);
	}
	if (len)
		result_note_times(f->res, "Packets per second against ARRAY's: %s.", text);
}

static void notes(struct figure13 *f)
{
	compare_shapes(f);
	if (f->reader_cpu < 0)
		result_note(f->res,
			    "One CPU: kernel and reader take turns, a ring is filled with %d packets and more and then read; times are the sum of both.",
			    TURN_FRAMES);
	else
		result_note(f->res,
			    "The reader polls on CPU %d, the packets come on another; times are per packet that was read meanwhile. The user ring buffer is written and read by turns.",
			    f->reader_cpu);
	result_note(f->res,
		    "Rates contain the generator (%s) and the driver; \"channel\" is what is added to XDP_DROP's time.",
		    f->gen.ops->what);
	if (!isnan(mpps_of(f, &channel_xsk)))
		result_note(f->res, "AF_XDP: %s, on queue %u.", f->zero_copy ?
			    "without copies" : "with a copy, as the driver cannot do without",
			    f->queue);
	guest_note(f->res);
}

static int measure(struct figure13 *f)
{
	int ret = setup(f);

	if (ret)
		return ret;
	ret = measure_group(f, f->passage, memory, ARRAY_SIZE(memory)) ?:
	      measure_group(f, f->passage + ARRAY_SIZE(memory), sockets, ARRAY_SIZE(sockets)) ?:
	      measure_upward(f);
	notes(f);
	return ret;
}

static int figure13_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct figure13 *f = state;
	char why[256];
	int ret = 0;

	f->opts = opts;
	f->res = res;
	f->batches = opts->batches;
	f->counts = json_object_new_object();
	/* a missing privilege is no failure */
	if (channel_possible(why, sizeof(why)))
		result_lacks(res, "%s", why);
	else
		ret = measure(f);
	result_fact(res, "counts", f->counts);
	return ret;
}

const struct bench bench_figure13 = {
	.name = "figure13",
	.title = "channels between kernel and user space: ARRAY, ring buffer, mmap, AF_XDP, arena",
	.seconds = 40,
	.seconds_quick = 12,
	.needs = "root (mlx5sim, else veth)",
	.wants = WANT_CALLS | WANT_CPUS,
	.headline = "figure13 mpps: array ringbuf mmap xsk",
	.sentence =
		"figure13 ringbuf mpps / figure13 array mpps: The BPF ring buffer carries @x as many packets as ARRAY",
	.batches = 30,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct figure13),
	.tables = tables,
	.run = figure13_run,
};
