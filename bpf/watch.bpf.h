/* SPDX-License-Identifier: GPL-2.0-only */
/* What bpf/watch.bpf.c counts, on each CPU, and how it puts times into buckets */
#ifndef HOOKCOST_WATCH_BPF_H
#define HOOKCOST_WATCH_BPF_H

#include <linux/types.h>

/* Each power of two has so many buckets, so that one is 1/32 of its times wide at most */
#define WATCH_SUB_BITS	5
#define WATCH_SUB	32
/* The last holds what is longer: 2^36 ns are a minute */
#define WATCH_BITS	36
#define WATCH_BUCKETS	((WATCH_BITS - WATCH_SUB_BITS + 1) * WATCH_SUB)

struct watch_cpu {
	__u64 begin;		/* the clock when the program began; 0: it does not run */
	__u64 task;		/* which one it began in */
	__u64 runs, sum, max;	/* of those that were timed; ns */
	__u64 lost;		/* began or ended in a way that cannot be timed */
	__u64 bucket[WATCH_BUCKETS];
};

static inline __u32 watch_bucket(__u64 ns)
{
	__u32 bits = 0;

	if (ns < WATCH_SUB)
		return ns;
	if (ns >> WATCH_BITS)
		return WATCH_BUCKETS - 1;
	/* a search, since the eBPF instruction set has no count of leading zeroes */
	for (__u32 step = 32; step; step /= 2)
		if (ns >> bits >> step)
			bits += step;
	return (bits - WATCH_SUB_BITS) * WATCH_SUB + (ns >> (bits - WATCH_SUB_BITS));
}

#endif /* HOOKCOST_WATCH_BPF_H */
