// SPDX-License-Identifier: GPL-2.0-only
/* Options of subcommands */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench/runner.h"
#include "cmd/command.h"
#include "core/near.h"
#include "core/output.h"
#include "core/run.h"
#include "core/util.h"
#include "report/results.h"

void usage_error(const struct argp_state *state, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", state->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; see %s --help\n", state->name);
	exit(EXIT_FAILED);
}

/*
 * Options as argp will find them: unknown ones get one line, with the nearest that there is,
 * where argp has two and no remedy. What is left to argp is the rest.
 */
static const struct argp_option *find_long(const struct argp_option *options, const char *name,
					   size_t len)
{
	const struct argp_option *o, *found = NULL;

	for (o = options; o && o->name; o++) {
		if (strncmp(o->name, name, len))
			continue;
		if (!o->name[len])
			return o;
		found = o;
	}
	return found;
}

static const struct argp_option help_options[] = {
	{ "help", '?', NULL, 0, NULL, 0 },
	{ "usage", 0, NULL, 0, NULL, 0 },
	{ "version", 'V', NULL, 0, NULL, 0 },
	{ 0 }
};

static void unknown_option(const struct argp_state *state, const struct argp_option *options,
			   const char *name, size_t len)
{
	char *word = xasprintf("%.*s", (int)len, name), text[96];
	const struct argp_option *o;
	struct near near;

	near_begin(&near, word);
	for (o = options; o && o->name; o++)
		near_add(&near, o->name);
	near_text(&near, text, sizeof(text));
	/* the name as it is typed */
	if (*near.name)
		snprintf(text, sizeof(text), ", did you mean --%s?", near.name);
	usage_error(state, "there is no option --%s%s", word, text);
}

static const struct argp_option *check_long(const struct argp_state *state,
					    const struct argp_option *options, const char *arg)
{
	size_t len = strcspn(arg, "=");
	const struct argp_option *o = find_long(options, arg, len) ?:
				      find_long(help_options, arg, len);

	if (!o)
		unknown_option(state, options, arg, len);
	return arg[len] ? NULL : o;
}

/* Of "-qj": the one that takes what comes next, or NULL */
static const struct argp_option *check_short(const struct argp_state *state,
					     const struct argp_option *options, const char *arg)
{
	const struct argp_option *o;

	for (; *arg; arg++) {
		for (o = options; o && o->name && o->key != *arg; o++)
			;
		if (!o || !o->name)
			for (o = help_options; o->name && o->key != *arg; o++)
				;
		if (!o->name)
			usage_error(state, "there is no option -%c", *arg);
		if (o->arg)
			return arg[1] ? NULL : o;
	}
	return NULL;
}

void parse_options(const struct argp *argp, int argc, char **argv, void *input)
{
	struct argp_state state = { .name = argv[0] };
	const struct argp_option *o;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (argv[i][0] != '-' || !argv[i][1])
			continue;
		o = argv[i][1] == '-' ? check_long(&state, argp->options, argv[i] + 2) :
		    check_short(&state, argp->options, argv[i] + 1);
		if (o && o->arg && ++i == argc)
			usage_error(&state, "--%s needs %s", o->name, o->arg);
	}
	argp_parse(argp, argc, argv, 0, NULL, input);
}

void check_option(const char *name, const char *arg)
{
	struct argp_state state = { .name = (char *)name };

	if (arg[1] == '-' && arg[2])
		check_long(&state, help_options, arg + 2);
	else if (arg[1] != '-')
		check_short(&state, help_options, arg + 1);
}

#define SECONDS_MIN 0.01
#define SECONDS_MAX (366.0 * 86400)

double option_seconds(const struct argp_state *state, const char *arg, bool units)
{
	static const struct {
		char unit;
		double seconds;
	} unit[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char *end;
	double v = strtod(arg, &end);
	size_t i;

	if (end != arg && *end && units)
		for (i = 0; i < ARRAY_SIZE(unit); i++)
			if (*end == unit[i].unit) {
				v *= unit[i].seconds;
				end++;
				break;
			}
	if (!isdigit((unsigned char)*arg) || *end || !(v >= SECONDS_MIN) || v > SECONDS_MAX)
		usage_error(state, "\"%s\" is no time%s", arg,
			    units ? " such as 90, 90s or 10m" : " in seconds");
	return v;
}

error_t parse_periodic(int key, char *arg, const struct argp_state *state, struct periodic *p)
{
	switch (key) {
	case 'i':
		p->interval = option_seconds(state, arg, false);
		return 0;
	case 'd':
		p->duration = option_seconds(state, arg, true);
		return 0;
	case 'n':
		p->no_header = true;
		return 0;
	case 'j':
		p->json = true;
		return 0;
	case ARGP_KEY_ARG:
		usage_error(state, "unexpected argument \"%s\"", arg);
	}
	return ARGP_ERR_UNKNOWN;
}

bool periodic_goes_on(const struct periodic *p, double at)
{
	return !interrupted() && (!p->duration || at < p->duration);
}

static void sleep_until(double begin, double at)
{
	double left = begin + at * 1e9 - now_ns();
	struct timespec ts;

	if (left <= 0)
		return;
	ts.tv_sec = (time_t)(left / 1e9);
	ts.tv_nsec = (long)(left - (double)ts.tv_sec * 1e9);
	/* a signal ends it early, which is what it is for */
	nanosleep(&ts, NULL);
}

double periodic_wait(const struct periodic *p, double begin, double at)
{
	at += p->interval;
	if (p->duration && at > p->duration)
		at = p->duration;
	sleep_until(begin, at);
	return interrupted() ? (now_ns() - begin) / 1e9 : at;
}

error_t parse_results(int key, char *arg, const struct argp_state *state, const char **results)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (*results)
			usage_error(state, "unexpected argument \"%s\"", arg);
		*results = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		usage_error(state, "no file of results given (hookcost run --json writes one)");
	}
	return ARGP_ERR_UNKNOWN;
}

bool baseline_usable(const char *file)
{
	struct json_object *baseline = file ? results_load(file) : NULL;

	json_object_put(baseline);
	return !file || baseline;
}

bool open_json(struct runner *r, const char *file)
{
	r->text = stdout;
	if (!file)
		return true;
	r->json = output_open(file, "--json");
	if (!r->json)
		return false;
	output_rescue(r->json);
	/* JSON alone on standard output, for a pipe */
	if (output_is_stdout(r->json))
		r->text = stderr;
	return true;
}
