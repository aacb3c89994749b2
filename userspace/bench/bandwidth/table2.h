/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 2: what its measurement and its rows share */
#ifndef HOOKCOST_TABLE2_H
#define HOOKCOST_TABLE2_H

#include "bench/bandwidth/pass.h"
#include "bench/bench.h"
#include "driver/nic.h"
#include "net/cgroup.h"
#include "traffic/iperf.h"

#define CONNECTIONS	48

/* Packets and bytes on their way */
struct carried {
	uint64_t sent, resent;		/* the client's TCP: segments, and those again */
	uint64_t dropped;		/* by its netdev; a bare ACK is not sent again */
	uint64_t received, bytes;	/* the receiving driver */
};

/* One row */
struct side {
	const struct hook_ops *hook;	/* NULL: no eBPF */
	const char *key, *label, *paper;
	double *gbps;			/* one per repetition */
	unsigned int n;
	struct carried carried;		/* of all repetitions */
	uint64_t payload;		/* bytes that the server has read */
	uint64_t counted;		/* by the program: packets, SK_SKB: bytes */
	char invalid[256], failed[256];
	const char *code;		/* of why it is invalid */
};

struct table2 {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct cgroup cgroup;
	char no_cgroup[128];		/* why there is none */
	struct sink sink;
	unsigned int reps;
	struct nic_channels channels[2];	/* of the two netdevs before */
	bool changed[2];
	struct side side[1 + HOOKS];	/* the first: without eBPF */
	size_t nsides;
};

extern const struct table_def table2_tables[];
extern const struct row_def table2_none;	/* the row without a program */
/* All rows, what the checks found, and the notes */
void table2_fill(struct table2 *t);

#endif /* HOOKCOST_TABLE2_H */
