// SPDX-License-Identifier: GPL-2.0-only
/*
 * SK_SKB programs, which BPF_PROG_TEST_RUN does not take: what the frames carry is sent to a UDP
 * socket whose messages they see, in turns with a program that does nothing but return the same
 * verdict. Message and socket are the same for both; what is between the two is the program's.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/bench.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/env.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "prog/sockets.h"
#include "prog/tables.h"
#include "same_sk_skb.skel.h"

/* A message that is dropped is waited for, so that the reference run of more takes long */
#define MESSAGES_MAX	256
#define LEAST_COUNTED	1000
#define MAPS_MAX	256

struct messages {
	struct prog *p;
	struct sockets sockets;
	struct message message[MESSAGES_MAX];
	size_t n;
	uint64_t left;			/* frames that carry none, or are too many */
	char *redirects;		/* the program's maps of sockets */
};

/* Messages of one outcome, of one program */
struct group {
	struct message message[MESSAGES_MAX];
	size_t n;
	size_t once;			/* of which so many are different ones */
};

/* One that is timed in its turn; s NULL: the one of the same verdict */
struct sender {
	struct messages *m;
	const struct group *group;
	enum outcome out;
	const struct subject *s;
	uint64_t batches, sent, came, stray;
};

static void collect(struct messages *m)
{
	const struct frames *f = m->p->frames;
	const uint8_t *data;
	size_t i, len;

	for (i = 0; i < f->norder; i++) {
		const struct frame *frame = &f->frame[f->order[i]];

		len = frame_payload(f->bytes + frame->at, frame->len, &data);
		if (len && m->n < MESSAGES_MAX)
			m->message[m->n++] = (struct message){ data, len };
		else
			m->left++;
	}
}

static uint64_t group_bytes(const struct group *g)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < g->n; i++)
		bytes += g->message[i].len;
	return bytes;
}

/* The same again and again, so that a system call has as many as it can */
static void repeat(struct group *g)
{
	size_t i;

	g->once = g->n;
	while (g->n && g->n + g->once <= MESSAGES_CHUNK)
		for (i = 0; i < g->once; i++)
			g->message[g->n++] = g->message[i];
}

static int attach(struct sender *l)
{
	struct sockets *s = &l->m->sockets;
	struct same_sk_skb_bpf *same = s->same;

	if (l->s)
		return sockets_attach(s, l->s->fds[l->batches++ % l->s->nloads]);
	same->bss->verdict = l->out == OUT_PASS ? SK_PASS : SK_DROP;
	same->data->target = l->out >= OUT_INGRESS ? (int)OUT_KEY(l->out) : -1;
	same->bss->target_flags = l->out >= OUT_INGRESS && !OUT_SENT(l->out) ? BPF_F_INGRESS : 0;
	return sockets_attach(s, bpf_program__fd(same->progs.same_sk_skb));
}

/*
 * A batch_fn; units: messages, a multiple of the group's. The mean of the middle half of all passes
 * counts, so that an interrupt, or another process on the CPU, is not taken for the program's time.
 */
static double send_batch(void *arg, uint64_t units)
{
	struct sender *l = arg;
	const struct group *g = l->group;
	size_t passes = units / g->n, i;
	double *took = xcalloc(passes, sizeof(*took)), ns;
	int ret = attach(l);

	for (i = 0; i < passes && !ret; i++) {
		took[i] = sockets_run(&l->m->sockets, g->message, g->n, l->out, &l->came);
		ret = took[i] < 0 ? (int)took[i] : interrupted() ? -EINTR : 0;
		l->sent += group_bytes(g);
	}
	l->stray += sockets_stray(&l->m->sockets);
	ns = ret ? ret : stats_middle(took, passes) * (double)passes;
	free(took);
	return ns;
}

static bool judge(struct row *row, const struct sender *l, const char *of)
{
	return row_ledger(row, "messages", of, (const struct ledger[]){
		{ "bytes that came out", l->came, l->out == OUT_DROP ? 0 : l->sent },
		{ "elsewhere", l->stray, 0 },
		{ }
	});
}

static int read_stats(int fd, uint64_t *runs, uint64_t *ns)
{
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_prog_get_info_by_fd(fd, &info, &len))
		return -errno;
	*runs = info.run_cnt;
	*ns = info.run_time_ns;
	return 0;
}

/* Each message is one run of the program, by the kernel's own count; ns: its mean, NAN: none */
static int count_runs(struct sender *l, struct row *row, double *mean, bool *exact)
{
	uint64_t runs = 0, ns = 0, runs_before = 0, ns_before = 0, n = 0;
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME), prog = l->s->fds[0], ret;

	*mean = NAN;
	if (fd < 0)
		return 0;
	l->batches = 0;
	ret = attach(l) ?: read_stats(prog, &runs_before, &ns_before);
	for (; n < LEAST_COUNTED && !ret; n += l->group->n) {
		double took = sockets_run(&l->m->sockets, l->group->message, l->group->n, l->out,
					  &l->came);

		ret = took < 0 ? (int)took : 0;
		l->sent += group_bytes(l->group);
	}
	ret = ret ?: read_stats(prog, &runs, &ns);
	close(fd);
	if (ret)
		return ret;
	*exact = row_ledger(row, "runs", NULL, (const struct ledger[]){
		{ "messages sent", n, n }, { "runs of the program", runs - runs_before, n }, { }
	});
	/* User Mode Linux's clock for them has steps of a jiffy */
	if (runs > runs_before && !env_get()->uml)
		*mean = (double)(ns - ns_before) / (double)(runs - runs_before);
	return 0;
}

static int measure(struct messages *m, const struct subject *s, const struct group *g,
		   enum outcome out, struct row *row, struct contest *c)
{
	struct sender sender[2] = {
		{ .m = m, .group = g, .out = out }, { .m = m, .group = g, .out = out, .s = s },
	};
	struct variant v[2] = {
		{ .name = "same verdict", .fn = send_batch, .arg = &sender[0], .plan.units = g->n },
		{ .name = s->label, .fn = send_batch, .arg = &sender[1], .plan.units = g->n },
	};
	bool exact = true;
	double mean;
	int ret;

	*c = (struct contest){ .s = s };
	row_set(row, "share", 100.0 * g->once / m->n);
	ret = count_runs(&sender[1], row, &mean, &exact) ?:
	      batch_compare(v, 2, m->p->batches, "messages");
	if (!ret) {
		c->turn.batches = sender[1].batches;
		contest_evaluate(m->p, c, &v[0], &v[1], 0);
		row_set_interval(row, "ns", c->stats.median, c->low, c->high);
		row_set(row, "iqr", c->stats.iqr);
		row_set_median(row, "all", &c->total);
		if (!isnan(mean))
			row_set(row, "kernel", mean);
		row_set(row, "messages", sender[1].sent / group_bytes(g) * g->n);
		row_raw(row, "ns", "ns", c->more, c->n);
		row_raw(row, "empty", "ns", c->idle, c->nidle);
		row_spread_validity(row, &c->total);
		bench_linear(row, VALIDITY_INDICATIVE, NULL, "messages", &v[1]);
		exact &= judge(row, &sender[0], "with the same verdict");
		exact &= judge(row, &sender[1], NULL);
		c->turn.wrong = !exact;
	} else if (ret == -ETIMEDOUT) {
		row_reason(row, VALIDITY_INVALID, "messages",
			   "not all have come out as in the reference run: the program keeps a state, or depends on what it is not given");
		c->turn.wrong = 1;
		ret = 0;
	}
	variants_free(v, 2);
	return ret;
}

static bool uses(const struct subject *s, const struct bpf_map *map)
{
	struct bpf_prog_info prog = {};
	struct bpf_map_info info = {};
	__u32 ids[MAPS_MAX], len = sizeof(info), i;

	if (bpf_map_get_info_by_fd(bpf_map__fd(map), &info, &len))
		return false;
	prog.map_ids = (uintptr_t)ids;
	prog.nr_map_ids = MAPS_MAX;
	len = sizeof(prog);
	if (bpf_prog_get_info_by_fd(s->fd, &prog, &len))
		return false;
	for (i = 0; i < prog.nr_map_ids && i < MAPS_MAX; i++)
		if (ids[i] == info.id)
			return true;
	return false;
}

/* Which of several a socket was taken from is not seen */
static char *name_maps(const struct subject *s)
{
	struct bpf_map *map;
	char *names = NULL, *more;

	if (!s->obj)
		return NULL;
	bpf_object__for_each_map(map, s->obj) {
		if (!sockets_fit(map) || !uses(s, map))
			continue;
		more = xasprintf("%s%s%s", names ?: "", names ? " or " : "", bpf_map__name(map));
		free(names);
		names = more;
	}
	return names;
}

static void name_outcome(const struct messages *m, enum outcome out, char *name, size_t len)
{
	if (out < OUT_INGRESS)
		snprintf(name, len, "%s", out == OUT_PASS ? "SK_PASS" : "SK_DROP");
	else
		snprintf(name, len, "%s %s[%d]", OUT_SENT(out) ? "sent by" : "redirected to",
			 m->redirects ?: "sockmap", OUT_KEY(out));
}

/* Where each message comes out, once */
static int sort(struct messages *m, const struct subject *s, struct group *group)
{
	size_t i;
	int out = sockets_attach(&m->sockets, s->fd);

	for (i = 0; i < m->n && out >= 0; i++) {
		progress("verdicts", i, m->n);
		out = interrupted() ? -EINTR : sockets_try(&m->sockets, &m->message[i]);
		if (out >= 0)
			group[out].message[group[out].n++] = m->message[i];
	}
	for (i = 0; i < OUTCOMES; i++)
		repeat(&group[i]);
	progress_end();
	return out < 0 ? out : 0;
}

/* All messages together: each outcome's by its share */
static void add_up(struct contest *all, const struct contest *c, double share)
{
	size_t i;

	if (!c->n) {
		all->s = c->s;
		all->turn.wrong |= c->turn.wrong;
		return;
	}
	if (!all->n) {
		uint64_t wrong = all->turn.wrong;

		*all = *c;
		all->turn.wrong |= wrong;
		all->more = xcalloc(c->n, sizeof(*all->more));
		all->idle = xcalloc(c->nidle, sizeof(*all->idle));
		memset(&all->stats, 0, sizeof(all->stats));
		all->low = 0;
		all->high = 0;
	}
	for (i = 0; i < all->n && i < c->n; i++)
		all->more[i] += share * c->more[i];
	for (i = 0; i < all->nidle && i < c->nidle; i++)
		all->idle[i] += share * c->idle[i];
	all->turn.wrong |= c->turn.wrong;
}

static void of_all(struct contest *all)
{
	double *v = xcalloc(all->n + 1, sizeof(*v));

	if (all->n)
		memcpy(v, all->more, all->n * sizeof(*v));
	stats_of(v, all->n, &all->stats);
	free(v);
	all->low = all->stats.ci_lo;
	all->high = all->stats.ci_hi;
}

static int rows_of(struct messages *m, const struct subject *s, struct table *cost,
		   struct table *verdicts, struct contest *all)
{
	struct group *group = xcalloc(OUTCOMES, sizeof(*group));
	struct row *whole = table_row(cost, s->key, s->label);
	struct contest c;
	int out, ret = sort(m, s, group);

	m->redirects = name_maps(s);
	for (out = 0; out < OUTCOMES && !ret; out++) {
		char name[64], *key, *label;
		struct row *row;

		if (!group[out].n)
			continue;
		name_outcome(m, out, name, sizeof(name));
		key = xasprintf("%s:%s", s->key, name);
		label = xasprintf("%s%s%s", m->p->nsubjects > 1 ? s->label : "",
				  m->p->nsubjects > 1 ? ": " : "", name);
		row = table_row(verdicts, key, label);
		free(key);
		free(label);
		ret = measure(m, s, &group[out], out, row, &c);
		if (ret)
			contest_failed(row, ret);
		else
			add_up(all, &c, (double)group[out].once / m->n);
		if (!ret && c.turn.wrong)
			row_reason(whole, VALIDITY_INVALID, "messages",
				   "messages of %s were not all such in the measured rounds", name);
		else if (!ret)
			row_spread_validity(whole, &c.total);
		free(c.more);
		free(c.idle);
	}
	if (ret) {
		contest_failed(whole, ret);
	} else if (all->n) {
		of_all(all);
		row_set_interval(whole, "ns", all->stats.median, all->low, all->high);
		row_set(whole, "iqr", all->stats.iqr);
		row_raw(whole, "ns", "ns", all->more, all->n);
		row_raw(whole, "empty", "ns", all->idle, all->nidle);
		row_set(whole, "messages", m->n);
	}
	free(group);
	free(m->redirects);
	return ret;
}

/* The user's sockmaps have sockets where a control program has put none */
static int offer(struct messages *m)
{
	struct bpf_map *map;
	size_t i;
	int ret = 0;

	for (i = 0; i < m->p->nsubjects; i++) {
		if (!m->p->subject[i].obj)
			continue;
		bpf_object__for_each_map(map, m->p->subject[i].obj) {
			if (!sockets_fit(map))
				continue;
			ret = ret ?: sockets_offer(&m->sockets, map);
		}
	}
	if (ret)
		err("cannot put sockets into a sockmap: %s", strerror(-ret));
	return ret;
}

/* What there is of XDP and TC programs only */
static int refuse(const struct prog *p)
{
	size_t i;

	for (i = 0; i < p->nsubjects; i++) {
		if (p->subject[i].attach != BPF_SK_SKB_STREAM_PARSER)
			continue;
		err("%s: a stream parser, for parts of a TCP stream; name the verdict program",
		    p->subject[i].name);
		return -EINVAL;
	}
	if (p->opts->device)
		err("--device: SK_SKB programs have a socket of their own; leave it out");
	else if (!isnan(p->opts->request_ns))
		err("--request-cost: SK_SKB's messages are at user space already; leave it out");
	else if (p->opts->stateful)
		err("--stateful: SK_SKB's messages are sorted by their verdicts; leave it out");
	else
		return 0;
	return -EINVAL;
}

static void notes(const struct messages *m)
{
	result_note(m->p->res, "Messages: %zu, what %s has in UDP and TCP.", m->n,
		    m->p->frames->from);
	if (m->left)
		result_note(m->p->res,
			    "Left out: %llu frames that carry no UDP or TCP payload, or come after %d messages.",
			    (unsigned long long)m->left, MESSAGES_MAX);
	result_note(m->p->res,
		    "SK_SKB: a UDP socket's messages, on the loopback of a namespace of its own, against a program that returns the same verdict; \"in all\" contains two system calls for %d messages. \"By the kernel\": the mean by its run-time statistics, which are in it.",
		    MESSAGES_CHUNK);
}

int messages_tables(struct prog *p, struct contest *all)
{
	struct messages *m = xcalloc(1, sizeof(*m));
	struct table *cost, *verdicts;
	int ret = refuse(p);
	size_t i;

	m->p = p;
	collect(m);
	if (!ret && !m->n) {
		err("%s: no frame carries a UDP or TCP payload, which is what SK_SKB programs see",
		    p->frames->from);
		ret = -EINVAL;
	}
	ret = ret ?: sockets_open(&m->sockets) ?: offer(m);
	if (!ret) {
		cost = result_table(p->res, "cost",
				    "What a message costs: more than with a program of the same verdict");
		table_column(cost, "ns", "median", "ns/message", 1);
		table_column(cost, "iqr", "IQR", "ns", 1);
		table_column(cost, "messages", "messages", "", 0);
		verdicts = result_table(p->res, "verdicts", "By verdict: messages that have it");
		table_column(verdicts, "share", "messages", "%", 1);
		table_column(verdicts, "ns", "median", "ns/message", 1);
		table_column(verdicts, "iqr", "IQR", "ns", 1);
		table_column(verdicts, "all", "in all", "ns/message", 1);
		table_column(verdicts, "kernel", "by the kernel", "ns/message", 1);
		table_column(verdicts, "messages", "messages", "", 0);
		notes(m);
		for (i = 0; i < p->nsubjects && !ret; i++)
			ret = rows_of(m, &p->subject[i], cost, verdicts, &all[i]);
	}
	sockets_close(&m->sockets);
	free(m);
	if (!ret)
		gate_judge(p, all);
	return ret;
}
