/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two roads to one number: what a program at the XDP hook costs by the hook's own time
 * stamps, and by the time per frame while the hook takes none
 */
#ifndef HOOKCOST_ROADS_H
#define HOOKCOST_ROADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bench/codegen/figure14.h"

enum road_phase { ROAD_ENTRY, ROAD_PROG, ROAD_PREP, ROAD_VERDICT, ROAD_TOTAL, ROAD_PHASES };

/* One series of frames: means in ns, the floor's taken off */
struct road_stamps {
	double ns[ROAD_PHASES];
	double floor;
	uint64_t samples, left_out;	/* of prep; left out, as they hold an interrupt */
};

/* A mean; NAN: none */
struct road {
	double ns;
	double half;		/* of its 95 % confidence interval; INFINITY: too few batches */
	/* What the clock's steps may add or take, however often it is repeated */
	double systematic;
};

/*
 * n points in turns, A B C, C B A, ..., with the hook on: `frames` frames each time;
 * out[i * rounds + round]. Counts what came into the points. 0, or -errno.
 */
int roads_stamps(struct point *p, size_t n, unsigned int rounds, uint64_t frames,
		 struct road_stamps *out);
/* Of repetitions; v is left as it is */
struct road road_of(const double *v, size_t n);
/* The same of times per frame, or their differences: a block of frames begins and ends in a step */
struct road road_rate(const double *v, size_t n, const struct generator *g);
/* The same of what a phase takes in series a, less what it takes in b (NULL: nothing) */
struct road road_phase(const struct road_stamps *a, const struct road_stamps *b,
		       enum road_phase phase, unsigned int rounds);
/* Of a clock with steps: where in one an interval begins is not quite even */
double road_step_error(void);
/* a + b and a - b, of two that know nothing of each other */
struct road road_plus(struct road a, struct road b);
struct road road_less(struct road a, struct road b);
struct road road_times(struct road r, double factor);
/* "1.2 +- 0.3", or "1.2" where there is no interval */
const char *road_text(struct road r, char *text, size_t len);

/* A column of means, and one of what the clock may add to them, if it has steps */
void road_column(struct table *t, const char *key, const char *head, int decimals);
void road_set(struct row *row, const char *key, struct road r);
/* In a column of its own: the mean and its interval */
void road_set_mean(struct row *row, const char *key, struct road r);
/* Indicative, where all that it may be off by is more than delays_limit() and 10 % */
void road_judge_width(struct row *row, struct road r);

/* Columns stamps, throughput, and apart */
void roads_columns(struct table *t);
/*
 * Fills them, and says whether the two agree, within 2 ns or 10 %; "native at n = 2" says
 * against what. Rows for which that is not so, or cannot be told, are indicative.
 */
void roads_fill(struct result *res, struct row *row, const char *what, struct road stamps,
		struct road throughput);

#endif /* HOOKCOST_ROADS_H */
