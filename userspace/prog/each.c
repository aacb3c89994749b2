// SPDX-License-Identifier: GPL-2.0-only
/* Each frame by itself, again and again: what is warm stays so, and branches are foreseen */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "prog/tables.h"

/* In turns with the empty program, each so often that so many frames are run, if they are few */
#define TURNS		4
#define PASSES_MIN	2
#define FRAMES		1000
#define MANY		100000

/* Frames that are in some packet, each once */
static size_t list_frames(const struct frames *f, uint32_t **list)
{
	bool *in = xcalloc(f->n, sizeof(*in));
	size_t i, n = 0;

	for (i = 0; i < f->norder; i++)
		in[f->order[i]] = true;
	*list = xcalloc(f->n, sizeof(**list));
	for (i = 0; i < f->n; i++)
		if (in[i])
			(*list)[n++] = i;
	free(in);
	return n;
}

static void summarise(const struct frames *f, struct each *e)
{
	double *v = xcalloc(f->norder, sizeof(*v));
	struct stats s;
	size_t i;

	for (i = 0; i < f->norder; i++)
		v[i] = e->ns[f->order[i]];
	stats_of(v, f->norder, &s);
	e->p99 = s.p99;
	e->mean = s.mean;
	free(v);
}

/* The least times of all turns */
static int measure(struct contest *c, size_t n, double *empty, double *took)
{
	unsigned int passes = n < FRAMES / PASSES_MIN ? FRAMES / n : PASSES_MIN, turn;
	unsigned int turns = n > MANY ? 1 : TURNS;
	double *now = xcalloc(n, sizeof(*now));
	size_t i;
	int ret = 0;

	for (turn = 0; turn < 2 * turns && !ret; turn++) {
		double *least = turn % 2 ? took : empty;

		ret = replay_each(turn % 2 ? &c->turn : &c->empty, passes, now);
		for (i = 0; i < n; i++)
			least[i] = turn < 2 ? now[i] : fmin(least[i], now[i]);
	}
	free(now);
	return ret;
}

int each_measure(struct prog *p, const struct subject *s, struct each *e)
{
	const struct frames *f = p->frames;
	double *empty, *took;
	struct contest c;
	uint32_t *list;
	size_t n = list_frames(f, &list), i;
	int ret;

	e->ns = xcalloc(f->n, sizeof(*e->ns));
	for (i = 0; i < f->n; i++)
		e->ns[i] = NAN;
	took = xcalloc(n, sizeof(*took));
	empty = xcalloc(n, sizeof(*empty));
	replay_forget(p->replay);
	contest_init(&c, p, s, list, n);
	ret = measure(&c, n, empty, took);
	/* slots are in the order of stretches */
	for (i = 0; i < n && !ret; i++)
		e->ns[p->replay->frame[c.seq.stretch[0].first + i]] = took[i] - empty[i];
	if (!ret)
		summarise(f, e);
	e->wrong = c.turn.wrong;
	contest_free(&c);
	free(list);
	free(took);
	free(empty);
	return ret;
}

void each_free(struct each *e)
{
	free(e->ns);
	e->ns = NULL;
}
