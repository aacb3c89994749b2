// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_check FILE BENCH WHAT...: does a bench's part of a result file hold what
 * it must, whatever the machine? Says on stdout what does not; exit status 0 or 1,
 * or KSFT_SKIP if it lacks times because the machine can have none.
 */
#include <json-c/json.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "bench_row.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define SCHEMA		"hookcost/2"
#define KSFT_SKIP	4

static const char *hidden;		/* why the machine shows no such numbers */

/* Measured, but a debug kernel's, and so not shown */
static bool is_debug(struct json_object *row)
{
	return !strcmp(text(row, "verdict"), "invalid") &&
	       !strncmp(text(row, "reason"), "debug kernel (", 14);
}

static struct json_object *tables_of(struct json_object *bench)
{
	return get(bench, "tables", json_type_array);
}

static void check_sound(struct json_object *bench, bool quick)
{
	struct json_object *tables = tables_of(bench);
	size_t i, j;

	if (!length(tables))
		fault("no table");
	for (i = 0; i < length(tables); i++) {
		struct json_object *t = json_object_array_get_idx(tables, i);
		struct json_object *columns = get(t, "columns", json_type_array);
		struct json_object *rows = get(t, "rows", json_type_array);

		find(tables, "key", text(t, "key"));
		if (!length(columns))
			fault("table %s has no columns", text(t, "key"));
		for (j = 0; j < length(rows); j++) {
			struct json_object *row = json_object_array_get_idx(rows, j);

			find(rows, "key", text(row, "key"));
			check_row(row, columns, quick);
		}
	}
}

static void check_environment(struct json_object *report)
{
	struct json_object *env = get(report, "environment", json_type_object);
	struct utsname uts;

	uname(&uts);
	if (env && strcmp(text(env, "kernel"), uts.release))
		fault("environment: kernel %s, not %s", text(env, "kernel"), uts.release);
	if (env && !*text(env, "verdict"))
		fault("environment: no verdict");
	if (!*text(report, "date") || !*text(report, "tool_version"))
		fault("no date or no version");
}

static struct json_object *rows_at(struct json_object *tables, size_t i)
{
	return get(json_object_array_get_idx(tables, i), "rows", json_type_array);
}

/* All rows of all tables; how many are measured, and how many of the others say why */
static void count_rows(struct json_object *bench, const char *reason, unsigned int *yes,
		       unsigned int *no, unsigned int *because)
{
	struct json_object *tables = tables_of(bench);
	size_t i, j;

	*yes = 0;
	*no = 0;
	*because = 0;
	for (i = 0; i < length(tables); i++) {
		struct json_object *rows = rows_at(tables, i);

		for (j = 0; j < length(rows); j++) {
			struct json_object *row = json_object_array_get_idx(rows, j);

			bool says = strstr(text(row, "reason"), reason);

			if (measured(row) || (is_debug(row) && !says)) {
				++*yes;
				continue;
			}
			++*no;
			*because += says;
		}
	}
}

static void check_none(struct json_object *bench, const char *reason, bool some)
{
	unsigned int yes, no, because;

	count_rows(bench, reason, &yes, &no, &because);
	if (some ? !yes : yes)
		fault("%u rows are measured", yes);
	if (some ? !because : !no || because != no)
		fault("of %u rows that are not measured, %u say \"%s\"", no, because, reason);
}

static struct json_object *rows_of(struct json_object *bench, const char *table)
{
	struct json_object *t = find(tables_of(bench), "key", table);

	if (!t)
		fault("no table \"%s\"", table);
	return t ? get(t, "rows", json_type_array) : NULL;
}

/*
 * An invalid row was measured all the same, if it has its batches: a busy machine
 * can spoil any measurement, and that is for the row to say
 */
static void check_rows(struct json_object *bench, const char *table, char **keys)
{
	struct json_object *rows = rows_of(bench, table);

	for (; *keys; keys++) {
		struct json_object *row = find(rows, "key", *keys);
		struct json_object *raw = row ? get(row, "raw", json_type_object) : NULL;

		if (!row)
			fault("no row \"%s\"", *keys);
		else if (!measured(row) && !is_debug(row) &&
			 !(raw && json_object_object_length(raw)))
			fault("row %s is %s: %s", *keys, text(row, "verdict"),
			      text(row, "reason"));
	}
}

/* The first row of any table that has a reason which says so */
static struct json_object *row_that_says(struct json_object *bench, const char *reason)
{
	struct json_object *tables = tables_of(bench);
	size_t i, j;

	for (i = 0; i < length(tables); i++) {
		struct json_object *rows = rows_at(tables, i);

		for (j = 0; j < length(rows); j++) {
			struct json_object *row = json_object_array_get_idx(rows, j);

			if (strstr(text(row, "reason"), reason))
				return row;
		}
	}
	return NULL;
}

static void check_never(struct json_object *bench, const char *reason)
{
	struct json_object *row = row_that_says(bench, reason);

	if (row)
		fault("row %s: %s", text(row, "key"), text(row, "reason"));
}

/* A debug kernel's numbers are not shown, nor an emulated CPU's times; counts are */
static bool is_hidden(struct json_object *env, struct json_object *bench, const char *table,
		      const char *column)
{
	struct json_object *t = find(tables_of(bench), "key", table);
	struct json_object *columns = t ? get(t, "columns", json_type_array) : NULL;
	struct json_object *c = find(columns, "key", column), *v;
	bool is_count = c && !*text(c, "unit");

	if (json_object_object_get_ex(env, "debug_options", &v) && v)
		return true;
	return json_object_object_get_ex(env, "emulated", &v) && json_object_get_boolean(v) &&
	       !is_count;
}

/* Wherever the column has a number, it is at least that; and it has one somewhere */
static void check_least(struct json_object *report, struct json_object *bench, const char *table,
			const char *column, double least, bool above)
{
	struct json_object *env = get(report, "environment", json_type_object);
	struct json_object *rows = rows_of(bench, table);
	unsigned int numbers = 0;
	size_t i;

	for (i = 0; i < length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		struct json_object *cells = get(row, "cells", json_type_object), *cell = NULL;
		double v;

		if (!cells || !json_object_object_get_ex(cells, column, &cell) || !is_number(cell))
			continue;
		numbers++;
		v = json_object_get_double(cell);
		if (above ? !(v > least) : !(v >= least))
			fault("row %s: %s is %g", text(row, "key"), column, v);
	}
	if (!numbers && is_hidden(env, bench, table, column))
		hidden = text(env, "reason");
	else if (!numbers)
		fault("table %s has no number in %s", table, column);
}

/* Wherever the column has a number, it has its interval; and it has one somewhere */
static void check_interval(struct json_object *report, struct json_object *bench,
			   const char *table, const char *column)
{
	struct json_object *env = get(report, "environment", json_type_object);
	struct json_object *rows = rows_of(bench, table);
	unsigned int numbers = 0;
	size_t i;

	for (i = 0; i < length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i), *cell = NULL;
		struct json_object *cells = get(row, "cells", json_type_object);

		if (!cells || !json_object_object_get_ex(cells, column, &cell) || !is_number(cell))
			continue;
		numbers++;
		get(get(row, "intervals", json_type_object), column, json_type_array);
	}
	if (!numbers && is_hidden(env, bench, table, column))
		hidden = text(env, "reason");
	else if (!numbers)
		fault("table %s has no number in %s", table, column);
}

/* A path such as counts.*.exact: all that it leads to are VALUE; how many there are */
static unsigned int check_fact(struct json_object *o, const char *path, const char *value)
{
	size_t len = strcspn(path, ".");
	const char *rest = path[len] ? path + len + 1 : NULL;
	unsigned int found = 0;

	if (!json_object_is_type(o, json_type_object))
		return 0;
	json_object_object_foreach(o, key, v) {
		if (strncmp(path, "*", len) && (strlen(key) != len || strncmp(key, path, len)))
			continue;
		if (rest) {
			found += check_fact(v, rest, value);
			continue;
		}
		found++;
		if (value && strcmp(json_object_to_json_string(v), value))
			fault("fact %s is %s, not %s", key, json_object_to_json_string(v), value);
	}
	return found;
}

/* What the bench says that it ran over */
static void check_device(struct json_object *bench, const char *kind)
{
	static const char *const keys[] = { "driver", "netdev", "peer" };
	struct json_object *device = get(bench, "device", json_type_object);
	size_t i;

	if (!device)
		return;
	if (strcmp(text(device, "kind"), kind))
		fault("device %s, not %s", text(device, "kind"), kind);
	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (!*text(device, keys[i]))
			fault("device without %s", keys[i]);
}

/* The cell of one row, NAN and a fault if it has none */
static double cell_of(struct json_object *rows, const char *key, const char *column)
{
	struct json_object *row = find(rows, "key", key), *cell = NULL;
	struct json_object *cells = row ? get(row, "cells", json_type_object) : NULL;

	if (cells && json_object_object_get_ex(cells, column, &cell) && is_number(cell))
		return json_object_get_double(cell);
	fault("row %s has no %s", key, column);
	return NAN;
}

/* A cell of each of the rows, none smaller than, or equal to, the one before */
static void check_ascending(struct json_object *rows, const char *column, char **keys)
{
	double last = -INFINITY, v;

	for (; *keys; last = v, keys++) {
		v = cell_of(rows, *keys, column);
		if (v <= last)
			fault("row %s: %s is %g, after %g", *keys, column, v, last);
	}
}

/* The first row's cell is all the others' together, as far as they were rounded */
static void check_sum(struct json_object *rows, const char *column, char **keys)
{
	double whole = cell_of(rows, *keys, column), sum = 0;
	const char *key = *keys;

	while (*++keys)
		sum += cell_of(rows, *keys, column);
	if (fabs(whole - sum) > fabs(whole) / 1000000 + 0.001)
		fault("row %s: %s is %g, its parts are %g", key, column, whole, sum);
}

/* A fact that rests on times: not there where they are none */
static void check_time_fact(struct json_object *report, struct json_object *bench,
			    const char *path)
{
	bool none = is_hidden(get(report, "environment", json_type_object), bench, "", "");

	if (check_fact(get(bench, "facts", json_type_object), path, NULL) == none)
		fault(none ? "there is a fact %s" : "no fact %s", path);
}

static int usage(void)
{
	fputs("bench_check FILE BENCH sound | complete | interrupted | none REASON |\n"
	      "	some-none REASON | some REASON | never REASON | rows TABLE ROW... |\n"
	      "	positive TABLE COLUMN... | interval TABLE COLUMN | least TABLE COLUMN NUMBER | fact PATH [VALUE] |\n"
	      "	time-fact PATH | ascending TABLE COLUMN ROW... |\n"
	      "	sum TABLE COLUMN ROW PART... | device KIND\n",
	      stderr);
	return 1;
}

static int check(struct json_object *report, const char *name, int argc, char **argv)
{
	struct json_object *stopped = get(report, "interrupted", json_type_boolean);
	bool interrupted = stopped && json_object_get_boolean(stopped);
	struct json_object *bench = find(get(report, "benches", json_type_array), "name", name);
	const char *what = argv[0];
	int i;

	if (strcmp(text(report, "schema"), SCHEMA))
		fault("schema \"%s\"", text(report, "schema"));
	check_environment(report);
	if (!bench) {
		fault("no bench \"%s\"", name);
		return 1;
	}
	if (strcmp(what, "interrupted"))
		check_sound(bench, true);
	/* "complete": that bench is, whatever became of the others */
	if (interrupted != !strcmp(what, "interrupted") && strcmp(what, "complete"))
		fault("interrupted is %d", interrupted);

	if (!strcmp(what, "complete")) {
		unsigned int yes, no, because;

		count_rows(bench, "interrupted", &yes, &no, &because);
		if (!yes || because)
			fault("%u rows, %u interrupted", yes + no, because);
	} else if (!strcmp(what, "none") && argc == 2) {
		check_none(bench, argv[1], false);
	} else if (!strcmp(what, "some-none") && argc == 2) {
		check_none(bench, argv[1], true);
	} else if (!strcmp(what, "some") && argc == 2) {
		if (!row_that_says(bench, argv[1]))
			fault("no row says \"%s\"", argv[1]);
	} else if (!strcmp(what, "never") && argc == 2) {
		check_never(bench, argv[1]);
	} else if (!strcmp(what, "rows") && argc > 2) {
		check_rows(bench, argv[1], argv + 2);
	} else if (!strcmp(what, "positive") && argc > 2) {
		for (i = 2; i < argc; i++)
			check_least(report, bench, argv[1], argv[i], 0, true);
	} else if (!strcmp(what, "interval") && argc == 3) {
		check_interval(report, bench, argv[1], argv[2]);
	} else if (!strcmp(what, "least") && argc == 4) {
		check_least(report, bench, argv[1], argv[2], strtod(argv[3], NULL), false);
	} else if ((!strcmp(what, "ascending") || !strcmp(what, "sum")) && argc > 3) {
		if (!is_hidden(get(report, "environment", json_type_object), bench, argv[1],
			       argv[2]))
			(*what == 's' ? check_sum : check_ascending)(rows_of(bench, argv[1]),
								     argv[2], argv + 3);
	} else if (!strcmp(what, "device") && argc == 2) {
		check_device(bench, argv[1]);
	} else if (!strcmp(what, "fact") && (argc == 2 || argc == 3)) {
		struct json_object *facts = get(bench, "facts", json_type_object);

		if (!check_fact(facts, argv[1], argv[2]))
			fault("no fact %s", argv[1]);
	} else if (!strcmp(what, "time-fact") && argc == 2) {
		check_time_fact(report, bench, argv[1]);
	} else if (strcmp(what, "sound") && strcmp(what, "interrupted")) {
		return usage();
	}
	if (!faults && hidden) {
		puts(hidden);
		return KSFT_SKIP;
	}
	return !!faults;
}

int main(int argc, char **argv)
{
	struct json_object *report;
	int ret;

	if (argc < 4)
		return usage();
	report = json_object_from_file(argv[1]);
	if (!report) {
		fault("%s", json_util_get_last_err());
		return 1;
	}
	ret = check(report, argv[2], argc - 3, argv + 3);
	json_object_put(report);
	return ret;
}
