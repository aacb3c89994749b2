// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "kernel/lock.h"
#include "kernel/probe.h"

/* A reader has it for a moment only, and is no reason to give up */
#define TRIES		20
#define TRY_US		10000

static pid_t owner;
static int held = -1;

/* The command line of a process in one line; "" if it is gone */
static void command_of(pid_t pid, char *text, size_t len)
{
	char *path = xasprintf("/proc/%d/cmdline", pid), *line;
	size_t n = 0, i;

	line = slurp(path, &n);
	free(path);
	text[0] = '\0';
	if (!line)
		return;
	while (n && !line[n - 1])
		n--;
	for (i = 0; i < n && i + 1 < len; i++)
		text[i] = isprint((unsigned char)line[i]) ? line[i] : ' ';
	text[i] = '\0';
	free(line);
}

/* "1: FLOCK  ADVISORY  WRITE 4711 00:07:1234 0 EOF"; one that waits has "->" before FLOCK */
static pid_t holder_of(const struct stat *st)
{
	char *text = slurp("/proc/locks", NULL), *line, *save = NULL;
	unsigned int major, minor;
	unsigned long long inode;
	pid_t pid, found = 0;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line && !found;
	     line = strtok_r(NULL, "\n", &save))
		if (sscanf(line, "%*d: FLOCK %*s %*s %d %x:%x:%llu", &pid, &major, &minor,
			   &inode) == 4 &&
		    inode == st->st_ino && major == major(st->st_dev) &&
		    minor == minor(st->st_dev))
			found = pid;
	free(text);
	return found;
}

static int refuse(int fd)
{
	char command[160] = "";
	struct stat st;
	pid_t pid = fstat(fd, &st) ? 0 : holder_of(&st);

	if (pid > 0)
		command_of(pid, command, sizeof(command));
	if (*command)
		err("in use by process %d (%s); wait for its end", pid, command);
	else
		err("in use by another hookcost that is not seen from here; wait for its end");
	return -EBUSY;
}

/* A lock that no kill leaves behind: it goes with the open file */
int lock_state(enum lock_kind kind)
{
	int how = (kind == LOCK_STATE_WRITE ? LOCK_EX : LOCK_SH) | LOCK_NB;
	int tries, fd = held, ret;
	char *path;

	/* a child's is its parent's */
	if (fd < 0 || owner != getpid()) {
		path = xasprintf("%s/enable", probe_root());
		fd = open(path, O_RDONLY | O_CLOEXEC);
		free(path);
		/* without it there is nothing to share; the command says what that means */
		if (fd < 0)
			return 0;
	}
	for (tries = 0; flock(fd, how); tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			ret = -errno;
			err("cannot lock %s/enable: %s", probe_root(), strerror(-ret));
			goto fail;
		}
		if (tries == TRIES || interrupted()) {
			ret = refuse(fd);
			goto fail;
		}
		usleep(TRY_US);
	}
	owner = getpid();
	held = fd;
	return 0;
fail:
	close(fd);
	held = -1;
	return ret;
}
