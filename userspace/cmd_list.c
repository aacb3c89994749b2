// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include "bench/bench.h"
#include "command.h"
#include "lib/json.h"

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print JSON", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'j':
		*(bool *)state->input = true;
		return 0;
	case ARGP_KEY_ARG:
		usage_error(state, "unexpected argument \"%s\"", arg);
	}
	return ARGP_ERR_UNKNOWN;
}

static void print_json(void)
{
	struct json_object *list = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; benches[i]; i++) {
		struct json_object *b = json_object_new_object();

		json_add_string(b, "name", benches[i]->name);
		json_add_string(b, "title", benches[i]->title);
		json_add_string(b, "needs", benches[i]->needs);
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
		.doc = "List the benches and what each needs.",
	};
	bool json = false;
	size_t i;

	argp_parse(&argp, argc, argv, 0, NULL, &json);
	if (json) {
		print_json();
		return EXIT_DONE;
	}
	for (i = 0; benches[i]; i++) {
		const struct bench *b = benches[i];

		printf("%-10s  %s\n%-10s  needs: %s; about %u s, %u s with --quick\n", b->name,
		       b->title, "", *b->needs ? b->needs : "nothing but root", b->seconds,
		       b->seconds_quick);
	}
	return EXIT_DONE;
}
