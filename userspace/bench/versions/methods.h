/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two methods to one number: what a program at the XDP hook costs by the hook's own time
 * stamps, and by the time per frame while the hook takes none
 */
#ifndef HOOKCOST_METHODS_H
#define HOOKCOST_METHODS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bench/stamps.h"
#include "bench/versions/versions.h"

/*
 * n points in turns, A B C, C B A, ..., with the hook on: `frames` frames each time;
 * out[i * rounds + round]. Counts what came into the points. 0, or -errno.
 */
int methods_stamps(struct point *p, size_t n, unsigned int rounds, uint64_t frames,
		   struct stamp_means *out);
/* The series' means of prep, raw; what they are into s */
void methods_raw(struct row *row, const char *name, const struct stamp_means *st,
		 unsigned int rounds, struct stats *s);
/*
 * Fills them, and says whether the two agree, within 2 ns or 10 %; "native at n = 2" says
 * against what. Rows for which that is not so, or cannot be told, are indicative.
 */
void methods_fill(struct result *res, struct row *row, const char *what, struct estimate stamps,
		  struct estimate throughput);

#endif /* HOOKCOST_METHODS_H */
