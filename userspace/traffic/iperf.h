/* SPDX-License-Identifier: GPL-2.0-only */
/* iperf 2 as a TCP client in A, to a server of ours in B; what both have carried */
#ifndef HOOKCOST_IPERF_H
#define HOOKCOST_IPERF_H

#include <stdint.h>
#include "traffic/sink.h"

/* Connections of a run */
struct iperf_sum {
	unsigned int connections;
	uint64_t bytes;
	double seconds;			/* iperf: the longest lasted; server: first to last byte */
};

/* So many connections for so long. 0, -EINTR, or -errno with err() said. */
int iperf_run(struct sink *s, unsigned int connections, double seconds,
	      struct iperf_sum *client, struct iperf_sum *server);
/* Whole lines of "-y C" output; sums of them that iperf adds are left out */
void iperf_parse(const char *text, struct iperf_sum *s);

#endif /* HOOKCOST_IPERF_H */
