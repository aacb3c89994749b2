// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "report/compare.h"
#include "report/merge.h"
#include "report/results.h"
#include "report/versus.h"
#include "unit.h"

static const char *const order[] = { "table1", "table4", "figure13", NULL };

/* A bench of three rows, with these verdicts */
static char *bench(const char *name, const char *a, const char *b, const char *c)
{
	return xasprintf("{\"name\": \"%s\", \"title\": \"\", \"tables\": [{\"key\": \"t\",\n"
			 "\"columns\": [{\"key\": \"ns\", \"head\": \"T\", \"unit\": \"ns\"}],\n"
			 "\"rows\": [{\"key\": \"a\", \"label\": \"A\", \"verdict\": \"%s\",\n"
			 "\"cells\": {\"ns\": 3}}, {\"key\": \"b\", \"label\": \"B\",\n"
			 "\"verdict\": \"%s\", \"cells\": {\"ns\": 4}}, {\"key\": \"c\",\n"
			 "\"label\": \"C\", \"verdict\": \"%s\", \"cells\": {\"ns\": 5}}]}]}",
			 name, a, b, c);
}

/* Takes the benches */
static struct json_object *file(const char *target, const char *date, bool quick, char *a, char *b)
{
	char *text = xasprintf("{\"schema\": \"hookcost/1\", \"date\": \"%s\",\n"
			       "\"quick\": %s, \"seconds\": 2.5,\n"
			       "\"asked\": [\"figure13\", \"table1\"],\n"
			       "\"environment\": {\"target\": \"%s\", \"kernel\": \"of %s\"},\n"
			       "\"benches\": [%s%s%s]}", date, quick ? "true" : "false", target,
			       target, a ?: "", a && b ? ", " : "", b ?: "");
	struct json_object *o = json_tokener_parse(text);

	CHECK(o);
	free(text);
	free(a);
	free(b);
	return o;
}

static const char *name(struct json_object *o, size_t i)
{
	return json_text(json_object_array_get_idx(json_array_of(o, "benches"), i), "name");
}

static const char *target(struct json_object *o, const char *bench_name)
{
	return results_target(o, json_find(json_array_of(o, "benches"), "name", bench_name));
}

static const char *kernel(struct json_object *o, const char *bench_name)
{
	struct json_object *b = json_find(json_array_of(o, "benches"), "name", bench_name);

	return json_text(results_environment(o, b), "kernel");
}

static void merged(void)
{
	struct json_object *f[2], *o, *list;

	f[0] = file("uml", "2026-01-02T03:05:05Z", false,
		    bench("figure14z", "valid", "valid", "valid"),
		    bench("table1", "valid", "valid", "valid"));
	f[1] = file("host", "2026-01-02T03:04:05Z", false,
		    bench("figure13", "valid", "valid", "valid"),
		    bench("table4", "valid", "valid", "invalid"));
	o = merge_results(f, 2, order);
	CHECK_STR(name(o, 0), "table1");
	CHECK_STR(name(o, 1), "table4");
	CHECK_STR(name(o, 2), "figure13");
	CHECK_STR(name(o, 3), "figure14z");
	CHECK_STR(target(o, "table1"), "uml");
	CHECK_STR(target(o, "table4"), "host");
	CHECK_STR(kernel(o, "table4"), "of host");
	CHECK_STR(kernel(o, "figure14z"), "of uml");
	CHECK_STR(json_text(o, "date"), "2026-01-02T03:04:05Z");
	CHECK_STR(json_text(json_object_of(o, "environment"), "target"), "uml");
	CHECK_INT(json_length(json_array_of(o, "environments")), 2);
	CHECK_NEAR(json_double(o, "seconds"), 5, EPS);
	CHECK(!json_flag(o, "quick") && !json_flag(o, "interrupted"));
	list = json_array_of(o, "asked");
	CHECK_INT(json_length(list), 2);
	CHECK_STR(json_object_get_string(json_object_array_get_idx(list, 0)), "table1");
	/* those that it is made of are as they were */
	CHECK_STR(json_text(json_object_array_get_idx(json_array_of(f[0], "benches"), 0),
			    "target"), "");
	json_object_put(f[0]);
	json_object_put(f[1]);
	CHECK_STR(kernel(o, "table1"), "of uml");

	/* merged once more, with what ran later */
	f[0] = o;
	f[1] = file("host", "2026-01-02T04:05:05Z", true, NULL, NULL);
	o = merge_results(f, 2, order);
	CHECK_STR(kernel(o, "table1"), "of uml");
	CHECK_STR(kernel(o, "figure13"), "of host");
	CHECK(json_flag(o, "quick"));
	json_object_put(f[0]);
	json_object_put(f[1]);
	json_object_put(o);
}

/* Of table4, by the verdicts on either target */
static void best_is(const char *const a[3], const char *const b[3], const char *want)
{
	struct json_object *f[2], *o;

	f[0] = file("uml", "2", false, bench("table4", a[0], a[1], a[2]), NULL);
	f[1] = file("host", "1", false, bench("table4", b[0], b[1], b[2]), NULL);
	o = merge_results(f, 2, order);
	CHECK_INT(json_length(json_array_of(o, "benches")), 1);
	CHECK_STR(target(o, "table4"), want);
	json_object_put(f[0]);
	json_object_put(f[1]);
	json_object_put(o);
}

static void better(void)
{
	static const char *const v[] = { "valid", "valid", "valid" };
	static const char *const some[] = { "valid", "indicative", "not measured" };
	static const char *const poor[] = { "indicative", "indicative", "indicative" };
	static const char *const bad[] = { "invalid", "invalid", "not measured" };

	best_is(v, v, "uml");
	best_is(some, v, "host");
	best_is(v, some, "uml");
	best_is(poor, some, "host");
	best_is(bad, poor, "host");
	best_is(bad, bad, "uml");
}

/* Nothing is compared across targets, whichever files the rows are in */
static void across(void)
{
	struct json_object *f[2], *both, *alone;
	struct versus v = { 0 };
	struct versus_run run;
	struct comparison c;
	char why[512] = "";

	f[0] = file("uml", "1", false, bench("table1", "valid", "valid", "valid"), NULL);
	f[1] = file("host", "2", false, bench("table4", "valid", "valid", "valid"), NULL);
	both = merge_results(f, 2, order);
	alone = file("uml", "3", false, bench("table1", "valid", "valid", "valid"),
		     bench("table4", "valid", "valid", "valid"));
	CHECK(compare_allowed(both, alone, why, sizeof(why)));
	compare_results(both, alone, &c);
	CHECK_INT(c.npairs, 3);
	CHECK_STR(c.pair[0].bench, "table1");
	CHECK_INT(c.nleft_out, 1);
	CHECK_STR(c.left_out[0].bench, "table4");
	CHECK_STR(c.left_out[0].a, "host");
	CHECK_STR(c.left_out[0].b, "uml");
	compare_free(&c);

	/* table4 alone has no partner */
	json_object_put(alone);
	alone = file("uml", "3", false, bench("table4", "valid", "valid", "valid"), NULL);
	CHECK(!compare_allowed(both, alone, why, sizeof(why)));
	CHECK_HAS(why, "target host and target uml");

	run = (struct versus_run){ .path = "both.json", .o = both };
	v.run = &run;
	v.nruns = 1;
	CHECK(!versus_pair(&v, why, sizeof(why)));
	CHECK_HAS(why, "both.json is merged from several targets");
	json_object_put(f[0]);
	json_object_put(f[1]);
	json_object_put(both);
	json_object_put(alone);
}

const struct unit merge_units[] = {
	{ "merge: each bench with its environment", merged },
	{ "merge: the better of two", better },
	{ "merge: nothing across targets", across },
	{ 0 }
};
