/* SPDX-License-Identifier: GPL-2.0-only */
/* A cgroup (v2) of our own, for programs that are attached to a cgroup's sockets */
#ifndef HOOKCOST_CGROUP_H
#define HOOKCOST_CGROUP_H

#include <stddef.h>

struct cgroup {
	int root, dir;			/* open folders */
	int procs;			/* for struct tool_setup */
	char name[32];
};

/*
 * Through a mount that nobody else sees. Pushes its removal on the cleanup stack first;
 * -errno with a reason, in one line, if there can be none: nothing is said.
 */
int cgroup_make(struct cgroup *c, char *why, size_t len);

/* The one that this process is in, an open folder; -errno if there is none */
int cgroup_own(void);

#endif /* HOOKCOST_CGROUP_H */
