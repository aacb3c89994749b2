// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd/command.h"
#include "core/near.h"
#include "core/output.h"
#include "core/run.h"
#include "core/util.h"

static const struct {
	const char *name, *what;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "list", "the benches and what they need", cmd_list },
	{ "run", "run benches, print their tables beside the paper's numbers", cmd_run },
	{ "prog", "what a program of one's own costs, with one's own packets", cmd_prog },
	{ "summary", "results on one screen", cmd_summary },
	{ "findings", "what the paper observes, and whether results show it", cmd_findings },
	{ "report", "results as one HTML page with figures", cmd_report },
	{ "compare", "two results, row by row", cmd_compare },
	{ "merge", "results of several targets as one", cmd_merge },
	{ "equivalent", "whether hookcost makes a kernel slower while it is off", cmd_equivalent },
	{ "hooks", "live time per hook and phase", cmd_hooks },
	{ "watch", "what the programs that are loaded here cost, while they run", cmd_watch },
	{ "native", "show, set or turn off the native XDP program", cmd_native },
	{ "peer", "what another machine is to send, when a NIC is measured", cmd_peer },
	{ "doctor", "what this machine lacks for a valid measurement, and the remedy",
	  cmd_doctor },
};

static void print_version(FILE *out, struct argp_state *state)
{
	fprintf(out, "hookcost %s\n", HOOKCOST_VERSION);
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
		check_option(argv[0], argv[status]);
	argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &command);

	argv[first] = xasprintf("hookcost %s", commands[command].name);
	status = commands[command].run(argc - first, argv + first);
	return flush_output() ? status : EXIT_FAILED;
}
