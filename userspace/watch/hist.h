/* SPDX-License-Identifier: GPL-2.0-only */
/* Times of a program's runs, as bpf/watch.bpf.c has counted them on all CPUs */
#ifndef HOOKCOST_WATCH_HIST_H
#define HOOKCOST_WATCH_HIST_H

#include <stddef.h>
#include <stdint.h>
#include "watch.bpf.h"

struct watch_hist {
	uint64_t runs, lost;
	uint64_t sum, max;		/* ns */
	uint64_t bucket[WATCH_BUCKETS];
};

void watch_hist_add(struct watch_hist *h, const struct watch_cpu *c);
/* What has come since `before`; max is what the highest bucket that has grown allows */
void watch_hist_since(struct watch_hist *h, const struct watch_hist *before);
/* ns; the times of a bucket lie evenly in it. NAN: there are none */
double watch_hist_quantile(const struct watch_hist *h, double q);
/* Of those up to that quantile, as the buckets tell it */
double watch_hist_mean(const struct watch_hist *h, double q);
/* 95 % interval of the median; NAN of fewer than STATS_FEW runs */
void watch_hist_interval(const struct watch_hist *h, double *low, double *high);

#endif /* HOOKCOST_WATCH_HIST_H */
