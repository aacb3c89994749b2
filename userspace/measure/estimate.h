/* SPDX-License-Identifier: GPL-2.0-only */
/* Means of repetitions, with all that they may be off by */
#ifndef HOOKCOST_ESTIMATE_H
#define HOOKCOST_ESTIMATE_H

#include <stddef.h>
#include "report/result.h"

/* A mean; NAN: none */
struct estimate {
	double ns;
	double half;		/* of its 95 % confidence interval; INFINITY: too few batches */
	/* What the clock's steps may add or take, however often it is repeated */
	double systematic;
};

/* Of repetitions; v is left as it is */
struct estimate estimate_of(const double *v, size_t n);
/* The same of times per frame, or their differences: a block begins and ends in a step */
struct estimate estimate_rate(const double *v, size_t n, unsigned int block);
/* Of a clock with steps: where in one an interval begins is not quite even */
double estimate_step_error(void);
/* a + b and a - b, of two that know nothing of each other */
struct estimate estimate_plus(struct estimate a, struct estimate b);
struct estimate estimate_less(struct estimate a, struct estimate b);
struct estimate estimate_times(struct estimate r, double factor);
/* "1.2 +- 0.3", or "1.2" where there is no interval */
const char *estimate_text(struct estimate r, char *text, size_t len);

/* What COLUMN_ESTIMATE is, of a table that is not data */
void estimate_column(struct table *t, const char *key, const char *head, int decimals);
/* Into such a column */
void estimate_set(struct row *row, const char *key, struct estimate r);
/* In a column of its own: the mean and its interval */
void estimate_set_mean(struct row *row, const char *key, struct estimate r);
/* Indicative, where all that it may be off by is more than limit (ns) and 10 % */
void estimate_judge_width(struct row *row, struct estimate r, double limit);

#endif /* HOOKCOST_ESTIMATE_H */
