/* SPDX-License-Identifier: GPL-2.0-only */
/* The part that the programs of all channels have in common */
#ifndef HOOKCOST_CHANNEL_FRAME_BPF_H
#define HOOKCOST_CHANNEL_FRAME_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "channel.bpf.h"

__u64 seen;			/* frames */
__u64 dropped;			/* of these, those for which there was no room */
__u64 wrong;			/* too short to be one of the generator's */

/*
 * What is written by one CPU and read by another: each access is one. x86 keeps the
 * order of stores; barrier() has the compiler do so.
 */
#define LOAD(x)		(*(volatile typeof(x) *)&(x))
#define STORE(x, value)	(*(volatile typeof(x) *)&(x) = (value))

/*
 * What seldom happens is counted by an instruction that nothing else has: clang
 * merges plain stores to memory of two kinds, which no verifier takes.
 */
static __always_inline void count_rare(__u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

/* There is no room for the frame */
static __always_inline int channel_full(void)
{
	count_rare(&dropped);
	return XDP_DROP;
}

/* Counts and numbers the frame; NULL if it is none of the generator's */
static __always_inline struct channel_record *channel_frame(struct xdp_md *ctx)
{
	struct channel_record *r = (void *)(long)ctx->data;

	if ((void *)(r + 1) > (void *)(long)ctx->data_end) {
		count_rare(&wrong);
		return NULL;
	}
	r->word[CHANNEL_SEQ] = seen++;
	return r;
}

#endif /* HOOKCOST_CHANNEL_FRAME_BPF_H */
