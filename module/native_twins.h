/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions of native_twins.c; also read by a compiler that sees no kernel header */
#ifndef HOOKCOST_NATIVE_TWINS_H
#define HOOKCOST_NATIVE_TWINS_H

struct xdp_buff;

extern __u64 native_sink;

__u32 native_empty(struct xdp_buff *xdp, __u64 arg);
__u32 native_drop(struct xdp_buff *xdp, __u64 arg);
__u32 native_tx(struct xdp_buff *xdp, __u64 arg);
__u32 native_fib(struct xdp_buff *xdp, __u64 arg);
__u32 native_sum(struct xdp_buff *xdp, __u64 arg);
void native_copy_bytes(void *dst, const void *src, __u32 n);
void native_copy_u64(void *dst, const void *src, __u32 n);

/* count elements of n bytes each, one behind the other */
void native_copies_bytes(void *dst, const void *src, __u32 n, __u32 count);
void native_copies_u64(void *dst, const void *src, __u32 n, __u32 count);

#endif /* HOOKCOST_NATIVE_TWINS_H */
