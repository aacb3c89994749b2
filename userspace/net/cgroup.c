// SPDX-License-Identifier: GPL-2.0-only
/* A cgroup (v2) of our own, for programs that are attached to a cgroup's sockets */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "net/cgroup.h"
#include "net/foreign.h"

#define REMOVE_TRIES	200
#define REMOVE_US	5000

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void cgroup_remove(void *arg)
{
	struct cgroup *c = arg;
	int i;

	close_fd(&c->procs);
	if (c->dir >= 0) {
		foreign_cgroup(-1);
		close_fd(&c->dir);
		/* its last process may still be on its way out */
		for (i = 0; i < REMOVE_TRIES && unlinkat(c->root, c->name, AT_REMOVEDIR); i++)
			usleep(REMOVE_US);
		if (i == REMOVE_TRIES)
			err("cannot remove the cgroup %s: %s", c->name, strerror(errno));
	}
	close_fd(&c->root);
}

/* The hierarchy, mounted nowhere; an open folder or -errno */
static int open_root(void)
{
	int fs = syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC), root = -1, ret;

	if (fs < 0)
		return -errno;
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		root = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	ret = root < 0 ? -errno : root;
	close(fs);
	return ret;
}

/* "0::/path" of the hierarchy; without such a line a process's sockets belong to its root */
static void own_path(char *path, size_t len)
{
	char *text = slurp("/proc/self/cgroup", NULL), *line;

	snprintf(path, len, ".");
	for (line = text; line && *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (!strncmp(line, "0::/", 4) && line[4] != '\n')
			snprintf(path, len, "%.*s", (int)strcspn(line + 4, "\n"), line + 4);
	free(text);
}

int cgroup_own(void)
{
	char path[PATH_MAX];
	int root = open_root(), dir, ret;

	if (root < 0)
		return root;
	own_path(path, sizeof(path));
	dir = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret = dir < 0 ? -errno : dir;
	close(root);
	return ret;
}

static int fill_in(struct cgroup *c)
{
	c->root = open_root();
	if (c->root < 0)
		return c->root;
	snprintf(c->name, sizeof(c->name), "hookcost.%d", getpid());
	if (mkdirat(c->root, c->name, 0755))
		return -errno;
	c->dir = openat(c->root, c->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->dir < 0) {
		int ret = -errno;

		unlinkat(c->root, c->name, AT_REMOVEDIR);
		return ret;
	}
	foreign_cgroup(c->dir);
	c->procs = openat(c->dir, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	return c->procs < 0 ? -errno : 0;
}

int cgroup_make(struct cgroup *c, char *why, size_t len)
{
	int ret;

	c->root = -1;
	c->dir = -1;
	c->procs = -1;
	why[0] = '\0';
	ret = cleanup_push(cgroup_remove, c) ?: fill_in(c);
	if (ret == -ENODEV)
		snprintf(why, len, "the kernel has no cgroup2: needs CONFIG_CGROUPS");
	else if (ret)
		snprintf(why, len, "cannot make a cgroup: %s", strerror(-ret));
	return ret;
}
