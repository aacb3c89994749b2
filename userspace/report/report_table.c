// SPDX-License-Identifier: GPL-2.0-only
/* A table of the report: its numbers beside the paper's, and why some are not there */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "report/html.h"
#include "report/report_priv.h"
#include "report/result.h"
#include "report/results.h"

/* A column's place, so that its cells need no look for it */
struct shown {
	const char *key, *head, *unit;
	int decimals;			/* < 0: the file does not say */
	bool paper;			/* the paper has numbers for it */
};

void report_validity(FILE *out, const char *validity)
{
	fputs("<span class=\"validity ", out);
	html_id(out, validity);
	fputs("\">", out);
	html_text(out, validity);
	fputs("</span>", out);
}

bool report_hidden(struct json_object *row, struct json_object *cell)
{
	const char *v = json_validity(row);

	return !cell && strcmp(v, validity_name(VALIDITY_VALID)) &&
	       strcmp(v, validity_name(VALIDITY_INDICATIVE));
}

static bool paper_has(struct json_object *rows, const char *key)
{
	size_t i;

	for (i = 0; i < json_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!isnan(json_double(json_object_of(row, "paper"), key)))
			return true;
	}
	return false;
}

static struct shown *shown_columns(struct json_object *table, size_t *n)
{
	struct json_object *columns = json_array_of(table, "columns");
	struct shown *list;
	size_t i;

	*n = json_length(columns);
	list = xcalloc(*n, sizeof(*list));
	for (i = 0; i < *n; i++) {
		struct json_object *c = json_object_array_get_idx(columns, i);
		double decimals = json_double(c, "decimals");

		list[i].key = json_text(c, "key");
		list[i].head = json_text(c, "head");
		list[i].unit = json_text(c, "unit");
		list[i].decimals = decimals >= 0 && decimals <= 9 ? (int)decimals : -1;
		list[i].paper = paper_has(json_array_of(table, "rows"), list[i].key);
	}
	return list;
}

/* As the text has it; where the file does not say, four digits that count */
static void print_number(FILE *out, double v, int decimals)
{
	char text[64];
	bool zero;

	if (decimals < 0) {
		decimals = v ? 3 - (int)floor(log10(fabs(v))) : 0;
		decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
	}
	if (fabs(v) >= 1e15)
		snprintf(text, sizeof(text), "%.5g", v);
	else
		snprintf(text, sizeof(text), "%.*f", decimals, v);
	zero = !text[strspn(text, "-0.")];
	fputs(zero && *text == '-' ? text + 1 : text, out);
}

static void print_head(FILE *out, const struct shown *c, bool paper)
{
	fprintf(out, "<th scope=\"col\"%s>", paper ? " class=\"paper\"" : "");
	html_text(out, paper ? "paper" : c->head);
	fputs("<span class=\"unit\">", out);
	html_text(out, c->unit);
	fputs("</span></th>", out);
}

/* The longer of its two sides, as in the text */
static void print_interval(FILE *out, struct json_object *row, const struct shown *c, double v)
{
	double low, high;

	if (!json_interval(row, c->key, &low, &high))
		return;
	fputs(" <span class=\"interval\">&plusmn;&nbsp;", out);
	print_number(out, stats_round_up(fmax(high - v, v - low), c->decimals), c->decimals);
	fputs("</span>", out);
}

static void print_cell(FILE *out, struct json_object *row, const struct shown *c, bool *named)
{
	struct json_object *cells = json_object_of(row, "cells"), *cell = NULL;
	double v = json_double(cells, c->key);
	const char *validity = json_validity(row);

	json_object_object_get_ex(cells, c->key, &cell);
	if (json_object_is_type(cell, json_type_string)) {
		fputs("<td>", out);
		html_text(out, json_object_get_string(cell));
	} else if (!isnan(v)) {
		fputs("<td>", out);
		print_number(out, v, c->decimals);
		print_interval(out, row, c, v);
	} else if (report_hidden(row, cell) &&
		   !(*named && !strcmp(validity, validity_name(VALIDITY_NOT_MEASURED)))) {
		*named = true;
		fputs("<td class=\"hidden\">", out);
		html_text(out, validity);
	} else {
		fputs("<td class=\"none\">&ndash;", out);
	}
	fputs("</td>", out);
}

static void print_paper(FILE *out, struct json_object *row, const struct shown *c)
{
	double v = json_double(json_object_of(row, "paper"), c->key);

	if (isnan(v)) {
		fputs("<td class=\"none\">&ndash;</td>", out);
		return;
	}
	fputs("<td class=\"paper\">", out);
	print_number(out, v, c->decimals);
	fputs("</td>", out);
}

static void print_row(FILE *out, struct json_object *row, const struct shown *c, size_t n)
{
	bool named = false;
	size_t i;

	fputs("<tr><th scope=\"row\">", out);
	html_text(out, json_text(row, "label"));
	fputs("</th>", out);
	for (i = 0; i < n; i++) {
		print_cell(out, row, &c[i], &named);
		if (c[i].paper)
			print_paper(out, row, &c[i]);
	}
	fputs("<td>", out);
	report_validity(out, json_validity(row));
	fputs("</td></tr>\n", out);
}

static bool same_reason(struct json_object *a, struct json_object *b)
{
	return !strcmp(json_validity(a), json_validity(b)) &&
	       !strcmp(json_text(a, "reason"), json_text(b, "reason"));
}

/* The rows that share the i-th one's validity and reason; nothing if an earlier one does */
static void print_reason(FILE *out, struct json_object *rows, size_t i)
{
	struct json_object *row = json_object_array_get_idx(rows, i);
	size_t j, n = json_length(rows), same = 0;

	for (j = 0; j < n; j++) {
		if (!same_reason(row, json_object_array_get_idx(rows, j)))
			continue;
		if (j < i)
			return;
		same++;
	}
	fputs("<li>", out);
	report_validity(out, json_validity(row));
	fputs(" (", out);
	if (same == n && n > 1)
		fputs("all rows", out);
	for (j = i; j < n && !(same == n && n > 1); j++) {
		struct json_object *other = json_object_array_get_idx(rows, j);

		if (!same_reason(row, other))
			continue;
		if (j > i)
			fputs("; ", out);
		html_text(out, json_text(other, "label"));
	}
	fputs("): ", out);
	html_text(out, json_text(row, "reason"));
	fputs("</li>\n", out);
}

static void print_reasons(FILE *out, struct json_object *rows)
{
	bool any = false;
	size_t i;

	for (i = 0; i < json_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		if (!*json_text(row, "reason"))
			continue;
		if (!any)
			fputs("<ul class=\"reasons\">\n", out);
		any = true;
		print_reason(out, rows, i);
	}
	if (any)
		fputs("</ul>\n", out);
}

void report_table(struct report *r, const char *bench, struct json_object *table)
{
	struct json_object *rows = json_array_of(table, "rows");
	const char *title = json_text(table, "title");
	struct shown *c;
	size_t i, n;

	if (!json_length(rows))
		return;
	c = shown_columns(table, &n);
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", r->out);
	html_text(r->out, *title ? title : bench);
	fputs("\"><table>\n<caption>", r->out);
	html_text(r->out, *title ? title : bench);
	fputs("</caption>\n<thead><tr><th scope=\"col\">row</th>", r->out);
	for (i = 0; i < n; i++) {
		print_head(r->out, &c[i], false);
		if (c[i].paper)
			print_head(r->out, &c[i], true);
	}
	fputs("<th scope=\"col\">validity</th></tr></thead>\n<tbody>\n", r->out);
	for (i = 0; i < json_length(rows); i++)
		print_row(r->out, json_object_array_get_idx(rows, i), c, n);
	fputs("</tbody></table></div>\n", r->out);
	print_reasons(r->out, rows);
	free(c);
}
