/* SPDX-License-Identifier: GPL-2.0-only */
/* The bench "drop": what its parts share */
#ifndef HOOKCOST_DROP_H
#define HOOKCOST_DROP_H

#include <bpf/libbpf.h>
#include <stdint.h>
#include "bench/bench.h"
#include "hook/hook.h"
#include "traffic/generator.h"
#include "traffic/reader.h"

struct drop {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	struct reader socket;		/* where packets would arrive; nobody reads it */
	struct drop_bpf *skel;
	struct hook hook[HOOKS];
	struct hook *now;		/* where packets are dropped; NULL: nowhere */
	char lacks[HOOKS][256];		/* why nothing can be dropped there */
	unsigned int batches;
};

/* Programs, socket and sockmap; 0, or -errno with err() said */
int drop_setup(struct drop *d);
/* Whether there is a program that drops at the i-th hook */
bool drop_has(size_t i);
/* Packets are dropped at the i-th hook from now on; 0, or -errno with a reason */
int drop_enter(struct drop *d, size_t i, char *why, size_t len);
void drop_leave(struct drop *d);
/* Its programs anew, which the JIT puts elsewhere; their counts begin at 0 again */
int drop_reload(struct drop *d);
/* The driver has so many; the stack behind it may be on another CPU, and is waited for */
void drop_settle(const struct drop *d, size_t i, uint64_t until);
/* What the hook's program has dropped so far */
uint64_t drop_count(const struct drop *d, size_t i);

#endif /* HOOKCOST_DROP_H */
