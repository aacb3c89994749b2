/* SPDX-License-Identifier: GPL-2.0-only */
/* What user space reads a record from, again and again: maps, rings, nothing at all */
#ifndef HOOKCOST_ACCESS_H
#define HOOKCOST_ACCESS_H

#include <stddef.h>
#include <stdint.h>

#include "bench/channels/channel.h"
#include "measure/batch.h"
#include "net/net.h"
#include "traffic/generator.h"

#define ACCESS_ENTRIES	1024		/* of 64 bytes; all are there */
#define ACCESS_KEYS	4096		/* random ones, then the same again */

struct access;

struct access_ops {
	const char *key, *label, *paper;
	bool call;			/* one system call for each access */
	uint32_t map_type, map_flags;	/* of a map that is looked up, or mapped */
	/* Has everything there to be read; 0, or -errno with a->why set */
	int (*open)(struct access *a);
	void (*close)(struct access *a);
	void (*read)(struct access *a, uint64_t n);
};

struct access {
	const struct access_ops *ops;
	const struct device *device;	/* AF_XDP's */
	char why[256];			/* it could not be opened */
	const uint32_t *keys;
	uint64_t done, wrong;		/* accesses; those that did not find what was put there */

	int fd;
	unsigned int cpus;		/* values of an entry */
	struct channel_record *value;	/* a look-up's; or all, where they are mapped */
	size_t map_len;

	/* rings: records that are there, and what has been found in this pass */
	struct channel channel;
	struct net net;
	struct generator gen;
	unsigned long *consumer;	/* the ring buffer's, to be put back */
	uint32_t first;			/* the place in the RX ring */
	uint64_t next;			/* the number that is expected */
};

extern const struct access_ops access_loop, access_getppid, access_refused;
extern const struct access_ops access_array, access_hash, access_lru_hash;
extern const struct access_ops access_percpu_array, access_percpu_hash, access_lru_percpu_hash;
extern const struct access_ops access_mmap, access_ringbuf, access_xsk;

/* What belongs to a key: told from every other key's, on every CPU, in every word */
static inline uint64_t access_word(uint32_t key, unsigned int cpu, unsigned int word)
{
	return ((uint64_t)(cpu + 1) << 48) + ((uint64_t)word << 32) + key + 1;
}

/* access_ops.open, with the end pushed on the cleanup stack first, for maps without their own */
int access_open(struct access *a, const struct access_ops *ops, const uint32_t *keys,
		const struct device *device);
/* A batch_fn; arg: an access */
double access_batch(void *arg, uint64_t units);

#endif /* HOOKCOST_ACCESS_H */
