/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that drop at every hook of a test network, for the benches drop and off */
#ifndef HOOKCOST_DROP_H
#define HOOKCOST_DROP_H

#include <stdint.h>
#include "hook/turns.h"
#include "traffic/generator.h"
#include "traffic/reader.h"

struct drop {
	struct net net;
	struct generator gen;
	struct reader socket;		/* where packets would arrive; nobody reads it */
	struct drop_bpf *skel;
	struct hook_turns turns;
};

/* Network, generator, socket and programs; 0, or -errno with err() said */
int drop_setup(struct drop *d, const struct device *dev);
/* Whether there is a program that drops at the i-th hook */
bool drop_has(size_t i);
/* Its programs anew, which the JIT puts elsewhere; their counts begin at 0 again */
int drop_reload(struct drop *d);
/* The driver has so many; the stack behind it may be on another CPU, and is waited for */
void drop_settle(const struct drop *d, size_t i, uint64_t until);
/* What the hook's program has dropped so far */
uint64_t drop_count(const struct drop *d, size_t i);

#endif /* HOOKCOST_DROP_H */
