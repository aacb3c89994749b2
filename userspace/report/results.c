// SPDX-License-Identifier: GPL-2.0-only
/* A result file read back: whatever is in it, its readers meet what they expect */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/compiler.h"
#include "core/json.h"
#include "core/run.h"
#include "core/util.h"
#include "report/result.h"
#include "report/results.h"

#define FILE_MAX (256UL << 20)

static struct json_object *member(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *v;

	if (!json_object_is_type(o, json_type_object) || !json_object_object_get_ex(o, key, &v) ||
	    !json_object_is_type(v, type))
		return NULL;
	return v;
}

const char *json_text(struct json_object *o, const char *key)
{
	return json_object_get_string(member(o, key, json_type_string)) ?: "";
}

const char *json_validity(struct json_object *o)
{
	const char *v = json_text(o, "validity");

	return *v ? v : json_text(o, "verdict");
}

static double number(struct json_object *o)
{
	double d = NAN;

	if (json_object_is_type(o, json_type_double) || json_object_is_type(o, json_type_int))
		d = json_object_get_double(o);
	return isfinite(d) ? d : NAN;
}

double json_double(struct json_object *o, const char *key)
{
	return number(member(o, key, json_type_double) ?: member(o, key, json_type_int));
}

struct json_object *json_object_of(struct json_object *o, const char *key)
{
	return member(o, key, json_type_object);
}

struct json_object *json_array_of(struct json_object *o, const char *key)
{
	return member(o, key, json_type_array);
}

bool json_flag(struct json_object *o, const char *key)
{
	return json_object_get_boolean(member(o, key, json_type_boolean));
}

size_t json_length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

struct json_object *json_find(struct json_object *array, const char *key, const char *value)
{
	size_t i;

	for (i = 0; i < json_length(array); i++) {
		struct json_object *o = json_object_array_get_idx(array, i);

		if (!strcmp(json_text(o, key), value))
			return o;
	}
	return NULL;
}

struct json_object *results_environment(struct json_object *results, struct json_object *bench)
{
	struct json_object *list = json_array_of(results, "environments"), *o = NULL;
	double at = json_double(bench, "environment");

	if (list && at >= 0 && at < (double)json_length(list))
		o = json_object_array_get_idx(list, (size_t)at);
	return json_object_is_type(o, json_type_object) ? o :
	       json_object_of(results, "environment");
}

const char *results_target(struct json_object *results, struct json_object *bench)
{
	const char *own = json_text(bench, "target");

	return *own ? own : json_text(results_environment(results, bench), "target");
}

bool json_interval(struct json_object *row, const char *column, double *low, double *high)
{
	struct json_object *bounds = json_array_of(json_object_of(row, "intervals"), column);

	if (json_length(bounds) != 2)
		return false;
	*low = number(json_object_array_get_idx(bounds, 0));
	*high = number(json_object_array_get_idx(bounds, 1));
	return *low <= *high;
}

bool results_schema(const char *schema)
{
	return !strcmp(schema, HOOKCOST_SCHEMA) || !strcmp(schema, "hookcost/1");
}

/* Where in the file something is missing; the first such place is said */
struct place {
	const char *path;
	char at[160];
};

static bool lacks(const struct place *p, const char *what)
{
	err("%s is no result of hookcost run --json: %s has no %s", p->path,
	    *p->at ? p->at : "it", what);
	return false;
}

static void enter(struct place *to, const struct place *from, const char *what, size_t i)
{
	to->path = from->path;
	snprintf(to->at, sizeof(to->at), "%.100s%s%s[%zu]", from->at, *from->at ? "." : "", what,
		 i);
}

static bool check_row(struct json_object *row, const struct place *p)
{
	const char *validity = json_validity(row);
	enum validity v;

	for (v = VALIDITY_VALID; v <= VALIDITY_NOT_MEASURED; v++)
		if (!strcmp(validity, validity_name(v)))
			break;
	if (v > VALIDITY_NOT_MEASURED)
		return lacks(p, "validity");
	if (!*json_text(row, "key") || !*json_text(row, "label"))
		return lacks(p, "key and label");
	return json_object_of(row, "cells") || lacks(p, "cells");
}

static bool check_table(struct json_object *t, const struct place *p)
{
	struct json_object *columns = json_array_of(t, "columns");
	struct json_object *rows = json_array_of(t, "rows");
	struct place part;
	size_t i;

	if (!*json_text(t, "key"))
		return lacks(p, "key");
	if (!columns || !rows)
		return lacks(p, columns ? "rows" : "columns");
	for (i = 0; i < json_length(columns); i++) {
		enter(&part, p, "columns", i);
		if (!*json_text(json_object_array_get_idx(columns, i), "key"))
			return lacks(&part, "key");
	}
	for (i = 0; i < json_length(rows); i++) {
		enter(&part, p, "rows", i);
		if (!check_row(json_object_array_get_idx(rows, i), &part))
			return false;
	}
	return true;
}

static bool check_bench(struct json_object *b, const struct place *p)
{
	struct json_object *tables = json_array_of(b, "tables");
	struct place part;
	size_t i;

	if (!*json_text(b, "name") || !tables)
		return lacks(p, tables ? "name" : "tables");
	for (i = 0; i < json_length(tables); i++) {
		enter(&part, p, "tables", i);
		if (!check_table(json_object_array_get_idx(tables, i), &part))
			return false;
	}
	return true;
}

static bool check(struct json_object *o, const char *path)
{
	struct place top = { .path = path }, part;
	struct json_object *benches;
	size_t i;

	if (!results_schema(json_text(o, "schema"))) {
		err("%s is no result of hookcost run --json: its schema is \"%.40s\", not %s",
		    path, json_text(o, "schema"), HOOKCOST_SCHEMA " or an earlier one");
		return false;
	}
	benches = json_array_of(o, "benches");
	if (!benches || !json_object_of(o, "environment"))
		return lacks(&top, benches ? "environment" : "benches");
	for (i = 0; i < json_length(benches); i++) {
		enter(&part, &top, "benches", i);
		if (!check_bench(json_object_array_get_idx(benches, i), &part))
			return false;
	}
	return true;
}

/* What older files call otherwise */
static void rename_tables(struct json_object *results)
{
	static const struct { const char *old, *now; } renamed[] = { { "roads", "methods" } };
	struct json_object *benches = json_array_of(results, "benches");
	size_t i, j, k;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *b = json_object_array_get_idx(benches, i);
		struct json_object *tables = json_array_of(b, "tables");

		for (j = 0; j < json_length(tables); j++) {
			struct json_object *t = json_object_array_get_idx(tables, j);

			for (k = 0; k < ARRAY_SIZE(renamed); k++)
				if (!strcmp(json_text(t, "key"), renamed[k].old))
					json_add_string(t, "key", renamed[k].now);
		}
	}
}

struct json_object *results_load(const char *path)
{
	enum json_tokener_error error;
	struct json_tokener *tok;
	struct json_object *o;
	char *text;
	size_t len;

	text = slurp_upto(path, &len, FILE_MAX);
	if (!text) {
		err("cannot read %s: %s; hookcost run --json FILE writes a file of results", path,
		    strerror(errno));
		return NULL;
	}
	tok = json_tokener_new();
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* the NUL behind it ends a number */
	o = json_tokener_parse_ex(tok, text, (int)len + 1);
	error = json_tokener_get_error(tok);
	if (error == json_tokener_continue || error == json_tokener_error_parse_eof)
		err("%s ends in the middle: it has been cut off", path);
	else if (error != json_tokener_success)
		err("%s is no JSON: %s at byte %zu", path, json_tokener_error_desc(error),
		    json_tokener_get_parse_end(tok));
	json_tokener_free(tok);
	free(text);
	/* "null" is JSON, too */
	if (error == json_tokener_success && check(o, path)) {
		rename_tables(o);
		return o;
	}
	json_object_put(o);
	return NULL;
}
