// SPDX-License-Identifier: GPL-2.0-only
/* A child that puts back what this process has changed, if it is killed */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/guard.h"

/* What it would hold open otherwise: links of eBPF programs, sockets, others' pipes */
static void close_others(int keep)
{
	if (keep > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, keep - 1, 0);
	close_range(keep + 1, ~0U, 0);
}

static void __noreturn guard_child(struct guard *g, int pipe, const sigset_t *signals)
{
	char byte;
	ssize_t n;

	/* in a list of processes it is not taken for a server that a bench has started */
	prctl(PR_SET_NAME, "hookcost-guard");
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigprocmask(SIG_SETMASK, signals, NULL);
	close_others(pipe);
	do {
		n = read(pipe, &byte, 1);
	} while (n < 0 && errno == EINTR);
	/* the end of the pipe without a word is the parent's */
	if (n <= 0)
		g->undo(g->arg);
	_exit(0);
}

int guard_begin(struct guard *g, cleanup_fn undo, void *arg)
{
	sigset_t all, old;
	int fd[2], ret;

	g->pid = 0;
	g->undo = undo;
	g->arg = arg;
	if (pipe2(fd, O_CLOEXEC)) {
		err("cannot guard the machine's settings: %s", strerror(errno));
		return -errno;
	}
	/* none is to come before the child ignores them */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	g->pid = fork();
	ret = g->pid < 0 ? -errno : 0;
	if (!g->pid)
		guard_child(g, fd[0], &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd[0]);
	if (ret) {
		err("cannot guard the machine's settings: %s", strerror(-ret));
		close(fd[1]);
		g->pid = 0;
		return ret;
	}
	g->done = fd[1];
	return 0;
}

void guard_end(struct guard *g)
{
	pid_t pid = g->pid;

	if (!pid)
		return;
	g->pid = 0;
	g->undo(g->arg);
	/* the child may be gone, killed with others */
	if (write(g->done, "", 1) < 0)
		errno = 0;
	close(g->done);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
