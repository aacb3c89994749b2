// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/bench.h"
#include "cmd/command.h"
#include "core/output.h"
#include "core/util.h"
#include "report/merge.h"
#include "report/results.h"

#define FILES_MAX	16
#define NAMES_MAX	64

struct merge_args {
	const char *file[FILES_MAX], *output;
	size_t nfiles;
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Where to write them (default: standard output)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct merge_args *a = state->input;

	switch (key) {
	case 'o':
		a->output = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (a->nfiles == FILES_MAX)
			usage_error(state, "more than %d files", FILES_MAX);
		a->file[a->nfiles++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->nfiles)
			usage_error(state,
				    "no file of results given (hookcost run --json writes one)");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int write_merged(const struct merge_args *a, struct json_object *const *file)
{
	const char *order[NAMES_MAX + 1] = { NULL };
	struct json_object *o;
	struct output *out;
	size_t i;
	int ret;

	for (i = 0; benches[i] && i < NAMES_MAX; i++)
		order[i] = benches[i]->name;
	out = output_open(a->output ?: "-", "--output");
	if (!out)
		return EXIT_FAILED;
	o = merge_results(file, a->nfiles, order);
	ret = output_json(out, o);
	json_object_put(o);
	output_close(out);
	return ret ? EXIT_FAILED : EXIT_DONE;
}

int cmd_merge(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RESULTS.json...",
		.doc = "Results of several targets as one: each bench from where it is best.",
	};
	struct json_object *file[FILES_MAX] = { NULL };
	struct merge_args a = { 0 };
	int status = EXIT_FAILED;
	size_t i;

	parse_options(&argp, argc, argv, &a);
	for (i = 0; i < a.nfiles; i++) {
		file[i] = results_load(a.file[i]);
		if (!file[i])
			break;
	}
	if (i == a.nfiles)
		status = write_merged(&a, file);
	for (i = 0; i < a.nfiles; i++)
		json_object_put(file[i]);
	return status;
}
