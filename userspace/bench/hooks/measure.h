/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: one row while it is measured */
#ifndef HOOKCOST_TABLE1_MEASURE_H
#define HOOKCOST_TABLE1_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bench/hooks/table1.h"
#include "driver/peer.h"
#include "hook/hook.h"
#include "kernel/probe.h"
#include "traffic/generator.h"
#include "traffic/traffic.h"

struct run {
	const struct site *site;
	struct hook at;
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
	bool remote;
	uint64_t inner_driver, inner_messages;
};

/* What another machine has to send for it */
enum peer_kind site_peer(const struct site *site);
/* 0, -EINTR, -ENODATA (not said), or -errno; r is to be freed, whatever it returns */
int site_measure(struct table1 *t1, struct run *r, const struct site *site);
void site_free(struct run *r);

/* Only the far end's packets are stamped from now on, and only this hook records */
int table1_select(struct table1 *t1, const char *table);

#endif /* HOOKCOST_TABLE1_MEASURE_H */
