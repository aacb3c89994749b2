/* SPDX-License-Identifier: GPL-2.0-only */
/* health.c: what the kernel says of itself before and after a test that is hard on it */
#ifndef HOOKCOST_TEST_HEALTH_H
#define HOOKCOST_TEST_HEALTH_H

#include <stdint.h>

struct hc_memory {
	uint64_t slab, vmalloc, percpu;		/* kB that nobody can reclaim */
};

/* From here on, a warning, BUG, oops or call trace in the kernel log is the test's */
void hc_log_begin(void);
/* How many there were; each is printed, with the lines that follow it */
unsigned int hc_log_splats(void);

/* What the kernel holds once deferred work and RCU callbacks are done */
void hc_memory_read(struct hc_memory *m);
/* kB more than then, over all kinds; what has become less does not make up for it */
uint64_t hc_memory_grown(const struct hc_memory *since);

/* Objects that nothing refers to, as kmemleak finds; -1 where there is no kmemleak */
void hc_leaks_begin(void);
int hc_leaks(void);

#endif /* HOOKCOST_TEST_HEALTH_H */
