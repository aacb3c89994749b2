// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the program pays: what it costs the packets that go on to user space, as a part of a
 * request's cost there (rho), is less than the share that never gets there (omega).
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include "core/run.h"
#include "core/util.h"
#include "prog/expect.h"
#include "prog/tables.h"
#include "report/results.h"

/* A packet that is read from a socket, more than one that comes to XDP */
int pay_measured(struct prog_opts *o, const char *path)
{
	struct json_object *file = results_load(path), *bench, *row;
	int ret = -ENOENT;

	if (!file)
		return -EINVAL;
	bench = json_find(json_array_of(file, "benches"), "name", "drop");
	row = json_find(json_array_of(bench, "tables"), "key", "drop");
	row = json_find(json_array_of(row, "rows"), "key", "socket");
	o->request_ns = json_double(json_object_of(row, "cells"), "over");
	if (!row)
		err("--request-cost measured:%s: it has no row \"socket\" of the bench drop",
		    path);
	else if (strcmp(json_validity(row), "valid") && strcmp(json_validity(row), "indicative"))
		err("--request-cost measured:%s: drop's row \"socket\" is %s", path,
		    json_validity(row));
	else if (!(o->request_ns > 0))
		err("--request-cost measured:%s: the socket takes no longer than XDP", path);
	else
		ret = 0;
	if (!ret && (!json_interval(row, "over", &o->request_low, &o->request_high) ||
		     o->request_low <= 0)) {
		o->request_low = o->request_ns;
		o->request_high = o->request_ns;
	}
	json_object_put(file);
	return ret;
}

static bool goes_on(const struct subject *s, int verdict)
{
	if (s->type == BPF_PROG_TYPE_XDP)
		return verdict == XDP_PASS;
	return verdict == TC_ACT_OK || verdict == TC_ACT_UNSPEC || verdict == TC_ACT_PIPE;
}

static void put(struct prog *p, struct row *row, const struct contest *c, double omega)
{
	const struct prog_opts *o = p->opts;
	double rho = c->stats.median / o->request_ns;
	/* a request may be as cheap, or as dear, as its own interval says */
	double low = c->low / (c->low > 0 ? o->request_high : o->request_low);
	double high = c->high / (c->high > 0 ? o->request_low : o->request_high);

	row_set_interval(row, "rho", rho, low, high);
	row_set(row, "omega", omega);
	row_set_interval(row, "margin", 100 * (omega - rho), 100 * (omega - high),
			 100 * (omega - low));
	row_text(row, "pays", isnan(low) ? "not told" : high < omega ? "yes" :
		 low > omega ? "no" : "not told");
	contest_judge(p, row, c, &c->turn, c->turn.passes);
}

static int measure(struct prog *p, const struct subject *s, struct row *row,
		   const struct contest *all)
{
	const struct frames *f = p->frames;
	uint32_t *list = xcalloc(f->norder, sizeof(*list));
	struct contest c;
	size_t i, n = 0;
	double omega;
	int ret = 0;

	for (i = 0; i < f->norder; i++)
		if (goes_on(s, s->expected[f->order[i]].verdict))
			list[n++] = f->order[i];
	omega = 1 - (double)n / f->norder;
	if (n) {
		replay_forget(p->replay);
		contest_init(&c, p, s, list, n);
		ret = contest_run(p, &c, 1, "pay");
		if (ret)
			contest_failed(row, ret);
		else
			put(p, row, &c, omega);
		contest_free(&c);
	} else {
		row_note(row, "none_goes_on",
			 "no packet goes on to user space: rho is that of all");
		put(p, row, all, omega);
	}
	free(list);
	return ret;
}

void pay_table(struct prog *p, const struct contest *c)
{
	struct table *t;
	size_t i;

	t = result_table(p->res, "pay", "Whether it pays: rho is less than omega");
	table_column(t, "rho", "rho", "", 3);
	table_column(t, "omega", "omega", "", 3);
	table_column(t, "margin", "margin", "requests of 100", 1);
	table_column(t, "pays", "pays", "", 0);
	for (i = 0; i < p->nsubjects; i++)
		if (measure(p, &p->subject[i],
			    table_row(t, p->subject[i].key, p->subject[i].label), &c[i]))
			return;
	result_note(p->res,
		    "Pay: a request takes %g ns in user space; rho is what the program adds to one that gets there, by that time, omega the share of packets that do not.",
		    p->opts->request_ns);
}
