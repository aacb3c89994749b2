// SPDX-License-Identifier: GPL-2.0-only
/* A program against the empty one, with the same packets, in turns */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "prog/contest.h"

void contest_init(struct contest *c, struct prog *p, const struct subject *s,
		  const uint32_t *frames, size_t n)
{
	struct replay *r = p->replay;

	memset(c, 0, sizeof(*c));
	c->s = s;
	replay_sequence(r, s, frames, n, &c->seq);
	c->turn = (struct turn){ .replay = r, .seq = &c->seq, .fd = s->fd, .s = s };
	c->empty = (struct turn){ .replay = r, .seq = &c->seq, .fd = r->empty,
				  .any_verdict = true };
}

void contest_free(struct contest *c)
{
	sequence_free(&c->seq);
	free(c->more);
	free(c->idle);
	c->more = NULL;
	c->idle = NULL;
}

/* Of each load the median of what its batches took more; without several, of each batch */
static void by_loads(struct contest *c, const double *more, size_t batches)
{
	size_t loads = c->s->nloads, first = (c->turn.batches - batches) % loads, i, k, n;
	double *v = xcalloc(batches, sizeof(*v));
	struct stats st;

	c->n = loads > 1 ? loads : batches;
	c->more = xcalloc(c->n, sizeof(*c->more));
	for (k = 0; k < c->n; k++) {
		for (i = 0, n = 0; i < batches; i++)
			if (loads > 1 ? (first + i) % loads == k : i == k)
				v[n++] = more[i];
		stats_of(v, n, &st);
		c->more[k] = st.median;
	}
	free(v);
}

void contest_evaluate(const struct prog *p, struct contest *c, const struct variant *empty,
		      const struct variant *prog, double step)
{
	size_t n = p->batches, i;
	double *v = xcalloc(n, sizeof(*v));

	for (i = 0; i < n; i++)
		v[i] = prog->ns[i] - empty->ns[i];
	by_loads(c, v, n);
	free(v);
	c->nidle = n;
	c->idle = xcalloc(n, sizeof(*c->idle));
	memcpy(c->idle, empty->ns, n * sizeof(*c->idle));
	v = xcalloc(c->n, sizeof(*v));
	memcpy(v, c->more, c->n * sizeof(*v));
	stats_of(v, c->n, &c->stats);
	free(v);
	v = xcalloc(n, sizeof(*v));
	memcpy(v, prog->ns, n * sizeof(*v));
	stats_of(v, n, &c->total);
	free(v);
	c->low = c->stats.ci_lo - step;
	c->high = c->stats.ci_hi + step;
	c->linear = prog->plan.linear;
	c->ratio = prog->plan.ratio;
}

int contest_run(struct prog *p, struct contest *c, size_t n, const char *what)
{
	struct variant *v = xcalloc(2 * n, sizeof(*v));
	double waited = cpu_waited_ns(), began = now_ns();
	bool fresh = p->replay->fresh;
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		uint64_t units = c[i].seq.n;

		if (fresh && units < REPLAY_FRESH_LEAST)
			units *= (REPLAY_FRESH_LEAST + units - 1) / units;
		v[2 * i] = (struct variant){ .name = "empty", .fn = replay_batch,
					     .arg = &c[i].empty, .plan.units = units };
		v[2 * i + 1] = (struct variant){ .name = c[i].s->label, .fn = replay_batch,
						 .arg = &c[i].turn, .plan.units = units };
	}
	ret = fresh ? batch_rounds(v, 2 * n, p->batches, what) :
		      batch_compare(v, 2 * n, p->batches, what);
	waited = 100 * (cpu_waited_ns() - waited) / (now_ns() - began);
	for (i = 0; i < n; i++)
		c[i].waited = waited;
	for (i = 0; i < n && !ret; i++)
		/* the kernel's times are whole nanoseconds, of so many packets */
		contest_evaluate(p, &c[i], &v[2 * i], &v[2 * i + 1],
				 fresh ? 1 : 1.0 / p->replay->runs);
	variants_free(v, 2 * n);
	free(v);
	return ret;
}

static void name_wrong(const struct prog *p, struct row *row, const struct contest *c,
		       const struct turn *t)
{
	const struct frames *f = p->frames;
	const struct frame *frame = &f->frame[t->wrong_frame];
	char headers[160], is[32], was[32];

	frame_headers(f->bytes + frame->at, frame->len, headers, sizeof(headers));
	row_reason(row, VALIDITY_INVALID, "verdicts",
		   "frame %u (%s) had %s in the reference run, then %s: the program keeps a state (--stateful), or depends on what it is not given",
		   frame->number, headers,
		   verdict_name(c->s->type, t->right_verdict, was, sizeof(was)),
		   verdict_name(c->s->type, t->wrong_verdict, is, sizeof(is)));
}

/* Each verdict's number, and what it must be */
static size_t list_verdicts(const struct contest *c, const struct turn *t, uint64_t passes,
			    struct ledger *l, char name[][32])
{
	bool xdp = c->s->type == BPF_PROG_TYPE_XDP;
	size_t i, n = 0;

	for (i = 0; i < REPLAY_VERDICTS; i++) {
		if (!t->count[i] && !c->seq.count[i])
			continue;
		if (i == REPLAY_VERDICTS - 1)
			snprintf(name[n], sizeof(name[n]), "others");
		else
			verdict_name(xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS, (int)i - 1,
				     name[n], sizeof(name[n]));
		l[n] = (struct ledger){ name[n], t->count[i], passes * c->seq.count[i] };
		n++;
	}
	return n;
}

void contest_judge(const struct prog *p, struct row *row, const struct contest *c,
		   const struct turn *t, uint64_t passes)
{
	struct ledger l[REPLAY_VERDICTS + 2] = { { "packets", t->packets, passes * c->seq.n } };
	char name[REPLAY_VERDICTS][32], text[512];

	list_verdicts(c, t, passes, l + 1, name);
	if (t->failed)
		row_reason(row, VALIDITY_INVALID, "restore",
			   "%llu packets could not be made what they were",
			   (unsigned long long)t->failed);
	if (p->opts->stateful) {
		if (!ledger_exact(l, text, sizeof(text)))
			row_note(row, "stateful", "%s, by the reference run", text);
		return;
	}
	if (t->wrong)
		name_wrong(p, row, c, t);
	row_ledger(row, "verdicts", NULL, l);
}

void contest_failed(struct row *row, int error)
{
	if (error == -EINTR)
		row_reason(row, VALIDITY_NOT_MEASURED, "interrupted", "interrupted");
	else
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", strerror(-error));
}

void contest_row(const struct prog *p, struct row *row, const struct contest *c)
{
	row_set_interval(row, "ns", c->stats.median, c->low, c->high);
	row_set(row, "iqr", c->stats.iqr);
	row_raw(row, "ns", "ns", c->more, c->n);
	row_raw(row, "empty", "ns", c->idle, c->nidle);
	/* of all that was timed: the difference of an empty program has a spread, and no size */
	row_spread_validity(row, &c->total);
	if (!c->linear)
		row_weaken(row, VALIDITY_INDICATIVE, "twice the packets took %.2f times the time",
			   2 * c->ratio);
	contest_judge(p, row, c, &c->turn, c->turn.passes);
}
