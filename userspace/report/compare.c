// SPDX-License-Identifier: GPL-2.0-only
/* Two result files, row by row: which batches belong together, and what changed */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "report/compare.h"
#include "report/result.h"
#include "report/results.h"

/* Shorter than a tick of most clocks: a percentage of it says nothing */
#define SHORTEST_NS	1.0

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

int unit_kind(const char *unit)
{
	static const char *const times[] = { "ns", "us", "ms", "s", "cycles" };
	static const char *const rates[] = { "pps", "bps", "/s" };
	size_t i, n = strcspn(unit, "/ ");

	for (i = 0; i < ARRAY_SIZE(rates); i++)
		if (ends_with(unit, rates[i]))
			return 1;
	for (i = 0; i < ARRAY_SIZE(times); i++)
		if (strlen(times[i]) == n && !strncmp(unit, times[i], n))
			return 0;
	return -1;
}

const char *change_name(enum change c)
{
	static const char *const name[] = {
		[CHANGE_NONE] = "same",
		[CHANGE_FASTER] = "faster",
		[CHANGE_SLOWER] = "slower",
		[CHANGE_UNKNOWN] = "-",
	};

	return name[c];
}

static bool same_device(struct json_object *a, struct json_object *b, char *why, size_t len)
{
	static const char *const fields[] = { "kind", "driver" };
	struct json_object *da = json_object_of(a, "device"), *db = json_object_of(b, "device");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *fa = json_text(da, fields[i]), *fb = json_text(db, fields[i]);

		if (!strcmp(fa, fb))
			continue;
		snprintf(why, len, "%s ran over %s and %s: nothing is compared across devices",
			 json_text(a, "name"), *fa ? fa : "no device", *fb ? fb : "no device");
		return false;
	}
	if (json_flag(da, "striding_rq") != json_flag(db, "striding_rq")) {
		snprintf(why, len, "%s ran over a striding and a cyclic receive queue",
			 json_text(a, "name"));
		return false;
	}
	return true;
}

/* Which target a file is of, where none of its benches says */
static const char *target_of(struct json_object *o, struct json_object *bench)
{
	const char *target = results_target(o, bench);

	return *target ? target : "unknown";
}

/* One of the benches that both have ran on the same target; none does: which ones */
static bool share_target(struct json_object *a, struct json_object *b, char *why, size_t len)
{
	struct json_object *benches = json_array_of(a, "benches");
	const char *ta = target_of(a, NULL), *tb = target_of(b, NULL);
	bool both = false;
	size_t i;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *ba = json_object_array_get_idx(benches, i);
		struct json_object *bb = json_find(json_array_of(b, "benches"), "name",
						   json_text(ba, "name"));

		if (!bb)
			continue;
		if (!strcmp(target_of(a, ba), target_of(b, bb)))
			return true;
		if (!both) {
			ta = target_of(a, ba);
			tb = target_of(b, bb);
		}
		both = true;
	}
	if (!strcmp(ta, tb))
		return true;
	snprintf(why, len, "target %s and target %s: nothing is compared across targets", ta, tb);
	return false;
}

bool compare_allowed(struct json_object *a, struct json_object *b, char *why, size_t len)
{
	struct json_object *benches = json_array_of(a, "benches");
	size_t i;

	if (!share_target(a, b, why, len))
		return false;
	if (json_flag(a, "ordered") != json_flag(b, "ordered")) {
		snprintf(why, len, "one is of run --ordered, the other is not");
		return false;
	}
	for (i = 0; i < json_length(benches); i++) {
		struct json_object *ba = json_object_array_get_idx(benches, i);
		struct json_object *bb = json_find(json_array_of(b, "benches"), "name",
						   json_text(ba, "name"));

		if (bb && !strcmp(target_of(a, ba), target_of(b, bb)) &&
		    !same_device(ba, bb, why, len))
			return false;
	}
	return true;
}

static bool measured(struct json_object *row)
{
	const char *v = json_validity(row);

	return !strcmp(v, validity_name(VALIDITY_VALID)) ||
	       !strcmp(v, validity_name(VALIDITY_INDICATIVE));
}

/* Its numbers, to be freed; NULL if one is none */
static double *numbers(struct json_object *series, size_t *n)
{
	struct json_object *values = json_array_of(series, "values");
	double *v;
	size_t i;

	*n = json_length(values);
	v = xcalloc(*n, sizeof(*v));
	for (i = 0; i < *n; i++) {
		struct json_object *o = json_object_array_get_idx(values, i);

		v[i] = json_object_get_double(o);
		if (!isfinite(v[i]) || !(json_object_is_type(o, json_type_double) ||
					 json_object_is_type(o, json_type_int)))
			break;
	}
	if (*n && i == *n)
		return v;
	free(v);
	return NULL;
}

static double median(double *v, size_t n, double *low, double *high)
{
	struct stats s;

	stats_of(v, n, &s);
	*low = s.ci_lo;
	*high = s.ci_hi;
	return s.median;
}

/* What the interval says; p->shift is set */
static void judge(struct pair *p)
{
	bool rate = unit_kind(p->unit) == 1;
	double near;

	if (!strncmp(p->unit, "ns", 2) && (p->a < SHORTEST_NS || p->b < SHORTEST_NS))
		p->has_percent = false;
	p->change = CHANGE_UNKNOWN;
	p->regression = 0;
	if (!p->has_percent || !p->shift.has_interval)
		return;
	if (p->shift.low <= 0 && p->shift.high >= 0) {
		p->change = CHANGE_NONE;
	} else if ((p->shift.low > 0) == rate) {
		p->change = CHANGE_FASTER;
	} else {
		p->change = CHANGE_SLOWER;
		/* a rate's loss as the time that it adds: half the rate is 100 % slower */
		near = rate ? 100 * (100 / (100 + p->shift.high) - 1) : p->shift.low;
		p->regression = near;
	}
}

static void add(struct comparison *c, const struct pair *p)
{
	c->pair = xrealloc(c->pair, c->npairs + 1, sizeof(*c->pair));
	c->pair[c->npairs++] = *p;
}

static bool add_series(struct comparison *c, struct pair *p, struct json_object *a,
		       struct json_object *b)
{
	double *va = NULL, *vb = NULL;

	p->unit = json_text(a, "unit");
	if (unit_kind(p->unit) < 0 || strcmp(p->unit, json_text(b, "unit")))
		return false;
	va = numbers(a, &p->na);
	vb = numbers(b, &p->nb);
	if (va && vb) {
		/* before they are sorted: of very many, some are taken in the run's order */
		p->has_percent = !shift_of(va, p->na, vb, p->nb, &p->shift);
		p->a = median(va, p->na, &p->a_low, &p->a_high);
		p->b = median(vb, p->nb, &p->b_low, &p->b_high);
		judge(p);
		add(c, p);
	}
	free(va);
	free(vb);
	return va && vb;
}

static double cell(struct json_object *row, const char *key, double *low, double *high)
{
	if (!json_interval(row, key, low, high)) {
		*low = NAN;
		*high = NAN;
	}
	return json_double(json_object_of(row, "cells"), key);
}

/* The first time or rate of the table: its other columns go with it */
static bool add_cell(struct comparison *c, struct pair *p, struct json_object *columns,
		     struct json_object *a, struct json_object *b)
{
	size_t i;

	for (i = 0; i < json_length(columns); i++) {
		struct json_object *column = json_object_array_get_idx(columns, i);
		const char *key = json_text(column, "key");

		if (unit_kind(json_text(column, "unit")) < 0)
			continue;
		p->a = cell(a, key, &p->a_low, &p->a_high);
		p->b = cell(b, key, &p->b_low, &p->b_high);
		if (isnan(p->a) || isnan(p->b))
			return false;
		p->what = json_text(column, "head");
		p->unit = json_text(column, "unit");
		p->na = 0;
		p->nb = 0;
		p->has_percent = !shift_of_medians((double[]){ p->a, p->a_low, p->a_high },
						   (double[]){ p->b, p->b_low, p->b_high },
						   &p->shift);
		judge(p);
		add(c, p);
		return true;
	}
	return false;
}

/* Of two others, which are compared; half of an interval's width */
static bool is_no_time(const char *series)
{
	return !strcmp(series, "difference") || ends_with(series, "_half");
}

static void compare_rows(struct comparison *c, struct pair *p, struct json_object *columns,
			 struct json_object *a, struct json_object *b)
{
	struct json_object *raw = json_object_of(a, "raw");
	bool any = false;

	p->row = json_text(a, "key");
	p->label = json_text(a, "label");
	if (!b || !measured(a) || !measured(b)) {
		c->unlike++;
		return;
	}
	if (raw) {
		json_object_object_foreach(raw, name, series) {
			struct json_object *other = json_object_of(json_object_of(b, "raw"), name);

			if (!other || is_no_time(name))
				continue;
			p->what = name;
			any |= add_series(c, p, series, other);
		}
	}
	if (!any && !add_cell(c, p, columns, a, b))
		c->unlike++;
}

static void compare_tables(struct comparison *c, struct pair *p, struct json_object *a,
			   struct json_object *b)
{
	struct json_object *rows = json_array_of(a, "rows"), *other = json_array_of(b, "rows");
	size_t i;

	p->table = json_text(a, "key");
	p->table_title = json_text(a, "title");
	for (i = 0; i < json_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		compare_rows(c, p, json_array_of(a, "columns"), row,
			     json_find(other, "key", json_text(row, "key")));
	}
}

/* Rows of a bench that its other, or none, does not have */
static size_t rows_alone(struct json_object *bench, struct json_object *other)
{
	struct json_object *tables = json_array_of(bench, "tables");
	size_t alone = 0, i, j;

	for (i = 0; i < json_length(tables); i++) {
		struct json_object *t = json_object_array_get_idx(tables, i);
		struct json_object *rows = json_array_of(t, "rows");
		struct json_object *table = json_find(json_array_of(other, "tables"), "key",
						      json_text(t, "key"));

		for (j = 0; j < json_length(rows); j++)
			alone += !json_find(json_array_of(table, "rows"), "key",
					    json_text(json_object_array_get_idx(rows, j), "key"));
	}
	return alone;
}

/* Rows that only B has; those of A are counted where they are compared */
static void count_alone(struct comparison *c, struct json_object *a, struct json_object *b)
{
	struct json_object *benches = json_array_of(b, "benches");
	size_t i;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *bb = json_object_array_get_idx(benches, i);
		struct json_object *ba = json_find(json_array_of(a, "benches"), "name",
						   json_text(bb, "name"));

		if (!ba || !strcmp(target_of(a, ba), target_of(b, bb)))
			c->unlike += rows_alone(bb, ba);
	}
}

static void leave_out(struct comparison *c, const char *bench, const char *a, const char *b)
{
	struct left_out l = { bench, a, b };

	c->left_out = xrealloc(c->left_out, c->nleft_out + 1, sizeof(*c->left_out));
	c->left_out[c->nleft_out++] = l;
}

void compare_results(struct json_object *a, struct json_object *b, struct comparison *c)
{
	struct json_object *benches = json_array_of(a, "benches");
	size_t i, j;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < json_length(benches); i++) {
		struct json_object *ba = json_object_array_get_idx(benches, i);
		struct pair p = { .bench = json_text(ba, "name") };
		struct json_object *bb = json_find(json_array_of(b, "benches"), "name", p.bench);
		struct json_object *tables = json_array_of(ba, "tables");

		if (bb && strcmp(target_of(a, ba), target_of(b, bb))) {
			leave_out(c, p.bench, target_of(a, ba), target_of(b, bb));
			continue;
		}
		for (j = 0; j < json_length(tables); j++) {
			struct json_object *t = json_object_array_get_idx(tables, j);

			compare_tables(c, &p, t, json_find(json_array_of(bb, "tables"), "key",
							   json_text(t, "key")));
		}
	}
	count_alone(c, a, b);
}

void compare_free(struct comparison *c)
{
	free(c->pair);
	free(c->left_out);
	memset(c, 0, sizeof(*c));
}

const struct pair *compare_worst(const struct comparison *c)
{
	const struct pair *worst = NULL;
	size_t i;

	for (i = 0; i < c->npairs; i++)
		if (c->pair[i].change == CHANGE_SLOWER &&
		    (!worst || c->pair[i].regression > worst->regression))
			worst = &c->pair[i];
	return worst;
}
