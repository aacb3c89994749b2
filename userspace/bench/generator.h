/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets made by the kernel: BPF_PROG_TEST_RUN with live frames, redirected
 * into one end of the veth pair, so that the other end's driver runs its XDP
 * call site on them. No system call, no sk_buff per packet.
 */
#ifndef HOOKCOST_GENERATOR_H
#define HOOKCOST_GENERATOR_H

#include <bpf/libbpf.h>
#include <stdint.h>
#include "../lib/net.h"

#define GENERATOR_BYTES	64

struct generator {
	const struct net *net;
	struct generator_bpf *gen;
	struct xdp_bpf *skel;		/* programs for the far end */
	struct bpf_link *link;		/* the one there */
	uint64_t sent;			/* frames, those that are not timed too */
	double timed_ns, counted_ns;	/* all that blocks took, and what was taken for it */
	uint8_t frame[GENERATOR_BYTES];
};

/* Pushes its own end on the cleanup stack first; 0, or -errno with err() said */
int generator_setup(struct generator *g, const struct net *n);
/* Puts a program of g->skel on the far end, in place of the one there */
int generator_target(struct generator *g, const struct bpf_program *prog);
/*
 * Nanoseconds for `frames` frames through veth, or -errno with err() said: the
 * mean of the middle half of all blocks of 60 frames, so that an interrupt, or
 * another process on the CPU, is not counted as the path's time. Some more
 * frames are sent before and after.
 */
double generator_run(struct generator *g, uint64_t frames);
/* The same without veth: frames are made, and dropped at once; not in `sent` */
double generator_idle(struct generator *g, uint64_t frames);

#endif /* HOOKCOST_GENERATOR_H */
