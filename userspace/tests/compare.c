// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <json-c/json_pointer.h>
#include <stdlib.h>
#include "core/util.h"
#include "report/compare.h"
#include "report/shift.h"
#include "unit.h"

/* The classic tables of Mann and Whitney, two-sided 5 %: critical U, that is rank - 1 */
static void ranks(void)
{
	CHECK_INT(shift_rank(3, 3), 0);
	CHECK_INT(shift_rank(4, 4), 1);
	CHECK_INT(shift_rank(2, 7), 0);
	CHECK_INT(shift_rank(2, 8), 1);
	CHECK_INT(shift_rank(3, 5), 1);
	CHECK_INT(shift_rank(5, 3), 1);
	CHECK_INT(shift_rank(5, 5), 3);
	CHECK_INT(shift_rank(10, 10), 24);
	CHECK_INT(shift_rank(8, 15), 30);
	CHECK_INT(shift_rank(20, 20), 128);
	/* the normal approximation goes on where the count ends */
	CHECK(shift_rank(21, 21) > 128 && shift_rank(21, 21) < 150);
	CHECK_INT(shift_rank(0, 5), 0);
}

static void shifts(void)
{
	const double a[] = { 100, 101, 99, 102 }, b[] = { 110, 111, 109, 112 };
	struct shift s;
	double many[3000];
	size_t i;

	CHECK_INT(shift_of(a, 4, b, 4, &s), 0);
	CHECK_NEAR(s.percent, 9.95, 0.1);
	CHECK(s.has_interval);
	/* all of 16 ratios, as only one of 70 orders may be left out */
	CHECK_NEAR(s.low, 100 * (109.0 / 102 - 1), EPS);
	CHECK_NEAR(s.high, 100 * (112.0 / 99 - 1), EPS);
	CHECK_INT(shift_of(a, 3, b, 3, &s), 0);
	CHECK(!s.has_interval);
	CHECK_INT(shift_of(a, 4, (double[]){ 1, 2, 0, 4 }, 4, &s), -1);
	CHECK_INT(shift_of(a, 4, (double[]){ 1, 2, -3, 4 }, 4, &s), -1);
	CHECK_INT(shift_of(a, 4, b, 0, &s), -1);

	for (i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = 50 + (double)(i % 7);
	CHECK_INT(shift_of(many, 3000, many, 3000, &s), 0);
	CHECK_NEAR(s.percent, 0, EPS);
	CHECK(s.low <= 0 && s.high >= 0 && s.high - s.low < 5);
}

/* Of two medians with their intervals: as narrow as both together, and no narrower */
static void shift_medians(void)
{
	const double a[] = { 100, 99, 101 }, b[] = { 110, 109, 111 };
	const double exact[] = { 100, 100, 100 }, uneven[] = { 110, 105, 112 };
	const double none[] = { 100, NAN, NAN }, below[] = { -1, -2, 1 };
	struct shift s;

	CHECK_INT(shift_of_medians(a, b, &s), 0);
	CHECK_NEAR(s.percent, 10, EPS);
	CHECK(s.has_interval);
	CHECK(s.low > 100 * (109.0 / 101 - 1) && s.low < 9);
	CHECK(s.high < 100 * (111.0 / 99 - 1) && s.high > 11);
	/* one that is known exactly: the other's alone */
	CHECK_INT(shift_of_medians(exact, uneven, &s), 0);
	CHECK_NEAR(s.low, 5, EPS);
	CHECK_NEAR(s.high, 12, EPS);
	CHECK_INT(shift_of_medians(none, b, &s), 0);
	CHECK_NEAR(s.percent, 10, EPS);
	CHECK(!s.has_interval);
	CHECK_INT(shift_of_medians(below, b, &s), -1);
}

static const char results[] =
	"{\"environment\": {\"target\": \"%s\"},\n"
	"\"benches\": [{\"name\": \"b\",\n"
	"\"device\": {\"kind\": \"%s\"}, \"tables\": [{\"key\": \"t\", \"title\": \"T\",\n"
	"\"columns\": [{\"key\": \"c\", \"head\": \"C\", \"unit\": \"insns\"},\n"
	"{\"key\": \"d\", \"head\": \"D\", \"unit\": \"ns\"}], \"rows\": [\n"
	"{\"key\": \"r\", \"label\": \"R\", \"verdict\": \"valid\", \"cells\": {},\n"
	"\"raw\": {\"s\": {\"unit\": \"%s\", \"values\": [%s]},\n"
	"\"insns\": {\"unit\": \"insns\", \"values\": [1, 2, 3, 4]}}},\n"
	"{\"key\": \"cell\", \"label\": \"Cell\", \"verdict\": \"indicative\",\n"
	"\"cells\": {\"c\": 3, \"d\": 4}, \"raw\": {}},\n"
	"{\"key\": \"bad\", \"label\": \"Bad\", \"verdict\": \"invalid\",\n"
	"\"cells\": {\"d\": 4}, \"raw\": {}}]}]}]}";

static struct json_object *file(const char *target, const char *kind, const char *values,
				const char *unit)
{
	char *text = xasprintf(results, target, kind, unit, values);
	struct json_object *o = json_tokener_parse(text);

	CHECK(o);
	free(text);
	return o;
}

/* What became of the series: A's values, B's */
static struct pair first(const char *a, const char *b, const char *unit, size_t *pairs)
{
	struct json_object *oa = file("uml", "veth", a, unit), *ob = file("uml", "veth", b, unit);
	struct comparison c;
	struct pair p = { 0 };

	compare_results(oa, ob, &c);
	*pairs = c.npairs;
	CHECK_INT(c.unlike, c.npairs == 2 ? 1 : 2);
	if (c.npairs) {
		p = c.pair[0];
		CHECK(!compare_worst(&c) || compare_worst(&c)->change == CHANGE_SLOWER);
		/* another row's cell: no batches, so no interval */
		CHECK_INT(c.pair[c.npairs - 1].change, CHANGE_UNKNOWN);
		CHECK_NEAR(c.pair[c.npairs - 1].b, 4, EPS);
	}
	compare_free(&c);
	/* its strings went with the files */
	json_object_put(oa);
	json_object_put(ob);
	return p;
}

static void changes(void)
{
	size_t n;
	struct pair p;

	p = first("10, 11, 10, 11, 10", "20, 22, 20, 22, 20", "ns", &n);
	CHECK_INT(n, 2);
	CHECK_INT(p.change, CHANGE_SLOWER);
	CHECK_NEAR(p.a, 10, EPS);
	CHECK_NEAR(p.b, 20, EPS);
	CHECK(p.regression > 80 && p.regression <= 100);
	p = first("10, 11, 10, 11, 10", "5, 5.5, 5, 5.5, 5", "ns", &n);
	CHECK_INT(p.change, CHANGE_FASTER);
	CHECK_NEAR(p.regression, 0, 0);
	p = first("10, 11, 10, 11, 10", "11, 10, 11, 10, 10", "ns", &n);
	CHECK_INT(p.change, CHANGE_NONE);

	/* a rate: half of it takes twice as long */
	p = first("10, 10, 10, 10", "5, 5, 5, 5", "Mpps", &n);
	CHECK_INT(p.change, CHANGE_SLOWER);
	CHECK_NEAR(p.regression, 100, EPS);
	p = first("5, 5, 5, 5", "10, 10, 10, 10", "Mpps", &n);
	CHECK_INT(p.change, CHANGE_FASTER);

	/* too few, too short, of mixed sign: nothing is claimed */
	p = first("10, 11, 10", "20, 22, 20", "ns", &n);
	CHECK(p.has_percent && p.change == CHANGE_UNKNOWN);
	p = first("0.1, 0.1, 0.1, 0.1", "0.4, 0.4, 0.4, 0.4", "ns", &n);
	CHECK(!p.has_percent && p.change == CHANGE_UNKNOWN);
	p = first("10, -1, 10, 10", "20, 20, 20, 20", "ns", &n);
	CHECK(!p.has_percent && p.change == CHANGE_UNKNOWN);
	/* neither a time nor a rate, nor numbers */
	first("1, 2, 3, 4", "2, 3, 4, 5", "insns", &n);
	CHECK_INT(n, 1);
	first("1, 2, \"x\", 4", "2, 3, 4, 5", "ns", &n);
	CHECK_INT(n, 1);
}

/* With that interval of the cell */
static struct json_object *with_interval(const char *interval)
{
	struct json_object *o = file("uml", "veth", "1", "ns"), *row;

	json_pointer_get(o, "/benches/0/tables/0/rows/1", &row);
	json_object_object_add(row, "intervals", json_tokener_parse(interval));
	return o;
}

/* What became of the cell: A has this interval, B that one */
static struct pair of_cells(const char *a, const char *b)
{
	struct json_object *oa = with_interval(a), *ob = with_interval(b);
	struct comparison c;
	struct pair p;

	json_pointer_set(&ob, "/benches/0/tables/0/rows/1/cells/d", json_object_new_double(4.4));
	compare_results(oa, ob, &c);
	CHECK_INT(c.npairs, 2);
	p = c.pair[1];
	compare_free(&c);
	json_object_put(oa);
	json_object_put(ob);
	return p;
}

static void cells(void)
{
	struct pair p = of_cells("{\"d\": [3.9, 4.1]}", "{\"d\": [4.3, 4.5]}");

	CHECK_INT(p.change, CHANGE_SLOWER);
	CHECK_NEAR(p.a_low, 3.9, EPS);
	CHECK_NEAR(p.b_high, 4.5, EPS);
	CHECK(p.regression > 5 && p.regression < 10);
	CHECK_INT(of_cells("{\"d\": [3.5, 4.6]}", "{\"d\": [3.9, 5]}").change, CHANGE_NONE);
	/* one of the two has none, as all of schema 1 */
	CHECK_INT(of_cells("{\"d\": [3.9, 4.1]}", "{}").change, CHANGE_UNKNOWN);
	CHECK_INT(of_cells("null", "{\"d\": [4.3, 4.5]}").change, CHANGE_UNKNOWN);
	/* nor is that one */
	CHECK_INT(of_cells("{\"d\": [3.9, 4.1]}", "{\"d\": [5, 4]}").change, CHANGE_UNKNOWN);
	CHECK_INT(of_cells("{\"d\": [3.9, 4.1]}", "{\"d\": [null, 4]}").change, CHANGE_UNKNOWN);
	CHECK_INT(of_cells("{\"d\": [3.9, 4.1]}", "{\"d\": [4]}").change, CHANGE_UNKNOWN);
	CHECK_INT(of_cells("{\"d\": [3.9, 4.1]}", "{\"d\": 4}").change, CHANGE_UNKNOWN);
}

static void allowed(void)
{
	struct json_object *a = file("uml", "veth", "1", "ns"), *b = file("vm", "veth", "1", "ns");
	struct json_object *c = file("uml", "mlx5", "1", "ns");
	char why[128];

	CHECK(compare_allowed(a, a, why, sizeof(why)));
	CHECK(!compare_allowed(a, b, why, sizeof(why)));
	CHECK_STR(why, "target uml and target vm: nothing is compared across targets");
	CHECK(!compare_allowed(a, c, why, sizeof(why)));
	CHECK_STR(why, "b ran over veth and mlx5: nothing is compared across devices");
	json_object_object_add(a, "ordered", json_object_new_boolean(true));
	json_object_put(b);
	b = file("uml", "veth", "1", "ns");
	CHECK(!compare_allowed(a, b, why, sizeof(why)));
	json_object_put(a);
	json_object_put(b);
	json_object_put(c);
}

const struct unit compare_units[] = {
	{ "compare: ranks of the Mann-Whitney test", ranks },
	{ "compare: shift and its interval", shifts },
	{ "compare: shift of two medians", shift_medians },
	{ "compare: cells with and without intervals", cells },
	{ "compare: slower, faster, the same, or nothing", changes },
	{ "compare: not across targets or devices", allowed },
	{ 0 }
};
