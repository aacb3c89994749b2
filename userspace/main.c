// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "lib/near.h"
#include "lib/run.h"
#include "lib/util.h"

static const struct {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "list", "the benches and what they need", cmd_list },
	{ "run", "run benches, print their tables beside the paper's numbers", cmd_run },
	{ "summary", "results on one screen", cmd_summary },
	{ "report", "results as one HTML page with figures", cmd_report },
	{ "compare", "two results, row by row", cmd_compare },
	{ "merge", "results of several targets as one", cmd_merge },
	{ "equivalent", "whether hookcost makes a kernel slower while it is off", cmd_equivalent },
	{ "hooks", "live time per hook and phase", cmd_hooks },
	{ "native", "show, set or turn off the native XDP program", cmd_native },
	{ "peer", "what another machine is to send, when a NIC is measured", cmd_peer },
	{ "doctor", "what this machine lacks for a valid measurement, and the remedy",
	  cmd_doctor },
};

static void print_version(FILE *out, struct argp_state *state)
{
	fprintf(out, "hookcost %s\n", HOOKCOST_VERSION);
}

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

/* Asked later than the write that failed, whose errno is long gone */
static bool reader_is_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && p.revents & (POLLERR | POLLHUP);
}

bool flush_output(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return true;
	/* who closed the pipe has seen enough */
	if (errno != EPIPE && !reader_is_gone())
		err("cannot write to standard output: %s", strerror(errno ? errno : EIO));
	/* said once */
	clearerr(stdout);
	return false;
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

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct near near;
	char text[96];
	size_t i;

	switch (key) {
	case ARGP_KEY_ARG:
		for (i = 0; i < ARRAY_SIZE(commands); i++) {
			if (strcmp(arg, commands[i].name))
				continue;
			*(size_t *)state->input = i;
			/* the rest is the command's own */
			state->next = state->argc;
			return 0;
		}
		near_begin(&near, arg);
		for (i = 0; i < ARRAY_SIZE(commands); i++)
			near_add(&near, commands[i].name);
		usage_error(state, "there is no command \"%s\"%s", arg,
			    near_text(&near, text, sizeof(text)));
	case ARGP_KEY_NO_ARGS:
		usage_error(state, "no command given");
	}
	return ARGP_ERR_UNKNOWN;
}

static const char what[] =
	"What it costs a packet to reach an eBPF hook, to enter it, and to run there.";

static const char more[] =
	"Exit status: 0 done, 1 failed, 4 nothing could be measured here.";

static char *write_doc(void)
{
	char *doc = xasprintf("%s\vCommands:\n", what), *longer;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		longer = xasprintf("%s  %-10s %s\n", doc, commands[i].name, commands[i].what);
		free(doc);
		doc = longer;
	}
	longer = xasprintf("%s\nOptions of a command: hookcost COMMAND --help\n%s", doc, more);
	free(doc);
	return longer;
}

/*
 * A file that is opened later must not get the number of one of the three, and with it
 * what is meant for the user. Opened the wrong way round, each fails as if it was closed.
 */
static void occupy_standard_files(void)
{
	int fd, opened;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		opened = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
		if (opened != fd)
			exit(EXIT_FAILED);
	}
}

/* One of those before the command */
static void check_first(const char *name, const char *arg)
{
	struct argp_state state = { .name = (char *)name };

	if (arg[1] == '-' && arg[2])
		check_long(&state, help_options, arg + 2);
	else if (arg[1] != '-')
		check_short(&state, help_options, arg + 1);
}

int main(int argc, char **argv)
{
	struct argp argp = { .parser = parse, .args_doc = "COMMAND [ARGUMENT...]" };
	size_t command;
	int first, status;

	occupy_standard_files();
	argp_program_version_hook = print_version;
	argp_err_exit_status = EXIT_FAILED;
	argp.doc = write_doc();
	run_init(false, false);

	/* messages name the tool, not where it lies */
	argv[0] = xstrdup("hookcost");
	/* options stop at the command's name */
	for (first = 1; first < argc && argv[first][0] == '-'; first++)
		;
	for (status = 1; status < first; status++)
		check_first(argv[0], argv[status]);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);

	argv[first] = xasprintf("hookcost %s", commands[command].name);
	status = commands[command].run(argc - first, argv + first);
	return flush_output() ? status : EXIT_FAILED;
}
