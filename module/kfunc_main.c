// SPDX-License-Identifier: GPL-2.0-only
/* kfuncs that copy memory for eBPF programs */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>
#include <linux/string.h>

#include "kfunc.h"
#include "rep_movs.h"

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
		memmove(dst, src, src__sz);
	else
		rep_movs(dst, src, src__sz);
	return src__sz;
}

/**
 * bpf_memcpy() - copy memory in the way that suits its size
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
__bpf_kfunc int bpf_memcpy(void *dst, u32 dst__sz, const void *src, u32 src__sz)
{
	unsigned long ahead = (unsigned long)dst - (unsigned long)src;

	if (unlikely(src__sz > dst__sz))
		return -EINVAL;

	if (unlikely(ahead < src__sz))
		memmove(dst, src, src__sz);
	else if (!memcpy_wins(src__sz))
		rep_movs(dst, src, src__sz);
	else if (unlikely(-ahead < src__sz))
		memmove(dst, src, src__sz);
	else
		memcpy(dst, src, src__sz);
	return src__sz;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(hookcost_kfunc_ids)
/* trusted: the verifier refuses a pointer that may be NULL */
BTF_ID_FLAGS(func, bpf_memcpy_rep_movs, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_memcpy, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(hookcost_kfunc_ids)

static const struct btf_kfunc_id_set hookcost_kfunc_set = {
	.owner	= THIS_MODULE,
	.set	= &hookcost_kfunc_ids,
};

static const enum bpf_prog_type prog_types[] = {
	BPF_PROG_TYPE_XDP,
	BPF_PROG_TYPE_SCHED_CLS,
	BPF_PROG_TYPE_SK_SKB,
	BPF_PROG_TYPE_SYSCALL,
};

static int __init hookcost_kfunc_init(void)
{
	size_t i;
	int ret;

	ret = kfunc_calibrate_init();
	if (ret)
		return ret;
	for (i = 0; i < ARRAY_SIZE(prog_types); i++) {
		ret = register_btf_kfunc_id_set(prog_types[i], &hookcost_kfunc_set);
		if (ret) {
			pr_err("hookcost_kfunc: cannot register for program type %d: %d; was the module built for this very kernel?\n",
			       prog_types[i], ret);
			return ret;
		}
	}
	return 0;
}

static void __exit hookcost_kfunc_exit(void)
{
}

module_init(hookcost_kfunc_init);
module_exit(hookcost_kfunc_exit);

MODULE_DESCRIPTION("kfuncs that copy memory for eBPF programs");
MODULE_LICENSE("GPL");
MODULE_VERSION(HOOKCOST_VERSION);
