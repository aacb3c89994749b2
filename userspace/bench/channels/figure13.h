/* SPDX-License-Identifier: GPL-2.0-only */
/* Figure 13: how records get into a channel and out of it while they are timed */
#ifndef HOOKCOST_FIGURE13_H
#define HOOKCOST_FIGURE13_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/channels/channel.h"
#include "core/run.h"
#include "measure/batch.h"
#include "traffic/generator.h"

/*
 * Frames before the ring is read, if reader and kernel take turns; some more are
 * sent. Fewer for a reader that does a system call for each.
 */
#define FIGURE13_TURN		6000
#define FIGURE13_TURN_CALLS	500
/* Turns whose times are kept; a batch has fewer */
#define FIGURE13_TURNS		4096

/* What each turn has taken for a record, of the last ones: ns */
struct turns {
	double ns[FIGURE13_TURNS];
	size_t n;
};

static inline void turns_add(struct turns *t, double ns)
{
	t->ns[t->n++ % FIGURE13_TURNS] = ns;
}

/* Of the turns since there were `from` of them: the mean of the middle half */
double turns_middle(const struct turns *t, size_t from);

/* A channel while it is timed */
struct passage {
	struct generator *gen;
	struct channel channel;
	int reader_cpu;			/* -1: generator and reader take turns */
	uint64_t sent, received, dropped;	/* by the generator, by the driver, by XDP */
	struct turns reader;
	bool ready, stop;		/* the reader, where it is a thread */
};

/* Frames of one turn of a channel */
unsigned int passage_turn(const struct passage *p);
/* A batch_fn: ns for `units` packets from the generator to the reader; arg: a passage */
double passage_batch(void *arg, uint64_t units);

/* The user ring buffer: user space writes, a program reads */
struct upward {
	struct channel_bpf *skel;
	struct bpf_program *prog;
	struct user_ring_buffer *ring;
	struct channel_record sent;
	uint64_t written, full;		/* records; for how many there was no room */
	struct turns put, drain;	/* user space's, and the program's */
	char why[256];
};

/* 0, or -errno with u->why set; pushes its end on the cleanup stack first */
int upward_open(struct upward *u, const struct channel_record *sent);
/* A batch_fn: ns for `units` records, written and read by turns; arg: an upward */
double upward_batch(void *arg, uint64_t units);

#endif /* HOOKCOST_FIGURE13_H */
