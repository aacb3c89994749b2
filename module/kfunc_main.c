// SPDX-License-Identifier: GPL-2.0-only
/* hookcost_kfunc: the module, and the programs that may call its kfuncs */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>

#include "kfunc.h"

BTF_KFUNCS_START(hookcost_kfunc_ids)
/* trusted: the verifier refuses a pointer that may be NULL */
BTF_ID_FLAGS(func, bpf_memcpy_rep_movs, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, bpf_memcpy_by_size, KF_TRUSTED_ARGS)
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
