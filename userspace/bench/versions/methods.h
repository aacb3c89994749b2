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
#include "bench/versions/versions.h"
#include "measure/estimate.h"

enum stamp_phase { STAMP_ENTRY, STAMP_PROG, STAMP_PREP, STAMP_VERDICT, STAMP_TOTAL, STAMP_PHASES };

/* One series of frames: means in ns, the floor's taken off */
struct stamp_means {
	double ns[STAMP_PHASES];
	double floor;
	uint64_t samples, left_out;	/* of prep; left out, as they hold an interrupt */
};

/*
 * n points in turns, A B C, C B A, ..., with the hook on: `frames` frames each time;
 * out[i * rounds + round]. Counts what came into the points. 0, or -errno.
 */
int methods_stamps(struct point *p, size_t n, unsigned int rounds, uint64_t frames,
		   struct stamp_means *out);
/* The same of what a phase takes in series a, less what it takes in b (NULL: nothing) */
struct estimate estimate_phase(const struct stamp_means *a, const struct stamp_means *b,
			       enum stamp_phase phase, unsigned int rounds);
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
