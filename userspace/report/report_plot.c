// SPDX-License-Identifier: GPL-2.0-only
/* A table as a figure: what gnuplot is told */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "report/report_priv.h"
#include "report/results.h"

#define SERIES_MAX	12
#define LABEL_MAX	80
#define TICS_MAX	24

struct series {
	const char *key, *head;
	bool paper;
};

struct figure {
	struct json_object *rows;
	bool bars, log_x;
	double zero_at;			/* where x = 0 is drawn on a logarithmic axis */
	struct series series[SERIES_MAX];
	size_t nseries;
};

static const char *const colours[] = {
	"#0072b2", "#d55e00", "#009e73", "#aa4499", "#b8860b", "#3399cc",
};

/* In single quotes gnuplot takes all but the quote as it is */
static void quoted(FILE *f, const char *s, bool is_tic)
{
	size_t n;

	putc('\'', f);
	for (n = 0; s[n]; n++) {
		/* a character of UTF-8 stays whole */
		if (n >= LABEL_MAX && ((unsigned char)s[n] & 0xc0) != 0x80)
			break;
		if (s[n] == '\'')
			putc('\'', f);
		/* a tic's label is a format */
		if (s[n] == '%' && is_tic)
			putc('%', f);
		putc((unsigned char)s[n] < ' ' || s[n] == 0x7f ? ' ' : s[n], f);
	}
	putc('\'', f);
}

static double value(struct json_object *row, const struct series *s)
{
	return json_double(json_object_of(row, s->paper ? "paper" : "cells"), s->key);
}

static double row_at(const struct figure *f, size_t i)
{
	double x = json_double(json_object_array_get_idx(f->rows, i), "x");

	if (f->bars)
		return (double)i;
	if (f->log_x && x == 0)
		return f->zero_at;
	return f->log_x && x < 0 ? NAN : x;
}

static bool has_points(const struct figure *f, const struct series *s)
{
	size_t i;

	for (i = 0; i < json_length(f->rows); i++)
		if (!isnan(row_at(f, i)) && !isnan(value(json_object_array_get_idx(f->rows, i), s)))
			return true;
	return false;
}

static void add_series(struct figure *f, const char *key, const char *head, bool paper)
{
	struct series s = { .key = key, .head = *head ? head : key, .paper = paper };

	if (f->nseries < SERIES_MAX && has_points(f, &s))
		f->series[f->nseries++] = s;
}

/* One step left of the smallest x above 0, as long as the step to the next */
static double place_of_zero(struct json_object *rows)
{
	double first = INFINITY, second = INFINITY, x;
	size_t i;

	for (i = 0; i < json_length(rows); i++) {
		x = json_double(json_object_array_get_idx(rows, i), "x");
		if (!(x > 0) || x == first)
			continue;
		if (x < first) {
			second = first;
			first = x;
		} else if (x < second) {
			second = x;
		}
	}
	if (isinf(first))
		return NAN;
	return isinf(second) ? first / 2 : first * first / second;
}

static void print_data(FILE *out, const struct figure *f, size_t k)
{
	double width = 0.8 / (double)f->nseries;
	size_t i;

	fprintf(out, "$s%zu << EOD\n", k);
	for (i = 0; i < json_length(f->rows); i++) {
		double y = value(json_object_array_get_idx(f->rows, i), &f->series[k]);
		double x = row_at(f, i);

		if (f->bars)
			x += ((double)k - 0.5 * (double)(f->nseries - 1)) * width;
		/* an empty line breaks the curve */
		if (isnan(x) || isnan(y))
			fputs("\n", out);
		else
			fprintf(out, "%.9g %.9g %.9g\n", x, y, 0.95 * width);
	}
	fputs("EOD\n", out);
}

static void print_tics(FILE *out, const struct figure *f)
{
	size_t i, n = json_length(f->rows), width = 0;
	char number[32];

	for (i = 0; i < n && f->bars; i++)
		width += strlen(json_text(json_object_array_get_idx(f->rows, i), "label")) + 3;
	if (width > 90)
		fputs("set xtics rotate by 30 right\n", out);
	fputs("set xtics (", out);
	for (i = 0; i < n; i++) {
		struct json_object *row = json_object_array_get_idx(f->rows, i);
		double at = row_at(f, i);

		if (isnan(at))
			continue;
		snprintf(number, sizeof(number), "%.6g", json_double(row, "x"));
		quoted(out, f->bars ? json_text(row, "label") : number, true);
		fprintf(out, " %.9g, ", at);
	}
	/* the list's end is not empty; a tic beyond the axis is not drawn */
	fputs("'' -1e9)\n", out);
}

/* gnuplot would go on to the next powers of ten */
static void print_log_range(FILE *out, const struct figure *f)
{
	double low = INFINITY, high = 0;
	size_t i;

	for (i = 0; i < json_length(f->rows); i++) {
		low = fmin(low, row_at(f, i));
		high = fmax(high, row_at(f, i));
	}
	fprintf(out, "set logscale x\nset xrange [%.9g:%.9g]\n", low / 1.25, high * 1.25);
}

static void print_axes(FILE *out, const struct figure *f, struct json_object *plot)
{
	bool negative = false;
	size_t i, k;

	for (k = 0; k < f->nseries; k++)
		for (i = 0; i < json_length(f->rows); i++)
			negative |= value(json_object_array_get_idx(f->rows, i), &f->series[k]) < 0;
	fputs("set terminal svg size 840,440 dynamic noenhanced font 'sans-serif,14'\n"
	      "set encoding utf8\n"
	      "set border 3\n"
	      "set tics nomirror out\n"
	      "set grid ytics lt 1 lc rgb '#d8d8d8'\n"
	      "set key outside top center horizontal\n", out);
	fprintf(out, "set yrange [%s:*]\n", negative ? "*" : "0");
	fputs("set ylabel ", out);
	quoted(out, json_text(plot, "y"), false);
	putc('\n', out);
	if (f->bars) {
		fprintf(out, "set xrange [-0.6:%zu.6]\n", json_length(f->rows) - 1);
	} else {
		fputs("set xlabel ", out);
		quoted(out, json_text(plot, "x"), false);
		putc('\n', out);
	}
	if (f->log_x)
		print_log_range(out, f);
	/* each x of a list that was chosen, for a few */
	if (f->bars || (f->log_x && json_length(f->rows) <= TICS_MAX))
		print_tics(out, f);
}

/* Measured: solid, filled; the paper's in the same colour: dashed, hollow */
static void print_curves(FILE *out, const struct figure *f)
{
	const char *last = "";
	size_t k, colour = 0;

	for (k = 0; k < f->nseries; k++) {
		const struct series *s = &f->series[k];
		char *title = xasprintf("%s%s", s->head, s->paper ? ", paper" : "");
		const char *rgb;

		if (*last && strcmp(last, s->key))
			colour++;
		last = s->key;
		rgb = colours[colour % ARRAY_SIZE(colours)];
		fprintf(out, k ? ", \\\n\t" : "plot ");
		if (f->bars)
			fprintf(out, "$s%zu using 1:2:3 with boxes fs %s lw 1.5 %s lc rgb '%s'", k,
				s->paper ? "empty border" : "solid 0.85 noborder",
				s->paper ? "dt (6,3)" : "dt 1", rgb);
		else
			fprintf(out, "$s%zu using 1:2 with linespoints lw 2 %s lc rgb '%s'", k,
				s->paper ? "dt (8,5) pt 6 ps 0.6" : "dt 1 pt 7 ps 0.6", rgb);
		fputs(" title ", out);
		quoted(out, title, false);
		free(title);
	}
	putc('\n', out);
}

char *plot_script(struct json_object *table)
{
	struct json_object *plot = json_object_of(table, "plot");
	struct json_object *keys = json_array_of(plot, "columns");
	struct figure f = { .rows = json_array_of(table, "rows") };
	char *text = NULL;
	size_t i, len;
	FILE *out;

	f.bars = !strcmp(json_text(plot, "kind"), "bars");
	if (!f.bars && strcmp(json_text(plot, "kind"), "lines"))
		return NULL;
	f.log_x = !f.bars && json_flag(plot, "log_x");
	f.zero_at = place_of_zero(f.rows);
	for (i = 0; i < json_length(keys); i++) {
		const char *key = json_object_get_string(json_object_array_get_idx(keys, i)) ?: "";
		struct json_object *c = json_find(json_array_of(table, "columns"), "key", key);

		if (!c)
			continue;
		add_series(&f, key, json_text(c, "head"), false);
		add_series(&f, key, json_text(c, "head"), true);
	}
	if (!f.nseries)
		return NULL;
	out = open_memstream(&text, &len);
	if (!out)
		return NULL;
	print_axes(out, &f, plot);
	for (i = 0; i < f.nseries; i++)
		print_data(out, &f, i);
	print_curves(out, &f);
	fclose(out);
	return text;
}
