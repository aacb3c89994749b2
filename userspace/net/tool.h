/* SPDX-License-Identifier: GPL-2.0-only */
/* Other programs (iperf, sockperf): found, run in a namespace with a time limit, reaped */
#ifndef HOOKCOST_TOOL_H
#define HOOKCOST_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "net/net.h"

#define TOOL_ARGS	32
/* The name by which a tool opens its file, see tool_file() */
#define TOOL_FILE	"/proc/self/fd/3"

/* How it is run; zeroes for all that is not wanted */
struct tool_setup {
	const struct net_end *end;	/* in this end's network namespace */
	int cgroup;			/* > 0: cgroup.procs to join, open for writing */
	int input;			/* > 0: its stdin; else from nowhere */
};

struct tool {
	char label[32];			/* "iperf server" */
	pid_t pid;			/* 0: it has ended, or was not started */
	int pidfd;
	int status;			/* as waitpid() has it; once it has ended */
	int out, err, file;		/* what it writes, in memory */
};

/* Whether PATH has it; if not, one line says how to get it */
bool tool_find(const char *name, char *why, size_t len);
/* Where it is; NULL: nowhere; to be freed */
char *tool_path(const char *name);

/*
 * Starts argv[0] of PATH, with LC_ALL=C, and a process group of
 * its own, so that Ctrl-C at the terminal is for hookcost, which ends it. It dies
 * with hookcost. Pushes its end (killed and reaped) on the cleanup stack first.
 * role: what it is in messages ("server"), or NULL. 0, or -errno with err() said.
 */
int tool_start(struct tool *t, const struct tool_setup *setup, const char *role,
	       const char *const argv[]);
/* The same for a function of ours: fn's return value is the exit status */
int tool_fork(struct tool *t, const struct tool_setup *setup, const char *label,
	      int (*fn)(void *arg), void *arg);

/*
 * Until it ends by itself; sleeps meanwhile. needs: a server that must not end
 * before, or NULL. -EINTR; -ETIMEDOUT, -EPIPE (killed, failed, no server) with
 * err() said. Then it has been ended, too.
 */
int tool_wait(struct tool *t, struct tool *needs, double seconds);
/* 0 while it runs; -EPIPE with err() said if it has ended, as a server must not */
int tool_check(struct tool *t);
/* tool_check() until ready(arg); as tool_wait(), what: what it waits for, in words */
int tool_await(struct tool *t, bool (*ready)(void *arg), void *arg, double seconds,
	       const char *what);
/* Until it has a socket of its own at a port, "tcp" (listening) or "udp"; as tool_await() */
int tool_await_port(struct tool *t, const char *proto, unsigned int port, double seconds);
/* Ends it in good order (SIGTERM), or in bad */
void tool_stop(struct tool *t);

/* What it has written so far, to be freed: to stdout, to stderr, to TOOL_FILE */
char *tool_stdout(const struct tool *t);
char *tool_stderr(const struct tool *t);
char *tool_file(const struct tool *t);

#endif /* HOOKCOST_TOOL_H */
