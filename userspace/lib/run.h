/* SPDX-License-Identifier: GPL-2.0-only */
/* What every bench needs while it runs: cleanup, progress, interruption, batches */
#ifndef HOOKCOST_RUN_H
#define HOOKCOST_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "compiler.h"

/*
 * Cleanup stack. What a bench changes on the machine is pushed before it is
 * changed; popped (and called) in reverse order at the end of the bench, at
 * Ctrl-C (SIGINT, SIGTERM, SIGHUP) and at exit.
 */
typedef void (*cleanup_fn)(void *arg);
int cleanup_push(cleanup_fn fn, void *arg);
/*
 * cleanup_to(mark) calls what was pushed since cleanup_mark(). That is how a function undoes
 * its own part: a push may have failed, so that the newest is not always its own.
 */
size_t cleanup_mark(void);
void cleanup_to(size_t mark);
void cleanup_all(void);

/*
 * Installs the signal handlers, but none for a signal that is ignored; quiet: no progress,
 * verbose: info() speaks
 */
void run_init(bool quiet, bool verbose);
/* True after the first SIGINT/SIGTERM/SIGHUP; long loops return -EINTR then */
bool interrupted(void);

/*
 * Progress line on a terminal's stderr, at TERM=dumb a new one each half minute; nothing when
 * it is no terminal or quiet
 */
void progress(const char *what, unsigned int done, unsigned int total);
void progress_end(void);
/* From now on it begins with that: "[3/14] table6: ..." */
void progress_part(unsigned int part, unsigned int parts);

/* One line to stderr: "hookcost: ..."; errno stays as it was */
void err(const char *fmt, ...) __printf(1, 2);
/* How often it spoke, and what it said last ("" if nothing) */
unsigned int err_count(void);
const char *err_last(void);
/* As err(), on -v only */
void info(const char *fmt, ...) __printf(1, 2);

double now_ns(void);			/* CLOCK_MONOTONIC_RAW */

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
	double *ns;		/* out: nanoseconds per unit, one per batch; allocated if NULL */
	/* out: of ns, what it has said with batch_aside(); NULL if nothing */
	double *aside;
	double kinds[BATCH_KINDS];	/* out: per unit, the mean of all batches */
};

/* What batch_compare() has left in it */
void variant_free(struct variant *v);

/*
 * Calibrates each variant, then runs `batches` batches of each, interleaved
 * A B .. B A .. so that drift hits all alike. plan.units, if set, is the
 * least number of units. 0, -EINTR or -errno.
 */
int batch_compare(struct variant *v, size_t nvariants, size_t batches, const char *what);

#endif /* HOOKCOST_RUN_H */
