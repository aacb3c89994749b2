/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: what its parts share */
#ifndef HOOKCOST_TABLE1_H
#define HOOKCOST_TABLE1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bench/bench.h"
#include "bench/codegen/roads.h"
#include "hook/attach.h"
#include "net/net.h"
#include "traffic/traffic.h"

enum table1_phase {
	PHASE_ENTRY,			/* at SK_SKB: dequeue */
	PHASE_PROG,
	PHASE_VERDICT,
	PHASE_TOTAL,
	PHASES
};

struct site {
	const char *key, *label;
	const char *paper;		/* row of the paper's Table 1 */
	const char *hook;		/* debugfs hooks/NAME */
	bool line;			/* its phases are to explain the paper's number */
	enum attach_point point;
	enum traffic_kind traffic;
	bool frames;			/* the generator's, instead of traffic */
};

/* Means of the phases of a hook, the floor taken off; what the lines are made of */
struct table1_means {
	bool have;
	bool exact;			/* no packet is missing */
	bool ordered;			/* how the clock was read */
	struct road phase[PHASES];
	uint64_t samples;
};

struct table1 {
	const struct bench_opts *opts;
	struct result *res;
	struct table *main, *phases;
	struct json_object *counts;
	struct net net;
	uint64_t samples;
	unsigned int parts;
	size_t counted, exact;		/* rows whose counts were compared, and agree */
	bool silent[2];			/* nothing came from the other machine: UDP, TCP */
	bool no_frames;
	struct table1_means tc, sk_skb;	/* of one row each */
	bool negative;			/* a phase's median, without its floors, is below 0 */
};

#endif /* HOOKCOST_TABLE1_H */
