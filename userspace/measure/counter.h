/* SPDX-License-Identifier: GPL-2.0-only */
/* A hardware counter, over all processes and the kernel, on every CPU */
#ifndef HOOKCOST_COUNTER_H
#define HOOKCOST_COUNTER_H

#include <stddef.h>
#include <stdint.h>

struct counter {
	int *fd;			/* one for each CPU */
	size_t n;
};

/* type and config as in perf_event_open(2); 0, or -errno with a one-line reason */
int counter_open(struct counter *c, uint32_t type, uint64_t config, char *why, size_t len);
/* Reads of the first level data cache that had to go further */
int counter_open_l1(struct counter *c, char *why, size_t len);
/* So far; a share of the time without the counter, which others had, is made up for */
int counter_read(const struct counter *c, double *value);
/* Also of one that is not open */
void counter_close(struct counter *c);

#endif /* HOOKCOST_COUNTER_H */
