// SPDX-License-Identifier: GPL-2.0-only
/* Figure 10: messages that XDP has truncated, at their socket */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "report/paper_curve.h"
#include "report/shift.h"
#include "traffic/generator.h"
#include "traffic/reader.h"
#include "truncate.bpf.h"
#include "truncate.skel.h"
#include "xdp.skel.h"

#define HEADERS		(ETH_HLEN + sizeof(struct iphdr) + sizeof(struct udphdr))
#define BURST		256
#define MIN_MESSAGES	(32 * BURST)
/* veth's messages have a page each, and what the kernel needs beside it */
#define ROOM		(BURST * 8192)

#define POINTS		12		/* of the paper's figure, at most */

static const struct column_def columns[] = {
	{ "bytes", "left", "bytes", 0 },
	{ "rate", "rate", "messages/s", 0, "pps" },
	{ "change", "more", "%", 1 },
	{ "ns", "time", "ns/message", 0 },
	{ "iqr", "IQR", "ns", 0 },
	{ "model", "model", "ns/message", 0, NULL, IF_MODEL },
	{ "without", "without", "messages/s", 0, NULL, IF_MODEL | IF_ALONE },
	{ "messages", "messages", "", 0 },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "",
		.columns = columns,
		.each_x = true,
		.plot = { PLOT_LINES, NULL, "messages/s", "rate" },
	},
	{ }
};

/* One length, while it is timed */
struct point {
	struct figure10 *f;
	double percent;			/* that is cut off */
	uint32_t keep;			/* bytes */
	struct frame_count count;
	uint64_t seen;			/* by the program */
	uint64_t read, socket_drops;
	uint64_t wrong_length, wrong_bytes, strange, failed;
	double ns, low, high;		/* median, per message, and its interval */
};

struct figure10 {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	struct reader reader;
	struct truncate_bpf *skel;
	const struct paper_curve *paper;
	struct point point[POINTS];
	struct variant variant[POINTS];
};

static uint32_t sum16(const void *data, size_t len, uint32_t sum)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* A message whose bytes tell their place, with a checksum that the program has to remove */
static int make_message(struct figure10 *f)
{
	uint8_t *frame = f->gen.frame, *message = frame + HEADERS;
	struct iphdr *ip = (void *)(frame + ETH_HLEN);
	struct udphdr *udp = (void *)(frame + ETH_HLEN + sizeof(*ip));
	size_t bytes = sizeof(*udp) + TRUNCATE_BYTES, i;
	uint16_t check;
	uint32_t sum;

	for (i = 0; i < TRUNCATE_BYTES; i++)
		message[i] = i * 7 + i / 256;
	/* the pseudo header: both addresses, protocol, length */
	sum = sum16(frame + ETH_HLEN + offsetof(struct iphdr, saddr), 8, IPPROTO_UDP + bytes);
	sum = sum16(udp, bytes, sum);
	check = htons(~sum);
	memcpy((uint8_t *)udp + offsetof(struct udphdr, check), &check, sizeof(check));
	f->reader.expected = message;
	return generator_frame(&f->gen);
}

/* What the counters say now; as negative numbers they are what a batch begins with */
static int count(struct point *p, int sign)
{
	struct figure10 *f = p->f;
	uint64_t drops;
	int ret = generator_count(&f->gen, &p->count, sign) ?: reader_drops(&f->reader, &drops);

	if (ret)
		return ret;
	p->seen += sign * f->skel->bss->seen;
	p->strange += sign * f->skel->bss->strange;
	p->failed += sign * f->skel->bss->failed;
	p->read += sign * f->reader.read;
	p->socket_drops += sign * drops;
	p->wrong_length += sign * f->reader.wrong_length;
	p->wrong_bytes += sign * f->reader.wrong_bytes;
	return 0;
}

/* One burst arrives, and is read; what the socket dropped does not come any more */
static int burst(struct point *p)
{
	struct figure10 *f = p->f;
	uint64_t before, after, read = f->reader.read;
	int ret = reader_drops(&f->reader, &before) ?: generator_send(&f->gen, BURST);

	if (ret)
		return ret;
	ret = reader_read(&f->reader, BURST);
	if (ret != -ETIMEDOUT)
		return ret;
	read = f->reader.read - read;
	ret = reader_drops(&f->reader, &after);
	if (ret)
		return ret;
	if (read + after - before == BURST)
		return 0;
	err("of %d messages the socket has received %llu and dropped %llu", BURST,
	    (unsigned long long)read,
	    (unsigned long long)(after - before));
	return -ETIMEDOUT;
}

/* As fast as the middle half of its bursts */
static double batch(void *arg, uint64_t units)
{
	struct point *p = arg;
	struct figure10 *f = p->f;
	size_t bursts = units / BURST, i;
	double *took, ns, begin;
	int ret;

	f->skel->bss->keep = p->keep;
	f->reader.len = p->keep;
	ret = count(p, -1) ?: generator_model_begin(&f->gen);
	if (ret)
		return ret;
	took = xcalloc(bursts, sizeof(*took));
	for (i = 0; i < bursts && !ret; i++) {
		begin = now_ns();
		ret = interrupted() ? -EINTR : burst(p);
		took[i] = now_ns() - begin;
	}
	ns = stats_middle(took, bursts) * bursts;
	free(took);
	ret = ret ?: generator_model_end(&f->gen) ?: count(p, 1);
	return ret ?: ns;
}

static void judge(const struct point *p, struct row *row)
{
	row_ledger(row, "socket", NULL, (const struct ledger[]){
		{ "messages sent", p->count.sent, p->count.sent },
		{ "received by the driver", p->count.received, p->count.sent },
		{ "seen by XDP", p->seen, p->count.sent },
		{ "read", p->read, p->count.sent - p->socket_drops },
		{ "dropped by the socket", p->socket_drops, p->count.sent - p->read },
		{ NULL }
	});
	if (p->socket_drops)
		row_reason(row, VALIDITY_INVALID, "socket",
			   "the socket has dropped %llu messages, its buffer is too small",
			   (unsigned long long)p->socket_drops);
	if (p->strange || p->failed)
		row_reason(row, VALIDITY_INVALID, "program",
			   "%llu frames were not the generator's, %llu could not be truncated",
			   (unsigned long long)p->strange, (unsigned long long)p->failed);
	if (p->wrong_length || p->wrong_bytes)
		row_reason(row, VALIDITY_INVALID, "order",
			   "%llu messages were not %u bytes long, %llu samples had other bytes",
			   (unsigned long long)p->wrong_length, p->keep,
			   (unsigned long long)p->wrong_bytes);
}

/* The rate against the first point's; that one's own is 0, and exact */
static void put_change(struct figure10 *f, struct row *row, const struct stats *s)
{
	const struct point *first = &f->point[0];
	struct shift shift;
	const struct stats of_first = {
		.median = first->ns, .ci_lo = first->low, .ci_hi = first->high,
	};
	bool has = !shift_of_stats(s, &of_first, &shift) && shift.has_interval &&
		   first->ns != s->median;

	row_set_interval(row, "change", 100 * (first->ns / s->median - 1),
			 has ? shift.low : NAN, shift.high);
}

static void fill(struct figure10 *f, struct row *row, struct point *p, const struct variant *v)
{
	unsigned int n = f->opts->batches;
	struct stats s;

	row_raw(row, "ns", "ns", v->ns, n);
	stats_less_each(v->ns, NULL, n, &s);
	p->ns = s.median;
	p->low = s.ci_lo;
	p->high = s.ci_hi;
	row_set(row, "bytes", p->keep);
	row_set_rate(row, "rate", 1e9, &s);
	row_set_median(row, "ns", &s);
	row_set(row, "iqr", s.iqr);
	put_change(f, row, &s);
	row_set(row, "messages", p->count.sent);
	bench_model_rate(row, v, n, "", "", 1e9);
	row_spread_validity(row, &s);
	bench_linear(row, VALIDITY_INDICATIVE, NULL, "messages", v);
	judge(p, row);
}

static void put_rows(struct figure10 *f, bool measured)
{
	const struct paper_curve *c = f->paper;
	size_t i;

	for (i = 0; i < c->n; i++) {
		struct row *row = result_row_at(f->res, "figure10", c->x[i]);

		row_paper(row, "change", 100 * (c->y[i] / c->y[0] - 1));
		if (measured)
			fill(f, row, &f->point[i], &f->variant[i]);
	}
}

static void say(struct figure10 *f)
{
	const struct paper_curve *c = f->paper;
	const struct point *first = &f->point[0], *last = &f->point[c->n - 1];
	double here = 100 * (first->ns / last->ns - 1);
	double paper = 100 * (c->y[c->n - 1] / c->y[0] - 1);
	uint64_t sent = 0, read = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		sent += f->point[i].count.sent;
		read += f->point[i].read;
	}
	result_note_times(f->res,
			  "Where XDP leaves %u of %u bytes, %.1f %% %s messages reach the socket per second than where it leaves all; the paper's %.1f %% %s.",
			  last->keep, first->keep, fabs(here), here < 0 ? "fewer" : "more",
			  fabs(paper), paper < 0 ? "fewer" : "more");
	result_note(f->res,
		    "Path: %s, in bursts of %d that fit into the socket's buffer, then read by recvmmsg(); %s.",
		    f->gen.ops->what, BURST, cpu_count() > 1 ?
		    "no process sends them" :
		    "sender, network and reader share one CPU");
	result_note(f->res,
		    "Counts: %llu messages sent, %llu read, each of the length that it should have; one in %d or more was compared byte by byte.",
		    (unsigned long long)sent, (unsigned long long)read, 64);
	result_fact_times(f->res, "more_percent", json_number(here));
	result_fact(f->res, "paper_more_percent", json_number(paper));
}

static void figure10_end(void *arg)
{
	struct figure10 *f = arg;

	truncate_bpf__destroy(f->skel);
	f->skel = NULL;
}

static int setup(struct figure10 *f)
{
	int ret = cleanup_push(figure10_end, f) ?: net_setup(&f->net, f->opts->device) ?:
	      reader_open(&f->reader, &f->net, ROOM) ?:
	      generator_setup(&f->gen, &f->net, HEADERS + TRUNCATE_BYTES) ?: make_message(f);
	if (ret)
		return ret;
	f->skel = truncate_bpf__open_and_load();
	if (!f->skel) {
		ret = -errno;
		err("cannot load the program that truncates: %s", strerror(-ret));
		return ret;
	}
	return generator_target(&f->gen, f->skel->progs.truncate);
}

static int compare(struct figure10 *f)
{
	const struct paper_curve *c = f->paper;
	size_t i;

	for (i = 0; i < c->n; i++) {
		f->point[i].f = f;
		f->point[i].percent = c->x[i];
		f->point[i].keep = floor(TRUNCATE_BYTES * (1 - c->x[i] / 100));
		f->variant[i].name = "messages";
		f->variant[i].fn = batch;
		f->variant[i].arg = &f->point[i];
		f->variant[i].plan.units = MIN_MESSAGES;
	}
	return batch_compare(f->variant, c->n, f->opts->batches, "figure10");
}

static int figure10_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct figure10 *f = state;
	int ret;

	f->opts = opts;
	f->res = res;
	f->paper = paper_curve("figure10", "pps");
	f->reader.fd = -1;
	ret = setup(f) ?: compare(f);
	put_rows(f, !ret);
	if (!ret)
		say(f);
	variants_free(f->variant, f->paper->n);
	return ret;
}

const struct bench bench_figure10 = {
	.name = "figure10",
	.title = "UDP messages truncated in XDP: rate at the socket",
	.seconds = 30,
	.seconds_quick = 8,
	.needs = "",
	.headline = "figure10 rate: cut_0 cut_50 cut_90",
	.sentence =
		"figure10 cut_90 rate / figure10 cut_0 rate: With 90 % cut off @x as many messages reach the socket as with nothing",
	.batches = 40,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct figure10),
	.tables = tables,
	.figure = &(const struct figure_def){
		"figure10", "Messages of 1458 bytes, truncated by XDP, at their socket",
		"% cut off", "cut_%g", "%g %% cut off"
	},
	.run = figure10_run,
};
