/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures 11 and 12: what their parts share */
#ifndef HOOKCOST_FLOWS_H
#define HOOKCOST_FLOWS_H

#include <stdbool.h>
#include <stdint.h>
#include "bench/bench.h"
#include "measure/counter.h"
#include "traffic/generator.h"

enum flows_side {
	FLOWS_BASELINE,		/* XDP_DROP, no map */
	FLOWS_ARRAY,
	FLOWS_HASH,
	FLOWS_LRU_HASH,
	FLOWS_SIDES
};

#define FLOWS_X	5			/* points of a figure */

/* One side at one x, while it is timed */
struct flows_point {
	struct flows *f;
	enum flows_side side;
	uint64_t at;			/* place in the generator's ring of flows */
	struct frame_count count;
	uint64_t counted, foreign;	/* by the map, of flows that there are, and of others */
	uint64_t missed;		/* frames whose flow the map did not have */
	uint32_t seen;			/* flows that have been counted */
	double expected_seen, seen_sd, exponent, deviation;
	double misses;			/* of the L1 cache, by so many frames: */
	uint64_t watched;
};

struct flows {
	const struct figure_def *figure;
	bool zipf;			/* x: the exponent; else the number of flows */
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	struct flows_bpf *skel;
	struct counter l1;
	char no_counter[256];

	/* at this x */
	double x;
	uint32_t flows;
	double exponent;

	/* medians, ns per frame, by x; NAN: none */
	double ns[FLOWS_X][FLOWS_SIDES];
	uint64_t sent, counted;
	struct json_object *counts;
};

extern const char *const flows_side_key[FLOWS_SIDES], *const flows_side_name[FLOWS_SIDES];

/* map.c: the maps of this x, with all its flows in them, none counted yet */
int flows_load(struct flows *f);
void flows_unload(struct flows *f);
struct bpf_program *flows_program(const struct flows *f, enum flows_side side);
/* Reads what a side's map has counted into p */
int flows_read(struct flows_point *p);

/* check.c: weakens the row if it was not what it was meant to be */
void flows_check(const struct flows_point *p, struct row *row);
/* The table and the fact on what was counted, of all sides at this x */
void flows_put_checks(struct flows *f, const struct flows_point *p);

/* notes.c: what the numbers say, in words */
void flows_notes(struct flows *f);

#endif /* HOOKCOST_FLOWS_H */
