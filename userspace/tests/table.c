// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "report/table.h"
#include "unit.h"

static const struct column_def columns[] = {
	{ "median", "median", "ns", 1, "median" },
	{ "only", "only", "ns", 1, "spread", IF_OWN },
	{ "v_", "V", .kind = COLUMN_MODEL },
	{ "apart", "apart", "ns", 1, .kind = COLUMN_ESTIMATE },
	{ }
};

static const struct column_def curves[] = {
	{ "rate", "rate", "Mpps", 1, "eBPF" },
	{ "own", "own", "Mpps", 1, NULL, IF_OWN },
	{ }
};

static bool two_rows(size_t i, struct row_def *def)
{
	*def = (struct row_def){ i ? "second" : "first", "a row", i ? "HASH" : NULL };
	return i < 2;
}

static const struct table_def defs[] = {
	{ .key = "main", .title = "A", .paper = "table3", .columns = columns, .row = two_rows },
	{ .key = "", .columns = curves, .each_x = true,
	  .plot = { PLOT_LINES, NULL, "Mpps", "rate own" } },
	{ .key = "devices", .title = "Over each", .columns = columns, .row = two_rows,
	  .each_device = true, .when = IF_STEPS },
	{ .key = "none", .title = "Not there", .columns = curves, .when = IF_INSTRUCTIONS },
	{ }
};

static const char *const over[] = { "mlx5", "veth", NULL };

static const struct figure_def figure = { "figure14a", "A figure", "n", "n_%g", "n = %g", true };

static struct json_object *table(struct json_object *res, size_t i)
{
	return json_object_array_get_idx(json_object_object_get(res, "tables"), i);
}

static struct json_object *row(struct json_object *res, size_t i, size_t r)
{
	return json_object_array_get_idx(json_object_object_get(table(res, i), "rows"), r);
}

static const char *column(struct json_object *res, size_t i, size_t c)
{
	struct json_object *o = json_object_object_get(table(res, i), "columns");

	o = json_object_array_get_idx(o, c);
	return o ? json_object_get_string(json_object_object_get(o, "key")) : "none";
}

static const char *text(struct json_object *o, const char *field)
{
	return json_object_get_string(json_object_object_get(o, field));
}

/* -1: it has none there */
static double of(struct json_object *r, const char *what, const char *key)
{
	struct json_object *o = json_object_object_get(json_object_object_get(r, what), key);

	return o ? json_object_get_double(o) : -1;
}

static double paper_of(struct json_object *r, const char *key)
{
	return of(r, "paper", key);
}

static double number_of(struct json_object *r, const char *key)
{
	return of(r, "cells", key);
}

/* What there is depends on the run; the paper's numbers are found by table, row and column */
static void made(void)
{
	struct result *res = result_new("unit", "a bench");
	struct json_object *o;

	tables_make(res, defs, &figure, IF_OWN | IF_MODEL, over);
	o = result_json(res);
	CHECK_INT(json_object_array_length(json_object_object_get(o, "tables")), 2);
	CHECK_STR(column(o, 0, 1), "only");
	CHECK_STR(column(o, 0, 2), "v_model");
	CHECK_STR(column(o, 0, 3), "apart");
	CHECK_STR(column(o, 0, 4), "none");
	CHECK_STR(text(row(o, 0, 1), "key"), "second");
	CHECK_NEAR(paper_of(row(o, 0, 0), "median"), -1, 0);
	CHECK_NEAR(paper_of(row(o, 0, 1), "median"), 18.8, 0);
	CHECK_NEAR(paper_of(row(o, 0, 1), "only"), 1.2, 0);
	CHECK_STR(text(table(o, 1), "key"), "figure14a");
	CHECK_STR(text(table(o, 1), "title"), "A figure");
	CHECK_STR(text(row(o, 1, 4), "key"), "n_80");
	CHECK_STR(text(row(o, 1, 4), "label"), "n = 80");
	CHECK_NEAR(paper_of(row(o, 1, 4), "rate"), 9.1, 0);
	json_object_put(o);
	result_free(res);

	res = result_new("unit", "a bench");
	tables_make(res, defs, &figure, IF_MODEL | IF_ALONE | IF_STEPS, over);
	o = result_json(res);
	CHECK_STR(column(o, 0, 1), "v_model");
	CHECK_STR(column(o, 0, 2), "v_without");
	CHECK_STR(column(o, 0, 4), "apart_systematic");
	CHECK_STR(column(o, 1, 1), "none");
	CHECK_INT(json_object_array_length(json_object_object_get(table(o, 2), "rows")), 4);
	CHECK_STR(text(row(o, 2, 1), "key"), "mlx5_second");
	CHECK_STR(text(row(o, 2, 2), "key"), "veth_first");
	CHECK_STR(text(row(o, 2, 2), "label"), "veth, a row");
	row_set(result_row_over(res, "devices", "veth", "second"), "median", 1);
	json_object_put(o);
	o = result_json(res);
	CHECK_NEAR(number_of(row(o, 2, 3), "median"), 1, 0);
	CHECK_NEAR(number_of(row(o, 2, 1), "median"), -1, 0);
	json_object_put(o);
	result_free(res);
}

/* A row has a number, or a reason of its own, or has not been measured */
static void left(void)
{
	struct result *res = result_new("unit", "a bench");
	struct json_object *o;

	tables_make(res, defs, &figure, 0, over);
	CHECK(!result_find(res, "none"));
	result_table(res, "empty", "nothing came of it");
	row_set(result_row(res, "main", "first"), "median", 1);
	row_reason(result_row_at(res, "figure14a", 10), VALIDITY_NOT_MEASURED, "machine", "why");
	result_not_measured(res, "interrupted", "interrupted");
	CHECK(!result_find(res, "empty"));
	o = result_json(res);
	CHECK_STR(text(row(o, 0, 0), "validity"), "valid");
	CHECK_STR(text(row(o, 0, 1), "validity"), "not measured");
	CHECK_STR(text(row(o, 0, 1), "reason"), "interrupted");
	CHECK_STR(text(row(o, 1, 1), "reason"), "why");
	CHECK_STR(text(row(o, 1, 2), "reason"), "interrupted");
	json_object_put(o);
	result_free(res);
}

const struct unit table_units[] = {
	{ "table: columns, rows and the paper's numbers as data", made },
	{ "table: what is left has not been measured", left },
	{ 0 }
};
