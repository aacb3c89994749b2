/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel does not undo by itself when a process is killed: the settings of a
 * machine that a bench changes. A child process, to which no signal of the terminal
 * comes, undoes them if this process ends without having done so.
 */
#ifndef HOOKCOST_GUARD_H
#define HOOKCOST_GUARD_H

#include <sys/types.h>
#include "core/run.h"

struct guard {
	pid_t pid;			/* 0: nothing is guarded */
	int done;			/* the child's pipe */
	cleanup_fn undo;
	void *arg;
};

/*
 * From now on undo(arg) is called once: by guard_end(), or by the child. *arg is
 * complete, since the child has a copy of it, and nothing has been changed yet.
 * 0, or -errno with err() said.
 */
int guard_begin(struct guard *g, cleanup_fn undo, void *arg);
/* Undoes it; nothing if it is not guarded */
void guard_end(struct guard *g);

#endif /* HOOKCOST_GUARD_H */
