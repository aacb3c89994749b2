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
/* Until `at` seconds after begin (now_ns()), or a signal */
void sleep_until(double begin, double at);

#endif /* HOOKCOST_COMMAND_H */
