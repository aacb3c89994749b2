// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "bench/bench.h"
#include "command.h"
#include "lib/cpu.h"
#include "lib/env.h"
#include "lib/json.h"
#include "lib/paper.h"
#include "lib/run.h"
#include "lib/util.h"

#define BENCHES_MAX 32
#define BATCHES_MAX 100000

struct run_args {
	struct bench_opts opts;
	struct device device;
	const char *asked;		/* --device */
	const char *json;
	bool quiet, verbose;
	const struct bench *bench[BENCHES_MAX];
	size_t nbenches;
};

static const struct argp_option options[] = {
	{ "json", 'j', "FILE", 0, "Write the results to FILE as well, \"-\": standard output", 0 },
	{ "quick", 'Q', NULL, 0, "Fewer samples; the numbers are indicative at best", 0 },
	{ "batches", 'b', "N", 0, "Batches of each variant (default: the bench's own)", 0 },
	{ "samples", 's', "N", 0, "Samples of each row (default: the bench's own)", 0 },
	{ "device", 'd', "NAME", 0,
	  "Run over veth, mlx5 or this netdev of mlx5sim (default: mlx5 if there is one)", 0 },
	{ "ordered", 'o', NULL, 0, "Read the clock with \"lfence; rdtsc\"", 0 },
	{ "baseline", 'B', "FILE", 0, "Results of another run to compare with (jitcheck)", 0 },
	{ "count-instructions", 'I', NULL, 0,
	  "Instructions in place of times (figure14; TARGET=vm, see Documentation)", 0 },
	{ "quiet", 'q', NULL, 0, "No progress", 0 },
	{ "verbose", 'v', NULL, 0, "Tell what is done", 0 },
	{ 0 }
};

static void add_bench(struct run_args *a, const struct bench *b)
{
	size_t i;

	for (i = 0; i < a->nbenches; i++)
		if (a->bench[i] == b)
			return;
	if (a->nbenches < BENCHES_MAX)
		a->bench[a->nbenches++] = b;
}

/* A bench's name, "all", or a figure's without its letter */
static bool select_bench(struct run_args *a, const char *name)
{
	size_t i, n = strlen(name);
	bool found = false;

	for (i = 0; benches[i]; i++) {
		const char *have = benches[i]->name;

		if (strcmp(name, "all") && strcmp(name, have) &&
		    (strncmp(name, "figure", 6) || strncmp(have, name, n) ||
		     strlen(have) != n + 1 || have[n] < 'a'))
			continue;
		add_bench(a, benches[i]);
		found = true;
	}
	return found;
}

static uint64_t count_arg(const struct argp_state *state, const char *option,
			  const char *arg, uint64_t max)
{
	uint64_t v;

	if (!parse_u64(arg, &v) || !v || v > max)
		usage_error(state, "--%s takes a number from 1 to %llu, not \"%s\"", option,
			    (unsigned long long)max, arg);
	return v;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_args *a = state->input;

	switch (key) {
	case 'j':
		a->json = arg;
		return 0;
	case 'Q':
		a->opts.quick = true;
		return 0;
	case 'b':
		a->opts.batches = (unsigned int)count_arg(state, "batches", arg, BATCHES_MAX);
		return 0;
	case 's':
		a->opts.samples = (unsigned long)count_arg(state, "samples", arg, 1000000000);
		return 0;
	case 'd':
		a->asked = arg;
		return 0;
	case 'o':
		a->opts.ordered = true;
		return 0;
	case 'B':
		a->opts.baseline = arg;
		return 0;
	case 'I':
		a->opts.count_instructions = true;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case 'v':
		a->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!select_bench(a, arg))
			usage_error(state, "there is no bench \"%s\" (hookcost list names them)",
				    arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		usage_error(state, "no bench given (hookcost list names them)");
	}
	return ARGP_ERR_UNKNOWN;
}

/* libbpf's own messages run over many lines; a bench says in one what failed */
static int print_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char text[1024];

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	text[strcspn(text, "\n")] = '\0';
	info("%s", text);
	return 0;
}

static struct json_object *new_report(void)
{
	struct json_object *o = json_object_new_object();
	time_t now = time(NULL);
	char date[32];

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_add_string(o, "tool_version", HOOKCOST_VERSION);
	json_add_string(o, "date", date);
	json_add_string(o, "paper", PAPER_DOI);
	json_object_object_add(o, "environment", env_json());
	json_object_object_add(o, "benches", json_object_new_array());
	return o;
}

/* 0 or -errno; *measured grows by the rows that have a number */
static int run_one(const struct bench *b, const struct run_args *a, FILE *text,
		   struct json_object *report, size_t *measured)
{
	struct result *res = result_new(b->name, b->title);
	struct json_object *list;
	unsigned int said = err_count();
	enum verdict v;
	char why[512];
	int ret;

	ret = b->run(&a->opts, res);
	progress_end();
	cleanup_all();
	if (interrupted())
		ret = -EINTR;

	if (a->opts.quick)
		result_weaken(res, VERDICT_INDICATIVE, "--quick");
	v = env_verdict(why, sizeof(why));
	result_weaken(res, v, why);

	result_print(res, text);
	/* one line is enough */
	if (ret && ret != -EINTR && err_count() == said)
		err("%s failed: %s", b->name, strerror(-ret));
	*measured += result_measured(res);
	json_object_object_get_ex(report, "benches", &list);
	json_object_array_add(list, result_json(res));
	result_free(res);
	return ret;
}

static int run_all(const struct run_args *a, struct json_file *file, FILE *text)
{
	struct json_object *report = new_report();
	size_t i, measured = 0;
	int status = EXIT_DONE;

	env_print(text);
	fprintf(text, "paper: %s\n\n", PAPER_DOI);
	for (i = 0; i < a->nbenches && !interrupted(); i++) {
		if (run_one(a->bench[i], a, text, report, &measured))
			status = EXIT_FAILED;
		fflush(text);
	}
	if (interrupted()) {
		err("interrupted; what was measured until then is above");
		status = EXIT_FAILED;
	}
	json_object_object_add(report, "interrupted", json_object_new_boolean(interrupted()));
	if (file && json_file_write(file, report))
		status = EXIT_FAILED;
	json_object_put(report);

	if (status == EXIT_DONE && !measured) {
		err("nothing could be measured; the tables say why, hookcost doctor what to do");
		status = EXIT_SKIP;
	}
	return status;
}

/* --count-instructions: EXIT_DONE, or why not was said */
static int check_counting(const struct run_args *a)
{
	size_t i;

	for (i = 0; i < a->nbenches; i++) {
		if (a->bench[i]->counts_instructions)
			continue;
		err("--count-instructions: %s does not count any; figure14a and figure14b do",
		    a->bench[i]->name);
		return EXIT_FAILED;
	}
	if (cpu_tsc_counts_instructions())
		return EXIT_DONE;
	err("--count-instructions: the clock here counts time; see make bench TARGET=vm");
	return EXIT_SKIP;
}

int cmd_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "BENCH...",
		.doc = "Run benches, or all; print their tables beside the paper's numbers.",
	};
	struct json_file *file = NULL;
	struct run_args a = { 0 };
	FILE *text = stdout;
	char why[256];
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	run_init(a.quiet, a.verbose);
	libbpf_set_print(print_libbpf);

	if (a.opts.baseline && access(a.opts.baseline, R_OK)) {
		err("cannot read the baseline %s: %s", a.opts.baseline, strerror(errno));
		return EXIT_FAILED;
	}
	if (device_choose(a.asked, "", &a.device, why, sizeof(why))) {
		err("--device %s: %s", a.asked, why);
		return EXIT_FAILED;
	}
	a.opts.device = &a.device;
	if (a.opts.count_instructions) {
		status = check_counting(&a);
		if (status != EXIT_DONE)
			return status;
	}
	if (a.json) {
		file = json_file_open(a.json);
		if (!file)
			return EXIT_FAILED;
		/* JSON alone on standard output, for a pipe */
		if (!strcmp(a.json, "-"))
			text = stderr;
	}
	status = run_all(&a, file, text);
	json_file_close(file);
	return status;
}
