/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of several targets a bench is to run on */
#ifndef HOOKCOST_TARGET_H
#define HOOKCOST_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* What a kernel must have for a bench's times to mean something; else they are another's */
enum want {
	/* the more it weighs to go without, the larger */
	WANT_CPUS = 1,			/* two or more */
	WANT_CALLS = 2,			/* system calls and wake-ups as a machine has them */
	WANT_PATCHES = 4,		/* ours, or modules that come with them */
};

#define WANTS		3

struct target {
	const char *name;
	unsigned int has;		/* enum want */
};

/* NULL-terminated: uml vm host */
extern const char *const target_names[];

const char *want_name(enum want w);
/* uml, vm (with KVM) or host; has: what this machine's own kernel has. False: no such target */
bool target_find(const char *target, unsigned int host_has, struct target *p);
/*
 * Sorts the places: first what lacks least of that is wanted, as they came where that is
 * equal. How many of them are as good as the first.
 */
size_t targets_sort(struct target *p, size_t n, unsigned int wants);

#endif /* HOOKCOST_TARGET_H */
