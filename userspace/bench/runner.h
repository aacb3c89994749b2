/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs benches one after the other, prints and keeps their results */
#ifndef HOOKCOST_RUNNER_H
#define HOOKCOST_RUNNER_H

#include <stdbool.h>
#include <stdio.h>
#include "bench/bench.h"

#define BENCHES_MAX 64

struct output;

struct runner {
	struct bench_opts opts;
	const struct bench *bench[BENCHES_MAX];
	size_t nbenches;
	const struct device *veth;	/* over a NIC, for benches that make their own traffic */
	FILE *text;			/* where all that is printed goes */
	bool tables;			/* with the tables; else a line for each bench ... */
	bool summary;			/* ... and at the end the screen that sums them up */
	bool findings;			/* ... and what the paper observes */
	struct output *tables_file;	/* NULL: they are not written */
	struct output *json;		/* NULL: none is written */
};

/* What they take together by their own estimates, in seconds */
unsigned int runner_seconds(const struct runner *r);
/* As a reader wants it: "45 s", "12 min", "1 h 5 min" */
void duration_text(double seconds, char *buf, size_t len);

/* All of them, whatever becomes of one; exit status */
int runner_run(const struct runner *r);

#endif /* HOOKCOST_RUNNER_H */
