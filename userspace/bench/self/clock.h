/* SPDX-License-Identifier: GPL-2.0-only */
/* What a clock costs that somebody measures with */
#ifndef HOOKCOST_CLOCK_H
#define HOOKCOST_CLOCK_H

#include "measure/estimate.h"

/*
 * bpf_ktime_get_ns(), by a program that reads it in a loop, the loop taken off: as
 * ktime_get_ns(), which other kernel code calls, but for a lock. 0, or -errno.
 */
int clock_kernel(unsigned int batches, struct estimate *out);
/*
 * A read of the time stamp counter, in user space: rdtsc, or lfence; rdtsc, without which
 * ktime_get_ns() does not read it on x86
 */
struct estimate clock_counter(unsigned int batches, bool ordered);

#endif /* HOOKCOST_CLOCK_H */
