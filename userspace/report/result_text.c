// SPDX-License-Identifier: GPL-2.0-only
/* Tables as text: aligned, unit in the header, its interval's and the paper's column beside */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/text.h"
#include "core/util.h"
#include "report/result_priv.h"

#define PAGE_WIDTH	100
#define GAP		2
#define INDENT		2

/* One printed column: a table's column, or what stands beside it */
enum part {
	PART_NUMBER,
	PART_INTERVAL,
	PART_PAPER,
};

struct print_col {
	const struct column *column;
	size_t index;
	enum part part;
	int width;
};

static void pad(FILE *out, int n)
{
	fprintf(out, "%*s", n > 0 ? n : 0, "");
}

static void right(FILE *out, const char *s, int width)
{
	pad(out, width - text_width(s));
	fputs(s, out);
}

static void left(FILE *out, const char *s, int width)
{
	fputs(s, out);
	pad(out, width - text_width(s));
}

static const char *head(const struct print_col *p)
{
	static const char *const beside[] = {
		[PART_INTERVAL] = "+-", [PART_PAPER] = "paper",
	};

	return p->part == PART_NUMBER ? p->column->head : beside[p->part];
}

/* The interval's is that of the number beside it */
static const char *unit(const struct print_col *p)
{
	return p->part == PART_INTERVAL ? "" : p->column->unit;
}

static bool first_cell(const struct row *r, const struct print_col *p)
{
	size_t i;

	/* "not measured" goes where the first measured value would stand */
	for (i = 0; i < p->index; i++) {
		const struct cell *c = row_cell(r, i);

		if (!c || !c->text)
			return false;
	}
	return true;
}

/*
 * The interval need not be even: the longer of its two sides. Rounded up, so that it is never
 * said to be narrower than it is.
 */
static const char *interval_text(const struct row *r, const struct print_col *p, char *buf,
				 size_t len)
{
	const struct cell *c = row_cell(r, p->index);
	double half;

	if (!c || !c->has_interval || row_hides(r, p->column))
		return "-";
	half = fmax(c->high - c->value, c->value - c->low);
	half = stats_round_up(half, p->column->decimals);
	snprintf(buf, len, "%.*f", p->column->decimals, half);
	return buf;
}

static const char *cell_text(const struct row *r, const struct print_col *p,
			     char *buf, size_t len)
{
	const struct cell *c = row_cell(r, p->index);

	if (p->part == PART_INTERVAL)
		return interval_text(r, p, buf, len);
	if (p->part == PART_PAPER) {
		if (!c || !c->has_paper)
			return "-";
		snprintf(buf, len, "%.*f", p->column->decimals, c->paper);
		return buf;
	}
	if (c && c->text)
		return c->text;
	if (r->validity == VALIDITY_NOT_MEASURED)
		return first_cell(r, p) ? validity_name(r->validity) : "-";
	if (!c || !c->is_number)
		return "-";
	if (row_hides(r, p->column))
		return validity_name(r->validity);
	snprintf(buf, len, "%.*f", p->column->decimals, c->value);
	return buf;
}

static int column_width(const struct table *t, const struct print_col *p)
{
	int width = text_width(head(p)), w;
	char buf[64];
	size_t i;

	w = text_width(unit(p));
	width = w > width ? w : width;
	for (i = 0; i < t->nrows; i++) {
		w = text_width(cell_text(t->rows[i], p, buf, sizeof(buf)));
		width = w > width ? w : width;
	}
	return width;
}

static bool has_paper(const struct table *t, size_t column)
{
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		const struct cell *c = row_cell(t->rows[i], column);

		if (c && c->has_paper)
			return true;
	}
	return false;
}

/* Of a number that was measured as it stands there, or of a rate */
static bool has_interval(const struct table *t, size_t column, bool is_rate)
{
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		const struct cell *c = row_cell(t->rows[i], column);

		if (c && c->has_interval && c->is_rate == is_rate)
			return true;
	}
	return false;
}

/* A rate's is that of the time, which stands there once */
static bool times_have_intervals(const struct table *t)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (has_interval(t, i, false))
			return true;
	return false;
}

static void add_column(const struct table *t, struct print_col *cols, size_t *n, size_t index,
		       enum part part)
{
	struct print_col *p = &cols[(*n)++];

	p->column = &t->columns[index];
	p->index = index;
	p->part = part;
	p->width = column_width(t, p);
}

static size_t layout(const struct table *t, struct print_col *cols)
{
	bool times = times_have_intervals(t);
	size_t i, n = 0;

	for (i = 0; i < t->ncolumns; i++) {
		add_column(t, cols, &n, i, PART_NUMBER);
		if (has_interval(t, i, false) || (!times && has_interval(t, i, true)))
			add_column(t, cols, &n, i, PART_INTERVAL);
		if (has_paper(t, i))
			add_column(t, cols, &n, i, PART_PAPER);
	}
	return n;
}

static void print_block(const struct table *t, const struct print_col *cols,
			size_t n, int label, FILE *out)
{
	char buf[64];
	size_t i, j;

	pad(out, INDENT + label);
	for (i = 0; i < n; i++)
		right(out, head(&cols[i]), GAP + cols[i].width);
	fputc('\n', out);
	pad(out, INDENT + label);
	for (i = 0; i < n; i++)
		right(out, unit(&cols[i]), GAP + cols[i].width);
	fputc('\n', out);
	for (j = 0; j < t->nrows; j++) {
		pad(out, INDENT);
		left(out, t->rows[j]->label, label);
		for (i = 0; i < n; i++)
			right(out, cell_text(t->rows[j], &cols[i], buf, sizeof(buf)),
			      GAP + cols[i].width);
		fputc('\n', out);
	}
}

static bool same_reason(const struct row *a, const struct row *b)
{
	return a->validity == b->validity && !strcmp(a->reason, b->reason);
}

/* One line for all rows that share a validity and its reason */
static void print_validity(const struct table *t, FILE *out)
{
	size_t i, j;

	for (i = 0; i < t->nrows; i++) {
		const struct row *r = t->rows[i];
		char *names = NULL, *line;
		size_t same = 0;

		if (r->validity == VALIDITY_VALID)
			continue;
		for (j = 0; j < t->nrows; j++) {
			char *more;

			if (!same_reason(r, t->rows[j]))
				continue;
			if (j < i)
				break;
			more = names ? xasprintf("%s, %s", names, t->rows[j]->label) :
			       xstrdup(t->rows[j]->label);
			free(names);
			names = more;
			same++;
		}
		if (j == t->nrows) {
			line = xasprintf("%s (%s): %s", validity_name(r->validity),
					 same == t->nrows && same > 1 ? "all rows" : names,
					 r->reason);
			pad(out, INDENT);
			text_wrap(out, line, INDENT, INDENT + 2, PAGE_WIDTH);
			free(line);
		}
		free(names);
	}
}

static const char *row_note_text(const struct row *r, size_t i)
{
	struct json_object *note, *text = NULL;

	if (r->validity >= VALIDITY_EMULATED || i >= json_object_array_length(r->notes))
		return NULL;
	note = json_object_array_get_idx(r->notes, i);
	json_object_object_get_ex(note, "text", &text);
	return json_object_get_string(text);
}

static bool has_note(const struct row *r, const char *text)
{
	const char *own;
	size_t i;

	for (i = 0; (own = row_note_text(r, i)); i++)
		if (!strcmp(own, text))
			return true;
	return false;
}

/* All rows of the same note, unless one before this row has it, too */
static char *rows_of_note(const struct table *t, size_t row, const char *text)
{
	char *names = xstrdup(t->rows[row]->label), *more;
	size_t i;

	for (i = 0; i < t->nrows; i++) {
		if (i == row || !has_note(t->rows[i], text))
			continue;
		if (i < row) {
			free(names);
			return NULL;
		}
		more = xasprintf("%s, %s", names, t->rows[i]->label);
		free(names);
		names = more;
	}
	return names;
}

static void print_row_notes(const struct table *t, FILE *out)
{
	const char *text;
	size_t i, k;

	for (i = 0; i < t->nrows; i++)
		for (k = 0; (text = row_note_text(t->rows[i], k)); k++) {
			char *names = rows_of_note(t, i, text), *line;

			if (!names)
				continue;
			line = xasprintf("note (%s): %s", names, text);
			pad(out, INDENT);
			text_wrap(out, line, INDENT, INDENT + 2, PAGE_WIDTH);
			free(line);
			free(names);
		}
}

static void print_table(const struct table *t, FILE *out)
{
	struct print_col *cols = xcalloc(3 * t->ncolumns, sizeof(*cols));
	size_t i, j, n, begin = 0;
	int label = 0, width;

	for (i = 0; i < t->nrows; i++) {
		width = text_width(t->rows[i]->label);
		label = width > label ? width : label;
	}
	if (*t->title)
		fprintf(out, "%s\n", t->title);

	n = layout(t, cols);
	while (begin < n) {
		width = INDENT + label;
		for (i = begin; i < n; i++) {
			/* what stands beside a column stays there */
			int group = GAP + cols[i].width;

			for (j = i + 1; j < n && cols[j].part != PART_NUMBER; j++)
				group += GAP + cols[j].width;
			if (i > begin && cols[i].part == PART_NUMBER && width + group > PAGE_WIDTH)
				break;
			width += GAP + cols[i].width;
		}
		if (begin)
			fputc('\n', out);
		print_block(t, cols + begin, i - begin, label, out);
		begin = i;
	}
	print_validity(t, out);
	print_row_notes(t, out);
	free(cols);
}

void result_print(const struct result *res, FILE *out)
{
	size_t i;

	fprintf(out, "%s: %s\n", res->bench, res->title);
	if (res->source) {
		char *line = xasprintf("columns \"paper\": %s", res->source);

		text_wrap(out, line, 0, INDENT, PAGE_WIDTH);
		free(line);
	}
	if (res->device_text) {
		char *line = xasprintf("over %s", res->device_text);

		text_wrap(out, line, 0, INDENT, PAGE_WIDTH);
		free(line);
	}
	for (i = 0; i < res->ntables; i++) {
		if (!res->tables[i]->nrows)
			continue;
		fputc('\n', out);
		print_table(res->tables[i], out);
	}
	if (res->nnotes)
		fputc('\n', out);
	for (i = 0; i < res->nnotes; i++) {
		pad(out, INDENT);
		text_wrap(out, res->notes[i].text, INDENT, INDENT, PAGE_WIDTH);
	}
	fputc('\n', out);
}
