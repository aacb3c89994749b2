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
 * A call needs a frame. Made at one place in each kfunc, which is said to be unlikely, it has
 * the frame to itself, and nothing is saved and restored around the string instruction.
 */
static noinline int call_copy(void *dst, const void *src, u32 n)
{
	unsigned long ahead = (unsigned long)dst - (unsigned long)src;

	if (unlikely(ahead < n || -ahead < n))
		memmove(dst, src, n);
	else
		memcpy(dst, src, n);
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
		return call_copy(dst, src, src__sz);

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
	if (unlikely(src__sz > dst__sz))
		return -EINVAL;

	/* unlikely: where the compiler may have its frame, see above */
	if (unlikely((unsigned long)dst - (unsigned long)src < src__sz || memcpy_wins(src__sz)))
		return call_copy(dst, src, src__sz);

	rep_movs(dst, src, src__sz);
	return src__sz;
}

__bpf_kfunc_end_defs();
