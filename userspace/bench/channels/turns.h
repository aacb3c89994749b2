/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel and reader take turns: how many records are one, and what each has taken */
#ifndef HOOKCOST_TURNS_H
#define HOOKCOST_TURNS_H

#include <stddef.h>

/*
 * Frames before the ring is read, if reader and kernel take turns; some more are
 * sent. Fewer for a reader that does a system call for each.
 */
#define TURN_FRAMES		6000
#define TURN_FRAMES_CALLS	500
/* Turns whose times are kept; a batch has fewer */
#define TURNS_KEPT		4096

/* What each turn has taken for a record, of the last ones: ns */
struct turns {
	double ns[TURNS_KEPT];
	size_t n;
};

static inline void turns_add(struct turns *t, double ns)
{
	t->ns[t->n++ % TURNS_KEPT] = ns;
}

/* Of the turns since there were `from` of them: the mean of the middle half */
double turns_middle(const struct turns *t, size_t from);

#endif /* HOOKCOST_TURNS_H */
