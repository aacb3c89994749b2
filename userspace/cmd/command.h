/* SPDX-License-Identifier: GPL-2.0-only */
/* Subcommands of hookcost; argv[0] is "hookcost NAME" */
#ifndef HOOKCOST_COMMAND_H
#define HOOKCOST_COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include "core/compiler.h"
#include "core/run.h"

int cmd_list(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_summary(int argc, char **argv);
int cmd_findings(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_equivalent(int argc, char **argv);
int cmd_hooks(int argc, char **argv);
int cmd_native(int argc, char **argv);
int cmd_peer(int argc, char **argv);
int cmd_watch(int argc, char **argv);
int cmd_prog(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

/* argp_parse(), but what is wrong with an option is said in one line, as others are */
void parse_options(const struct argp *argp, int argc, char **argv, void *input);
/* The same of one argument that begins with '-', before the subcommand; name: the program's */
void check_option(const char *name, const char *arg);
/* A usage error: one line, a pointer to --help, exit status 1 */
void usage_error(const struct argp_state *state, const char *fmt, ...)
	__printf(2, 3) __noreturn;

/* "90", with units also "90s", "10m", "1h", "1d"; anything else is a usage error */
double option_seconds(const struct argp_state *state, const char *arg, bool units);

/* Of subcommands that report again and again */
struct periodic {
	double interval, duration;	/* seconds; duration 0: until Ctrl-C */
	bool no_header, json;
};

/* -i, -d, -n and -j; no argument */
error_t parse_periodic(int key, char *arg, const struct argp_state *state, struct periodic *p);
/* Whether there is to be a report after `at`, seconds since begin (now_ns()) */
bool periodic_goes_on(const struct periodic *p, double at);
/* Until then, or a signal; when that is */
double periodic_wait(const struct periodic *p, double begin, double at);

/* The argument of those that read one file of results */
error_t parse_results(int key, char *arg, const struct argp_state *state, const char **results);

struct runner;

/* For what runs benches. --baseline: NULL, or results; false: they are none, as is said */
bool baseline_usable(const char *file);
/* --json: NULL, or a file; it and where the text goes, into r. False: it cannot be, as is said */
bool open_json(struct runner *r, const char *file);

#endif /* HOOKCOST_COMMAND_H */
