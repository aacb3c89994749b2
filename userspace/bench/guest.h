/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of a row's time is User Mode Linux: there a system call goes through the host by ptrace,
 * and takes many times what it takes on a machine. On any other kernel these do nothing.
 */
#ifndef HOOKCOST_GUEST_H
#define HOOKCOST_GUEST_H

#include "report/result.h"

/* What a unit of the row (a packet, an echo) has of them, at least */
struct guest_work {
	double calls;			/* system calls */
	double switches;		/* from one process to another, which runs in user space */
};

/* ns: the unit's time. The share is the row's detail "guest"; from 10 % on it is indicative */
void guest_share(struct row *row, const struct guest_work *w, double ns);
/* What they cost here, as a note and the fact "guest" */
void guest_note(struct result *res);

#endif /* HOOKCOST_GUEST_H */
