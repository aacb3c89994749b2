// SPDX-License-Identifier: GPL-2.0-only
/* What each program costs a packet of this traffic */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "core/json.h"
#include "core/run.h"
#include "core/util.h"
#include "prog/tables.h"

/* Less than this, or what may be nothing, is no rate */
#define LEAST_NS 1

int cost_measure(struct prog *p, struct contest *c)
{
	size_t i;

	for (i = 0; i < p->nsubjects; i++)
		contest_init(&c[i], p, &p->subject[i], p->frames->order, p->frames->norder);
	int ret = contest_run(p, c, p->nsubjects, "cost");

	result_fact_times(p->res, "waited", json_number(c[0].waited));
	return ret;
}

static void fill(const struct prog *p, struct row *row, const struct contest *c,
		 const struct each *e)
{
	contest_row(p, row, c);
	row_set(row, "p99", e->p99);
	if (c->stats.median >= LEAST_NS && !(c->low <= 0))
		row_set_interval(row, "mpps", 1000 / c->stats.median, 1000 / c->high,
				 c->low > 0 ? 1000 / c->low : NAN);
	row_set(row, "packets", c->turn.packets);
}

void cost_table(struct prog *p, const struct contest *c, const struct each *e, int error)
{
	struct table *t = result_table(p->res, "cost",
				       "What a packet costs: more than with an empty program");
	struct row *row;
	size_t i;

	table_column(t, "ns", "median", "ns/packet", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	table_column(t, "p99", "p99", "ns/packet", 1);
	table_column(t, "mpps", "one CPU", "Mpps", 2);
	table_column(t, "packets", "packets", "", 0);
	for (i = 0; i < p->nsubjects; i++) {
		row = table_row(t, p->subject[i].key, p->subject[i].label);
		if (error)
			contest_failed(row, error);
		else
			fill(p, row, &c[i], &e[i]);
	}
}
