/* SPDX-License-Identifier: GPL-2.0-only */
/* BPF_PROG_TEST_RUN as batches */
#ifndef HOOKCOST_TESTRUN_H
#define HOOKCOST_TESTRUN_H

#include <stddef.h>
#include <stdint.h>
#include "measure/batch.h"

struct bpf_object;

#define TESTRUN_DATA_MIN 64

struct testrun {
	int prog_fd;
	void *data;		/* the packet; NULL: zeroes */
	size_t size;		/* of the packet; 0: the smallest frame */
};

/* A batch_fn: one unit is one run of the program */
double testrun_batch(void *testrun, uint64_t units);
/* One run: the program's return value, or -errno */
int testrun_once(const struct testrun *t);
/* A loaded object's program as a variant whose runs have `each` operations; 0 or -errno */
int testrun_variant(const struct bpf_object *obj, const char *name, double each,
		    struct testrun *t, struct variant *v);
/* Units for a batch of a little more than 10 ms, so that calibration is short; 0: it fails */
uint64_t testrun_units(double (*fn)(void *arg, uint64_t units), void *arg);

#endif /* HOOKCOST_TESTRUN_H */
