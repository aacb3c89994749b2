// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include "core/json.h"
#include "core/text.h"
#include "core/util.h"
#include "report/headline.h"
#include "report/results.h"
#include "report/summary.h"
#include "unit.h"

static const char longer[] = "t a c / t e c: A takes @x as long";

static const char environment[] =
	"{\"kernel\": \"6.12\", \"cpu\": \"C\", \"target\": \"uml\", \"patched\": true,\n"
	"\"self_check\": {\"state\": \"held\"}}";

/* With what is no object where one should be, and what a terminal would obey */
static const char strange[] =
	"{\"benches\": [3, {\"name\": \"x\\u001b[31m\", \"title\": \"\\u001b]0;t\\u0007\",\n"
	"\"headline\": [{}, 4, {\"table\": \"t\", \"rows\": [5]}], \"sentence\": 6}]}";

static const char table[] =
	"{\"key\": \"t\", \"columns\": [{\"key\": \"c\", \"head\": \"rate\", \"unit\": \"Mpps\",\n"
	"\"decimals\": 2}], \"rows\": [\n"
	"{\"key\": \"a\", \"label\": \"A row\", \"verdict\": \"valid\", \"reason\": \"\",\n"
	"\"cells\": {\"c\": 14}, \"paper\": {\"c\": 30}},\n"
	"{\"key\": \"b\", \"label\": \"B\", \"verdict\": \"indicative\", \"reason\": \"few\",\n"
	"\"cells\": {\"c\": -0.001}, \"paper\": {}},\n"
	"{\"key\": \"d\", \"label\": \"D\", \"verdict\": \"invalid\", \"reason\": \"broken\",\n"
	"\"cells\": {\"c\": null}, \"paper\": {\"c\": 4}},\n"
	"{\"key\": \"e\", \"label\": \"E\", \"verdict\": \"valid\", \"reason\": \"\",\n"
	"\"cells\": {\"c\": 7}, \"paper\": {\"c\": 10}}]}";

static struct json_object *bench(const char *name, const char *rows, const char *sentence)
{
	char *tables = xasprintf("[%s]", table);
	struct json_object *o = json_object_new_object();

	json_add_string(o, "name", name);
	json_add_string(o, "title", "A title");
	json_add_string(o, "verdict", "valid");
	json_object_object_add(o, "tables", json_tokener_parse(tables));
	free(tables);
	headline_add(o, rows, sentence);
	return o;
}

/* Of one bench, the sentence */
static void says(const char *sentence, const char *want)
{
	struct json_object *o = bench("b", "t c: a", sentence);

	CHECK(headline_is_sound("t c: a", sentence));
	CHECK_STR(json_text(o, "sentence"), want);
	json_object_put(o);
}

static void sentences(void)
{
	says(longer, "A takes 2.0 times as long; in the paper 3.0 times.");
	says("t e c / t a c: E has @% of A's", "E has 50 % of A's; in the paper 33 %.");
	says("t e c: E has @", "E has 7.00 Mpps; in the paper 10.00 Mpps.");
	/* the paper has none, or only one of them */
	says("t b c / t a c: @% of it", "-0.007 % of it.");
	/* a number that is hidden, a row that is not there */
	says("t d c / t a c: @x", "");
	says("t a c / t gone c: @x", "");
	says("gone a c: @", "");
	CHECK(!headline_is_sound("t c: a", "t a: @"));
	CHECK(!headline_is_sound("t c: a", "t a c / t e: @"));
	CHECK(!headline_is_sound("t c: a", "t a c: nothing"));
	CHECK(!headline_is_sound("t c: a", "t a c: @ and @"));
	CHECK(!headline_is_sound("t c: a", "t a c: @."));
	CHECK(!headline_is_sound("t c: a", "no colon @"));
	CHECK(!headline_is_sound("t c:", "t a c: @"));
	CHECK(!headline_is_sound("t: a", "t a c: @"));
}

static void rows(void)
{
	struct json_object *o = bench("b", "t c: a=One+row gone b; t none: a; t c: gone", NULL);
	struct json_object *list = json_array_of(o, "headline"), *group, *first;

	/* groups of which nothing is there are none */
	CHECK_INT(json_length(list), 1);
	group = json_object_array_get_idx(list, 0);
	CHECK_STR(json_text(group, "column"), "c");
	CHECK_INT(json_length(json_array_of(group, "rows")), 2);
	first = json_object_array_get_idx(json_array_of(group, "rows"), 0);
	CHECK_STR(json_text(first, "label"), "One row");
	first = json_object_array_get_idx(json_array_of(group, "rows"), 1);
	CHECK_STR(json_text(first, "label"), "B");
	CHECK_STR(json_text(o, "sentence"), "");
	json_object_put(o);
	o = bench("b", NULL, NULL);
	CHECK_INT(json_length(json_array_of(o, "headline")), 0);
	json_object_put(o);
}

static struct json_object *results_of(size_t benches, bool quick)
{
	struct json_object *o = json_object_new_object();
	struct json_object *list = json_object_new_array();
	char name[16];
	size_t i;

	for (i = 0; i < benches; i++) {
		snprintf(name, sizeof(name), "bench%zu", i);
		json_object_array_add(list, bench(name, "t c: a b d", longer));
	}
	json_object_object_add(o, "environment", json_tokener_parse(environment));
	json_object_object_add(o, "benches", list);
	json_object_object_add(o, "quick", json_object_new_boolean(quick));
	return o;
}

static char *screen(struct json_object *results, size_t lines)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	summary_print(f, results, SUMMARY_WIDTH, lines);
	fclose(f);
	return text;
}

static size_t lines_of(const char *s)
{
	size_t n = 0;

	while ((s = strchr(s, '\n'))) {
		s++;
		n++;
	}
	return n;
}

static void screens(void)
{
	struct json_object *o = results_of(2, false);
	size_t n;
	char *s;

	s = screen(o, SUMMARY_LINES);
	CHECK_HAS(s, "Linux 6.12 (patched), C, target uml; self-check held.");
	CHECK_HAS(s, "bench1     A title\n"
		     "           rate, Mpps: A row 14.00 (30.00); B ~0.00; D invalid (4.00)\n"
		     "           A takes 2.0 times as long; in the paper 3.0 times.\n");
	CHECK_HAS(s, "Of all rows 4 are valid, 2 are indicative (few), 2 are invalid (broken).\n");
	free(s);
	json_object_put(o);

	/* a mark at each would say nothing */
	o = results_of(1, true);
	s = screen(o, SUMMARY_LINES);
	CHECK_HAS(s, "B 0.00; ");
	CHECK_HAS(s, "--quick");
	free(s);
	json_object_put(o);

	/* fewer lines: first without titles, then without sentences, then without benches */
	o = results_of(18, false);
	for (n = 100; n >= 10; n--) {
		s = screen(o, n);
		CHECK(lines_of(s) <= n);
		CHECK(!!strstr(s, "A title") == (n >= 5 + 18 * 3));
		CHECK(!!strstr(s, "A takes") == (n >= 5 + 18 * 2));
		CHECK(!!strstr(s, "more of 18 benches") == (n < 5 + 18));
		free(s);
	}
	json_object_put(o);
	o = results_of(0, false);
	s = screen(o, SUMMARY_LINES);
	CHECK_HAS(s, "There are no rows.");
	free(s);
	json_object_put(o);
}

static void odd(void)
{
	struct json_object *o = json_tokener_parse(strange);
	char *s = screen(o, SUMMARY_LINES), *text;
	size_t len;
	FILE *f;

	/* what is in a file does not reach the terminal as a command */
	CHECK(!strchr(s, '\033') && !strchr(s, '\007'));
	free(s);
	json_object_put(o);

	f = open_memstream(&text, &len);
	CHECK_INT(text_wrap(f, "aa bb  cc\ndd", 4, 2, 9), 2);
	fclose(f);
	CHECK_STR(text, "aa bb\n  cc dd\n");
	free(text);
}

const struct unit summary_units[] = {
	{ "summary: sentences", sentences },
	{ "summary: headline rows", rows },
	{ "summary: what fits on a screen", screens },
	{ "summary: odd files", odd },
	{ 0 }
};
