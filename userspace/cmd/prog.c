// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/runner.h"
#include "cmd/command.h"
#include "core/output.h"
#include "core/run.h"
#include "core/util.h"
#include "driver/driver.h"
#include "kernel/lock.h"
#include "prog/prog.h"

#define BATCHES_MAX	100000
#define FLOWS_MAX	1000000
#define NUMBER_MAX	1e9
#define MEASURED	"measured:"

struct prog_args {
	struct prog_opts prog;
	struct runner runner;
	const char *asked;		/* --device */
	unsigned int wait;		/* --wait, or 0 */
	struct device device, veth;
	const char *json;
	const char *request;		/* --request-cost measured:... */
	bool quiet, verbose;
};

enum {
	KEY_PINNED = 256, KEY_ID, KEY_HOOK, KEY_CONST, KEY_MAP, KEY_SETUP, KEY_PCAP, KEY_FRAME,
	KEY_FLOWS, KEY_ZIPF, KEY_STATEFUL, KEY_NO_CACHES, KEY_BRIEF, KEY_BUDGET, KEY_REQUEST,
};

static const struct argp_option options[] = {
	{ "program", 'p', "NAME", 0, "The program of an object that has several; more than once",
	  0 },
	{ "pinned", KEY_PINNED, "FILE", 0, "A program that is loaded, by its pin", 0 },
	{ "id", KEY_ID, "N", 0, "A program that is loaded, by its number", 0 },
	{ "hook", KEY_HOOK, "HOOK", 0, "xdp, tcx, tc, cls_bpf: in place of what the section says",
	  0 },
	{ "const", KEY_CONST, "NAME=VALUE", 0, "A global variable's value, as JSON or text", 0 },
	{ "map", KEY_MAP, "NAME=FILE", 0,
	  "What a map holds, as bpftool map dump -j writes it; NAME=@PIN: the map is that one", 0 },
	{ "setup", KEY_SETUP, "COMMAND", 0,
	  "Run this first, with the maps pinned in the folder $HOOKCOST_PIN", 0 },
	{ "pcap", KEY_PCAP, "FILE", 0, "The packets: a capture (pcap, pcapng)", 0 },
	{ "frame", KEY_FRAME, "KIND:BYTES", 0,
	  "The packets: udp, tcp, udp6 or tcp6 of that length; more than once (default: udp:64)",
	  0 },
	{ "flows", KEY_FLOWS, "N", 0, "So many flows of each --frame", 0 },
	{ "zipf", KEY_ZIPF, "S", 0, "Flows in proportion to 1 / i^S (default: 0, alike)", 0 },
	{ "stateful", KEY_STATEFUL, NULL, 0,
	  "Verdicts may differ from those of the reference run", 0 },
	{ "no-caches", KEY_NO_CACHES, NULL, 0, "Leave out the table of caches", 0 },
	{ "brief", KEY_BRIEF, NULL, 0, "The cost, and what is in it: no classes, no caches", 0 },
	{ "budget", KEY_BUDGET, "NS", 0, "Exit status 1 if a packet costs more than that", 0 },
	{ "baseline", 'B', "FILE", 0, "Results of an earlier run to compare with", 0 },
	{ "max-regression", 'm', "PERCENT", 0,
	  "Exit status 1 if it costs more than that above the baseline", 0 },
	{ "request-cost", KEY_REQUEST, "NS", 0,
	  "What a request costs in user space, or measured:FILE: does the program pay?", 0 },
	{ "json", 'j', "FILE", 0, "Write the results to FILE as well, \"-\": standard output", 0 },
	{ "device", 'd', "DEVICE", 0,
	  "Also on the way of a device's packets: veth, mlx5, a netdev of mlx5sim, or a NIC", 0 },
	{ "wait", 'w', "SECONDS", 0,
	  "How long the other machine may take to send, with a NIC (default: 10)", 0 },
	{ "quick", 'Q', NULL, 0, "Fewer batches; the numbers are indicative at best", 0 },
	{ "batches", 'b', "N", 0, "Batches of each variant (default: 30)", 0 },
	{ "quiet", 'q', NULL, 0, "No progress", 0 },
	{ "verbose", 'v', NULL, 0, "Tell what is done", 0 },
	{ 0 }
};

static double number(const struct argp_state *state, const char *option, const char *arg,
		     double least, double most)
{
	char *end;
	double v = strtod(arg, &end);

	if (!isdigit((unsigned char)*arg) || *end || !(v >= least) || !(v <= most))
		usage_error(state, "--%s takes a number from %g to %g, not \"%s\"", option, least,
			    most, arg);
	return v;
}

/* NAME=something */
static void add_pair(const struct argp_state *state, struct words *w, const char *option, char *arg)
{
	const char *equals = strchr(arg, '=');

	if (!equals || equals == arg || !equals[1])
		usage_error(state, "--%s takes NAME=VALUE, not \"%s\"", option, arg);
	words_add(w, arg);
}

static void check(const struct argp_state *state, const struct prog_args *a)
{
	const struct prog_opts *o = &a->prog;

	if (!o->files.n && !o->pinned.n && !o->ids.n)
		usage_error(state, "no program: name an object, or --pinned or --id");
	if (!o->files.n && (o->programs.n || o->hook || o->consts.n || o->maps.n || o->setup))
		usage_error(state,
			    "--program, --hook, --const, --map and --setup are for an object, not for what is loaded");
	if (o->pcap && (o->frames.n || o->flows || o->zipf))
		usage_error(state, "--pcap and --frame, --flows, --zipf exclude each other");
	if (o->zipf && !o->flows)
		usage_error(state, "--zipf needs --flows");
	if (!isnan(o->max_regression) && !o->baseline)
		usage_error(state, "--max-regression needs --baseline");
}

static error_t parse_program(int key, char *arg, struct argp_state *state)
{
	struct prog_opts *o = &((struct prog_args *)state->input)->prog;

	switch (key) {
	case 'p':
		words_add(&o->programs, arg);
		return 0;
	case KEY_PINNED:
		words_add(&o->pinned, arg);
		return 0;
	case KEY_ID:
		words_add(&o->ids, arg);
		return 0;
	case KEY_HOOK:
		o->hook = arg;
		return 0;
	case KEY_CONST:
		add_pair(state, &o->consts, "const", arg);
		return 0;
	case KEY_MAP:
		add_pair(state, &o->maps, "map", arg);
		return 0;
	case KEY_SETUP:
		o->setup = arg;
		return 0;
	case ARGP_KEY_ARG:
		words_add(&o->files, arg);
		return 0;
	case ARGP_KEY_END:
		check(state, state->input);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_traffic(int key, char *arg, struct argp_state *state)
{
	struct prog_opts *o = &((struct prog_args *)state->input)->prog;

	switch (key) {
	case KEY_PCAP:
		if (o->pcap)
			usage_error(state, "--pcap can be given once");
		o->pcap = arg;
		return 0;
	case KEY_FRAME:
		words_add(&o->frames, arg);
		return 0;
	case KEY_FLOWS:
		o->flows = number(state, "flows", arg, 1, FLOWS_MAX);
		return 0;
	case KEY_ZIPF:
		o->zipf = number(state, "zipf", arg, 0, 10);
		return 0;
	case KEY_STATEFUL:
		o->stateful = true;
		return 0;
	}
	return parse_program(key, arg, state);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct prog_args *a = state->input;

	switch (key) {
	case KEY_NO_CACHES:
		a->prog.caches = false;
		return 0;
	case KEY_BRIEF:
		a->prog.brief = true;
		a->prog.caches = false;
		return 0;
	case KEY_BUDGET:
		a->prog.budget = number(state, "budget", arg, 0, NUMBER_MAX);
		return 0;
	case 'B':
		a->prog.baseline = arg;
		return 0;
	case 'm':
		a->prog.max_regression = number(state, "max-regression", arg, 0, NUMBER_MAX);
		return 0;
	case KEY_REQUEST:
		a->request = NULL;
		if (!strncmp(arg, MEASURED, strlen(MEASURED))) {
			a->request = arg + strlen(MEASURED);
			return 0;
		}
		a->prog.request_ns = number(state, "request-cost", arg, 1, NUMBER_MAX);
		a->prog.request_low = a->prog.request_ns;
		a->prog.request_high = a->prog.request_ns;
		return 0;
	case 'd':
		a->asked = arg;
		return 0;
	case 'w':
		a->wait = (unsigned int)number(state, "wait", arg, 1, 3600);
		return 0;
	case 'j':
		a->json = arg;
		return 0;
	case 'Q':
		a->prog.quick = true;
		return 0;
	case 'b':
		a->prog.batches = number(state, "batches", arg, 1, BATCHES_MAX);
		return 0;
	case 'q':
		a->quiet = true;
		return 0;
	case 'v':
		a->verbose = true;
		return 0;
	}
	return parse_traffic(key, arg, state);
}

/* What a run changes on the way is put back by whoever comes next, so it has to be alone */
static int choose_device(struct prog_args *a)
{
	char why[512];

	device_made(&a->veth);
	a->runner.opts.device = &a->veth;
	a->runner.veth = &a->veth;
	if (!a->asked)
		return EXIT_DONE;
	if (device_choose(a->asked, "", &a->device, why, sizeof(why))) {
		err("--device %s: %s", a->asked, why);
		return EXIT_FAILED;
	}
	if (a->wait)
		a->device.wait = a->wait;
	a->runner.opts.device = &a->device;
	a->prog.device = &a->device;
	return lock_state(LOCK_STATE_WRITE) ? EXIT_FAILED : EXIT_DONE;
}

#define WHAT	"What a program costs a packet, with one's own packets and maps."
#define STATUS	"Exit status: 0 done, limits are kept; 1 failed, or one is exceeded; 4 not told."

int cmd_prog(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[FILE.o...]",
		.doc = WHAT "\v" STATUS,
	};
	struct prog_args a = {
		.prog.budget = NAN, .prog.max_regression = NAN, .prog.request_ns = NAN,
		.prog.caches = true,
	};
	int status;

	parse_options(&argp, argc, argv, &a);
	run_init(a.quiet, a.verbose);
	if (!baseline_usable(a.prog.baseline))
		return EXIT_FAILED;
	if (a.request && pay_measured(&a.prog, a.request))
		return EXIT_FAILED;
	status = choose_device(&a);
	if (status != EXIT_DONE)
		return status;
	if (!open_json(&a.runner, a.json))
		return EXIT_FAILED;
	status = prog_run(&a.prog, &a.runner);
	output_close(a.runner.json);
	return status;
}
