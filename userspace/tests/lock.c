// SPDX-License-Identifier: GPL-2.0-only
/* One process writes what is in debugfs, or several read it; who is refused is told who has it */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/util.h"
#include "kernel/lock.h"
#include "unit.h"

struct holder {
	pid_t pid;
	int wait;		/* it ends when this is closed */
};

/* Another process that has the lock by now */
static struct holder hold(enum lock_kind kind)
{
	struct holder h;
	int ready[2], end[2];
	char byte = 0;

	CHECK(!pipe(ready) && !pipe(end));
	fflush(stdout);
	h.pid = fork();
	if (!h.pid) {
		close(end[1]);
		byte = lock_state(kind) ? 'n' : 'y';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		while (read(end[0], &byte, 1) > 0)
			;
		_exit(0);
	}
	close(ready[1]);
	close(end[0]);
	CHECK_INT(read(ready[0], &byte, 1), 1);
	CHECK_INT(byte, 'y');
	close(ready[0]);
	h.wait = end[1];
	return h;
}

static void let_go(struct holder h, bool brutally)
{
	if (brutally)
		kill(h.pid, SIGKILL);
	close(h.wait);
	CHECK_INT(waitpid(h.pid, NULL, 0), h.pid);
}

/* In a child, whose lock goes with it; what it says about the holder */
static void ask(enum lock_kind kind, int want, const struct holder *h)
{
	char *who = h ? xasprintf("process %d (", h->pid) : NULL;
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		const char *said;

		unit_capture();
		if (lock_state(kind) != want)
			_exit(2);
		said = unit_captured();
		_exit(who ? !strstr(said, who) || !strstr(said, "unit") : *said != '\0');
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(WEXITSTATUS(status), 0);
	free(who);
}

static void with_tables(void)
{
	struct holder h, other;

	unit_write("locked/enable", "none\n");
	setenv("HOOKCOST_DEBUGFS", xasprintf("%s/locked", unit_folder()), 1);
	ask(LOCK_STATE_WRITE, 0, NULL);

	h = hold(LOCK_STATE_WRITE);
	ask(LOCK_STATE_WRITE, -EBUSY, &h);
	ask(LOCK_STATE_READ, -EBUSY, &h);
	let_go(h, false);

	h = hold(LOCK_STATE_READ);
	other = hold(LOCK_STATE_READ);
	ask(LOCK_STATE_READ, 0, NULL);
	let_go(other, true);
	ask(LOCK_STATE_WRITE, -EBUSY, &h);
	let_go(h, true);
	ask(LOCK_STATE_WRITE, 0, NULL);
	unsetenv("HOOKCOST_DEBUGFS");
}

static void without_tables(void)
{
	setenv("HOOKCOST_DEBUGFS", "/no/such/folder", 1);
	ask(LOCK_STATE_WRITE, 0, NULL);
	unsetenv("HOOKCOST_DEBUGFS");
}

const struct unit lock_units[] = {
	{ "lock: one writer or several readers", with_tables },
	{ "lock: nothing to share", without_tables },
	{ 0 }
};
