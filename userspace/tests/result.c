// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/json.h"
#include "core/output.h"
#include "core/stats.h"
#include "core/util.h"
#include "report/paper.h"
#include "report/result.h"
#include "report/table.h"
#include "unit.h"

static struct result *sample(void)
{
	struct result *res = result_new("tableX", "A title");
	struct table *t = result_table(res, "main", "Look-ups");
	struct row *r;

	table_column(t, "median", "median", "ns", 1);
	table_column(t, "n", "n", "samples", 0);
	r = table_row(t, "array", "ARRAY");
	row_set(r, "median", 3.44);
	row_set(r, "n", 30);
	row_paper(r, "median", 3.9);
	row_raw(r, "batches", "ns", (double[]){ 3.25, 3.5 }, 2);
	r = table_row(t, "hash", "HASH");
	row_set(r, "median", 12.34);
	row_set(r, "n", 29);
	return res;
}

static char *printed(const struct result *res)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	result_print(res, f);
	fclose(f);
	return text;
}

/* Of published numbers: the paper's, or another work's */
static void source(void)
{
	struct result *res = sample();
	struct json_object *o = result_json(res);
	char *text = printed(res);

	CHECK_STR(json_object_get_string(json_object_object_get(o, "source")), PAPER_DOI);
	CHECK(!strstr(text, "columns \"paper\": "));
	json_object_put(o);
	free(text);
	result_source(res, "another work");
	o = result_json(res);
	text = printed(res);
	CHECK_STR(json_object_get_string(json_object_object_get(o, "source")), "another work");
	CHECK_HAS(text, "A title\ncolumns \"paper\": another work\n");
	json_object_put(o);
	free(text);
	result_free(res);
}

static struct row *third_row(struct result *res)
{
	struct table *t = result_table(res, "more", "");
	struct row *r;

	table_column(t, "time", "time", "ns", 0);
	table_plot(t, PLOT_LINES, "n", "ns", "time other", true);
	r = table_row(t, "row", "row");
	row_x(r, 2.5);
	return r;
}

/* path: keys and indices, e.g. "tables/0/rows/1/cells/median" */
static struct json_object *at(struct json_object *o, const char *path)
{
	char *copy = xstrdup(path), *save = NULL, *key;

	for (key = strtok_r(copy, "/", &save); key && o; key = strtok_r(NULL, "/", &save)) {
		struct json_object *next = NULL;

		if (json_object_is_type(o, json_type_array))
			next = json_object_array_get_idx(o, strtoul(key, NULL, 10));
		else if (!json_object_object_get_ex(o, key, &next))
			unit_fail(__FILE__, __LINE__, "no %s in %s", key, path);
		o = next;
	}
	free(copy);
	return o;
}

static void text(void)
{
	struct result *res = sample();
	char *s = printed(res);

	CHECK_STR(s, "tableX: A title\n\n"
		     "Look-ups\n"
		     "         median  paper        n\n"
		     "             ns     ns  samples\n"
		     "  ARRAY     3.4    3.9       30\n"
		     "  HASH     12.3      -       29\n\n");
	CHECK_INT(result_validity(res), VALIDITY_VALID);
	CHECK_INT(result_measured(res), 2);
	free(s);
	result_free(res);
}

/* Beside the number, the longer side, rounded up; a rate's is the time's */
static void intervals(void)
{
	struct stats s = { .n = 9, .median = 8, .ci_lo = 7.9, .ci_hi = 8.16 };
	struct stats few = { .n = 3, .median = 4, .ci_lo = NAN, .ci_hi = NAN };
	struct result *res = result_new("b", "T");
	struct table *t = result_table(res, "main", "Look-ups");
	struct json_object *o;
	struct row *r;
	char *text;

	table_column(t, "rate", "rate", "Mpps", 1);
	table_column(t, "ns", "time", "ns/packet", 1);
	r = table_row(t, "a", "A");
	row_set_rate(r, "rate", 1000, &s);
	row_set_median(r, "ns", &s);
	row_paper(r, "ns", 7);
	r = table_row(t, "few", "Few");
	row_set_rate(r, "rate", 1000, &few);
	row_set_median(r, "ns", &few);
	text = printed(res);
	CHECK_HAS(text, "\n        rate       time   +-      paper\n"
			"        Mpps  ns/packet       ns/packet\n"
			"  A    125.0        8.0  0.2        7.0\n"
			"  Few  250.0        4.0    -          -\n");
	free(text);
	o = result_json(res);
	CHECK_NEAR(json_object_get_double(at(o, "tables/0/rows/0/intervals/ns/0")), 7.9, EPS);
	CHECK_NEAR(json_object_get_double(at(o, "tables/0/rows/0/intervals/ns/1")), 8.16, EPS);
	CHECK_NEAR(json_object_get_double(at(o, "tables/0/rows/0/intervals/rate/0")), 1000 / 8.16,
		   1 / 1e6);
	CHECK_INT(json_object_object_length(at(o, "tables/0/rows/1/intervals")), 0);
	json_object_put(o);

	/* a verdict that hides the number hides its interval */
	row_weaken(r, VALIDITY_INDICATIVE, "few");
	result_weaken(res, VALIDITY_INVALID, "so");
	o = result_json(res);
	CHECK_INT(json_object_object_length(at(o, "tables/0/rows/0/intervals")), 0);
	json_object_put(o);
	result_free(res);
}

/* Where no time is beside it, a rate has its own; a number set again has none */
static void rate_alone(void)
{
	struct stats s = { .n = 9, .median = 8, .ci_lo = 7.9, .ci_hi = 8.16 };
	struct result *res = result_new("b", "T");
	struct table *t = result_table(res, "main", "");
	struct row *r;
	char *text;

	table_column(t, "rate", "rate", "Mpps", 1);
	r = table_row(t, "a", "A");
	row_set_rate(r, "rate", 1000, &s);
	text = printed(res);
	CHECK_HAS(text, "  A  125.0  2.5\n");
	free(text);
	row_set(r, "rate", 5);
	text = printed(res);
	CHECK_HAS(text, "  A   5.0\n");
	free(text);
	result_free(res);
}

static void text_wide(void)
{
	struct result *res = result_new("wide", "Many columns");
	struct table *t = result_table(res, "main", "Wide");
	char key[24], *s, *line, *save = NULL;
	struct row *r;
	int i, rows = 0;

	for (i = 0; i < 20; i++) {
		snprintf(key, sizeof(key), "column%d", i);
		table_column(t, key, key, "ns", 2);
	}
	r = table_row(t, "row", "the only row");
	for (i = 0; i < 20; i++) {
		snprintf(key, sizeof(key), "column%d", i);
		row_set(r, key, i);
		row_paper(r, key, 1000 + i);
	}
	result_note(res, "A note of %0*d digits, and %s words behind them that need a line more",
		    90, 1, "some");
	s = printed(res);
	for (line = strtok_r(s, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strlen(line) > 100)
			unit_fail(__FILE__, __LINE__, "%zu columns: %s", strlen(line), line);
		rows += !!strstr(line, "the only row");
	}
	CHECK(rows > 1);
	free(s);
	result_free(res);
}

static void verdicts(void)
{
	struct result *res = sample();
	struct row *r = third_row(res);
	char *s;

	row_set(r, "time", 5);
	row_weaken(r, VALIDITY_INDICATIVE, "spread of %d %%", 20);
	row_weaken(r, VALIDITY_INDICATIVE, "spread of %d %%", 20);
	row_weaken(r, VALIDITY_INDICATIVE, "few");
	s = printed(res);
	CHECK_HAS(s, "  indicative (row): spread of 20 %; few\n");
	CHECK_HAS(s, "  row     5\n");
	free(s);
	CHECK_INT(result_validity(res), VALIDITY_INDICATIVE);

	row_weaken(r, VALIDITY_NOT_MEASURED, "no module");
	row_weaken(r, VALIDITY_INDICATIVE, "never stronger");
	row_weaken(r, VALIDITY_VALID, "never stronger");
	s = printed(res);
	CHECK_HAS(s, "  not measured (row): no module\n");
	CHECK_HAS(s, "  row  not measured\n");
	CHECK(!strstr(s, "stronger") && !strstr(s, "few"));
	free(s);
	CHECK_INT(result_validity(res), VALIDITY_NOT_MEASURED);
	CHECK_INT(result_measured(res), 2);
	result_free(res);
}

/* Neither text nor JSON shows a time that is none; a count holds under emulation */
/* True of a row, and no weakening; one line for all that have the same */
static void row_notes(void)
{
	struct result *res = sample();
	struct table *t = result_table(res, "other", "");
	struct row *a, *b, *c;
	struct json_object *o;
	char *text;

	table_column(t, "time", "time", "ns", 0);
	a = table_row(t, "a", "Row A");
	b = table_row(t, "b", "Row B");
	c = table_row(t, "c", "Row C");
	row_set(a, "time", 1);
	row_set(b, "time", 2);
	row_set(c, "time", 3);
	row_note(a, "mostly", "mostly %s", "air");
	row_note(b, "mostly", "mostly %s", "water");
	row_note(c, "mostly", "mostly %s", "air");
	text = printed(res);
	CHECK_HAS(text, "note (Row A, Row C): mostly air");
	CHECK_HAS(text, "note (Row B): mostly water");
	CHECK(!strstr(text, "note (Row C"));
	free(text);
	CHECK_INT(result_validity(res), VALIDITY_VALID);
	o = result_json(res);
	CHECK_STR(json_object_get_string(at(o, "tables/1/rows/0/notes/0/code")), "mostly");
	CHECK_STR(json_object_get_string(at(o, "tables/1/rows/1/notes/0/text")), "mostly water");
	CHECK_STR(json_object_get_string(at(o, "tables/1/rows/1/reason")), "");
	CHECK_INT(json_object_array_length(at(o, "tables/0/rows/0/notes")), 0);
	json_object_put(o);

	/* it may state a time, and such a row has none */
	row_weaken(a, VALIDITY_INVALID, "wrong");
	text = printed(res);
	CHECK_HAS(text, "note (Row C): mostly air");
	free(text);
	o = result_json(res);
	CHECK_INT(json_object_array_length(at(o, "tables/1/rows/0/notes")), 0);
	json_object_put(o);
	result_free(res);
}

static void hidden_numbers(void)
{
	struct result *res = sample();
	struct json_object *o;
	char *s;

	result_weaken(res, VALIDITY_EMULATED, "QEMU TCG");
	s = printed(res);
	CHECK(!strstr(s, "3.4") && !strstr(s, "12.3"));
	CHECK_HAS(s, "  ARRAY  emulated    3.9       30\n");
	CHECK_HAS(s, "emulated (all rows): QEMU TCG\n");
	free(s);
	o = result_json(res);
	CHECK(!at(o, "tables/0/rows/0/cells/median"));
	CHECK_INT(json_object_get_int(at(o, "tables/0/rows/0/cells/n")), 30);
	CHECK_STR(json_object_get_string(at(o, "verdict")), "emulated");
	json_object_put(o);
	CHECK_INT(result_measured(res), 0);
	CHECK_INT(result_invalid(res), 0);

	result_weaken(res, VALIDITY_INVALID, "debug kernel");
	CHECK_INT(result_measured(res), 0);
	CHECK_INT(result_invalid(res), 2);
	s = printed(res);
	CHECK_HAS(s, "  ARRAY  invalid    3.9  invalid\n");
	CHECK(!strstr(s, "TCG"));
	free(s);
	o = result_json(res);
	CHECK(!at(o, "tables/0/rows/0/cells/n"));
	json_object_put(o);
	result_free(res);
}

/* One table of a bench may be timed by another clock */
static void two_clocks(void)
{
	static const struct column_def columns[] = { { "median", "median", "ns", 1 }, { } };
	static const struct row_def rows[] = { { "row", "row" }, { } };
	static const struct table_def defs[] = {
		{ .key = "stamps", .title = "By the TSC", .columns = columns, .rows = rows,
		  .by_tsc = true },
		{ }
	};
	struct result *res = sample();
	struct json_object *o;

	tables_make(res, defs, NULL, 0, NULL);
	row_set(result_row(res, "stamps", "row"), "median", 7);
	result_weaken_by_tsc(res, VALIDITY_INVALID, "it drifts");
	o = result_json(res);
	CHECK_STR(json_object_get_string(at(o, "tables/0/rows/0/verdict")), "valid");
	CHECK_STR(json_object_get_string(at(o, "tables/1/rows/0/verdict")), "invalid");
	CHECK_STR(json_object_get_string(at(o, "tables/1/clock")), "tsc");
	CHECK(!json_object_object_get(at(o, "tables/0"), "clock"));
	json_object_put(o);
	result_free(res);
}

/* An emulated CPU counts rightly: a row of nothing but counts is one that is measured */
static void only_counts(void)
{
	struct result *res = result_new("counts", "Counts");
	struct table *t = result_table(res, "main", "Instructions");
	struct row *r = table_row(t, "row", "row");

	table_column(t, "native", "native", "instructions", 0);
	table_column(t, "text", "text", "ns", 0);
	row_text(r, "text", "-");
	CHECK_INT(result_measured(res), 0);
	row_set(r, "native", 7);
	result_weaken(res, VALIDITY_EMULATED, "QEMU TCG");
	CHECK_INT(result_measured(res), 1);
	row_weaken(r, VALIDITY_INVALID, "once 7, once 8");
	CHECK_INT(result_measured(res), 0);
	CHECK_INT(result_invalid(res), 1);
	result_free(res);
}

/* Sentences and facts that state times go with them, and nothing else does */
static void hidden_times(void)
{
	struct result *res = sample();
	struct json_object *o;

	result_note(res, "a count of %d", 1);
	result_note_times(res, "it takes %d ns", 2);
	result_note(res, "a count of %d", 3);
	result_fact(res, "counts", json_number(1));
	result_fact_times(res, "gap_ns", json_number(2));
	o = result_json(res);
	CHECK_HAS(json_object_to_json_string(o), "it takes 2 ns");
	CHECK_HAS(json_object_to_json_string(o), "gap_ns");
	json_object_put(o);
	result_hide_times(res);
	o = result_json(res);
	CHECK_HAS(json_object_to_json_string(o), "a count of 1");
	CHECK_HAS(json_object_to_json_string(o), "a count of 3");
	CHECK_HAS(json_object_to_json_string(o), "\"counts\"");
	CHECK(!strstr(json_object_to_json_string(o), "it takes"));
	CHECK(!strstr(json_object_to_json_string(o), "gap_ns"));
	json_object_put(o);
	result_free(res);
}

static void odd_values(void)
{
	struct result *res = sample();
	struct row *r = third_row(res);

	row_set(r, "time", NAN);
	CHECK_INT(result_validity(res), VALIDITY_INVALID);
	row_paper(r, "time", NAN);
	unit_capture();
	row_set(r, "tiem", 1);
	CHECK_HAS(unit_captured(), "no column tiem");
	result_free(res);

	res = result_new("none", "No rows");
	CHECK_INT(result_validity(res), VALIDITY_NOT_MEASURED);
	CHECK_INT(result_measured(res), 0);
	result_free(res);
}

static void json_round_trip(void)
{
	struct result *res = sample();
	struct json_object *o, *back;
	char *path = xasprintf("%s/out.json", unit_folder());
	struct output *f;
	struct stat st;

	row_detail(third_row(res), "insns", json_object_new_int(12));
	result_note(res, "a \"note\" of %d", 1);
	result_fact(res, "ratio", json_number(1.0 / 3));
	o = result_json(res);

	f = output_open(path, "--json");
	CHECK(f);
	CHECK(stat(path, &st));
	CHECK_INT(output_json(f, o), 0);
	output_close(f);
	back = json_object_from_file(path);
	CHECK(back);
	CHECK_STR(json_object_get_string(at(back, "name")), "tableX");
	CHECK_STR(json_object_get_string(at(back, "tables/0/columns/0/unit")), "ns");
	CHECK_STR(json_object_get_string(at(back, "tables/0/rows/1/key")), "hash");
	CHECK_NEAR(json_object_get_double(at(back, "tables/0/rows/0/cells/median")), 3.44, EPS);
	CHECK_NEAR(json_object_get_double(at(back, "tables/0/rows/0/paper/median")), 3.9, EPS);
	CHECK_NEAR(json_object_get_double(at(back, "tables/0/rows/0/raw/batches/values/1")),
		   3.5, 0);
	CHECK_INT(json_object_get_int(at(back, "tables/1/rows/0/detail/insns")), 12);
	CHECK_NEAR(json_object_get_double(at(back, "tables/1/rows/0/x")), 2.5, 0);
	CHECK_STR(json_object_get_string(at(back, "tables/1/plot/kind")), "lines");
	CHECK_STR(json_object_get_string(at(back, "tables/1/plot/columns/1")), "other");
	CHECK_STR(json_object_get_string(at(back, "notes/0")), "a \"note\" of 1");
	CHECK_NEAR(json_object_get_double(at(back, "facts/ratio")), 1.0 / 3, EPS);
	CHECK_STR(json_object_to_json_string(back), json_object_to_json_string(o));

	json_object_put(o);
	json_object_put(back);
	result_free(res);
	free(path);
}

static void json_unwritable(void)
{
	struct json_object *o = json_object_new_object();
	char *path = xasprintf("%s/no/such/file", unit_folder());
	struct output *f;

	unit_capture();
	CHECK(!output_open(path, "--json"));
	CHECK_HAS(unit_captured(), "No such file");
	free(path);
	unit_capture();
	CHECK(!output_open(unit_folder(), "--json"));
	CHECK_HAS(unit_captured(), "Is a directory");

	/* found out only at the end */
	unit_capture();
	f = output_open("/dev/full", "--json");
	CHECK(f);
	CHECK(f && output_json(f, o) < 0);
	CHECK_HAS(unit_captured(), "No space left");
	output_close(f);

	/* what was there stays when the folder goes away */
	unit_write("gone/out.json", "old\n");
	path = xasprintf("%s/gone/out.json", unit_folder());
	f = output_open(path, "--json");
	CHECK(f);
	CHECK_INT(json_object_object_length(o), 0);
	json_add_string(o, "new", "er");
	CHECK_INT(output_json(f, o), 0);
	output_close(f);
	json_object_put(o);
	o = json_object_from_file(path);
	CHECK_STR(json_object_get_string(at(o, "new")), "er");
	json_object_put(o);
	free(path);
}

static void device(void)
{
	struct json_object *fields = json_object_new_object(), *o;
	struct result *res = sample();
	char *out = printed(res);

	CHECK(!strstr(out, "over "));
	free(out);
	o = result_json(res);
	CHECK(!at(o, "device"));
	json_object_put(o);

	json_add_string(fields, "kind", "veth");
	result_device(res, "veth: a pair", fields);
	out = printed(res);
	CHECK_HAS(out, "over veth: a pair\n");
	free(out);
	o = result_json(res);
	CHECK_STR(json_object_get_string(at(o, "device/kind")), "veth");
	json_object_put(o);
	result_free(res);
}

const struct unit result_units[] = {
	{ "result: text with units and the paper's column", text },
	{ "result: intervals beside their numbers", intervals },
	{ "result: a rate's interval", rate_alone },
	{ "result: no line beyond 100 columns", text_wide },
	{ "result: verdicts only weaken, and say why", verdicts },
	{ "result: notes of rows", row_notes },
	{ "result: emulated and invalid numbers are not shown", hidden_numbers },
	{ "result: tables of two clocks", two_clocks },
	{ "result: a row of counts", only_counts },
	{ "result: hidden times", hidden_times },
	{ "result: not a number, no such column, no row", odd_values },
	{ "result: the device that it ran over", device },
	{ "result: whose the published numbers are", source },
	{ "result: JSON written and read back", json_round_trip },
	{ "result: JSON that cannot be written", json_unwritable },
	{ 0 }
};
