// SPDX-License-Identifier: GPL-2.0-only
/* kfuncs that copy memory for eBPF programs */
#include <linux/btf.h>
#include <linux/compiler.h>
#include <linux/string.h>

#include "kfunc.h"
#include "rep_movs.h"

struct memcpy_sizes memcpy_sizes __read_mostly;

static __always_inline bool memcpy_wins(u32 n)
{
	return n - READ_ONCE(memcpy_sizes.from) < READ_ONCE(memcpy_sizes.count);
}

/*
 * The calls are in functions of their own, which the kfuncs end with: they need a frame, and
 * what the compiler saves and restores for it would be around the string instruction, too
 */
static noinline int call_memcpy(void *dst, const void *src, u32 n)
{
	memcpy(dst, src, n);
	return n;
}

static noinline int call_memmove(void *dst, const void *src, u32 n)
{
	memmove(dst, src, n);
	return n;
}

__bpf_kfunc_start_defs();

/**
 * bpf_memcpy_rep_movs() - copy memory with the CPU's string instruction
 * @dst: where to
 * @dst__sz: bytes at @dst; the verifier holds the program to it
 * @src: where from
 * @src__sz: bytes to copy
 *
 * Where @src and @dst overlap, the result is that of memmove(). No bytes are a
 * valid number of bytes. The verifier of Linux 6.12 wants both buffers to be
 * writable.
 *
 * Return: the number of bytes copied, or -EINVAL if @src__sz exceeds @dst__sz.
 */
__bpf_kfunc int bpf_memcpy_rep_movs(void *dst, u32 dst__sz, const void *src, u32 src__sz)
{
	if (unlikely(src__sz > dst__sz))
		return -EINVAL;

	/* upwards is wrong only for a @dst within @src */
	if (unlikely((unsigned long)dst - (unsigned long)src < src__sz))
		return call_memmove(dst, src, src__sz);

	rep_movs(dst, src, src__sz);
	return src__sz;
}

/**
 * bpf_memcpy_by_size() - copy memory in the way that suits its size
 * @dst: where to
 * @dst__sz: bytes at @dst; the verifier holds the program to it
 * @src: where from
 * @src__sz: bytes to copy
 *
 * The string instruction for sizes where it wins, the kernel's memcpy() for
 * others: module parameter rep_movs_min. Otherwise as bpf_memcpy_rep_movs().
 *
 * Return: the number of bytes copied, or -EINVAL if @src__sz exceeds @dst__sz.
 */
__bpf_kfunc int bpf_memcpy_by_size(void *dst, u32 dst__sz, const void *src, u32 src__sz)
{
	unsigned long ahead = (unsigned long)dst - (unsigned long)src;

	if (unlikely(src__sz > dst__sz))
		return -EINVAL;

	if (unlikely(ahead < src__sz))
		return call_memmove(dst, src, src__sz);
	if (memcpy_wins(src__sz))
		return unlikely(-ahead < src__sz) ? call_memmove(dst, src, src__sz) :
						    call_memcpy(dst, src, src__sz);

	rep_movs(dst, src, src__sz);
	return src__sz;
}

__bpf_kfunc_end_defs();
