// SPDX-License-Identifier: GPL-2.0-only
/* Ways for native code to copy memory, at the XDP hook and on a program's own buffers */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "memcpy.bpf.h"
#include "native.h"
#include "rep_movs.h"

struct copy_buffers {
	u8 src[NATIVE_COPY_MAX];
	u8 dst[NATIVE_COPY_MAX];
} __aligned(64);

static struct copy_buffers __percpu *copy_buffers;

u32 native_xdp_copy_bytes(struct xdp_buff *xdp, u64 arg)
{
	struct copy_buffers *b = this_cpu_ptr(copy_buffers);

	native_copy_bytes(b->dst, b->src, arg);
	return XDP_DROP;
}

u32 native_xdp_copy_u64(struct xdp_buff *xdp, u64 arg)
{
	struct copy_buffers *b = this_cpu_ptr(copy_buffers);

	native_copy_u64(b->dst, b->src, arg);
	return XDP_DROP;
}

u32 native_xdp_copy_memcpy(struct xdp_buff *xdp, u64 arg)
{
	struct copy_buffers *b = this_cpu_ptr(copy_buffers);

	memcpy(b->dst, b->src, arg);
	barrier_data(b->dst);
	return XDP_DROP;
}

u32 native_xdp_copy_rep_movs(struct xdp_buff *xdp, u64 arg)
{
	struct copy_buffers *b = this_cpu_ptr(copy_buffers);

	rep_movs(b->dst, b->src, arg);
	return XDP_DROP;
}

static noinline void copies_memcpy(void *dst, const void *src, u32 n, u32 count)
{
	for (; count; count--, dst += n, src += n) {
		memcpy(dst, src, n);
		barrier();
	}
}

static noinline void copies_rep_movs(void *dst, const void *src, u32 n, u32 count)
{
	for (; count; count--, dst += n, src += n)
		rep_movs(dst, src, n);
}

static noinline void copies_nothing(void *dst, const void *src, u32 n, u32 count)
{
	for (; count; count--, dst += n, src += n)
		asm volatile("" : : "r" (dst), "r" (src) : "memory");
}

__bpf_kfunc_start_defs();

/**
 * bpf_native_copies() - copy elements with native code, to compare eBPF with
 * @dst: where to
 * @dst__sz: bytes at @dst
 * @src: where from
 * @src__sz: bytes at @src
 * @how: COPY_HOW(variant, size of an element, number of elements)
 *
 * Element i lies at i times its size, in @dst as in @src. The two do not
 * overlap. Variants are COPY_HOW_BYTES, COPY_HOW_U64 (the size is a multiple
 * of 8), COPY_HOW_MEMCPY, COPY_HOW_REP_MOVS, and COPY_HOW_NOTHING, which is
 * the loop alone.
 *
 * Return: 0, or -EINVAL if the elements do not fit, have no bytes, or there is no
 * such variant.
 */
__bpf_kfunc int bpf_native_copies(void *dst, u32 dst__sz, const void *src,
				  u32 src__sz, u64 how)
{
	u32 n = how >> 8 & 0xffffff, count = how >> 32;
	u64 bytes = (u64)n * count;

	/* of no bytes there could be so many that they keep the CPU for seconds */
	if (bytes > dst__sz || bytes > src__sz || (!n && count))
		return -EINVAL;

	switch (how & 0xff) {
	case COPY_HOW_BYTES:
		native_copies_bytes(dst, src, n, count);
		return 0;
	case COPY_HOW_U64:
		if (n % sizeof(u64))
			return -EINVAL;
		native_copies_u64(dst, src, n, count);
		return 0;
	case COPY_HOW_MEMCPY:
		copies_memcpy(dst, src, n, count);
		return 0;
	case COPY_HOW_REP_MOVS:
		copies_rep_movs(dst, src, n, count);
		return 0;
	case COPY_HOW_NOTHING:
		copies_nothing(dst, src, n, count);
		return 0;
	default:
		return -EINVAL;
	}
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(native_kfunc_ids)
/* trusted: the verifier refuses a pointer that may be NULL */
BTF_ID_FLAGS(func, bpf_native_copies, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(native_kfunc_ids)

static const struct btf_kfunc_id_set native_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &native_kfunc_ids,
};

int native_copies_init(void)
{
	int ret;

	copy_buffers = alloc_percpu(struct copy_buffers);
	if (!copy_buffers)
		return -ENOMEM;
	ret = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &native_kfunc_set);
	if (ret) {
		pr_err("hookcost_native: cannot register its kfunc: %d\n", ret);
		free_percpu(copy_buffers);
	}
	return ret;
}

void native_copies_exit(void)
{
	free_percpu(copy_buffers);
}
