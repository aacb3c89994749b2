/* SPDX-License-Identifier: GPL-2.0-only */
/* What a hook's own time stamps say of a series of frames, for who has another method, too */
#ifndef HOOKCOST_STAMPS_H
#define HOOKCOST_STAMPS_H

#include <stddef.h>
#include <stdint.h>
#include "measure/estimate.h"

enum stamp_phase { STAMP_ENTRY, STAMP_PROG, STAMP_PREP, STAMP_VERDICT, STAMP_TOTAL, STAMP_PHASES };

/* One series of frames: means in ns, the floor's taken off */
struct stamp_means {
	double ns[STAMP_PHASES];
	double floor;
	uint64_t samples, left_out;	/* of prep; left out, as they hold an interrupt */
};

/* Two methods agree within this and that share, or are said to be apart */
#define STAMPS_LIMIT_NS		2.0
#define STAMPS_LIMIT_SHARE	0.1

/*
 * Of all since the tables were reset, at a hook by its table in debugfs; samples that are longer
 * than the median by more than `disturbed` ns are left out of the means. 0, -ENODATA where there
 * are none of a phase, not said, or -errno.
 */
int stamps_read(const char *table, double disturbed, struct stamp_means *out);
/* What a phase takes in series a, less what it takes in b (NULL: nothing) */
struct estimate estimate_phase(const struct stamp_means *a, const struct stamp_means *b,
			       enum stamp_phase phase, unsigned int rounds);
/* The larger of the two limits, ns */
double stamps_limit(struct estimate throughput);

#endif /* HOOKCOST_STAMPS_H */
