/* SPDX-License-Identifier: GPL-2.0-only */
/* The user ring buffer: user space writes, a program reads */
#ifndef HOOKCOST_UPWARD_H
#define HOOKCOST_UPWARD_H

#include <bpf/libbpf.h>
#include <stdint.h>

#include "bench/channels/turns.h"
#include "channel.bpf.h"

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

#endif /* HOOKCOST_UPWARD_H */
