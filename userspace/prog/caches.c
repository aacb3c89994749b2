// SPDX-License-Identifier: GPL-2.0-only
/* The range in which a real machine lies: everything in the caches, the capture's order, nothing */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "prog/tables.h"

#define ROUND		16
#define ROUNDS		12
#define ROUNDS_QUICK	3

/* Times of single packets, read by a clock of some steps: their means, round by round */
static int measure(struct prog *p, struct contest *c, size_t rounds, double *more)
{
	double ns[ROUND], empty[ROUND];
	size_t i;
	int n, m;

	for (i = 0; i < rounds; i++) {
		progress("caches", (unsigned int)i, (unsigned int)rounds);
		if (interrupted())
			return -EINTR;
		m = replay_cold(&c->empty, empty, ROUND);
		if (m <= 0)
			return m ?: -EIO;
		n = replay_cold(&c->turn, ns, ROUND);
		if (n <= 0)
			return n ?: -EIO;
		more[i] = stats_middle(ns, n) - stats_middle(empty, m);
	}
	progress_end();
	return 0;
}

static void put_cold(struct prog *p, struct row *row, const struct subject *s)
{
	size_t rounds = p->opts->quick ? ROUNDS_QUICK : ROUNDS;
	double *more = xcalloc(rounds, sizeof(*more));
	struct contest c;
	struct stats st;
	int ret;

	replay_forget(p->replay);
	contest_init(&c, p, s, p->frames->order, p->frames->norder);
	ret = measure(p, &c, rounds, more);
	if (ret) {
		contest_failed(row, ret);
	} else {
		row_raw(row, "ns", "ns", more, rounds);
		stats_of(more, rounds, &st);
		row_set_median(row, "ns", &st);
		row_set(row, "iqr", st.iqr);
		row_spread_validity(row, &st);
		if (c.turn.wrong && !p->opts->stateful)
			row_reason(row, VALIDITY_INVALID, "verdicts",
				   "%llu packets had another verdict than in the reference run",
				   (unsigned long long)c.turn.wrong);
	}
	contest_free(&c);
	free(more);
}

static struct row *add_row(const struct prog *p, struct table *t, const struct subject *s,
			   const char *key, const char *label)
{
	char *k = xasprintf("%s:%s", s->key, key);
	char *l = p->nsubjects > 1 ? xasprintf("%s: %s", s->label, label) : xstrdup(label);
	struct row *row = table_row(t, k, l);

	free(k);
	free(l);
	return row;
}

int cache_table(struct prog *p, const struct contest *c, const struct each *e)
{
	struct table *t = result_table(p->res, "caches", "By what is in the caches");
	const struct subject *s;
	struct row *row;
	size_t i;

	table_column(t, "ns", "median", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	for (i = 0; i < p->nsubjects && !interrupted(); i++) {
		s = &p->subject[i];
		row = add_row(p, t, s, "warm", "warm: each frame again and again");
		row_set(row, "ns", e[i].mean);
		contest_row(p, add_row(p, t, s, "order", "in the order of the packets"), &c[i]);
		put_cold(p, add_row(p, t, s, "cold", "cold: packet, maps and code evicted"), s);
	}
	result_note(p->res, "Cold: between two packets %zu MB are written.", replay_evicts() >> 20);
	return interrupted() ? -EINTR : 0;
}
