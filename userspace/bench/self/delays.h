/* SPDX-License-Identifier: GPL-2.0-only */
/* Known delays at the native hook, and what the two methods make of them */
#ifndef HOOKCOST_DELAYS_H
#define HOOKCOST_DELAYS_H

#include <stddef.h>
#include <stdint.h>
#include "kernel/probe.h"
#include "traffic/generator.h"

#define DELAYS_MAX	8

struct delays {
	struct net net;
	struct generator gen;
	struct probe_hook hook;		/* read last */
	struct frame_count count;
	uint64_t stamped, samples;	/* sent while the hook was on, and recorded */
};

/*
 * A delay's own difference against the same series' delay of 0. More rounds make the interval
 * of the scatter narrower, and leave what is not known of the delay and the clock as it is.
 */
struct delay_estimate {
	struct delay_method {
		double mean;
		double half;		/* statistical: of the 95 % interval; INFINITY: none */
		double systematic;	/* at most */
	} stamps, throughput;
};

/* 0, or -ENODEV with the reason that no delay can be had here */
int delays_available(char *why, size_t len);
/* Pushes its own end on the cleanup stack first; 0, or -errno with err() said */
int delays_setup(struct delays *d, const struct device *dev);
/*
 * One run: `rounds` rounds over all delays and one of 0 besides, forth and back in turns,
 * by time stamps and by throughput, with the hook off, in turns.
 * out[] has n entries. 0, or -errno.
 */
int delays_run(struct delays *d, const uint64_t *ns, size_t n, unsigned int rounds,
	       struct delay_estimate *out);
/* Frames sent = received = dropped by the hook, and those sent while it was on = samples */
bool delays_counts_agree(const struct delays *d);
/* The unit of short delays, ns; 0 if not known */
double delays_cycle(void);
/* What may be missed: 1 ns on bare metal, 3 ns on a virtual machine */
double delays_limit(void);

#endif /* HOOKCOST_DELAYS_H */
