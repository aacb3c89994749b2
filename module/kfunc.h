/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_KFUNC_H
#define HOOKCOST_KFUNC_H

#include <linux/types.h>

/* Up to here a CPU with fast short string operations needs no start-up time */
#define REP_MOVS_SHORT_MAX	128U

/**
 * struct memcpy_sizes - which sizes bpf_memcpy_by_size() leaves to memcpy()
 * @from: the first one
 * @count: how many; all others are copied with the string instruction
 */
struct memcpy_sizes {
	u32 from;
	u32 count;
};

/* kfunc_copy.c */
extern struct memcpy_sizes memcpy_sizes;
int bpf_memcpy_rep_movs(void *dst, u32 dst__sz, const void *src, u32 src__sz);
int bpf_memcpy_by_size(void *dst, u32 dst__sz, const void *src, u32 src__sz);

/* kfunc_calibrate.c */
int kfunc_calibrate_init(void);

#endif /* HOOKCOST_KFUNC_H */
