// SPDX-License-Identifier: GPL-2.0-only
/*
 * Native versions of the eBPF programs. Compiled by the clang that compiles those,
 * without the kernel's headers; native_main.c asserts that what is declared
 * here agrees with the kernel.
 */
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;

#include <linux/compiler_attributes.h>
#include "native_twins.h"
#include "twin/xdp_twin.h"
#include "twin/copy_twin.h"

/* The first members; native_main.c compares them with the kernel's */
struct xdp_buff {
	void *data;
	void *data_end;
};

__u64 native_sink;

__u32 native_empty(struct xdp_buff *xdp, __u64 arg)
{
	return twin_xdp_empty();
}

__u32 native_drop(struct xdp_buff *xdp, __u64 arg)
{
	return twin_xdp_drop();
}

__u32 native_tx(struct xdp_buff *xdp, __u64 arg)
{
	return twin_xdp_tx(xdp->data, xdp->data_end);
}

__u32 native_fib(struct xdp_buff *xdp, __u64 arg)
{
	return twin_xdp_fib(arg, &native_sink);
}

__u32 native_sum(struct xdp_buff *xdp, __u64 arg)
{
	return twin_xdp_sum(xdp->data, xdp->data_end, arg, &native_sink);
}

void native_copy_bytes(void *dst, const void *src, __u32 n)
{
	twin_copy_bytes(dst, src, n);
}

void native_copy_u64(void *dst, const void *src, __u32 n)
{
	twin_copy_u64(dst, src, n);
}

void native_copies_bytes(void *dst, const void *src, __u32 n, __u32 count)
{
	__u32 i;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < count; i++, dst += n, src += n)
		twin_copy_bytes(dst, src, n);
}

void native_copies_u64(void *dst, const void *src, __u32 n, __u32 count)
{
	__u32 i;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < count; i++, dst += n, src += n)
		twin_copy_u64(dst, src, n);
}
