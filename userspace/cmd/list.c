// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/bench.h"
#include "cmd/command.h"
#include "cmd/list_names.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/util.h"
#include "kernel/probe.h"

#define PLACES_MAX 8

struct list_args {
	bool json;
	bool names;			/* some were printed */
	struct target place[PLACES_MAX];
	size_t nplaces;
	char *name[64];			/* NULL: all */
	size_t nnames;
};

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ "place", 'p', "TARGET,...", 0,
	  "Of these targets (uml, vm, host), those that suit each bench best", 0 },
	{ "names", 'n', "KIND", 0,
	  "What can stand on the command line: bench, device, hook, netdev, program, target", 0 },
	{ 0 }
};

static bool is_bench(const char *name)
{
	size_t i;

	for (i = 0; benches[i]; i++)
		if (bench_is(benches[i], name))
			return true;
	return false;
}

/* What this machine's own kernel has of that a bench may want */
static unsigned int host_has(void)
{
	char why[256];

	return WANT_CALLS | (cpu_count() > 1 ? WANT_CPUS : 0) |
	       (probe_available(why, sizeof(why)) ? 0 : WANT_PATCHES);
}

static void add_places(struct list_args *a, const char *targets, const struct argp_state *state)
{
	char *list = xstrdup(targets), *save, *one;

	for (one = strtok_r(list, ",", &save); one; one = strtok_r(NULL, ",", &save))
		if (a->nplaces == PLACES_MAX ||
		    !target_find(one, host_has(), &a->place[a->nplaces++]))
			usage_error(state, "--place takes uml, vm, host, not \"%s\"", targets);
	if (!a->nplaces)
		usage_error(state, "--place takes uml, vm, host, not \"%s\"", targets);
	free(list);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct list_args *a = state->input;
	char near[96];

	switch (key) {
	case 'j':
		a->json = true;
		return 0;
	case 'p':
		add_places(a, arg, state);
		return 0;
	case 'n':
		if (!list_names(arg))
			usage_error(state, "--names takes one of %s, not \"%s\"",
				    list_names_kinds(), arg);
		a->names = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!is_bench(arg))
			usage_error(state, "there is no bench \"%s\"%s (hookcost list names them)",
				    arg, bench_near(arg, near, sizeof(near)));
		if (a->nnames == ARRAY_SIZE(a->name))
			usage_error(state, "unexpected argument \"%s\"", arg);
		a->name[a->nnames++] = arg;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static bool is_listed(const struct list_args *a, const struct bench *b)
{
	size_t i;

	for (i = 0; i < a->nnames; i++)
		if (bench_is(b, a->name[i]))
			return true;
	return !a->nnames;
}

static void print_places(const struct list_args *a)
{
	struct target place[PLACES_MAX];
	size_t i, j, n;

	for (i = 0; benches[i]; i++) {
		if (!is_listed(a, benches[i]))
			continue;
		memcpy(place, a->place, sizeof(place));
		n = targets_sort(place, a->nplaces, benches[i]->wants);
		printf("%s", benches[i]->name);
		for (j = 0; j < n; j++)
			printf(" %s", place[j].name);
		putchar('\n');
	}
}

static struct json_object *wants_json(unsigned int wants)
{
	struct json_object *list = json_object_new_array();
	unsigned int i;

	for (i = 0; i < WANTS; i++)
		if (wants & 1U << i)
			json_object_array_add(list, json_string(want_name(1U << i)));
	return list;
}

static void print_json(const struct list_args *a)
{
	struct json_object *list = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; benches[i]; i++) {
		struct json_object *b;

		if (!is_listed(a, benches[i]))
			continue;
		b = json_object_new_object();
		json_add_string(b, "name", benches[i]->name);
		json_add_string(b, "title", benches[i]->title);
		json_add_string(b, "needs", benches[i]->needs);
		json_object_object_add(b, "wants", wants_json(benches[i]->wants));
		json_add_string(b, "clock", timed_by_name(benches[i]->clock));
		json_object_object_add(b, "seconds",
				       json_object_new_int((int)benches[i]->seconds));
		json_object_object_add(b, "seconds_quick",
				       json_object_new_int((int)benches[i]->seconds_quick));
		json_object_array_add(list, b);
	}
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_object_object_add(o, "benches", list);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

int cmd_list(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[BENCH...]",
		.doc = "List the benches and what each needs.",
	};
	struct list_args a = { 0 };
	size_t i;

	parse_options(&argp, argc, argv, &a);
	if (a.names)
		return EXIT_DONE;
	if (a.nplaces) {
		print_places(&a);
		return EXIT_DONE;
	}
	if (a.json) {
		print_json(&a);
		return EXIT_DONE;
	}
	for (i = 0; benches[i]; i++) {
		const struct bench *b = benches[i];

		if (!is_listed(&a, b))
			continue;
		printf("%-10s  %s\n%-10s  needs: %s; about %u s, %u s with --quick\n", b->name,
		       b->title, "", *b->needs ? b->needs : "nothing but root", b->seconds,
		       b->seconds_quick);
	}
	return EXIT_DONE;
}
