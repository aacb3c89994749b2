// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include "cmd/command.h"
#include "core/util.h"
#include "report/results.h"
#include "report/summary.h"

#define LINES_MIN	10
#define LINES_MAX	100000
#define WIDTH_MIN	40

struct summary_args {
	const char *results;
	size_t lines;
};

static const struct argp_option options[] = {
	{ "lines", 'l', "N", 0, "At most so many lines (default: 34)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct summary_args *a = state->input;
	uint64_t v;

	if (key != 'l')
		return parse_results(key, arg, state, &a->results);
	if (!parse_u64(arg, &v) || v < LINES_MIN || v > LINES_MAX)
		usage_error(state, "--lines takes a number from %d to %d, not \"%s\"", LINES_MIN,
			    LINES_MAX, arg);
	a->lines = v;
	return 0;
}

/* As wide as the terminal, if the shell says so, but no wider than can be read */
static int width(void)
{
	const char *columns = getenv("COLUMNS");
	uint64_t v;

	if (!columns || !parse_u64(columns, &v) || v < WIDTH_MIN || v > SUMMARY_WIDTH)
		return SUMMARY_WIDTH;
	return (int)v;
}

int cmd_summary(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RESULTS.json",
		.doc = "Print results on one screen: each bench's first numbers, and the paper's.",
	};
	struct summary_args a = { .lines = SUMMARY_LINES };
	struct json_object *results;

	parse_options(&argp, argc, argv, &a);
	results = results_load(a.results);
	if (!results)
		return EXIT_FAILED;
	summary_print(stdout, results, width(), a.lines);
	json_object_put(results);
	return EXIT_DONE;
}
