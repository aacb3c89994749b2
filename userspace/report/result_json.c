// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "core/json.h"
#include "core/util.h"
#include "report/paper.h"
#include "report/result_priv.h"

void json_add_validity(struct json_object *o, enum validity v)
{
	json_add_string(o, "validity", validity_name(v));
	json_add_string(o, "verdict", validity_name(v));
}

static struct json_object *cells_json(const struct row *r)
{
	struct json_object *cells = json_object_new_object();
	size_t i;

	for (i = 0; i < r->table->ncolumns; i++) {
		const struct column *c = &r->table->columns[i];
		const struct cell *cell = row_cell(r, i);
		struct json_object *val = NULL;

		if (cell && cell->text)
			val = json_string(cell->text);
		else if (cell && cell->is_number && !row_hides(r, c))
			val = json_number(cell->value);
		json_object_object_add(cells, c->key, val);
	}
	return cells;
}

static struct json_object *intervals_json(const struct row *r)
{
	struct json_object *intervals = json_object_new_object();
	size_t i;

	for (i = 0; i < r->ncells; i++) {
		const struct column *c = &r->table->columns[i];
		const struct cell *cell = &r->cells[i];

		if (cell->has_interval && !row_hides(r, c))
			json_object_object_add(intervals, c->key,
					       json_bounds(cell->low, cell->high));
	}
	return intervals;
}

static struct json_object *paper_json(const struct row *r)
{
	struct json_object *paper = json_object_new_object();
	size_t i;

	for (i = 0; i < r->ncells; i++)
		if (r->cells[i].has_paper)
			json_object_object_add(paper, r->table->columns[i].key,
					       json_number(r->cells[i].paper));
	return paper;
}

static struct json_object *row_json(const struct row *r)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "key", r->key);
	json_add_string(o, "label", r->label);
	if (r->has_x)
		json_object_object_add(o, "x", json_number(r->x));
	json_add_validity(o, r->validity);
	json_add_string(o, "reason", r->reason);
	json_object_object_add(o, "reasons", json_object_get(r->reasons));
	json_object_object_add(o, "cells", cells_json(r));
	json_object_object_add(o, "intervals", intervals_json(r));
	json_object_object_add(o, "paper", paper_json(r));
	json_object_object_add(o, "notes", r->validity < VALIDITY_EMULATED ?
			       json_object_get(r->notes) : json_object_new_array());
	json_object_object_add(o, "raw", json_object_get(r->raw));
	json_object_object_add(o, "detail", json_object_get(r->detail));
	return o;
}

static struct json_object *plot_json(const struct plot *p)
{
	static const char *const kind[] = {
		[PLOT_LINES] = "lines", [PLOT_BARS] = "bars", [PLOT_PATH] = "path",
	};
	struct json_object *columns = json_object_new_array();
	struct json_object *o = json_object_new_object();
	char *list = xstrdup(p->columns), *save, *key;

	for (key = strtok_r(list, " ", &save); key; key = strtok_r(NULL, " ", &save))
		json_object_array_add(columns, json_string(key));
	free(list);
	json_add_string(o, "kind", kind[p->kind]);
	json_add_string(o, "x", p->xlabel);
	json_add_string(o, "y", p->ylabel);
	json_object_object_add(o, "log_x", json_object_new_boolean(p->log_x));
	json_object_object_add(o, "columns", columns);
	return o;
}

static struct json_object *table_json(const struct table *t)
{
	struct json_object *columns = json_object_new_array();
	struct json_object *rows = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; i < t->ncolumns; i++) {
		struct json_object *c = json_object_new_object();

		json_add_string(c, "key", t->columns[i].key);
		json_add_string(c, "head", t->columns[i].head);
		json_add_string(c, "unit", t->columns[i].unit);
		json_object_object_add(c, "decimals", json_object_new_int(t->columns[i].decimals));
		json_object_array_add(columns, c);
	}
	for (i = 0; i < t->nrows; i++)
		json_object_array_add(rows, row_json(t->rows[i]));

	json_add_string(o, "key", t->key);
	if (t->old_key)
		json_add_string(o, "old_key", t->old_key);
	json_add_string(o, "title", t->title);
	json_object_object_add(o, "columns", columns);
	if (t->by_tsc)
		json_add_string(o, "clock", "tsc");
	if (t->plot.kind)
		json_object_object_add(o, "plot", plot_json(&t->plot));
	json_object_object_add(o, "rows", rows);
	return o;
}

struct json_object *result_json(const struct result *res)
{
	struct json_object *tables = json_object_new_array();
	struct json_object *notes = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; i < res->ntables; i++)
		json_object_array_add(tables, table_json(res->tables[i]));
	for (i = 0; i < res->nnotes; i++)
		json_object_array_add(notes, json_string(res->notes[i].text));

	json_add_string(o, "name", res->bench);
	json_add_string(o, "title", res->title);
	json_add_string(o, "source", res->source ?: PAPER_DOI);
	json_add_validity(o, result_validity(res));
	json_object_object_add(o, "device", json_object_get(res->device));
	json_object_object_add(o, "tables", tables);
	json_object_object_add(o, "notes", notes);
	json_object_object_add(o, "facts", json_object_get(res->facts));
	return o;
}
