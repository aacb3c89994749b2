// SPDX-License-Identifier: GPL-2.0-only
/* The costliest frames, with their numbers in the capture */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "core/util.h"
#include "prog/expect.h"
#include "prog/tables.h"

#define SHOWN 10

struct cost {
	double ns;
	size_t frame;
};

static int by_cost(const void *a, const void *b)
{
	const struct cost *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns > y->ns ? -1 : 1;
	return x->frame < y->frame ? -1 : x->frame > y->frame;
}

static void put(const struct prog *p, struct table *t, const struct subject *s,
		const struct cost *cost, uint64_t wrong)
{
	const struct frame *f = &p->frames->frame[cost->frame];
	const struct expected *e = &s->expected[cost->frame];
	char headers[160], verdict[32];
	char *key = xasprintf("%s:%zu", s->key, cost->frame);
	char *label = xasprintf("%s%s%s %u", p->nsubjects > 1 ? s->label : "",
				p->nsubjects > 1 ? ", " : "", p->opts->pcap ? "frame" : "flow",
				f->number);
	struct row *row = table_row(t, key, label);

	frame_headers(p->frames->bytes + f->at, f->len, headers, sizeof(headers));
	row_set(row, "number", f->number);
	row_set(row, "bytes", f->len);
	row_set(row, "ns", cost->ns);
	row_text(row, "verdict", verdict_name(s->type, e->verdict, verdict, sizeof(verdict)));
	row_text(row, "changed", e->resized ? "resized" : e->changed ? "changed" : "as it was");
	row_text(row, "headers", headers);
	if (wrong && !p->opts->stateful)
		row_reason(row, VALIDITY_INVALID, "verdicts",
			   "%llu packets had another verdict than in the reference run",
			   (unsigned long long)wrong);
	free(key);
	free(label);
}

void costliest_table(struct prog *p, const struct each *e)
{
	struct table *t = result_table(p->res, "frames",
				       "The costliest frames, each again and again");
	struct cost *cost = xcalloc(p->frames->n, sizeof(*cost));
	size_t i, k, n;

	table_column(t, "number", "number", "", 0);
	table_column(t, "bytes", "length", "bytes", 0);
	table_column(t, "ns", "least", "ns/packet", 1);
	table_column(t, "verdict", "verdict", "", 0);
	table_column(t, "changed", "packet", "", 0);
	table_column(t, "headers", "headers", "", 0);
	for (i = 0; i < p->nsubjects; i++) {
		for (k = 0, n = 0; k < p->frames->n; k++)
			if (!isnan(e[i].ns[k]))
				cost[n++] = (struct cost){ e[i].ns[k], k };
		qsort(cost, n, sizeof(*cost), by_cost);
		for (k = 0; k < n && k < SHOWN; k++)
			put(p, t, &p->subject[i], &cost[k], e[i].wrong);
	}
	free(cost);
}
