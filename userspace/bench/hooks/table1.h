/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: what its parts share */
#ifndef HOOKCOST_TABLE1_H
#define HOOKCOST_TABLE1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bench/bench.h"
#include "hook/hook.h"
#include "measure/estimate.h"
#include "net/net.h"
#include "traffic/traffic.h"

enum table1_phase {
	PHASE_ENTRY,			/* at SK_SKB: dequeue */
	PHASE_PROG,
	PHASE_VERDICT,
	PHASE_TOTAL,
	PHASES
};

/* Means of the phases of a hook, the floor taken off; what the lines are made of */
struct table1_means {
	bool have;
	bool exact;			/* no packet is missing */
	bool ordered;			/* how the clock was read */
	struct estimate phase[PHASES];
	uint64_t samples;
};

/* A hook, and the traffic by which it is measured: a row */
struct site {
	char key[32], label[32];
	const struct hook_ops *hook;
	const char *table;		/* debugfs hooks/NAME */
	enum traffic_kind traffic;
	bool frames;			/* the generator's, instead of traffic */
	const struct hook_lines *lines;	/* the paper's number, by its means; NULL: not by these */
	struct table1_means means;
};

/* Frames, UDP and TCP */
#define SITES_MAX	(3 * HOOKS)

struct table1 {
	const struct bench_opts *opts;
	struct result *res;
	struct json_object *counts;
	struct net net;
	uint64_t samples;
	unsigned int parts;
	size_t counted, exact;		/* rows whose counts were compared, and agree */
	bool silent[2];			/* nothing came from the other machine: UDP, TCP */
	bool no_frames;
	struct site site[SITES_MAX];
	size_t nsites;
	bool negative;			/* a phase's median, without its floors, is below 0 */
};

#endif /* HOOKCOST_TABLE1_H */
