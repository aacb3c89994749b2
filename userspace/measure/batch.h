/* SPDX-License-Identifier: GPL-2.0-only */
/* Calibrated, interleaved batches */
#ifndef HOOKCOST_BATCH_H
#define HOOKCOST_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Calibrated batches. fn does `units` operations and returns the nanoseconds
 * they took (< 0: -errno).
 */
typedef double (*batch_fn)(void *arg, uint64_t units);

struct batch_plan {
	uint64_t units;		/* one batch lasts at least 10 ms */
	bool linear;		/* 2N took twice N within 5 % */
	double ratio;		/* measured time(2N) / time(N) / 2 */
};

/* Warms up, finds units (at least min_units, a power of two times it), checks linearity */
int batch_calibrate(batch_fn fn, void *arg, uint64_t min_units, struct batch_plan *p);

/*
 * A batch_fn may say how much of its time was none of what is measured, in all and by kinds
 * whose names are its own; what it says during one batch adds up.
 */
#define BATCH_KINDS	8
void batch_aside(double ns, const double *kinds, size_t n);

struct variant {
	const char *name;
	batch_fn fn;
	void *arg;
	struct batch_plan plan;
	double each;		/* operations in a unit, which the times are of; 0: one */
	double *ns;		/* out: ns per operation, one per batch; allocated if NULL */
	/* out: of ns, what it has said with batch_aside(); NULL if nothing */
	double *aside;
	double kinds[BATCH_KINDS];	/* out: per unit, the mean of all batches */
};

/* What batch_compare() has left in n of them */
void variants_free(struct variant *v, size_t n);

/*
 * Calibrates each variant, then runs `batches` batches of each, interleaved
 * A B .. B A .. so that drift hits all alike. plan.units, if set, is the
 * least number of units. 0, -EINTR or -errno.
 */
int batch_compare(struct variant *v, size_t nvariants, size_t batches, const char *what);
/* As batch_compare(), of plan.units each, which are not calibrated: they count as linear */
int batch_rounds(struct variant *v, size_t nvariants, size_t batches, const char *what);

#endif /* HOOKCOST_BATCH_H */
