// SPDX-License-Identifier: GPL-2.0-only
/* Tables as data */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/util.h"
#include "report/paper.h"
#include "report/result_priv.h"
#include "report/table.h"

static bool is_so(unsigned int when, unsigned int is)
{
	return (when & is) == when;
}

static bool has_column(const struct table *t, const char *key, size_t len)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (strlen(t->columns[i].key) == len && !strncmp(t->columns[i].key, key, len))
			return true;
	return false;
}

/* A column that is there in some runs only is plotted in these */
static void make_plot(struct table *t, const struct table_def *def,
		      const struct figure_def *figure)
{
	const char *key = def->plot.columns;
	char there[128] = "";
	size_t len, used = 0;

	if (!key)
		return;
	for (; *key; key += len + !!key[len]) {
		len = strcspn(key, " ");
		if (has_column(t, key, len))
			used += snprintf(there + used, sizeof(there) - used, "%s%.*s",
					 used ? " " : "", (int)len, key);
	}
	table_plot(t, def->plot.kind, def->plot.xlabel ?: figure->xname, def->plot.ylabel, there,
		   !*def->key && figure->log_x);
}

static bool has_paper(const struct table *t, const struct column_def *c)
{
	return c->paper && is_so(c->when, t->is);
}

struct row *table_add_row(struct table *t, const struct row_def *def)
{
	struct row *row = table_row(t, def->key, def->label);
	const struct column_def *c;

	for (c = t->def->columns; c->key && t->def->paper && def->paper; c++)
		if (has_paper(t, c))
			row_paper(row, c->key, paper_value(t->def->paper, def->paper, c->paper));
	return row;
}

static void add_row_at(struct table *t, const struct figure_def *figure, double x)
{
	const struct column_def *c;
	char key[32], label[32];
	struct row *row;

	snprintf(key, sizeof(key), figure->x_key, x);
	snprintf(label, sizeof(label), figure->x_label, x);
	row = table_row(t, key, label);
	row->x = x;
	/* a figure's points */
	row->has_x = t->plot.kind == PLOT_LINES;
	for (c = t->def->columns; c->key; c++)
		if (has_paper(t, c))
			row_paper(row, c->key, paper_at(figure->key, c->paper, x));
}

/* NULL: it has no devices of its own */
static void add_row(struct table *t, const struct row_def *def, const char *device)
{
	struct row_def over = *def;
	char key[64], label[96];

	if (device) {
		snprintf(key, sizeof(key), "%s_%s", device, def->key);
		snprintf(label, sizeof(label), "%s, %s", device, def->label);
		over.key = key;
		over.label = label;
	}
	table_add_row(t, &over);
}

static void add_rows(struct table *t, const struct table_def *def, const char *device)
{
	const struct row_def *row;
	struct row_def made;
	size_t i;

	for (row = def->rows; row && row->key; row++)
		add_row(t, row, device);
	for (i = 0; def->row && def->row(i, &made); i++)
		add_row(t, &made, device);
}

static void make_rows(struct table *t, const struct table_def *def,
		      const struct figure_def *figure, const char *const *devices)
{
	size_t i;

	if (!def->each_device)
		add_rows(t, def, NULL);
	for (i = 0; def->each_device && devices[i]; i++)
		add_rows(t, def, devices[i]);
	for (i = 0; def->each_x && i < paper_points(figure->key); i++)
		add_row_at(t, figure, paper_x(figure->key)[i]);
}

static void model_columns(struct table *t, const struct column_def *c)
{
	const char *comma = *c->head ? ", " : "";
	char key[48], head[48];

	snprintf(key, sizeof(key), "%smodel", c->key);
	snprintf(head, sizeof(head), "%s%smodel", c->head, comma);
	if (t->is & IF_MODEL)
		table_column(t, key, head, "ns/packet", 1);
	snprintf(key, sizeof(key), "%swithout", c->key);
	snprintf(head, sizeof(head), "%s%swithout", c->head, comma);
	/* beside each other, on more CPUs, they cannot be told apart */
	if (is_so(IF_MODEL | IF_ALONE, t->is))
		table_column(t, key, head, "Mpps", 2);
}

static void make_column(struct table *t, const struct column_def *c)
{
	char key[48];

	if (c->kind == COLUMN_MODEL) {
		model_columns(t, c);
		return;
	}
	table_column(t, c->key, c->head, c->unit, c->decimals);
	snprintf(key, sizeof(key), "%s_systematic", c->key);
	if (c->kind == COLUMN_ESTIMATE && t->is & IF_STEPS)
		table_column(t, key, "clock +-", c->unit, c->decimals);
}

static void make(struct result *res, const struct table_def *def,
		 const struct figure_def *figure, unsigned int is, const char *const *devices)
{
	bool own = *def->key;
	struct table *t = result_table(res, own ? def->key : figure->key,
				       own ? def->title : figure->title);
	const struct column_def *c;

	t->def = def;
	t->is = is;
	t->old_key = def->old_key;
	t->by_tsc = def->by_tsc;
	for (c = def->columns; c->key; c++)
		if (is_so(c->when, is))
			make_column(t, c);
	make_plot(t, def, figure);
	make_rows(t, def, figure, devices);
}

void tables_make(struct result *res, const struct table_def *defs,
		 const struct figure_def *figure, unsigned int is, const char *const *devices)
{
	for (; defs && defs->key; defs++)
		if (is_so(defs->when, is))
			make(res, defs, figure, is, devices);
}

struct table *result_find(const struct result *res, const char *table)
{
	size_t i;

	for (i = 0; i < res->ntables; i++)
		if (!strcmp(res->tables[i]->key, table))
			return res->tables[i];
	return NULL;
}

/* A bench that fills what its tables do not have is wrong */
static struct row *must_be(struct row *row, const char *table, const char *key)
{
	if (row)
		return row;
	fprintf(stderr, "hookcost: no row %s in a table %s\n", key, table);
	abort();
}

struct row *result_row(const struct result *res, const char *table, const char *row)
{
	const struct table *t = result_find(res, table);
	size_t i = 0;

	while (t && i < t->nrows && strcmp(t->rows[i]->key, row))
		i++;
	return must_be(t && i < t->nrows ? t->rows[i] : NULL, table, row);
}

struct row *result_row_over(const struct result *res, const char *table, const char *over,
			    const char *row)
{
	char key[64];

	snprintf(key, sizeof(key), "%s_%s", over, row);
	return result_row(res, table, key);
}

struct row *result_row_at(const struct result *res, const char *table, double x)
{
	const struct table *t = result_find(res, table);
	size_t i = 0;

	while (t && i < t->nrows && t->rows[i]->x != x)
		i++;
	return must_be(t && i < t->nrows ? t->rows[i] : NULL, table, "at that x");
}

static bool is_empty(const struct row *r)
{
	size_t i;

	for (i = 0; i < r->ncells; i++)
		if (r->cells[i].is_number || r->cells[i].text)
			return false;
	return true;
}

void result_not_measured(struct result *res, const char *code, const char *why)
{
	size_t i, j, kept = 0;

	for (i = 0; i < res->ntables; i++) {
		struct table *t = res->tables[i];

		for (j = 0; j < t->nrows; j++)
			if (t->rows[j]->validity == VALIDITY_VALID && is_empty(t->rows[j]))
				row_reason(t->rows[j], VALIDITY_NOT_MEASURED, code, "%s", why);
		if (t->nrows)
			res->tables[kept++] = t;
		else
			table_free(t);
	}
	res->ntables = kept;
}

void result_lacks(struct result *res, const char *fmt, ...)
{
	va_list ap;

	free(res->lacks);
	va_start(ap, fmt);
	if (vasprintf(&res->lacks, fmt, ap) < 0)
		res->lacks = NULL;
	va_end(ap);
}

const char *result_lack(const struct result *res)
{
	return res->lacks;
}
