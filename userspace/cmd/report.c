// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cmd/command.h"
#include "core/output.h"
#include "core/run.h"
#include "core/util.h"
#include "report/report.h"
#include "report/results.h"

struct report_args {
	const char *results, *output;
};

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0,
	  "Write the page to FILE, \"-\": standard output (default: RESULTS.html)", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct report_args *a = state->input;

	if (key != 'o')
		return parse_results(key, arg, state, &a->results);
	a->output = arg;
	return 0;
}

/* RESULTS.json becomes RESULTS.html */
static char *beside(const char *results)
{
	size_t len = strlen(results);

	if (len > 5 && !strcmp(results + len - 5, ".json"))
		len -= 5;
	return xasprintf("%.*s.html", (int)len, results);
}

static int write_report(struct json_object *results, struct output *file)
{
	char *page = NULL;
	size_t len;
	FILE *out;
	int ret;

	out = open_memstream(&page, &len);
	if (!out) {
		err("out of memory");
		return EXIT_FAILED;
	}
	ret = report_html(out, results);
	if (fclose(out) && !ret) {
		err("out of memory");
		ret = -ENOMEM;
	} else if (ret) {
		err("interrupted; nothing is written");
	} else {
		ret = output_write(file, page);
	}
	free(page);
	return ret ? EXIT_FAILED : EXIT_DONE;
}

int cmd_report(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "RESULTS.json",
		.doc = "Write results as one HTML page: tables, figures, the paper's beside them.",
	};
	struct report_args a = { 0 };
	struct json_object *results;
	struct output *file;
	char *path;
	int status = EXIT_FAILED;

	parse_options(&argp, argc, argv, &a);
	results = results_load(a.results);
	if (!results)
		return EXIT_FAILED;
	path = a.output ? xstrdup(a.output) : beside(a.results);
	file = output_open(path, "--output");
	if (file)
		status = write_report(results, file);
	output_close(file);
	free(path);
	json_object_put(results);
	return status;
}
