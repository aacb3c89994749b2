/* SPDX-License-Identifier: GPL-2.0-only */
/* How packets get into a channel and out of it while they are timed */
#ifndef HOOKCOST_PASSAGE_H
#define HOOKCOST_PASSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/channels/channel.h"
#include "bench/channels/turns.h"
#include "traffic/generator.h"

/* A channel while it is timed */
struct passage {
	struct generator *gen;
	struct channel channel;
	int reader_cpu;			/* -1: generator and reader take turns */
	struct frame_count count;
	struct turns reader;
	bool ready, stop;		/* the reader, where it is a thread */
};

/* Frames of one turn of a channel */
unsigned int passage_turn(const struct passage *p);
/* A batch_fn: ns for `units` packets from the generator to the reader; arg: a passage */
double passage_batch(void *arg, uint64_t units);

#endif /* HOOKCOST_PASSAGE_H */
