/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copy loops shared by the eBPF and the native versions (table 6). The empty asm
 * keeps the compiler from turning a loop into a call of memcpy() and from
 * joining iterations; it emits nothing.
 */
#ifndef _HOOKCOST_COPY_TWIN_H
#define _HOOKCOST_COPY_TWIN_H

#include "hookcost_twin.h"

static __always_inline void twin_copy_bytes(__u8 *dst, const __u8 *src, __u32 n)
{
	__u64 i;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < n; i++) {
		dst[i] = src[i];
		asm volatile("" : : : "memory");
	}
}

/* n: a multiple of 8 */
static __always_inline void twin_copy_u64(__u64 *dst, const __u64 *src, __u32 n)
{
	__u64 i;

	n /= sizeof(*dst);
#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < n; i++) {
		dst[i] = src[i];
		asm volatile("" : : : "memory");
	}
}

#endif /* _HOOKCOST_COPY_TWIN_H */
