// SPDX-License-Identifier: GPL-2.0-only
/* What the paper observes, and what a result file says of each observation */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/compiler.h"
#include "core/json.h"
#include "core/text.h"
#include "core/util.h"
#include "report/findings.h"
#include "report/result.h"
#include "report/results.h"

/* Names stand before the text, as wide as the longest */
#define INDENT 16

const char *finding_name(enum finding f)
{
	static const char *const name[] = {
		[FINDING_SEEN] = "seen", [FINDING_NOT_SEEN] = "not seen",
		[FINDING_UNTOLD] = "cannot be told",
	};

	return name[f];
}

static void __printf(3, 4) untold(struct evidence *e, const char *code, const char *fmt, ...)
{
	va_list ap;

	e->finding = FINDING_UNTOLD;
	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->why, sizeof(e->why), fmt, ap);
	va_end(ap);
}

/* A cell, its interval and the paper's number */
struct cell {
	double value, low, high, paper;
};

static bool row_usable(struct json_object *row)
{
	const char *v = json_validity(row);

	return !strcmp(v, validity_name(VALIDITY_VALID)) ||
	       !strcmp(v, validity_name(VALIDITY_INDICATIVE));
}

/* false: with the reason in e */
static bool read_cell(struct evidence *e, struct json_object *table, const char *key,
		      const char *column, struct cell *c, const char **label)
{
	struct json_object *row = json_find(json_array_of(table, "rows"), "key", key);

	if (!row) {
		untold(e, "row", "%s has no row \"%s\"", e->def->bench, key);
		return false;
	}
	*label = json_text(row, "label");
	c->paper = json_double(json_object_of(row, "paper"), column);
	if (!row_usable(row)) {
		untold(e, "validity", "%s of %s is %s", *label, e->def->bench, json_validity(row));
		return false;
	}
	c->value = json_double(json_object_of(row, "cells"), column);
	if (isnan(c->value)) {
		untold(e, "cell", "%s of %s has no %s", *label, e->def->bench, column);
		return false;
	}
	if (strcmp(json_validity(row), validity_name(VALIDITY_VALID)))
		e->validity = json_validity(row);
	if (!json_interval(row, column, &c->low, &c->high)) {
		untold(e, "interval", "%s of %s has no interval: too few repetitions", *label,
		       e->def->bench);
		return false;
	}
	return true;
}

static void compare(struct evidence *e, const struct cell *more, const struct cell *less)
{
	double factor = e->def->factor;

	e->more = more->value;
	e->less = less->value;
	e->paper = more->paper / less->paper;
	if (less->low <= 0 || more->low < 0) {
		untold(e, "zero", "%s of %s may be 0", less->low <= 0 ? e->less_label :
		       e->more_label, e->def->bench);
		return;
	}
	e->ratio = more->value / less->value;
	e->low = more->low / less->high;
	e->high = more->high / less->low;
	e->code = NULL;
	if (e->low >= factor)
		e->finding = FINDING_SEEN;
	else if (e->high < factor)
		e->finding = FINDING_NOT_SEEN;
	else
		untold(e, "overlap", "the interval, %.2f to %.2f times, holds the limit", e->low,
		       e->high);
}

static void judge_in(struct evidence *e, struct json_object *bench)
{
	const struct comparison_def *d = e->def;
	struct json_object *table = json_find(json_array_of(bench, "tables"), "key", d->table);
	struct json_object *column = json_find(json_array_of(table, "columns"), "key", d->column);
	struct cell more, less;

	e->validity = validity_name(VALIDITY_VALID);
	e->unit = json_text(column, "unit");
	if (d->less_column) {
		e->more_column = json_text(column, "head");
		e->less_column = json_text(json_find(json_array_of(table, "columns"), "key",
						     d->less_column), "head");
	}
	if (!table)
		untold(e, "table", "%s has no table \"%s\"", d->bench, d->table);
	else if (read_cell(e, table, d->more, d->column, &more, &e->more_label) &&
		 read_cell(e, table, d->less, d->less_column ?: d->column, &less, &e->less_label))
		compare(e, &more, &less);
}

/* Where a bench ran on several targets, the first one that tells */
static void judge(struct evidence *e, const struct comparison_def *d, struct json_object *results)
{
	struct json_object *list = json_array_of(results, "benches"), *bench;
	struct evidence first, now;
	bool any = false;
	size_t i;

	first = (struct evidence){
		.def = d, .more = NAN, .less = NAN, .ratio = NAN, .low = NAN, .high = NAN,
		.paper = NAN, .more_label = d->more, .less_label = d->less, .unit = "",
		.validity = "", .more_column = "", .less_column = "",
	};
	untold(&first, "not_run", "%s was not run", d->bench);
	*e = first;
	for (i = 0; i < json_length(list); i++) {
		bench = json_object_array_get_idx(list, i);
		if (strcmp(json_text(bench, "name"), d->bench))
			continue;
		now = first;
		judge_in(&now, bench);
		if (!any || e->finding == FINDING_UNTOLD)
			*e = now;
		any = true;
	}
}

enum finding observation_judge(const struct observation *o, struct json_object *results,
			       struct evidence e[COMPARISONS_MAX], size_t *n)
{
	enum finding all = FINDING_SEEN;
	size_t i;

	for (i = 0; i < COMPARISONS_MAX && o->comparison[i].bench; i++) {
		judge(&e[i], &o->comparison[i], results);
		if (e[i].finding == FINDING_NOT_SEEN)
			all = FINDING_NOT_SEEN;
		else if (e[i].finding == FINDING_UNTOLD && all == FINDING_SEEN)
			all = FINDING_UNTOLD;
	}
	*n = i;
	return all;
}

static int decimals(double v)
{
	return fabs(v) < 0.1 ? 4 : fabs(v) < 10 ? 2 : fabs(v) < 100 ? 1 : 0;
}

char *evidence_text(const struct evidence *e)
{
	char *paper = isnan(e->paper) ? xstrdup("") : xasprintf(", paper: %.1f", e->paper), *text;

	if (isnan(e->ratio)) {
		text = xasprintf("%s", e->why);
	} else {
		char *range = xasprintf("%.2f to %.2f%s; limit: %g", e->low, e->high, paper,
					e->def->factor);

		text = xasprintf("%s%s%s, %.*f %s, is %.2f times %s, %.*f %s (%s)%s",
				 e->more_label, *e->more_column ? ", " : "", e->more_column,
				 decimals(e->more), e->more, e->unit, e->ratio,
				 *e->less_column ? e->less_column : e->less_label,
				 decimals(e->less), e->less, e->unit, range,
				 strcmp(e->validity, validity_name(VALIDITY_VALID)) ?
				 ", indicative" : "");
		free(range);
	}
	free(paper);
	return text;
}

bool findings_any(struct json_object *results)
{
	struct json_object *list = json_array_of(results, "benches");
	size_t i, k;

	for (i = 0; i < nobservations; i++)
		for (k = 0; k < COMPARISONS_MAX && observations[i].comparison[k].bench; k++)
			if (json_find(list, "name", observations[i].comparison[k].bench))
				return true;
	return false;
}

/* Labels are the file's: nothing of them is obeyed by the terminal */
static void print_wrapped(FILE *out, char *text, int width)
{
	char *plain = NULL;
	size_t len;
	FILE *f = open_memstream(&plain, &len);

	if (f) {
		text_plain(f, text);
		fclose(f);
		text_wrap(out, plain, INDENT, INDENT, width);
	}
	free(plain);
	free(text);
}

size_t findings_print(FILE *out, struct json_object *results, int width)
{
	struct evidence e[COMPARISONS_MAX];
	size_t i, k, n, told = 0;
	enum finding f;

	fputs("What the paper observes, and whether it is seen here:\n", out);
	for (i = 0; i < nobservations; i++) {
		f = observation_judge(&observations[i], results, e, &n);
		told += f != FINDING_UNTOLD;
		fprintf(out, "%-*s", INDENT, finding_name(f));
		print_wrapped(out, xasprintf("%s (%s)", observations[i].claim,
					     observations[i].source), width);
		for (k = 0; k < n; k++) {
			fprintf(out, "%*s", INDENT, "");
			print_wrapped(out, evidence_text(&e[k]), width);
		}
	}
	return told;
}

static void add_number(struct json_object *o, const char *key, double v)
{
	json_object_object_add(o, key, isnan(v) ? NULL : json_number(v));
}

static struct json_object *evidence_json(const struct evidence *e)
{
	struct json_object *o = json_object_new_object();
	char *text = evidence_text(e);

	json_add_string(o, "bench", e->def->bench);
	json_add_string(o, "table", e->def->table);
	json_add_string(o, "column", e->def->column);
	json_add_string(o, "more", e->def->more);
	json_add_string(o, "less", e->def->less);
	json_object_object_add(o, "factor", json_number(e->def->factor));
	json_add_string(o, "finding", finding_name(e->finding));
	add_number(o, "ratio", e->ratio);
	add_number(o, "low", e->low);
	add_number(o, "high", e->high);
	add_number(o, "paper", e->paper);
	if (e->code)
		json_add_string(o, "code", e->code);
	json_add_string(o, "text", text);
	free(text);
	return o;
}

struct json_object *findings_json(struct json_object *results)
{
	struct json_object *list = json_object_new_array(), *o, *all;
	struct evidence e[COMPARISONS_MAX];
	enum finding f;
	size_t i, k, n;

	for (i = 0; i < nobservations; i++) {
		f = observation_judge(&observations[i], results, e, &n);
		o = json_object_new_object();
		json_add_string(o, "key", observations[i].key);
		json_add_string(o, "source", observations[i].source);
		json_add_string(o, "claim", observations[i].claim);
		json_add_string(o, "finding", finding_name(f));
		all = json_object_new_array();
		for (k = 0; k < n; k++)
			json_object_array_add(all, evidence_json(&e[k]));
		json_object_object_add(o, "evidence", all);
		json_object_array_add(list, o);
	}
	return list;
}
