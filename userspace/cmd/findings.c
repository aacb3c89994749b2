// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include "cmd/command.h"
#include "core/json.h"
#include "core/output.h"
#include "core/run.h"
#include "report/findings.h"
#include "report/results.h"
#include "report/summary.h"

struct findings_args {
	const char *results, *json;
};

static const struct argp_option options[] = {
	{ "json", 'j', "FILE", 0, "Write them to FILE as well, \"-\": standard output", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct findings_args *a = state->input;

	if (key != 'j')
		return parse_results(key, arg, state, &a->results);
	a->json = arg;
	return 0;
}

static int write_json(const struct findings_args *a, struct output *out,
		      struct json_object *results)
{
	struct json_object *o = json_object_new_object();
	int ret;

	json_add_string(o, "schema", "hookcost/2");
	json_object_object_add(o, "findings", findings_json(results));
	ret = output_json(out, o);
	json_object_put(o);
	return ret;
}

#define STATUS	"Exit status: 0 some could be told; 1 failed; 4 none could."

int cmd_findings(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RESULTS.json",
		.doc = "What the paper observes, and whether these results show it.\v" STATUS,
	};
	struct findings_args a = { 0 };
	struct json_object *results;
	struct output *out = NULL;
	int status = EXIT_DONE;

	parse_options(&argp, argc, argv, &a);
	results = results_load(a.results);
	if (!results)
		return EXIT_FAILED;
	if (a.json)
		out = output_open(a.json, "--json");
	if (a.json && !out)
		status = EXIT_FAILED;
	else if (!findings_print(out && output_is_stdout(out) ? stderr : stdout, results,
				 SUMMARY_WIDTH))
		status = EXIT_SKIP;
	if (out && write_json(&a, out, results))
		status = EXIT_FAILED;
	output_close(out);
	json_object_put(results);
	return status;
}
