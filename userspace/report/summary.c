// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/run.h"
#include "core/text.h"
#include "core/util.h"
#include "report/result.h"
#include "report/results.h"
#include "report/summary.h"

#define INDENT	11
#define LEAST	3	/* lines for the benches, whatever is said before and behind them */

/* What stands in a line that is wrapped when it is whole */
struct line {
	FILE *out;
	char *text;
	size_t len;
};

enum level {
	LEVEL_ALL,
	LEVEL_NO_TITLES,
	LEVEL_NUMBERS,
};

/* How benches are printed */
struct style {
	enum level level;
	int width;
	bool marks;			/* at numbers that are indicative */
};

static FILE *memory(char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);

	if (!out) {
		err("out of memory");
		exit(1);
	}
	return out;
}

static void begin(struct line *l)
{
	l->out = memory(&l->text, &l->len);
}

static size_t end(struct line *l, FILE *out, int indent, int width)
{
	size_t lines;

	fclose(l->out);
	lines = text_wrap(out, l->text, indent, indent, width);
	free(l->text);
	return lines;
}

static void print_number(FILE *out, double v, int decimals)
{
	char text[64];
	bool zero;

	snprintf(text, sizeof(text), "%.*f", decimals, v);
	zero = !text[strspn(text, "-0.")];
	fputs(zero && *text == '-' ? text + 1 : text, out);
}

/* "TC ~581 (273)"; where no number can be valid, a mark at each says nothing */
static void print_row(FILE *out, struct json_object *head, struct json_object *row,
		      const char *column, int decimals, bool marks)
{
	double here = json_double(json_object_of(row, "cells"), column);
	double paper = json_double(json_object_of(row, "paper"), column);
	const char *validity = json_validity(row);
	bool valid = !strcmp(validity, validity_name(VALIDITY_VALID));

	fprintf(out, "%s ", json_text(head, "label"));
	if (isnan(here)) {
		fputs(*validity && !valid ? validity : "-", out);
	} else {
		if (marks && !valid)
			putc('~', out);
		print_number(out, here, decimals);
	}
	if (isnan(paper))
		return;
	fputs(" (", out);
	print_number(out, paper, decimals);
	putc(')', out);
}

static void print_group(FILE *out, struct json_object *bench, struct json_object *group,
			bool marks)
{
	const char *column = json_text(group, "column"), *unit;
	struct json_object *rows = json_array_of(group, "rows"), *table, *c;
	double decimals;
	size_t i;

	table = json_find(json_array_of(bench, "tables"), "key", json_text(group, "table"));
	c = json_find(json_array_of(table, "columns"), "key", column);
	decimals = json_double(c, "decimals");
	unit = json_text(c, "unit");
	fputs(json_text(c, "head"), out);
	if (*unit)
		fprintf(out, ", %s", unit);
	for (i = 0; i < json_length(rows); i++) {
		struct json_object *head = json_object_array_get_idx(rows, i);
		struct json_object *row = json_find(json_array_of(table, "rows"), "key",
						    json_text(head, "key"));

		fputs(i ? "; " : ": ", out);
		print_row(out, head, row, column, decimals >= 0 && decimals <= 9 ? decimals : 0,
			  marks);
	}
}

static size_t print_text(FILE *out, const char *text, int *at, int width)
{
	size_t lines;

	if (!*text)
		return 0;
	fprintf(out, "%*s", *at ? 0 : INDENT, "");
	lines = text_wrap(out, text, INDENT, INDENT, width);
	*at = 0;
	return lines;
}

static size_t print_bench(FILE *out, struct json_object *b, const struct style *st)
{
	struct json_object *groups = json_array_of(b, "headline");
	const char *name = json_text(b, "name");
	size_t i, lines = 0;
	struct line l;
	int at = 1;

	text_plain(out, name);
	fprintf(out, "%*s ", INDENT - 1 > text_width(name) ? INDENT - 1 - text_width(name) : 0, "");
	if (st->level == LEVEL_ALL)
		lines += print_text(out, json_text(b, "title"), &at, st->width);
	for (i = 0; i < json_length(groups); i++) {
		if (!at)
			fprintf(out, "%*s", INDENT, "");
		at = 0;
		begin(&l);
		print_group(l.out, b, json_object_array_get_idx(groups, i), st->marks);
		lines += end(&l, out, INDENT, st->width);
	}
	if (*json_text(b, "failed")) {
		begin(&l);
		fprintf(l.out, "Failed: %s.", json_text(b, "failed"));
		fprintf(out, "%*s", at ? 0 : INDENT, "");
		lines += end(&l, out, INDENT, st->width);
		at = 0;
	} else if (st->level < LEVEL_NUMBERS) {
		lines += print_text(out, json_text(b, "sentence"), &at, st->width);
	}
	if (at) {
		fprintf(out, "%s\n", json_length(groups) ? "" : json_validity(b));
		lines++;
	}
	return lines;
}

/* Of one machine, or of one for each target */
static void print_self_checks(FILE *out, struct json_object *results)
{
	struct json_object *list = json_array_of(results, "environments");
	size_t i, n = list ? json_length(list) : 1;

	fputs("; self-check ", out);
	for (i = 0; i < n; i++) {
		struct json_object *env = list ? json_object_array_get_idx(list, i) :
					  json_object_of(results, "environment");
		const char *state = json_text(json_object_of(env, "self_check"), "state");

		fprintf(out, "%s%s", i ? ", " : "", *state ? state : "not made");
		if (list)
			fprintf(out, " (%s)", json_text(env, "target"));
	}
}

static size_t print_head(FILE *out, struct json_object *results, int width)
{
	struct json_object *env = json_object_of(results, "environment");
	size_t lines;
	struct line l;

	begin(&l);
	fprintf(l.out, "Linux %s%s, %s", json_text(env, "kernel"),
		json_flag(env, "patched") ? " (patched)" : "", json_text(env, "cpu"));
	if (!json_array_of(results, "environments"))
		fprintf(l.out, ", target %s", json_text(env, "target"));
	print_self_checks(l.out, results);
	if (json_flag(results, "interrupted"))
		fputs("; interrupted", l.out);
	fputs(". In brackets: the paper's. ", l.out);
	fputs(json_flag(results, "quick") ?
	      "--quick: no number is one to rely on, all are indicative at best." :
	      "\"~\": indicative, not a number to rely on; without it: valid.", l.out);
	lines = end(&l, out, 0, width);
	putc('\n', out);
	return lines + 1;
}

/* Rows of one validity, and the reason that most of them have */
struct tally {
	size_t rows, most;
	const char *reason;
	struct json_object *reasons;	/* by reason the number of rows */
};

static void tally_row(struct tally *t, struct json_object *row)
{
	const char *reason = json_text(row, "reason");
	size_t n;

	t->rows++;
	if (!*reason)
		return;
	n = 1 + json_object_get_uint64(json_object_object_get(t->reasons, reason));
	json_object_object_add(t->reasons, reason, json_object_new_uint64(n));
	if (n > t->most) {
		t->most = n;
		t->reason = reason;
	}
}

static void tally_bench(struct tally *tally, struct json_object *b)
{
	struct json_object *tables = json_array_of(b, "tables");
	enum validity v;
	size_t i, j;

	for (i = 0; i < json_length(tables); i++) {
		struct json_object *rows = json_array_of(json_object_array_get_idx(tables, i),
							 "rows");

		for (j = 0; j < json_length(rows); j++) {
			struct json_object *row = json_object_array_get_idx(rows, j);

			for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++)
				if (!strcmp(json_validity(row), validity_name(v)))
					tally_row(&tally[v], row);
		}
	}
}

static size_t print_validity(FILE *out, struct json_object *results, int width)
{
	struct json_object *benches = json_array_of(results, "benches");
	struct tally tally[VALIDITY_NOT_MEASURED + 1] = { 0 };
	const char *before = "Of all rows ";
	enum validity v;
	struct line l;
	size_t i;

	putc('\n', out);
	begin(&l);
	for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++)
		tally[v].reasons = json_object_new_object();
	for (i = 0; i < json_length(benches); i++)
		tally_bench(tally, json_object_array_get_idx(benches, i));
	for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++) {
		const struct tally *t = &tally[v];

		json_object_put(t->reasons);
		if (!t->rows)
			continue;
		fprintf(l.out, "%s%zu %s %s", before, t->rows, t->rows == 1 ? "is" : "are",
			validity_name(v));
		if (t->reason)
			fprintf(l.out, " (%s%.120s)", t->most < t->rows ? "mostly: " : "",
				t->reason);
		before = ", ";
	}
	fputs(*before == ',' ? "." : "There are no rows.", l.out);
	return 1 + end(&l, out, 0, width);
}

/* All benches, but for those that would not leave `lines` enough for the rest; how many lines */
static size_t print_benches(FILE *out, struct json_object *benches, const struct style *st,
			    size_t lines)
{
	size_t i, n = json_length(benches), used = 0, more, len;
	char *text;
	FILE *one;

	for (i = 0; i < n; i++) {
		one = memory(&text, &len);
		more = print_bench(one, json_object_array_get_idx(benches, i), st);
		fclose(one);
		if (used + more + (i + 1 < n) > lines) {
			free(text);
			fprintf(out, "and %zu more of %zu benches, which do not fit in here\n",
				n - i, n);
			return used + 1;
		}
		fputs(text, out);
		free(text);
		used += more;
	}
	return used;
}

static size_t count_lines(struct json_object *benches, const struct style *st)
{
	size_t len, n;
	char *text;
	FILE *out = memory(&text, &len);

	n = print_benches(out, benches, st, SIZE_MAX / 2);
	fclose(out);
	free(text);
	return n;
}

void summary_print(FILE *out, struct json_object *results, int width, size_t lines)
{
	struct json_object *benches = json_array_of(results, "benches");
	struct style st = { .width = width, .marks = !json_flag(results, "quick") };
	char *validity, *head;
	size_t len, used;
	FILE *f;

	f = memory(&head, &len);
	used = print_head(f, results, width);
	fclose(f);
	f = memory(&validity, &len);
	used += print_validity(f, results, width);
	fclose(f);
	lines = lines > used + LEAST ? lines - used : LEAST;
	while (st.level < LEVEL_NUMBERS && count_lines(benches, &st) > lines)
		st.level++;
	fputs(head, out);
	print_benches(out, benches, &st, lines);
	fputs(validity, out);
	free(head);
	free(validity);
}
