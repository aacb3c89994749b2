/* SPDX-License-Identifier: GPL-2.0-only */
/* chain: programs that run on several CPUs at once */
#ifndef HOOKCOST_BENCH_CHAIN_RACE_H
#define HOOKCOST_BENCH_CHAIN_RACE_H

#include <stdint.h>
#include "bench/chain/chain.h"

#define RACE_CPUS	6

/* The first program of a set on the first n of these CPUs at once */
struct race {
	const struct chain_set *set;
	const char *name;		/* in reasons */
	const int *cpu;
	size_t n;
	uint8_t frame[CHAIN_FRAME];
	uint32_t repeat;		/* runs of a batch, on each CPU */
	uint64_t runs[RACE_CPUS];	/* that there should be, by CPU, and that were counted */
	uint64_t counted[RACE_CPUS];
	size_t apart;			/* batches whose threads did not run at the same time */
};

/* The CPUs that it may use, the pinned one first; how many of RACE_CPUS */
size_t race_cpus(int *cpu);
/* The repeat, for batches of a little more than 10 ms; 0 or -errno with err() said */
int race_begin(struct race *r);
/* A batch: ns per run, the mean of the CPUs; or -errno with err() said */
double race_batch(struct race *r);
/* A cache line's way from one CPU to another, ns, from a thread on each that take turns */
double race_line(const int cpu[2]);

#endif /* HOOKCOST_BENCH_CHAIN_RACE_H */
