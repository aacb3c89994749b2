// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include "core/util.h"
#include "report/versus.h"
#include "unit.h"

#define RUNS	12

/* Minute, patched, kernel, CPU, bench, its verdict and rate */
static const char text[] =
	"{\"date\": \"2026-01-02T03:%02d:05Z\", \"interrupted\": false,\n"
	"\"environment\": {\"target\": \"uml\", \"patched\": %s, \"kernel\": \"%s\",\n"
	"\"kernel_version\": \"#1\", \"cpu\": \"%s\"},\n"
	"\"benches\": [{\"name\": \"%s\", \"device\": {\"kind\": \"veth\"}, \"tables\": [\n"
	"{\"key\": \"t\", \"columns\": [{\"key\": \"n\", \"head\": \"N\", \"unit\": \"\"},\n"
	"{\"key\": \"c\", \"head\": \"rate\", \"unit\": \"Mpps\"}],\n"
	"\"rows\": [{\"key\": \"r\", \"label\": \"R\", \"verdict\": \"%s\", \"reason\": \"so\",\n"
	"\"cells\": {\"n\": 7, \"c\": %.9g}}]}]}]}";

struct one {
	int minute;
	bool with;
	const char *kernel, *cpu, *bench, *verdict;
	double rate;
};

static struct versus_run run(const struct one *o)
{
	char *all = xasprintf(text, o->minute, o->with ? "true" : "false", o->kernel ?: "6.12.9",
			      o->cpu ?: "CPU", o->bench ?: "off", o->verdict ?: "valid", o->rate);
	struct versus_run r = { .path = o->with ? "with.json" : "without.json" };

	r.o = json_tokener_parse(all);
	CHECK(r.o);
	free(all);
	return r;
}

/* A B B A A B ...; B, with hookcost, has `percent` more. In the order of their names. */
static void turns(struct one *o, double percent)
{
	size_t i;

	for (i = 0; i < RUNS; i++) {
		bool with = i % 4 == 1 || i % 4 == 2;

		o[RUNS - 1 - i] = (struct one){
			.minute = (int)i,
			.with = with,
			.rate = (7 + 0.01 * (double)(i % 3)) * (with ? 1 + percent / 100 : 1),
		};
	}
}

static bool pair(struct versus *v, const struct one *o, size_t n, char *why, size_t len)
{
	size_t i;

	*v = (struct versus){ .run = xcalloc(n, sizeof(*v->run)), .nruns = n, .group = 1 };
	for (i = 0; i < n; i++)
		v->run[i] = run(&o[i]);
	*why = '\0';
	return versus_pair(v, why, len);
}

static void put(struct versus *v)
{
	size_t i;

	versus_free(v);
	for (i = 0; i < v->nruns; i++)
		json_object_put(v->run[i].o);
	free(v->run);
}

static enum paired_verdict verdict_of(double percent, double limit)
{
	struct one o[RUNS];
	enum paired_verdict verdict;
	struct versus v;
	char why[256];

	turns(o, percent);
	CHECK(pair(&v, o, RUNS, why, sizeof(why)));
	CHECK_STR(why, "");
	CHECK_INT(v.npairs, RUNS / 2);
	versus_judge(&v, limit, 5);
	CHECK_INT(v.nrows, 1);
	CHECK_INT(v.row[0].n, RUNS / 2);
	CHECK_STR(v.row[0].what, "rate");
	CHECK_STR(v.row[0].unit, "Mpps");
	CHECK_NEAR(v.row[0].difference.percent, percent, 0.2);
	/* A B B A A B B A A B B A: B B, A A, ... */
	CHECK_INT(v.row[0].control.n, RUNS / 2 - 1);
	CHECK(v.row[0].control.low <= 0 && v.row[0].control.high >= 0);
	verdict = versus_verdict(&v);
	put(&v);
	return verdict;
}

static void verdicts(void)
{
	CHECK_INT(verdict_of(0, 0.5), PAIRED_EQUIVALENT);
	CHECK_INT(verdict_of(-2, 0.5), PAIRED_DIFFERS);
	CHECK_INT(verdict_of(2, 0.5), PAIRED_DIFFERS);
	CHECK_INT(verdict_of(2, 5), PAIRED_EQUIVALENT);
	CHECK_INT(verdict_of(0, 0.01), PAIRED_NOT_SHOWN);
}

/* Of a pair without a number neither counts; too few are no verdict */
static void lacking(void)
{
	struct one o[RUNS];
	struct versus v;
	char why[256];

	turns(o, 0);
	o[4].verdict = "invalid";
	CHECK(pair(&v, o, RUNS, why, sizeof(why)));
	versus_judge(&v, 0.5, 5);
	CHECK_INT(v.row[0].n, 5);
	CHECK_INT(v.row[0].lacking, 1);
	CHECK_STR(v.row[0].lacks, "so");
	CHECK_INT(versus_verdict(&v), PAIRED_EQUIVALENT);
	versus_free(&v);
	versus_judge(&v, 0.5, 6);
	CHECK_INT(versus_verdict(&v), PAIRED_NOT_SHOWN);
	CHECK(!v.row[0].difference.has_interval);
	put(&v);
}

/* A group is the mean of its pairs, of those that have numbers */
static void groups(void)
{
	struct one o[RUNS];
	double whole, n = 0;
	struct versus v;
	char why[256];
	size_t i;

	turns(o, -2);
	CHECK(pair(&v, o, RUNS, why, sizeof(why)));
	versus_judge(&v, 0.5, 5);
	for (i = 0, whole = 0; i < v.row[0].n; i++)
		whole += log(v.row[0].ratio[i]);
	versus_free(&v);
	v.group = 2;
	versus_judge(&v, 0.5, 3);
	CHECK_INT(v.row[0].n, RUNS / 4);
	CHECK_INT(v.row[0].difference.n, RUNS / 4);
	for (i = 0; i < v.row[0].n; i++)
		n += 2 * log(v.row[0].ratio[i]);
	CHECK_NEAR(n, whole, EPS);
	CHECK_NEAR(v.row[0].difference.percent, -2, 0.2);
	/* three have no interval of 90 % */
	CHECK(!v.row[0].difference.has_interval);
	put(&v);

	o[4].verdict = "invalid";
	CHECK(pair(&v, o, RUNS, why, sizeof(why)));
	v.group = 2;
	versus_judge(&v, 0.5, 3);
	CHECK_INT(v.row[0].n, RUNS / 4);
	CHECK_INT(v.row[0].lacking, 1);
	put(&v);
}

/* Refused, with a reason that holds `says` */
static void refused(struct one *o, size_t n, const char *says)
{
	struct versus v;
	char why[256];

	CHECK(!pair(&v, o, n, why, sizeof(why)));
	if (!strstr(why, says))
		unit_fail(__FILE__, __LINE__, "\"%s\" without \"%s\"", why, says);
	put(&v);
}

static void refusals(void)
{
	struct one o[RUNS];
	size_t i;

	turns(o, 0);
	o[3].cpu = "Another";
	refused(o, RUNS, "\"cpu\" differs");
	turns(o, 0);
	o[3].bench = "drop";
	refused(o, RUNS, "different benches");
	turns(o, 0);
	o[3].kernel = "6.12.10";
	refused(o, RUNS, "two kernels, both");
	turns(o, 0);
	for (i = 0; i < RUNS; i++)
		o[i].kernel = o[i].with ? "6.12.9-hookcost" : "6.1.0-13-amd64";
	refused(o, RUNS, "more than the patches");
	turns(o, 0);
	for (i = 0; i < RUNS; i++)
		o[i].with = true;
	refused(o, RUNS, "none is of one without hookcost");
	turns(o, 0);
	for (i = 0; i < RUNS; i++)
		o[i].with = i < RUNS / 2;
	refused(o, RUNS, "not in turns");
	turns(o, 0);
	o[3].minute = o[4].minute;
	refused(o, RUNS, "same second");
}

static void accepted(void)
{
	struct one o[RUNS];
	struct versus v;
	char why[256];
	size_t i;

	turns(o, 0);
	for (i = 0; i < RUNS; i++)
		o[i].kernel = o[i].with ? "6.12.9-hookcost" : "6.12.9";
	CHECK(pair(&v, o, RUNS, why, sizeof(why)));
	CHECK_STR(why, "");
	CHECK(versus_first(&v, true)->with && !versus_first(&v, false)->with);
	put(&v);
	/* the last one is without a partner; o[] begins with the last */
	CHECK(pair(&v, o + 1, RUNS - 1, why, sizeof(why)));
	CHECK_INT(v.npairs, RUNS / 2 - 1);
	put(&v);
}

const struct unit versus_units[] = {
	{ "versus: verdict over a file's rows", verdicts },
	{ "versus: runs without a number", lacking },
	{ "versus: groups of pairs", groups },
	{ "versus: what cannot be compared", refusals },
	{ "versus: what can", accepted },
	{ 0 }
};
