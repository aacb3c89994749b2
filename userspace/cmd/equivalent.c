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
#include "report/results.h"
#include "report/versus.h"

#define WITHIN		0.5
#define PAIRS		30
/* Fewer have no interval of 90 %: all of 2^5 signs, 1 of them is 3 % */
#define PAIRS_MIN	5
#define RUNS_MAX	100000
#define GROUP_MAX	1000

struct equivalent_args {
	char **path;
	size_t npaths;
	double within;			/* percent */
	uint64_t pairs;			/* at least */
	uint64_t group;			/* so many pairs in a row are one */
	bool json;
};

static const struct argp_option options[] = {
	{ "within", 'w', "PERCENT", 0, "The difference that does not count (default: 0.5)", 0 },
	{ "pairs", 'n', "N", 0, "Judge N pairs of runs or more, not fewer (default: 30)", 0 },
	{ "group", 'g', "N", 0, "N pairs in a row count as one, their mean (default: 1)", 0 },
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct equivalent_args *a = state->input;
	char *end;

	switch (key) {
	case 'w':
		a->within = strtod(arg, &end);
		if (!isdigit((unsigned char)*arg) || *end || !(a->within > 0) || !(a->within < 100))
			usage_error(state, "--within takes a percentage, not \"%s\"", arg);
		return 0;
	case 'n':
		if (!parse_u64(arg, &a->pairs) || a->pairs < PAIRS_MIN || a->pairs > RUNS_MAX)
			usage_error(state, "--pairs takes a number from %d to %d, not \"%s\"",
				    PAIRS_MIN, RUNS_MAX, arg);
		return 0;
	case 'g':
		if (!parse_u64(arg, &a->group) || !a->group || a->group > GROUP_MAX)
			usage_error(state, "--group takes a number from 1 to %d, not \"%s\"",
				    GROUP_MAX, arg);
		return 0;
	case 'j':
		a->json = true;
		return 0;
	case ARGP_KEY_ARG:
		a->path = xrealloc(a->path, a->npaths + 1, sizeof(*a->path));
		a->path[a->npaths++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (a->npaths < 2)
			usage_error(state, "files of results are needed, of both kernels");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

/* What a file says, for the terminal: no control characters */
static char *shown(const char *s)
{
	char *copy = xstrdup(s), *c;

	for (c = copy; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return copy;
}

static void print_kernel(const struct versus_run *r)
{
	struct json_object *env = json_object_of(r->o, "environment");
	char *release = shown(json_text(env, "kernel"));
	char *version = shown(json_text(env, "kernel_version"));

	printf("%-8s Linux %s, %s\n", r->with ? "with:" : "without:", release, version);
	free(release);
	free(version);
}

static void print_interval(const struct paired *p)
{
	char text[32] = "-";

	if (p->has_interval)
		snprintf(text, sizeof(text), "[%+.2f, %+.2f]", p->low, p->high);
	printf(" %15s", text);
}

/* What would decide it, if anything */
static void print_not_shown(const struct versus_row *r, size_t group)
{
	const char *what = group > 1 ? "groups" : "pairs";
	char *why = shown(r->lacks ?: "");

	if (!r->difference.has_interval)
		printf("    %zu %s have a number, %zu %s none%s%.60s\n", r->n, what,
		       r->lacking, group > 1 ? "pairs have" : "have", *why ? ": " : "", why);
	else if (r->difference.corrected)
		printf("    beyond the limit, but p = %.2g as one of the rows (Holm): more %s\n",
		       r->difference.p, what);
	else if (r->difference.enough)
		printf("    about %zu %s might decide it\n", r->difference.enough, what);
	else
		printf("    as large as the limit: more %s will not decide it\n", what);
	free(why);
}

static void print_row(const struct versus_row *r, size_t group)
{
	char *label = shown(r->label);

	printf("  %-24.24s %8.5g %8.5g ", label, r->without, r->with);
	if (r->n)
		printf("%+7.2f", r->difference.percent);
	else
		printf("%7s", "-");
	print_interval(&r->difference);
	print_interval(&r->control);
	printf("  %s\n", paired_verdict_name(r->difference.verdict));
	if (r->difference.verdict == PAIRED_NOT_SHOWN)
		print_not_shown(r, group);
	free(label);
}

static void print_rows(const struct versus *v, double within)
{
	const char *bench = "", *table = "";
	size_t count[PAIRED_NOT_SHOWN + 1] = { 0 }, i;

	for (i = 0; i < v->nrows; i++) {
		const struct versus_row *r = &v->row[i];

		if (strcmp(bench, r->bench) || strcmp(table, r->table)) {
			char *title = xasprintf("%s: %s, %s", r->bench, r->what, r->unit);
			char *clean = shown(title);

			printf("\n%-26.26s %8s %8s %7s %15s %15s\n", clean, "without", "with", "%",
			       "90 % interval", "control");
			free(title);
			free(clean);
		}
		bench = r->bench;
		table = r->table;
		count[r->difference.verdict]++;
		print_row(r, v->group);
	}
	printf("\n%zu equivalent within %g %%, %zu differ by more, %zu not shown\n",
	       count[PAIRED_EQUIVALENT], within, count[PAIRED_DIFFERS], count[PAIRED_NOT_SHOWN]);
}

static void print_text(const struct versus *v, const struct equivalent_args *a)
{
	struct json_object *env = json_object_of(v->run[0].o, "environment");
	char *cpu = shown(json_text(env, "cpu")), *target = shown(json_text(env, "target"));

	printf("%zu pairs of runs in turns, %s, target %s\n", v->npairs, cpu, target);
	if (v->group > 1)
		printf("%zu groups of %zu pairs in a row count, each as its mean\n",
		       v->npairs / v->group, v->group);
	print_kernel(versus_first(v, false));
	print_kernel(versus_first(v, true));
	if (v->nruns % 2)
		printf("%s has no partner, and is left out\n", v->run[v->nruns - 1].path);
	print_rows(v, a->within);
	printf("equivalent: the whole interval is within +-%g %%: two one-sided tests of 5 %%\n"
	       "each (95 %% confidence); differs: all of it is beyond, after Holm's correction for\n"
	       "the number of rows; control: neighbouring runs of one kernel, should hold 0\n",
	       a->within);
	if (v->nrows && v->row[0].across)
		printf("%zu of control's %zu neighbours are of two %s: if kernels were linked\n"
		       "anew in between, it holds the difference of two layouts, too\n",
		       v->row[0].across, v->row[0].control.n, v->group > 1 ? "groups" : "pairs");
	free(cpu);
	free(target);
}

static struct json_object *paired_json(const struct paired *p)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "pairs", json_object_new_uint64(p->n));
	json_object_object_add(o, "percent", json_number(p->n ? p->percent : NAN));
	json_object_object_add(o, "low", json_number(p->has_interval ? p->low : NAN));
	json_object_object_add(o, "high", json_number(p->has_interval ? p->high : NAN));
	return o;
}

static struct json_object *row_json(const struct versus_row *r)
{
	struct json_object *o = paired_json(&r->difference);
	struct json_object *control = paired_json(&r->control);
	struct json_object *ratios = json_object_new_array();
	size_t i;

	json_object_object_add(control, "across", json_object_new_uint64(r->across));
	json_add_string(o, "bench", r->bench);
	json_add_string(o, "table", r->table);
	json_add_string(o, "row", r->row);
	json_add_string(o, "what", r->what);
	json_add_string(o, "unit", r->unit);
	json_object_object_add(o, "without", json_number(r->n ? r->without : NAN));
	json_object_object_add(o, "with", json_number(r->n ? r->with : NAN));
	json_add_string(o, "verdict", paired_verdict_name(r->difference.verdict));
	json_object_object_add(o, "enough", r->difference.enough ?
			       json_object_new_uint64(r->difference.enough) : NULL);
	json_object_object_add(o, "p", json_number(r->difference.p));
	json_object_object_add(o, "control", control);
	for (i = 0; i < r->n; i++)
		json_object_array_add(ratios, json_number(r->ratio[i]));
	json_object_object_add(o, "ratios", ratios);
	return o;
}

static struct json_object *kernel_json(const struct versus_run *r)
{
	static const char *const fields[] = { "kernel", "kernel_version", "config_hash" };
	struct json_object *env = json_object_of(r->o, "environment");
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		json_add_string(o, fields[i], json_text(env, fields[i]));
	return o;
}

static void print_json(const struct versus *v, const struct equivalent_args *a)
{
	struct json_object *o = json_object_new_object(), *rows = json_object_new_array();
	size_t i;

	for (i = 0; i < v->nrows; i++)
		json_object_array_add(rows, row_json(&v->row[i]));
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_object_object_add(o, "within", json_number(a->within));
	json_object_object_add(o, "runs", json_object_new_uint64(v->nruns));
	json_object_object_add(o, "group", json_object_new_uint64(v->group));
	json_object_object_add(o, "kernel_without", kernel_json(versus_first(v, false)));
	json_object_object_add(o, "kernel_with", kernel_json(versus_first(v, true)));
	json_object_object_add(o, "rows", rows);
	json_add_string(o, "verdict", paired_verdict_name(versus_verdict(v)));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY));
	json_object_put(o);
}

static int judge(struct versus *v, const struct equivalent_args *a)
{
	char why[512];

	if (!versus_pair(v, why, sizeof(why))) {
		err("%s", why);
		return EXIT_FAILED;
	}
	if (v->npairs / v->group < a->pairs) {
		err("%zu %s of runs are too few: %llu are needed (--pairs)", v->npairs / v->group,
		    v->group > 1 ? "groups" : "pairs", (unsigned long long)a->pairs);
		return EXIT_SKIP;
	}
	versus_judge(v, a->within, a->pairs);
	if (!v->nrows) {
		err("the files have no row with a rate or a time");
		return EXIT_SKIP;
	}
	if (a->json)
		print_json(v, a);
	else
		print_text(v, a);
	switch (versus_verdict(v)) {
	case PAIRED_EQUIVALENT:
		return EXIT_DONE;
	case PAIRED_DIFFERS:
		return EXIT_FAILED;
	default:
		return EXIT_SKIP;
	}
}

int cmd_equivalent(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RESULTS.json...",
		.doc = "Runs in turns of kernels with hookcost and without: are they equally fast?",
	};
	struct equivalent_args a = { .within = WITHIN, .pairs = PAIRS, .group = 1 };
	struct versus v = { 0 };
	int status = EXIT_FAILED;
	size_t i;

	parse_options(&argp, argc, argv, &a);
	v.group = a.group;
	v.run = xcalloc(a.npaths, sizeof(*v.run));
	for (i = 0; i < a.npaths; i++) {
		v.run[i].path = a.path[i];
		v.run[i].o = results_load(a.path[i]);
		if (!v.run[i].o)
			break;
		v.nruns++;
	}
	if (v.nruns == a.npaths)
		status = judge(&v, &a);
	versus_free(&v);
	for (i = 0; i < v.nruns; i++)
		json_object_put(v.run[i].o);
	free(v.run);
	free(a.path);
	return status;
}
