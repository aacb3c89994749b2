// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "bench/runner.h"
#include "cmd/command.h"
#include "core/cpu.h"
#include "core/output.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/governor.h"
#include "kernel/lock.h"

#define BATCHES_MAX 100000

struct run_args {
	struct runner runner;
	struct device device, veth;
	const char *asked;		/* --device */
	const char *json, *text;
	unsigned int wait;
	bool quiet, verbose, governor;
};

static const struct argp_option options[] = {
	{ "json", 'j', "FILE", 0, "Write the results to FILE as well, \"-\": standard output", 0 },
	{ "text", 't', "FILE", 0,
	  "Write the tables to FILE, and print only a line for each bench", 0 },
	{ "quick", 'Q', NULL, 0, "Fewer samples; the numbers are indicative at best", 0 },
	{ "batches", 'b', "N", 0, "Batches of each variant (default: the bench's own)", 0 },
	{ "samples", 's', "N", 0, "Samples of each row (default: the bench's own)", 0 },
	{ "device", 'd', "DEVICE", 0,
	  "Run over veth, mlx5, or this netdev (default: mlx5 if mlx5sim has made one)", 0 },
	{ "wait", 'w', "SECONDS", 0,
	  "How long the other machine may take to send, with a NIC (default: 10)", 0 },
	{ "governor", 'g', NULL, 0, "Set the frequency governor to performance meanwhile", 0 },
	{ "ordered", 'o', NULL, 0, "Read the clock with \"lfence; rdtsc\"", 0 },
	{ "baseline", 'B', "FILE", 0, "Results of another run to compare with (jitcheck, probe)",
	  0 },
	{ "count-instructions", 'I', NULL, 0,
	  "Instructions in place of times (figure14, off; TARGET=vm, see Documentation)", 0 },
	{ "quiet", 'q', NULL, 0, "No progress", 0 },
	{ "verbose", 'v', NULL, 0, "Print all tables of several benches; tell what is done", 0 },
	{ 0 }
};

static void add_bench(struct runner *r, const struct bench *b)
{
	size_t i;

	for (i = 0; i < r->nbenches; i++)
		if (r->bench[i] == b)
			return;
	if (r->nbenches < BENCHES_MAX)
		r->bench[r->nbenches++] = b;
}

/* As bench_is() has it */
static bool select_bench(struct runner *r, const char *name)
{
	bool found = false;
	size_t i;

	for (i = 0; benches[i]; i++) {
		if (!bench_is(benches[i], name))
			continue;
		add_bench(r, benches[i]);
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
	struct bench_opts *opts = &a->runner.opts;
	char near[96];

	switch (key) {
	case 'j':
		a->json = arg;
		return 0;
	case 't':
		a->text = arg;
		return 0;
	case 'Q':
		opts->quick = true;
		return 0;
	case 'b':
		opts->batches = (unsigned int)count_arg(state, "batches", arg, BATCHES_MAX);
		return 0;
	case 's':
		opts->samples = (unsigned long)count_arg(state, "samples", arg, 1000000000);
		return 0;
	case 'd':
		a->asked = arg;
		return 0;
	case 'w':
		a->wait = (unsigned int)count_arg(state, "wait", arg, 3600);
		return 0;
	case 'g':
		a->governor = true;
		return 0;
	case 'o':
		opts->ordered = true;
		return 0;
	case 'B':
		opts->baseline = arg;
		return 0;
	case 'I':
		opts->count_instructions = true;
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case 'v':
		a->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!select_bench(&a->runner, arg))
			usage_error(state, "there is no bench \"%s\"%s (hookcost list names them)",
				    arg, bench_near(arg, near, sizeof(near)));
		a->runner.findings |= !strcmp(arg, "all");
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

/* --count-instructions: EXIT_DONE, or why not was said */
static int check_counting(const struct runner *r)
{
	size_t i;

	for (i = 0; i < r->nbenches; i++) {
		if (r->bench[i]->counts_instructions)
			continue;
		err("--count-instructions: %s does not count any; figure14a, figure14b and off do",
		    r->bench[i]->name);
		return EXIT_FAILED;
	}
	if (cpu_tsc_counts_instructions())
		return EXIT_DONE;
	err("--count-instructions: the clock here counts time; see make bench TARGET=vm");
	return EXIT_SKIP;
}

/* Several benches end with a screen that sums them up; one alone has been asked for in full */
static int open_outputs(struct run_args *a)
{
	struct runner *r = &a->runner;

	r->tables = a->verbose || (r->nbenches == 1 && !a->text);
	r->summary = r->nbenches > 1 && !a->text;
	if (!open_json(r, a->json))
		return EXIT_FAILED;
	if (a->text) {
		r->tables_file = output_open(a->text, "--text");
		if (!r->tables_file)
			return EXIT_FAILED;
		output_rescue(r->tables_file);
	}
	return EXIT_DONE;
}

int cmd_run(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "BENCH...",
		.doc = "Run benches, or all; print their numbers beside the paper's.",
	};
	struct run_args a = { 0 };
	char why[512];
	int status;

	parse_options(&argp, argc, argv, &a);
	run_init(a.quiet, a.verbose);
	libbpf_set_print(print_libbpf);

	if (!baseline_usable(a.runner.opts.baseline))
		return EXIT_FAILED;
	if (device_choose(a.asked, "", &a.device, why, sizeof(why))) {
		err("--device %s: %s", a.asked, why);
		return EXIT_FAILED;
	}
	if (a.wait)
		a.device.wait = a.wait;
	a.runner.opts.device = &a.device;
	device_made(&a.veth);
	a.runner.veth = &a.veth;
	if (a.runner.opts.count_instructions) {
		status = check_counting(&a.runner);
		if (status != EXIT_DONE)
			return status;
	}
	/* before anything is changed, the governor or a file */
	if (lock_state(LOCK_STATE_WRITE))
		return EXIT_FAILED;
	if (open_outputs(&a))
		return EXIT_FAILED;
	if (a.governor) {
		if (governor_set("", why, sizeof(why)))
			return EXIT_FAILED;
		fprintf(a.runner.text, "%s\n", why);
	}
	status = runner_run(&a.runner);
	if (a.governor)
		governor_restore();
	output_close(a.runner.json);
	output_close(a.runner.tables_file);
	return status;
}
