// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture that a report opens with: what a packet pays until a hook and there, a bar for
 * each hook and one for the paper's. Drawn here, so that it is there without gnuplot and has
 * the page's colours.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "report/html.h"
#include "report/report_priv.h"
#include "report/result.h"
#include "report/results.h"

#define BARS_MAX	12
#define WIDTH		480	/* as few units as can be: text is small where a page is narrow */
#define LEFT		74
#define RIGHT		136	/* room for the numbers of the longest bar */
#define TOP		50
#define BAR_HEIGHT	13
#define BAR_STEP	17
#define HOOK_STEP	46
#define PARTS		2

struct bar {
	const char *label, *validity;
	double here[PARTS], paper[PARTS];
};

struct path {
	struct bar bar[BARS_MAX];
	size_t n;
	double most;
	bool has_paper;
};

static bool has_numbers(const double part[PARTS])
{
	return !isnan(part[0]) || !isnan(part[1]);
}

static double sum(const double part[PARTS])
{
	return fmax(0, isnan(part[0]) ? 0 : part[0]) + fmax(0, isnan(part[1]) ? 0 : part[1]);
}

static void add_bar(struct path *p, struct json_object *row, const char *label,
		    struct json_object *columns)
{
	struct bar *b = &p->bar[p->n];
	size_t i;

	if (p->n == BARS_MAX || !row)
		return;
	b->label = label;
	b->validity = json_validity(row);
	for (i = 0; i < PARTS; i++) {
		struct json_object *c = json_object_array_get_idx(columns, i);
		const char *key = json_object_get_string(c) ?: "";

		b->here[i] = json_double(json_object_of(row, "cells"), key);
		b->paper[i] = json_double(json_object_of(row, "paper"), key);
	}
	p->most = fmax(p->most, fmax(sum(b->here), sum(b->paper)));
	p->has_paper |= has_numbers(b->paper);
	p->n++;
}

/* The rows that the bench shows first, by their short names; of an older file all */
static void add_bars(struct path *p, struct json_object *bench, struct json_object *table)
{
	struct json_object *columns = json_array_of(json_object_of(table, "plot"), "columns");
	struct json_object *rows = json_array_of(table, "rows"), *row, *list;
	size_t i;

	list = json_find(json_array_of(bench, "headline"), "table", json_text(table, "key"));
	list = json_array_of(list, "rows");
	for (i = 0; i < json_length(list); i++) {
		row = json_object_array_get_idx(list, i);
		add_bar(p, json_find(rows, "key", json_text(row, "key")), json_text(row, "label"),
			columns);
	}
	for (i = 0; i < json_length(rows) && !list; i++) {
		row = json_object_array_get_idx(rows, i);
		add_bar(p, row, json_text(row, "label"), columns);
	}
}

static void print_number(FILE *out, double v)
{
	/* below 0: shorter than what the clock tells apart */
	if (v < 0.05)
		fputs("0", out);
	else
		fprintf(out, "%.*f", v < 10 ? 1 : 0, v);
}

static double draw_part(FILE *out, const char *class, double x, int y, double width)
{
	/* what is there is seen, however short it is */
	fprintf(out, "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
		class, x, y, fmax(width, 1), BAR_HEIGHT);
	return x + width;
}

static void draw_bar(FILE *out, const struct path *p, const struct bar *b, bool paper, int y)
{
	const double *part = paper ? b->paper : b->here;
	double x = LEFT, scale = (WIDTH - LEFT - RIGHT) / p->most;
	static const char *const class[2][PARTS] = { { "p1", "p2" }, { "p1 q", "p2 q" } };
	const char *before = "";
	size_t i;

	for (i = 0; i < PARTS; i++)
		if (!isnan(part[i]))
			x = draw_part(out, class[paper][i], x, y, fmax(0, part[i]) * scale);
	fprintf(out, "<text x=\"%.1f\" y=\"%d\"%s>", x + 6, y + BAR_HEIGHT - 2,
		paper ? " class=\"paper\"" : "");
	for (i = 0; i < PARTS; i++) {
		if (isnan(part[i]))
			continue;
		fputs(before, out);
		print_number(out, part[i]);
		before = " + ";
	}
	if (*before)
		fputs(" ns", out);
	else
		html_text(out, paper ? "" : b->validity);
	fputs(paper ? ", paper</text>\n" : "</text>\n", out);
}

static void draw_key(FILE *out, const char *class, int x, int y, const char *text)
{
	fprintf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"12\" height=\"12\"/>\n",
		class, x, y);
	fprintf(out, "<text x=\"%d\" y=\"%d\">", x + 18, y + 10);
	html_text(out, text);
	fputs("</text>\n", out);
}

static void draw_legend(FILE *out, struct json_object *plot, bool has_paper)
{
	draw_key(out, "p1", 0, 4, json_text(plot, "x"));
	draw_key(out, "p2", 0, 24, json_text(plot, "y"));
	if (has_paper)
		draw_key(out, "p1 q", WIDTH - 96, 4, "the paper");
}

static void draw(FILE *out, const struct path *p, struct json_object *plot)
{
	size_t i;

	fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %zu\" role=\"img\"\n"
		"aria-labelledby=\"path-title path-desc\"><title id=\"path-title\">", WIDTH,
		TOP + p->n * HOOK_STEP);
	fputs("What a packet pays at each hook</title><desc id=\"path-desc\">", out);
	html_text(out, json_text(plot, "x"));
	fputs("; ", out);
	html_text(out, json_text(plot, "y"));
	fputs("; the numbers are in a table below</desc>\n", out);
	draw_legend(out, plot, p->has_paper);
	for (i = 0; i < p->n; i++) {
		int y = TOP + (int)i * HOOK_STEP;

		fprintf(out, "<text class=\"hook\" x=\"0\" y=\"%d\">", y + BAR_HEIGHT - 2);
		html_text(out, p->bar[i].label);
		fputs("</text>\n", out);
		draw_bar(out, p, &p->bar[i], false, y);
		if (has_numbers(p->bar[i].paper))
			draw_bar(out, p, &p->bar[i], true, y + BAR_STEP);
	}
	fputs("</svg>\n", out);
}

/* If not all are valid: what they are */
static void print_weakest(FILE *out, const struct path *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += strcmp(p->bar[i].validity, validity_name(VALIDITY_VALID)) != 0;
	if (n == p->n)
		fputs(" None of these rows is valid: the reasons are below their table.", out);
	else if (n)
		fprintf(out, " %zu of these %zu are not valid: the reasons are below their table.",
			n, p->n);
}

static void print_path(struct report *r, struct json_object *bench, struct json_object *table)
{
	struct json_object *plot = json_object_of(table, "plot");
	struct path p = { 0 };

	add_bars(&p, bench, table);
	if (!p.n || !(p.most > 0))
		return;
	fputs("<figure class=\"path\">", r->out);
	draw(r->out, &p, plot);
	fputs("<figcaption>Medians, ns", r->out);
	if (p.has_paper)
		fputs("; dashed: the paper&rsquo;s, of another machine", r->out);
	fputs(" (<a href=\"#bench-", r->out);
	html_id(r->out, json_text(bench, "name"));
	fputs("\">", r->out);
	html_text(r->out, json_text(bench, "name"));
	fputs("</a>).", r->out);
	print_weakest(r->out, &p);
	fputs("</figcaption></figure>\n", r->out);
}

void report_path(struct report *r)
{
	struct json_object *benches = json_array_of(r->results, "benches");
	size_t i, j;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *b = json_object_array_get_idx(benches, i);
		struct json_object *tables = json_array_of(b, "tables");

		for (j = 0; j < json_length(tables); j++) {
			struct json_object *t = json_object_array_get_idx(tables, j);

			if (report_is_path(t)) {
				print_path(r, b, t);
				return;
			}
		}
	}
}

bool report_is_path(struct json_object *table)
{
	return !strcmp(json_text(json_object_of(table, "plot"), "kind"), "path");
}
