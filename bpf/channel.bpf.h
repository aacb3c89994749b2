/* SPDX-License-Identifier: GPL-2.0-only */
/* What the channels' programs and the benches agree on: records, rings */
#ifndef HOOKCOST_CHANNEL_BPF_H
#define HOOKCOST_CHANNEL_BPF_H

#include <linux/types.h>

#define CHANNEL_WORDS	8
/* The word that has the packet's number in it, from 0; the end of the frame's payload */
#define CHANNEL_SEQ	(CHANNEL_WORDS - 1)
#define CHANNEL_RECORDS	8192		/* a power of two */
/* Of as many records, one is compared with what was sent, all of it */
#define CHANNEL_SAMPLE	64

/* A frame of 64 bytes */
struct channel_record {
	__u64 word[CHANNEL_WORDS];
};

/* Either side has an index of its own, in a cache line of its own; both only grow */
struct channel_ring {
	__u64 head;			/* the producer's: records put in */
	__u64 pad1[7];
	__u64 tail;			/* the consumer's: records taken out */
	__u64 pad2[7];
	struct channel_record record[CHANNEL_RECORDS];
};

/* Keys of the two indices where they are in a map */
enum channel_index { CHANNEL_HEAD, CHANNEL_TAIL, CHANNEL_INDICES };

#endif /* HOOKCOST_CHANNEL_BPF_H */
