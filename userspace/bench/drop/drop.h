/* SPDX-License-Identifier: GPL-2.0-only */
/* The bench "drop": what its parts share */
#ifndef HOOKCOST_DROP_H
#define HOOKCOST_DROP_H

#include <bpf/libbpf.h>
#include <stdint.h>
#include "bench/bench.h"
#include "traffic/generator.h"
#include "traffic/reader.h"

enum drop_place {
	PLACE_NATIVE,		/* hookcost_native, in the XDP program's place */
	PLACE_XDP,
	PLACE_GENERIC,
	PLACE_TC,
	PLACE_SK_SKB,
	PLACE_SOCKET,
	PLACES
};

struct drop {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	struct reader socket;		/* where packets would arrive; nobody reads it */
	struct drop_bpf *skel;
	int generic;			/* link of XDP generic; -1: none */
	struct bpf_link *tc;
	enum drop_place now;		/* PLACES: none */
	char lacks[PLACES][256];	/* why a place cannot be measured */
	unsigned int batches;
};

extern const char *const drop_key[PLACES], *const drop_label[PLACES];

/* Programs, socket and sockmap; 0, or -errno with err() said */
int drop_setup(struct drop *d);
/* Packets are dropped there from now on; 0, or -errno with a reason */
int drop_enter(struct drop *d, enum drop_place place, char *why, size_t len);
void drop_leave(struct drop *d);
/* Its programs anew, which the JIT puts elsewhere; their counts begin at 0 again */
int drop_reload(struct drop *d);
/* The driver has so many; the stack behind it may be on another CPU, and is waited for */
void drop_settle(const struct drop *d, enum drop_place place, uint64_t until);
/* What the place's program has dropped so far */
uint64_t drop_count(const struct drop *d, enum drop_place place);

#endif /* HOOKCOST_DROP_H */
