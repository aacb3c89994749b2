/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Channels between the kernel and user space: an XDP program hands 64 bytes of
 * each frame on, a reader takes them.
 */
#ifndef HOOKCOST_CHANNEL_H
#define HOOKCOST_CHANNEL_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "bench/channels/xsock.h"
#include "net/net.h"
#include "traffic/generator.h"
#include "channel.bpf.h"

struct channel;

struct channel_ops {
	const char *key, *label;
	const char *paper;		/* its row there; NULL if it has none */
	const char *program;
	bool redirects;			/* XDP drops nothing then */
	bool calls;			/* its reader does a system call for each record, or more */
	/* Loads the program; with what it needs, or NULL: none but that */
	int (*open)(struct channel *c);
	void (*close)(struct channel *c);
	/* Takes all that is there, with channel_take(); records. NULL: there is no reader */
	uint64_t (*drain)(struct channel *c);
};

struct channel {
	const struct channel_ops *ops;
	struct channel_bpf *skel;
	struct channel_arena_bpf *arena;	/* in place of skel */
	struct bpf_program *prog;
	const __u64 *seen, *dropped, *wrong;	/* the program's counters */
	struct channel_record sent;		/* what frames are like, but for the number */
	char why[256];				/* it could not be opened */

	/* the reader's */
	uint64_t next;			/* the number that is expected */
	uint64_t read;			/* records, by one thread; seen by another */
	uint64_t gaps;			/* numbers that were left out */
	uint64_t disorder, altered;	/* records out of order; not as they were sent */
	uint64_t calls_failed;		/* system calls of the reader's */

	struct ring_buffer *ringbuf;
	struct channel_ring *ring;	/* in shared memory */
	uint64_t tail;
	struct xsock xsock;
	const struct net *net;		/* AF_XDP's */
	uint32_t queue;
};

extern const struct channel_ops channel_none, channel_none_xsk, channel_array, channel_ringbuf;
extern const struct channel_ops channel_mmap, channel_arena, channel_xsk;

/*
 * Loads a channel's program, and no map but those that it uses. Pushes the end on
 * the cleanup stack first. net, queue: where a socket is to be bound, if it is one.
 * 0, or -errno with c->why set, and nothing said.
 */
int channel_open(struct channel *c, const struct channel_ops *ops,
		 const struct channel_record *sent, const struct net *net, uint32_t queue);

/* Loads one program of channel.bpf.c; 0, or -errno with the reason in why */
int channel_load(struct channel_bpf **skel, struct bpf_program **prog, const char *name,
		 char *why, size_t len);

/* Whether programs can be loaded at all; 0, or -errno with the reason in why */
int channel_possible(char *why, size_t len);

/* The queue of the far end that the generator's frames come to; 0, or -errno with err() said */
int channel_find_queue(struct generator *g, uint32_t *queue);

/* Frames that the reader can no longer get, by all that counts them */
uint64_t channel_lost(const struct channel *c);

/* One record, as the reader finds it */
static inline void channel_take(struct channel *c, const struct channel_record *r)
{
	uint64_t seq = r->word[CHANNEL_SEQ];

	if (seq != c->next) {
		c->disorder += seq < c->next;
		c->gaps += seq - c->next;
	}
	c->next = seq + 1;
	if (seq % CHANNEL_SAMPLE == 0 && memcmp(r, &c->sent, CHANNEL_SEQ * sizeof(*r->word)))
		c->altered++;
	__atomic_store_n(&c->read, c->read + 1, __ATOMIC_RELAXED);
}

#endif /* HOOKCOST_CHANNEL_H */
