/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole XDP programs, one source for the eBPF and the native versions. The
 * includer provides the fixed-width types and __always_inline; it asserts that
 * the verdicts are those of enum xdp_action.
 */
#ifndef _HOOKCOST_XDP_TWIN_H
#define _HOOKCOST_XDP_TWIN_H

#include "hookcost_twin.h"

#define TWIN_XDP_DROP	1
#define TWIN_XDP_PASS	2
#define TWIN_XDP_TX	3

#define TWIN_ETH_ALEN	6

static __always_inline __u32 twin_xdp_empty(void)
{
	return TWIN_XDP_PASS;
}

static __always_inline __u32 twin_xdp_drop(void)
{
	return TWIN_XDP_DROP;
}

static __always_inline void twin_swap(__u16 *a, __u16 *b)
{
	__u16 tmp = *a;

	*a = *b;
	*b = tmp;
}

/* Sends the frame back to where it came from */
static __always_inline __u32 twin_xdp_tx(void *data, void *data_end)
{
	__u16 *dst = data, *src = data + TWIN_ETH_ALEN;

	if (data + 2 * TWIN_ETH_ALEN > data_end)
		return TWIN_XDP_DROP;
	twin_swap(&dst[0], &src[0]);
	twin_swap(&dst[1], &src[1]);
	twin_swap(&dst[2], &src[2]);
	return TWIN_XDP_TX;
}

static __always_inline __u32 twin_xdp_fib(__u64 arg, __u64 *sink)
{
	*sink = twin_fib(arg);
	return TWIN_XDP_DROP;
}

static __always_inline __u32 twin_xdp_sum(void *data, void *data_end, __u64 arg, __u64 *sink)
{
	if (data + TWIN_SUM_BYTES > data_end)
		return TWIN_XDP_DROP;
	*sink = twin_sum(data, arg);
	return TWIN_XDP_DROP;
}

#endif /* _HOOKCOST_XDP_TWIN_H */
