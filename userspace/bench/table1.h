/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: what its measurement and its rows share */
#ifndef HOOKCOST_TABLE1_H
#define HOOKCOST_TABLE1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/net.h"
#include "../lib/probe.h"
#include "../lib/traffic.h"
#include "attach.h"
#include "bench.h"
#include "generator.h"

struct site {
	const char *key, *label;
	const char *paper;		/* row of the paper's Table 1 */
	const char *hook;		/* debugfs hooks/NAME */
	enum attach_point point;
	enum traffic_kind traffic;
	bool frames;			/* the generator's, instead of traffic */
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
	bool negative;			/* a phase's median, without its floors, is below 0 */
};

/* One row while it is measured */
struct run {
	const struct site *site;
	struct attach at;
	struct traffic traffic;
	struct generator gen;
	struct probe_hook hook;		/* all samples */
	double *reach, *prep;		/* medians of the parts */
	size_t parts;
	double seconds;			/* that the row took */
	uint64_t packets, driver;	/* sent, and what the driver's counter says */
	uint64_t messages;
	bool sleeps_known;
	uint64_t sleeps;		/* of the server, which waits for each message */
	/*
	 * Another machine sends, and goes on while counters are read: packets and messages
	 * from before the histogram is reset until after it is read are those above, these
	 * are from after it is reset until before it is read
	 */
	bool outside;
	uint64_t inner_driver, inner_messages;
};

void table1_columns(struct table1 *t1);
/* A row with the paper's numbers only */
struct row *table1_row(struct table1 *t1, const struct site *site);
/* What was measured, its counts and verdict, and the rows of its phases */
void table1_fill(struct table1 *t1, const struct run *r, struct row *row);

#endif /* HOOKCOST_TABLE1_H */
