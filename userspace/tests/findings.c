// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "report/findings.h"
#include "report/results.h"
#include "unit.h"

/* A row of a comparison, with an interval of +- 1 % */
static char *row_text_of(const char *key, const char *column, double v, const char *validity)
{
	return xasprintf("{\"key\": \"%s\", \"label\": \"%s\", \"validity\": \"%s\",\n"
			 "\"cells\": {\"%s\": %g}, \"intervals\": {\"%s\": [%g, %g]},\n"
			 "\"paper\": {\"%s\": %g}}", key, key, validity, column, v, column,
			 v * 0.99, v * 1.01, column, v);
}

/* Results of one comparison: `more` is so many times `less` */
static struct json_object *results_of(const struct comparison_def *d, double times,
				      const char *validity)
{
	char *a, *b, *text;
	struct json_object *o;

	if (!strcmp(d->more, d->less)) {
		/* two columns of one row */
		a = xasprintf("{\"key\": \"%s\", \"label\": \"%s\", \"validity\": \"%s\",\n"
			      "\"cells\": {\"%s\": %g, \"%s\": 100},\n"
			      "\"intervals\": {\"%s\": [%g, %g], \"%s\": [99, 101]}}", d->more,
			      d->more, validity, d->column, 100 * times, d->less_column, d->column,
			      99 * times, 101 * times, d->less_column);
		b = xstrdup("null");
	} else {
		a = row_text_of(d->more, d->column, 100 * times, validity);
		b = row_text_of(d->less, d->less_column ?: d->column, 100, "valid");
	}
	text = xasprintf("{\"benches\": [{\"name\": \"%s\", \"tables\": [{\"key\": \"%s\",\n"
			 "\"columns\": [{\"key\": \"%s\", \"unit\": \"ns\"}],\n"
			 "\"rows\": [%s%s%s]}]}]}", d->bench, d->table, d->column, a,
			 strcmp(b, "null") ? ", " : "", strcmp(b, "null") ? b : "");
	o = json_tokener_parse(text);
	free(a);
	free(b);
	free(text);
	return o;
}

/* Of one comparison alone what its results say */
static struct evidence judged(const struct comparison_def *d, double times, const char *validity)
{
	struct observation alone = {
		.key = "k", .source = "s", .claim = "c", .comparison = { *d },
	};
	struct json_object *o = results_of(d, times, validity);
	struct evidence e[COMPARISONS_MAX];
	size_t n;

	CHECK_INT(observation_judge(&alone, o, e, &n), e[0].finding);
	CHECK_INT(n, 1);
	/* what it points to is gone */
	e[0].def = d;
	e[0].more_label = "";
	e[0].less_label = "";
	e[0].unit = "";
	CHECK(!e[0].code == (e[0].finding != FINDING_UNTOLD));
	json_object_put(o);
	return e[0];
}

/* Each of them is turned round by its numbers, and told only where they can */
static void each(void)
{
	size_t i, k;

	for (i = 0; i < nobservations; i++) {
		CHECK(*observations[i].source && *observations[i].claim);
		for (k = 0; k < COMPARISONS_MAX && observations[i].comparison[k].bench; k++) {
			const struct comparison_def *d = &observations[i].comparison[k];

			CHECK_INT(judged(d, d->factor * 1.1, "valid").finding, FINDING_SEEN);
			CHECK_INT(judged(d, d->factor * 1.1, "indicative").finding, FINDING_SEEN);
			CHECK_INT(judged(d, d->factor * 0.9, "valid").finding, FINDING_NOT_SEEN);
			CHECK_STR(judged(d, d->factor, "valid").code, "overlap");
			CHECK_STR(judged(d, d->factor * 2, "invalid").code, "validity");
			CHECK_STR(judged(d, d->factor * 2, "emulated").code, "validity");
			CHECK_STR(judged(d, d->factor * 2, "not measured").code, "validity");
			CHECK_NEAR(judged(d, 3, "valid").ratio, 3, EPS);
		}
		CHECK(k > 0);
	}
}

static const struct comparison_def def = { "b", "t", "ns", "x", "y", 2 };
static const struct observation one = { .key = "o", .source = "s", .claim = "c",
					.comparison = { { "b", "t", "ns", "x", "y", 2 } } };

static const char *code_of(const char *json)
{
	static struct evidence e[COMPARISONS_MAX];
	struct json_object *o = json_tokener_parse(json);
	size_t n;

	CHECK(o);
	CHECK_INT(observation_judge(&one, o, e, &n), FINDING_UNTOLD);
	json_object_put(o);
	return e[0].code;
}

#define TABLE(rows)							\
	"{\"benches\": [{\"name\": \"b\", \"tables\": [{"		\
	"\"key\": \"t\", \"rows\": [" rows "]}]}]}"
#define ROW(key, cells, intervals)					\
	"{\"key\": \"" key "\", \"label\": \"l\","			\
	"\"validity\": \"valid\", \"cells\": {" cells "},"		\
	"\"intervals\": {" intervals "}}"

static void missing(void)
{
	CHECK_STR(code_of("{}"), "not_run");
	CHECK_STR(code_of("{\"benches\": [{\"name\": \"c\"}]}"), "not_run");
	CHECK_STR(code_of("{\"benches\": [{\"name\": \"b\", \"tables\": []}]}"), "table");
	CHECK_STR(code_of(TABLE("")), "row");
	CHECK_STR(code_of(TABLE(ROW("x", "", ""))), "cell");
	CHECK_STR(code_of(TABLE(ROW("x", "\"ns\": 5", ""))), "interval");
	CHECK_STR(code_of(TABLE(ROW("x", "\"ns\": 5", "\"ns\": [4, 6]"))), "row");
	CHECK_STR(code_of(TABLE(ROW("x", "\"ns\": 5", "\"ns\": [4, 6]") ","
				ROW("y", "\"ns\": 1", "\"ns\": [-1, 2]"))), "zero");
}

/* One that is below its limit counts against all others; one that is not told against none */
static void together(void)
{
	static const struct observation two = {
		.key = "o", .source = "s", .claim = "c",
		.comparison = { { "b", "t", "ns", "x", "y", 2 }, { "b", "t", "ns", "z", "y", 2 } },
	};
	static const char *const third[] = {
		"\"ns\": [40, 41]", "\"ns\": [4, 5]", "\"ns\": [4, 41]",
	};
	static const enum finding want[] = { FINDING_SEEN, FINDING_NOT_SEEN, FINDING_UNTOLD };
	struct evidence e[COMPARISONS_MAX];
	size_t i, n;

	for (i = 0; i < 3; i++) {
		char *text = xasprintf(TABLE(ROW("x", "\"ns\": 50", "\"ns\": [49, 51]") ","
					     ROW("y", "\"ns\": 10", "\"ns\": [9.9, 10.1]") ","
					     ROW("z", "\"ns\": 40", "%s")), third[i]);
		struct json_object *o = json_tokener_parse(text);

		CHECK_INT(observation_judge(&two, o, e, &n), want[i]);
		CHECK_INT(n, 2);
		json_object_put(o);
		free(text);
	}
}

/* The sentence has the numbers, and the paper's; of several targets the one that tells counts */
static void sentence(void)
{
	struct json_object *o = results_of(&def, 5, "valid");
	struct json_object *bad = results_of(&def, 5, "emulated");
	struct json_object *list = json_array_of(bad, "benches"), *first;
	struct evidence e[COMPARISONS_MAX];
	char *text;
	size_t n;

	first = json_object_array_get_idx(json_array_of(o, "benches"), 0);
	json_object_array_add(list, json_object_get(first));
	CHECK_INT(observation_judge(&one, bad, e, &n), FINDING_SEEN);
	text = evidence_text(&e[0]);
	CHECK_STR(text, "x, 500 ns, is 5.00 times y, 100 ns (4.90 to 5.10, paper: 5.0; limit: 2)");
	free(text);
	json_object_put(o);
	json_object_put(bad);
}

const struct unit findings_units[] = {
	{ "findings: each is turned round by its numbers", each },
	{ "findings: what is missing", missing },
	{ "findings: several comparisons", together },
	{ "findings: the sentence", sentence },
	{ 0 }
};
