/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TCP stream from A to B in bursts of segments: one small message each, so that each has
 * an sk_buff of its own in the retransmit queue, of which a clone is sent
 */
#ifndef HOOKCOST_BENCH_STREAM_H
#define HOOKCOST_BENCH_STREAM_H

#include <stdint.h>
#include "net/net.h"

#define STREAM_BURST	64	/* segments; the congestion window grows to twice as many */

struct stream {
	int tx, rx;
	/* segments, as TCP counts them, and those of them that it took for lost; messages */
	uint64_t sent, again, read;
};

/*
 * Connects; the window is open when it returns. Pushes its own end on the cleanup stack
 * first; 0, or -errno with a reason
 */
int stream_open(struct stream *s, const struct net *n, char *why, size_t len);
/*
 * Nanoseconds for one segment, of a burst that has been sent by one call. It is then read and
 * acknowledged. Or -errno: -EAGAIN if TCP has held a part of the burst back, or sent one again
 */
double stream_burst(struct stream *s);

#endif /* HOOKCOST_BENCH_STREAM_H */
