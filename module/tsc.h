/* SPDX-License-Identifier: GPL-2.0-only */
/* The time stamp counter, for x86-64 and for UML, which has no rdtsc() */
#ifndef HOOKCOST_TSC_H
#define HOOKCOST_TSC_H

#include <linux/types.h>

static __always_inline u64 read_tsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a" (lo), "=d" (hi) : : "memory");
	return lo | (u64)hi << 32;
}

static __always_inline void fence(void)
{
	asm volatile("lfence" : : : "memory");
}

#endif /* HOOKCOST_TSC_H */
