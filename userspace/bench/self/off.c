// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet rates with every hook off, in whichever kernel runs. Two kernels are compared by
 * many such runs in turns, each after a boot of its own (hookcost equivalent). So that one
 * run is as good as the next, it has many rounds, each with programs that the JIT has put
 * elsewhere, and queues that the driver has filled anew.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "bench/bench.h"
#include "bench/drop/drop.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "kernel/probe.h"
#include "traffic/stream.h"

#define ROUNDS_COUNT	4		/* of instructions, which hardly differ */
/* Of the rounds: what disturbs one, an interrupt or the CPU's other thread, lengthens it */
#define FAST		0.1
#define FRAMES		4096		/* of each path, in a round */
#define BURST		256
#define WARM_BURSTS	2
/* A clock may count in steps of 10 ns: veth's blocks are too short for it */
#define TOGETHER	8
#define HELD_BACK	4		/* times the bursts until enough of them went out at once */

/* Each hook that has stamps: packets are dropped there, or read; and the way out */
struct path {
	char key[32], label[32];
	enum { DROP, READ, SEND } what;
	size_t hook;			/* DROP: of all_hooks[] */
};

#define PATHS_MAX	(HOOKS + 1)

/* The i-th of them; false: there are no more */
static bool path_of(size_t i, struct path *p)
{
	size_t at = 0;

	for (; at < HOOKS && (!all_hooks[at]->reach || !drop_has(at) || i--); at++)
		;
	if (at == HOOKS && i) {
		return false;
	} else if (at == HOOKS) {
		*p = (struct path){ "tcp_send", "TCP, sent", SEND };
	} else if (all_hooks[at]->end) {
		*p = (struct path){ .label = "UDP, read", .what = READ };
		snprintf(p->key, sizeof(p->key), "%s", all_hooks[at]->reach->table[0]);
	} else {
		*p = (struct path){ .what = DROP, .hook = at };
		snprintf(p->key, sizeof(p->key), "%s", all_hooks[at]->place);
		snprintf(p->label, sizeof(p->label), "%s, dropped", all_hooks[at]->place_label);
	}
	return true;
}

static bool row_of(size_t i, struct row_def *def)
{
	static struct path p;
	bool is = path_of(i, &p);

	*def = (struct row_def){ p.key, p.label };
	return is;
}

static const struct column_def columns[] = {
	{ "mpps", "rate", "Mpps", 3 },
	{ "ns", "time", "ns/packet", 1 },
	{ "median", "median", "ns/packet", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "frames", "frames", "", 0 },
	{ }
};

static const struct column_def count_columns[] = {
	{ "instructions", "least", "instructions", 2 },
	{ "median", "median", "instructions", 2 },
	{ "frames", "frames", "", 0 },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "off",
		.title = "Packet rates while every hook is off",
		.columns = columns,
		.row = row_of,
		.each_device = true,
		.plot = { PLOT_BARS, "", "Mpps", "mpps" },
		.when = IF_TIMES,
	}, {
		.key = "instructions",
		.title = "Instructions per packet while every hook is off",
		.columns = count_columns,
		.row = row_of,
		.each_device = true,
		.plot = { PLOT_BARS, "", "instructions", "instructions" },
		.when = IF_INSTRUCTIONS,
	}, { }
};

/* What has become of one path's packets, and their time in each round */
struct tally {
	uint64_t sent, received, counted;	/* generator, TCP; driver; program, or reader */
	double *ns;
	size_t n;
	char lacks[256];
};

struct off {
	struct result *res;
	const char *table;		/* times, or instructions */
	struct drop d;
	struct stream stream;
	struct bench_opts opts;
	struct path path[PATHS_MAX];
	struct tally tally[PATHS_MAX];
	size_t npaths;
	unsigned int rounds;
	/* Of the time stamp counter, which counts instructions then, and the clock: at the start */
	uint64_t ticks;
	double began;
	char on[160];			/* what is not off, or "" */
};

/* What a program or a reader has had of it; what TCP sends again is read once */
static uint64_t at_end(const struct off *o, const struct path *p)
{
	switch (p->what) {
	case READ:
		return o->d.socket.read;
	case SEND:
		return o->stream.read + o->stream.again;
	default:
		return drop_count(&o->d, p->hook);
	}
}

/* As negative numbers what a batch begins with; drops at the socket are none of the rest */
static int count(struct off *o, size_t i, int sign)
{
	struct drop *d = &o->d;
	struct tally *t = &o->tally[i];
	struct net_count c;
	int ret = net_count(&d->net, &c);

	if (ret)
		return ret;
	t->sent += sign * (o->path[i].what == SEND ? o->stream.sent : d->gen.sent);
	t->received += sign * c.received;
	t->counted += sign * at_end(o, &o->path[i]);
	return 0;
}

static int enter(struct off *o, size_t i, char *why, size_t len)
{
	struct drop *d = &o->d;

	if (o->path[i].what == DROP)
		return hook_turn(&d->turns, o->path[i].hook, why, len);
	hook_turns_end(&d->turns);
	return d->gen.link ? generator_target(&d->gen, NULL) : 0;
}

/* A burst has arrived, and fits into the socket's buffer; how long it takes to read it */
static double read_burst(struct drop *d)
{
	struct net_count c;
	double begin;
	int ret = net_count(&d->net, &c) ?: generator_send(&d->gen, BURST) ?:
		  generator_settle(&d->gen, c.received + BURST);

	if (ret)
		return ret;
	begin = now_ns();
	ret = reader_read(&d->socket, BURST);
	/* fewer than were sent: for the row's counts to say */
	return ret && ret != -ETIMEDOUT ? ret : now_ns() - begin;
}

/* As the fast quarter of the bursts; nanoseconds per message, or -errno */
static double read_bursts(struct drop *d)
{
	double took[FRAMES / BURST], ns;
	struct stats s;
	int i;

	for (i = -WARM_BURSTS; i < FRAMES / BURST; i++) {
		ns = read_burst(d);
		if (ns < 0)
			return ns;
		if (i >= 0)
			took[i] = ns / BURST;
	}
	stats_of(took, FRAMES / BURST, &s);
	return s.p25;
}

/* As the fast quarter of the bursts that TCP let go out at once; as above */
static double send_bursts(struct stream *stream)
{
	double took[FRAMES / STREAM_BURST], ns;
	unsigned int tries = HELD_BACK * FRAMES / STREAM_BURST;
	int n = -WARM_BURSTS;
	struct stats s;

	while (n < FRAMES / STREAM_BURST) {
		ns = stream_burst(stream);
		if (ns == -EAGAIN && tries--)
			continue;
		if (ns < 0)
			return ns;
		if (n >= 0)
			took[n] = ns;
		n++;
	}
	stats_of(took, FRAMES / STREAM_BURST, &s);
	return s.p25;
}

/* As the middle half of the generator's blocks */
static double drop_frames(struct drop *d, size_t hook)
{
	uint64_t sent = d->gen.sent, counted = drop_count(d, hook);
	/* the first frames find what the change has left cold */
	int ret = generator_warm(&d->gen, WARM_BURSTS * BURST);
	double ns = ret ?: generator_run(&d->gen, FRAMES);

	drop_settle(d, hook, counted + d->gen.sent - sent);
	return ns < 0 ? ns : ns / FRAMES;
}

/* 0, or -errno with err() said */
static int batch(struct off *o, size_t i)
{
	struct tally *t = &o->tally[i];
	int ret = count(o, i, -1);
	double ns;

	if (ret)
		return ret;
	ns = o->path[i].what == READ ? read_bursts(&o->d) :
	     o->path[i].what == SEND ? send_bursts(&o->stream) :
				       drop_frames(&o->d, o->path[i].hook);
	if (ns < 0)
		return (int)ns;
	t->ns[t->n++] = ns;
	return count(o, i, 1);
}

/* All paths once, to or fro */
static int run_round(struct off *o, unsigned int round)
{
	int ret = drop_reload(&o->d);
	char why[256];
	size_t at, i;

	for (at = 0; at < o->npaths && !ret; at++) {
		i = round % 2 ? o->npaths - 1 - at : at;
		if (*o->tally[i].lacks)
			continue;
		if (interrupted())
			return -EINTR;
		ret = enter(o, i, why, sizeof(why));
		if (ret == -EINTR)
			break;
		if (ret) {
			snprintf(o->tally[i].lacks, sizeof(why), "%s", why);
			ret = 0;
			continue;
		}
		ret = batch(o, i);
	}
	return ret;
}

static bool is_exact(const struct tally *t)
{
	return t->sent == t->received && t->sent == t->counted;
}

/* The clock is made of the counter: so many instructions are a nanosecond */
static void fill_instructions(const struct off *o, struct row *row, const struct tally *t)
{
	double per_ns = (double)(__rdtsc() - o->ticks) / (now_ns() - o->began);
	double *count = xcalloc(t->n, sizeof(*count));
	struct stats s;
	size_t i;

	for (i = 0; i < t->n; i++)
		count[i] = t->ns[i] * per_ns;
	row_raw(row, "instructions", "instructions", count, t->n);
	stats_of(count, t->n, &s);
	/* what comes between, an interrupt or a timer, only adds to them */
	row_set(row, "instructions", stats_quantile(count, t->n, 0));
	row_set_median(row, "median", &s);
	free(count);
}

static void fill_times(struct row *row, const struct tally *t)
{
	struct stats s;
	double ns;

	row_raw(row, "ns", "ns", t->ns, t->n);
	stats_of(t->ns, t->n, &s);
	ns = stats_quantile(t->ns, t->n, FAST);
	row_set(row, "mpps", 1000 / ns);
	row_set(row, "ns", ns);
	row_set_median(row, "median", &s);
	row_set(row, "iqr", s.iqr);
	row_spread_validity(row, &s);
}

static void fill(const struct off *o, struct row *row, const struct tally *t)
{
	if (o->opts.count_instructions)
		fill_instructions(o, row, t);
	else
		fill_times(row, t);
	row_set(row, "frames", t->sent);
	row_ledger(row, "end", NULL, (const struct ledger[]){
		{ "frames sent", t->sent, t->sent },
		{ "received by the driver", t->received, t->sent },
		{ "came to their end", t->counted, t->sent },
		{ NULL }
	});
}

static void put_row(struct off *o, const struct device *dev, size_t i)
{
	const struct tally *t = &o->tally[i];
	struct row *row = result_row_over(o->res, o->table, dev->ops->name, o->path[i].key);

	if (*o->on)
		row_weaken(row, VALIDITY_NOT_MEASURED, "not all is off: %s", o->on);
	else if (*t->lacks)
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", t->lacks);
	else if (t->n)
		fill(o, row, t);
}

static void keep_counts(struct off *o, struct json_object *counts, const struct device *dev)
{
	struct json_object *of_device = json_object_new_object();
	size_t i;

	for (i = 0; i < o->npaths; i++) {
		const struct tally *t = &o->tally[i];
		struct json_object *one = json_object_new_object();

		json_object_object_add(one, "sent", json_object_new_uint64(t->sent));
		json_object_object_add(one, "in_driver", json_object_new_uint64(t->received));
		json_object_object_add(one, "at_end", json_object_new_uint64(t->counted));
		json_object_object_add(one, "exact", json_object_new_boolean(is_exact(t)));
		json_object_object_add(of_device, o->path[i].key, one);
	}
	json_object_object_add(counts, dev->ops->name, of_device);
}

/* What is on though it should not be; there is nothing to be on without the patches */
static void look_for_hooks(struct off *o)
{
	struct probe_native native;
	char hooks[64], why[256];

	if (probe_available(why, sizeof(why)))
		return;
	if (!probe_enabled(hooks, sizeof(hooks)) && strcmp(hooks, "none"))
		snprintf(o->on, sizeof(o->on), "hooks %s", hooks);
	else if (!probe_read_native(&native) && strcmp(native.active, "off"))
		snprintf(o->on, sizeof(o->on), "native program %.64s", native.active);
}

/* What it lacks is a row that says so; it has the driver's program out of its way */
static int open_stream(struct off *o, char *why, size_t len)
{
	int ret = o->d.gen.link ? generator_target(&o->d.gen, NULL) : 0;

	if (!ret && stream_open(&o->stream, &o->d.net, why, len) == -EINTR)
		ret = -EINTR;
	return ret;
}

/* ret: how the device before has ended; after a failure there are but rows that say so */
static int measure_device(struct off *o, const struct device *dev, struct json_object *counts,
			  int ret)
{
	size_t mark = cleanup_mark(), i;
	unsigned int round;

	memset(o->tally, 0, sizeof(o->tally));
	for (i = 0; i < o->npaths; i++)
		o->tally[i].ns = xcalloc(o->rounds, sizeof(double));
	o->opts.device = dev;
	o->d = (struct drop){ .socket.fd = -1 };
	o->ticks = __rdtsc();
	o->began = now_ns();
	ret = ret ?: drop_setup(&o->d, dev);
	o->d.gen.together = TOGETHER;
	for (i = 0; i < o->npaths && !ret; i++) {
		if (o->path[i].what == SEND)
			ret = open_stream(o, o->tally[i].lacks, sizeof(o->tally[i].lacks));
	}
	for (round = 0; round < o->rounds && !ret && !*o->on; round++) {
		progress(dev->ops->name, round, o->rounds);
		ret = run_round(o, round);
	}
	progress_end();
	look_for_hooks(o);
	for (i = 0; i < o->npaths; i++) {
		put_row(o, dev, i);
		free(o->tally[i].ns);
	}
	keep_counts(o, counts, dev);
	/* the next device begins with nothing */
	cleanup_to(mark);
	return ret;
}

static void notes(struct off *o)
{
	const struct env *e = env_get();

	result_fact(o->res, "hookcost", json_object_new_boolean(e->patched));
	result_note(o->res, "This kernel, %s, has %s.", e->release, e->patched ?
		    "hookcost built in; every hook and the native program are off" :
		    "no hookcost");
	if (o->opts.count_instructions)
		result_note(o->res,
			    "make bench-off TARGET=vm compares them with those of a kernel without hookcost.");
	else
		result_note(o->res,
			    "One run says nothing about a small difference between two kernels: memory and code lie elsewhere after each boot. Many runs in turns do: make bench-off, hookcost equivalent.");
	if (cpu_count() == 1)
		result_note(o->res,
			    "One CPU makes the packets, receives and reads them: rates contain the generator.");
}

static int off_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct off *o = state;
	struct json_object *counts = json_object_new_object();
	struct device veth;
	int ret = 0;

	o->res = res;
	o->opts = *opts;
	o->rounds = opts->batches;
	if (opts->count_instructions && !opts->batches_asked)
		o->rounds = ROUNDS_COUNT;
	o->table = opts->count_instructions ? "instructions" : "off";
	while (path_of(o->npaths, &o->path[o->npaths]))
		o->npaths++;
	result_fact(res, "counts", counts);
	look_for_hooks(o);
	device_made(&veth);
	if (!opts->device->ops->made)
		ret = measure_device(o, opts->device, counts, 0);
	ret = measure_device(o, &veth, counts, ret);
	notes(o);
	return ret;
}

const struct bench bench_off = {
	.name = "off",
	.title = "packet rates while every hook is off, to compare two kernels by",
	.seconds = 4,
	.seconds_quick = 2,
	.untouched = true,
	.counts_instructions = true,
	.needs = "",
	.wants = WANT_PATCHES,
	.headline = "off mpps: mlx5_xdp mlx5_tc mlx5_udp veth_xdp veth_tc veth_udp",
	.sentence =
		"off veth_xdp mpps / off veth_udp mpps: With all hooks off XDP drops @x as many packets as a socket reads",
	.batches = 24,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct off),
	.tables = tables,
	.run = off_run,
};
