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
#include "bench/codegen/figure14.h"

enum stamp_phase { STAMP_ENTRY, STAMP_PROG, STAMP_PREP, STAMP_VERDICT, STAMP_TOTAL, STAMP_PHASES };

/* One series of frames: means in ns, the floor's taken off */
struct stamp_means {
	double ns[STAMP_PHASES];
	double floor;
	uint64_t samples, left_out;	/* of prep; left out, as they hold an interrupt */
};

/* A mean; NAN: none */
struct estimate {
	double ns;
	double half;		/* of its 95 % confidence interval; INFINITY: too few batches */
	/* What the clock's steps may add or take, however often it is repeated */
	double systematic;
};

/*
 * n points in turns, A B C, C B A, ..., with the hook on: `frames` frames each time;
 * out[i * rounds + round]. Counts what came into the points. 0, or -errno.
 */
int methods_stamps(struct point *p, size_t n, unsigned int rounds, uint64_t frames,
		   struct stamp_means *out);
/* Of repetitions; v is left as it is */
struct estimate estimate_of(const double *v, size_t n);
/* The same of times per frame, or their differences: a block of frames begins and ends in a step */
struct estimate estimate_rate(const double *v, size_t n, const struct generator *g);
/* The same of what a phase takes in series a, less what it takes in b (NULL: nothing) */
struct estimate estimate_phase(const struct stamp_means *a, const struct stamp_means *b,
			       enum stamp_phase phase, unsigned int rounds);
/* Of a clock with steps: where in one an interval begins is not quite even */
double estimate_step_error(void);
/* a + b and a - b, of two that know nothing of each other */
struct estimate estimate_plus(struct estimate a, struct estimate b);
struct estimate estimate_less(struct estimate a, struct estimate b);
struct estimate estimate_times(struct estimate r, double factor);
/* "1.2 +- 0.3", or "1.2" where there is no interval */
const char *estimate_text(struct estimate r, char *text, size_t len);

/* A column of means, and one of what the clock may add to them, if it has steps */
void estimate_column(struct table *t, const char *key, const char *head, int decimals);
void estimate_set(struct row *row, const char *key, struct estimate r);
/* In a column of its own: the mean and its interval */
void estimate_set_mean(struct row *row, const char *key, struct estimate r);
/* Indicative, where all that it may be off by is more than delays_limit() and 10 % */
void estimate_judge_width(struct row *row, struct estimate r);

/* Columns stamps, throughput, and apart */
void methods_columns(struct table *t);
/*
 * Fills them, and says whether the two agree, within 2 ns or 10 %; "native at n = 2" says
 * against what. Rows for which that is not so, or cannot be told, are indicative.
 */
void methods_fill(struct result *res, struct row *row, const char *what, struct estimate stamps,
		  struct estimate throughput);

#endif /* HOOKCOST_METHODS_H */
