/* SPDX-License-Identifier: GPL-2.0-only */
/* A program on the way of a device's packets, in turns with one of the same verdict */
#ifndef HOOKCOST_OVER_H
#define HOOKCOST_OVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "hook/hook.h"
#include "measure/batch.h"
#include "prog/prog.h"
#include "traffic/generator.h"

/* Frames of a batch, at least */
#define OVER_FRAMES	6000

struct over {
	struct prog *p;
	struct net net;
	struct generator gen;
	struct same_bpf *same;
	const struct hook_ops *ops;
	struct hook hook;		/* prog NULL: nothing is attached */
	int promisc;
	size_t frame;			/* that is sent; n of all: none of them */
	const char *stamps;		/* the hook's table in debugfs; NULL: there are none */
};

/* What is timed in its turn: a program, or the one of the same verdict (s NULL) */
struct lane {
	struct over *o;
	const struct subject *s;
	size_t frame;
	int verdict;
	unsigned int batches;
	uint64_t sent, received, dropped;
	uint64_t stamped, samples;	/* frames sent while the hook took stamps; its samples */
};

/* The lane's program, and its frame, are there from now on */
int lane_put(struct lane *l);
/* Adds what the driver counts: -1 before, 1 after */
int lane_count(struct lane *l, int sign);

/* over_stamps.c: finds the hook's table; why: none, in words */
void over_stamps_find(struct over *o, char *why, size_t len);
void over_stamps_columns(const struct over *o, struct table *t);
/*
 * Both lanes in turns with the hook's stamps on, and how far that is from their batches; fills the
 * row. 0 or -errno.
 */
int over_stamps(struct over *o, struct lane lane[2], const struct variant v[2], struct row *row);

#endif /* HOOKCOST_OVER_H */
