/* SPDX-License-Identifier: GPL-2.0-only */
/* What a clock costs that somebody measures with */
#ifndef HOOKCOST_CLOCK_H
#define HOOKCOST_CLOCK_H

#include "roads.h"

/*
 * bpf_ktime_get_ns(), by a program that reads it in a loop, the loop taken off: as
 * ktime_get_ns(), which other kernel code calls, but for a lock. 0, or -errno.
 */
int clock_kernel(unsigned int batches, struct road *out);
/* lfence; rdtsc, without which no such clock reads the counter on x86; in user space */
struct road clock_ordered(unsigned int batches);

#endif /* HOOKCOST_CLOCK_H */
