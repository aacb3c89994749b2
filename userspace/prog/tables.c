// SPDX-License-Identifier: GPL-2.0-only
/* All that is measured, one table after the other */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "driver/driver.h"
#include "prog/expect.h"
#include "prog/frames.h"
#include "prog/tables.h"

static void note_frames(struct prog *p)
{
	const struct frames *f = p->frames;
	struct json_object *fact = json_object_new_object(), *left = json_object_new_object();
	size_t i;

	result_note(p->res, "Packets: %zu of %zu frames, %s.", f->norder, f->n, f->from);
	for (i = 0; i < LEFT_OUTS; i++) {
		if (!f->left[i])
			continue;
		result_note(p->res, "Left out: %llu frames, %s, the first one is number %llu.",
			    (unsigned long long)f->left[i], left_out_text(i),
			    (unsigned long long)f->left_first[i]);
		json_object_object_add(left, left_out_key(i), json_object_new_uint64(f->left[i]));
	}
	if (*f->cut)
		result_note(p->res, "Not whole: %s.", f->cut);
	json_object_object_add(fact, "packets", json_object_new_uint64(f->norder));
	json_object_object_add(fact, "frames", json_object_new_uint64(f->n));
	json_object_object_add(fact, "left_out", left);
	json_add_string(fact, "cut", f->cut);
	result_fact(p->res, "frames", fact);
}

/* How many loads the intervals are of */
static void load_all(struct prog *p)
{
	struct json_object *fact = json_object_new_object();
	size_t i;

	for (i = 0; i < p->nsubjects; i++) {
		struct subject *s = &p->subject[i];

		loads_begin(s, p->batches);
		json_object_object_add(fact, s->key, json_object_new_int((int)s->nloads));
		if (s->nloads > 1)
			result_note(p->res,
				    "%s: loaded %u times, with the same maps; a packet's median and interval are of the medians of these loads.",
				    s->label, s->nloads);
		else if (p->batches >= STATS_FEW)
			result_note(p->res,
				    "%s: one load, whose code lies in one place in memory: another one may differ by more than the interval.",
				    s->label);
	}
	result_fact(p->res, "loads", fact);
}

static void note_method(struct prog *p)
{
	if (p->replay->fresh)
		result_note(p->res,
			    "It makes packets longer or shorter: each is in a test_run of its own, and timed by two readings of the clock, which the empty program's is, too.");
	else if (p->replay->runs == 1)
		result_note(p->res,
			    "It calls programs by a program array: each packet is a run of its own, which the kernel times in whole nanoseconds.");
}

/* The others are of no use without the cost */
static int measure(struct prog *p, struct contest *c, struct each *e)
{
	size_t i;
	int ret = cost_measure(p, c);

	for (i = 0; i < p->nsubjects && !ret; i++)
		ret = each_measure(p, &p->subject[i], &e[i]);
	cost_table(p, c, e, ret);
	if (ret)
		return ret;
	gate_judge(p, c);
	if (!p->opts->brief)
		ret = verdict_table(p, c) ?: class_table(p, c);
	if (ret)
		return ret;
	costliest_table(p, e);
	if (p->opts->caches)
		ret = cache_table(p, c, e);
	if (!ret && !isnan(p->opts->request_ns))
		pay_table(p, c);
	return ret;
}

static void not_measured(struct prog *p, const char *why)
{
	struct table *t = result_table(p->res, "cost", "What a packet costs");
	size_t i;

	table_column(t, "ns", "median", "ns/packet", 1);
	for (i = 0; i < p->nsubjects; i++)
		row_reason(table_row(t, p->subject[i].key, p->subject[i].label),
			   VALIDITY_NOT_MEASURED, "not_called", "%s", why);
}

int prog_tables(struct prog *p)
{
	struct contest *c = xcalloc(p->nsubjects, sizeof(*c));
	struct each *e = xcalloc(p->nsubjects, sizeof(*e));
	struct replay replay;
	char why[256];
	size_t i;
	int ret = cpu_pin();

	if (ret >= 0 && p->subject[0].type == BPF_PROG_TYPE_SK_SKB) {
		load_all(p);
		ret = messages_tables(p, c);
		if (!ret)
			inside_table(p);
		goto out;
	}
	if (ret >= 0)
		ret = expect_all(p);
	if (!ret) {
		note_frames(p);
		ret = replay_open(&replay, p, p->nsubjects * p->frames->norder, why, sizeof(why));
		p->replay = &replay;
		if (ret == -ENOEXEC) {
			not_measured(p, why);
			inside_table(p);
			ret = 0;
		} else if (!ret) {
			load_all(p);
			note_method(p);
			redirects_notes(p);
			ret = measure(p, c, e);
			inside_table(p);
			if (!ret && p->opts->device)
				ret = p->opts->device->ops->remote ? live_table(p) : over_table(p);
		}
		replay_close(&replay);
	}
out:
	for (i = 0; i < p->nsubjects; i++) {
		contest_free(&c[i]);
		each_free(&e[i]);
	}
	free(c);
	free(e);
	return ret;
}
