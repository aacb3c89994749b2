/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: what its measurement and its rows share */
#ifndef HOOKCOST_TABLE1_H
#define HOOKCOST_TABLE1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bench/bench.h"
#include "bench/codegen/roads.h"
#include "hook/attach.h"
#include "kernel/probe.h"
#include "net/net.h"
#include "traffic/generator.h"
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

/* The same of the XDP hook, where a native program can run in place of the eBPF one */
struct table1_xdp {
	struct table1_means ebpf;
	bool have_native;
	char lacks[256];		/* why not */
	struct road dispatch, program;	/* eBPF - native, and native */
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

/* One row while it is measured */
struct run {
	const struct site *site;
	struct attach at;
	struct traffic traffic;
	struct generator gen;
	struct probe_hook hook;		/* all samples */
	double *median[PROBE_MAX_PHASES];	/* of the parts, by the hook's phases */
	double *mean[PHASES];		/* means of the parts, the floor taken off */
	size_t parts;
	double seconds;			/* that the row took */
	uint64_t packets, driver;	/* sent, and what the driver's counter says */
	uint64_t messages;
	uint64_t merged;		/* by GRO into the packet before; at first: until here */
	bool sleeps_known;
	bool runs_known;
	uint64_t runs;			/* of the program, by its own count */
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
/* Packets sent = the driver's count = samples in every phase = runs of the program */
bool table1_exact(const struct run *r);
/* What was measured, its counts and verdict, and the rows of its phases */
void table1_fill(struct table1 *t1, const struct run *r, struct row *row);

/* Only the far end's packets are stamped from now on, and only this hook records */
int table1_select(struct table1 *t1, const char *hook);
/* TC's row once more, with the clock read in order, for its means only */
int table1_again(struct table1 *t1, struct table1_means *tc);

/* The cost of the XDP hook by time stamps and by throughput; its phases go to xdp */
int table1_roads(struct table1 *t1, struct table1_xdp *xdp);
/* The paper's 38, 35 and 1350 ns, line by line */
int table1_lines(struct table1 *t1, const struct table1_xdp *xdp);

#endif /* HOOKCOST_TABLE1_H */
