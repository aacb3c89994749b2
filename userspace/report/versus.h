/* SPDX-License-Identifier: GPL-2.0-only */
/* Many runs, in turns, of two kernels: with hookcost in it, and without */
#ifndef HOOKCOST_VERSUS_H
#define HOOKCOST_VERSUS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include "report/paired.h"

struct versus_run {
	const char *path;
	struct json_object *o;
	bool with;			/* its kernel has hookcost */
};

/* One row, by its first column that is a rate, a time or a number of instructions */
struct versus_row {
	const char *bench, *table, *row, *label;	/* strings belong to the files */
	const char *what, *unit;
	double with, without;		/* medians */
	double *ratio;			/* with / without, one per group */
	size_t n, lacking;		/* groups; pairs of which one has no number */
	const char *lacks;		/* why not, the first of them; or NULL */
	struct paired difference;	/* with, in percent of without */
	/*
	 * Neighbours of the same kernel, the later in percent of the earlier: should be 0. Of
	 * them `across` are of two groups, whose kernels may have been linked differently.
	 */
	struct paired control;
	size_t across;
};

struct versus {
	struct versus_run *run;		/* sorted by date: 0 and 1 are a pair, 2 and 3, ... */
	size_t nruns, npairs;
	size_t group;			/* so many pairs in a row count as one, their mean */
	struct versus_row *row;
	size_t nrows;
};

/*
 * Sorts the runs, and says in one line why they cannot be compared, without a newline:
 * not one machine, more than two kernels, not in turns. The last one may be without a
 * partner, and is left out.
 */
bool versus_pair(struct versus *v, char *why, size_t len);
/*
 * Rows with fewer than `least` groups have no interval. limit: percent. That rows differ is
 * corrected for their number.
 */
void versus_judge(struct versus *v, double limit, size_t least);
/* All equivalent: that; one differs: that; else not shown */
enum paired_verdict versus_verdict(const struct versus *v);
/* The run of either kernel that comes first */
const struct versus_run *versus_first(const struct versus *v, bool with);
void versus_free(struct versus *v);

#endif /* HOOKCOST_VERSUS_H */
