// SPDX-License-Identifier: GPL-2.0-only
/* Packets of one kind: of a verdict, of a protocol and length */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/classes.h"
#include "prog/expect.h"
#include "prog/tables.h"

static struct class *find(struct classes *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (!strcmp(c->class[i].name, name))
			return &c->class[i];
	c->class = xrealloc(c->class, c->n + 1, sizeof(*c->class));
	memset(&c->class[c->n], 0, sizeof(*c->class));
	c->class[c->n].kinds = 1;
	snprintf(c->class[c->n].name, CLASS_NAME, "%s", name);
	return &c->class[c->n++];
}

static int by_size(const void *a, const void *b)
{
	const struct class *x = a, *y = b;

	return x->n > y->n ? -1 : x->n < y->n ? 1 : strcmp(x->name, y->name);
}

/* The rarest become one */
static void join_rare(struct classes *c)
{
	struct class *last = &c->class[CLASSES_MAX - 1];
	size_t i;

	qsort(c->class, c->n, sizeof(*c->class), by_size);
	if (c->n <= CLASSES_MAX)
		return;
	last->kinds = c->n - CLASSES_MAX + 1;
	snprintf(last->name, CLASS_NAME, "%u others", last->kinds);
	for (i = CLASSES_MAX; i < c->n; i++) {
		last->frame = xrealloc(last->frame, last->n + c->class[i].n, sizeof(*last->frame));
		memcpy(last->frame + last->n, c->class[i].frame,
		       c->class[i].n * sizeof(*last->frame));
		last->n += c->class[i].n;
		free(c->class[i].frame);
	}
	c->n = CLASSES_MAX;
}

void classes_make(const struct prog *p, const struct subject *s, class_fn name, struct classes *c)
{
	const struct frames *f = p->frames;
	struct class **of = xcalloc(f->n, sizeof(*of));
	size_t *at = xcalloc(f->n, sizeof(*at)), i;
	char text[CLASS_NAME];

	memset(c, 0, sizeof(*c));
	/* names by frames, whose number is smaller, then counts, then the packets */
	for (i = 0; i < f->n; i++) {
		name(p, s, i, text);
		at[i] = find(c, text) - c->class;
	}
	for (i = 0; i < f->norder; i++)
		c->class[at[f->order[i]]].n++;
	for (i = 0; i < c->n; i++) {
		c->class[i].frame = xcalloc(c->class[i].n, sizeof(uint32_t));
		c->class[i].n = 0;
	}
	for (i = 0; i < f->norder; i++) {
		struct class *class = &c->class[at[f->order[i]]];

		class->frame[class->n++] = f->order[i];
	}
	free(of);
	free(at);
	join_rare(c);
	/* frames that were left out */
	while (c->n && !c->class[c->n - 1].n)
		free(c->class[--c->n].frame);
}

void classes_free(struct classes *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		free(c->class[i].frame);
	free(c->class);
}

static void put(const struct prog *p, struct table *t, const struct subject *s,
		const struct class *class, const struct contest *c, int error)
{
	char *key = xasprintf("%s:%s", s->key, class->name);
	char *label = p->nsubjects > 1 ? xasprintf("%s: %s", s->label, class->name) :
		      xstrdup(class->name);
	struct row *row = table_row(t, key, label);

	row_set(row, "share", 100.0 * class->n / p->frames->norder);
	if (error)
		contest_failed(row, error);
	else
		contest_row(p, row, c);
	free(key);
	free(label);
}

/* Where all packets are of one kind, that has been measured */
static int measure(struct prog *p, struct table *t, const struct contest *all, class_fn name,
		   const char *what)
{
	const struct subject *s = all->s;
	struct contest c[CLASSES_MAX];
	struct classes classes;
	size_t i;
	int ret;

	classes_make(p, s, name, &classes);
	if (classes.n == 1) {
		put(p, t, s, &classes.class[0], all, 0);
		classes_free(&classes);
		return 0;
	}
	replay_forget(p->replay);
	for (i = 0; i < classes.n; i++)
		contest_init(&c[i], p, s, classes.class[i].frame, classes.class[i].n);
	ret = contest_run(p, c, classes.n, what);
	for (i = 0; i < classes.n; i++) {
		put(p, t, s, &classes.class[i], &c[i], ret);
		contest_free(&c[i]);
	}
	classes_free(&classes);
	return ret;
}

static int make_table(struct prog *p, const struct contest *c, const char *key, const char *title,
		      class_fn name)
{
	struct table *t = result_table(p->res, key, title);
	size_t i;
	int ret = 0;

	table_column(t, "share", "packets", "%", 1);
	table_column(t, "ns", "median", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	for (i = 0; i < p->nsubjects && !ret; i++)
		ret = measure(p, t, &c[i], name, key);
	return ret;
}

static void by_verdict(const struct prog *p, const struct subject *s, uint32_t frame, char *name)
{
	verdict_name(s->type, s->expected[frame].verdict, name, CLASS_NAME);
}

void class_by_headers(const struct prog *p, const struct subject *s, uint32_t frame, char *name)
{
	static const uint32_t bounds[] = { 64, 128, 256, 512, 1024, 1514 };
	const struct frame *f = &p->frames->frame[frame];
	char protocol[40];
	size_t i;

	frame_protocol(p->frames->bytes + f->at, f->len, protocol, sizeof(protocol));
	for (i = 0; i < ARRAY_SIZE(bounds) && f->len > bounds[i]; i++)
		;
	if (i == ARRAY_SIZE(bounds))
		snprintf(name, CLASS_NAME, "%s, over %u bytes", protocol, bounds[i - 1]);
	else
		snprintf(name, CLASS_NAME, "%s, to %u bytes", protocol, bounds[i]);
}

int verdict_table(struct prog *p, const struct contest *c)
{
	return make_table(p, c, "verdicts",
			  "By verdict: packets that have it, one after the other", by_verdict);
}

int class_table(struct prog *p, const struct contest *c)
{
	return make_table(p, c, "classes",
			  "By protocol and length: packets of a kind, one after the other",
			  class_by_headers);
}
