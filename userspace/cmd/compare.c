// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/command.h"
#include "core/json.h"
#include "core/run.h"
#include "core/util.h"
#include "report/compare.h"
#include "report/results.h"

#define PERCENT_MAX	1e6

struct compare_args {
	const char *file[2];
	size_t nfiles;
	double max_regression;		/* NAN: any is all right */
	bool json, all;
};

static const struct argp_option options[] = {
	{ "max-regression", 'm', "PERCENT", 0,
	  "Exit status 1 if a row got slower by more than that, with significance", 0 },
	{ "all", 'a', NULL, 0, "Rows that are the same, or cannot be judged, too", 0 },
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct compare_args *a = state->input;
	char *end;

	switch (key) {
	case 'm':
		a->max_regression = strtod(arg, &end);
		if (!isdigit((unsigned char)*arg) || *end || !(a->max_regression < PERCENT_MAX))
			usage_error(state, "--max-regression takes a percentage, not \"%s\"", arg);
		return 0;
	case 'a':
		a->all = true;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->nfiles == 2)
			usage_error(state, "unexpected argument \"%s\"", arg);
		a->file[a->nfiles++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->nfiles != 2)
			usage_error(state, "two files of results are needed");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* Control characters of a file are not for the terminal */
static void put(const char *s)
{
	for (; *s; s++)
		putchar((unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s);
}

static void print_file(char name, const char *path, struct json_object *o)
{
	struct json_object *env = json_object_of(o, "environment");

	printf("%c: %s, ", name, path);
	put(json_text(o, "date"));
	printf(", Linux ");
	put(json_text(env, "kernel"));
	printf(", ");
	put(json_text(env, "cpu"));
	printf("%s%s\n", json_flag(o, "quick") ? ", --quick" : "",
	       json_flag(o, "interrupted") ? ", interrupted" : "");
}

static void print_difference(const char *key, const char **before)
{
	printf("%s", *before);
	put(key);
	*before = ", ";
}

/* What else is not the same: the reader has to know before he believes a difference */
static void print_differences(struct json_object *a, struct json_object *b)
{
	struct json_object *ea = json_object_of(a, "environment");
	struct json_object *eb = json_object_of(b, "environment");
	const char *before = "differs: ";
	struct json_object *v;

	/* of several targets each: nothing that fits into a line */
	if (json_array_of(a, "environments") || json_array_of(b, "environments"))
		return;
	json_object_object_foreach(ea, key, va) {
		struct json_object *vb = NULL;

		json_object_object_get_ex(eb, key, &vb);
		/* measured anew each time */
		if (json_object_equal(va, vb) || !strcmp(key, "tsc"))
			continue;
		print_difference(key, &before);
	}
	json_object_object_foreach(eb, other, vo) {
		/* one that is null is not there */
		if (vo && !json_object_object_get_ex(ea, other, &v))
			print_difference(other, &before);
	}
	if (*before == ',')
		putchar('\n');
}

static void clean(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

/* The longer of its two sides */
static void print_median(double median, double low, double high)
{
	printf("%9.5g ", median);
	if (isnan(low))
		printf("%7s ", "-");
	else
		printf("%7.3g ", fmax(high - median, median - low));
}

static void print_pair(const struct pair *p)
{
	char *label = xasprintf("  %.22s: %s, %s", p->label, p->what, p->unit);

	clean(label);
	printf("%-36.36s ", label);
	print_median(p->a, p->a_low, p->a_high);
	print_median(p->b, p->b_low, p->b_high);
	if (p->has_percent)
		printf("%+7.1f", p->shift.percent);
	else
		printf("%7s", "-");
	if (p->has_percent && p->shift.has_interval)
		printf(" [%+.1f, %+.1f] %s\n", p->shift.low, p->shift.high,
		       change_name(p->change));
	else
		printf(" -\n");
	free(label);
}

static void print_pairs(const struct comparison *c, bool all)
{
	size_t count[CHANGE_UNKNOWN + 1] = { 0 }, judged, i;
	const char *bench = "", *table = "";

	for (i = 0; i < c->npairs; i++) {
		const struct pair *p = &c->pair[i];

		count[p->change]++;
		if (!all && p->change != CHANGE_FASTER && p->change != CHANGE_SLOWER)
			continue;
		if (strcmp(bench, p->bench) || strcmp(table, p->table)) {
			putchar('\n');
			put(p->bench);
			printf(": ");
			put(*p->table_title ? p->table_title : p->table);
			printf("\n%-36s %9s %7s %9s %7s %7s 95 %% interval\n", "", "A", "+-", "B",
			       "+-", "%");
		}
		bench = p->bench;
		table = p->table;
		print_pair(p);
	}
	judged = c->npairs - count[CHANGE_UNKNOWN];
	printf("\n%zu faster, %zu slower, %zu the same, %zu without an interval; "
	       "%zu rows are not in both, or have no number\n", count[CHANGE_FASTER],
	       count[CHANGE_SLOWER], count[CHANGE_NONE], count[CHANGE_UNKNOWN], c->unlike);
	/* each interval stands for itself: all of 20 hold what they should with 36 % only */
	if (judged >= 20)
		printf("of %zu intervals of 95 %% about %.0f miss by chance\n", judged,
		       0.05 * (double)judged);
}

static struct json_object *pair_json(const struct pair *p)
{
	struct json_object *o = json_object_new_object();
	bool interval = p->has_percent && p->shift.has_interval;

	json_add_string(o, "bench", p->bench);
	json_add_string(o, "table", p->table);
	json_add_string(o, "row", p->row);
	json_add_string(o, "what", p->what);
	json_add_string(o, "unit", p->unit);
	json_object_object_add(o, "a", json_number(p->a));
	json_object_object_add(o, "b", json_number(p->b));
	json_object_object_add(o, "a_interval", json_bounds(p->a_low, p->a_high));
	json_object_object_add(o, "b_interval", json_bounds(p->b_low, p->b_high));
	json_object_object_add(o, "percent", json_number(p->has_percent ? p->shift.percent : NAN));
	json_object_object_add(o, "low", json_number(interval ? p->shift.low : NAN));
	json_object_object_add(o, "high", json_number(interval ? p->shift.high : NAN));
	json_add_string(o, "change", change_name(p->change));
	return o;
}

static void print_left_out(const struct comparison *c)
{
	size_t i;

	for (i = 0; i < c->nleft_out; i++) {
		const struct left_out *l = &c->left_out[i];

		printf("%s", i ? ", " : "left out, as nothing is compared across targets: ");
		put(l->bench);
		printf(" (");
		put(l->a);
		printf(", ");
		put(l->b);
		printf(")");
	}
	if (c->nleft_out)
		putchar('\n');
}

static void print_json(const struct comparison *c)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();
	struct json_object *left = json_object_new_array();
	size_t i;

	for (i = 0; i < c->nleft_out; i++)
		json_object_array_add(left, json_string(c->left_out[i].bench));
	for (i = 0; i < c->npairs; i++)
		json_object_array_add(list, pair_json(&c->pair[i]));
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_object_object_add(o, "pairs", list);
	json_object_object_add(o, "unlike", json_object_new_uint64(c->unlike));
	json_object_object_add(o, "left_out", left);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static int compare(const struct compare_args *a, struct json_object *file[2])
{
	const struct pair *worst;
	struct comparison c;
	int status = EXIT_DONE;
	char why[256];

	if (!compare_allowed(file[0], file[1], why, sizeof(why))) {
		err("%s", why);
		return EXIT_FAILED;
	}
	compare_results(file[0], file[1], &c);
	if (!c.npairs) {
		err("%s and %s have no row in common with a time or a rate in both", a->file[0],
		    a->file[1]);
		return EXIT_SKIP;
	}
	if (a->json) {
		print_json(&c);
	} else {
		print_file('A', a->file[0], file[0]);
		print_file('B', a->file[1], file[1]);
		print_differences(file[0], file[1]);
		print_pairs(&c, a->all);
		print_left_out(&c);
	}
	worst = compare_worst(&c);
	if (!isnan(a->max_regression) && worst && worst->regression > a->max_regression) {
		err("%s, %s, %s: slower by at least %.1f %%, more than %g %%", worst->bench,
		    worst->label, worst->what, worst->regression, a->max_regression);
		status = EXIT_FAILED;
	}
	compare_free(&c);
	return status;
}

int cmd_compare(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "A.json B.json",
		.doc = "Compare two result files row by row: what B takes in percent of A.",
	};
	struct compare_args a = { .max_regression = NAN };
	struct json_object *file[2] = { NULL };
	int status = EXIT_FAILED;

	parse_options(&argp, argc, argv, &a);
	file[0] = results_load(a.file[0]);
	if (file[0])
		file[1] = results_load(a.file[1]);
	if (file[1])
		status = compare(&a, file);
	json_object_put(file[0]);
	json_object_put(file[1]);
	return status;
}
