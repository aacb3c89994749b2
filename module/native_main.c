// SPDX-License-Identifier: GPL-2.0-only
/* Native programs for the XDP call sites, to be compared with eBPF ones */
#include <linux/bpf.h>
#include <linux/module.h>
#include <net/xdp.h>

#include "native.h"
#include "twin/xdp_twin.h"

/* What native_twins.c, which sees no kernel header, takes for granted */
static_assert(offsetof(struct xdp_buff, data) == 0);
static_assert(offsetof(struct xdp_buff, data_end) == sizeof(void *));
static_assert(TWIN_XDP_DROP == XDP_DROP);
static_assert(TWIN_XDP_PASS == XDP_PASS);
static_assert(TWIN_XDP_TX == XDP_TX);

#define NATIVE(_run, _name, _arg_max) {		\
	.name		= _name,		\
	.owner		= THIS_MODULE,		\
	.run		= _run,			\
	.arg_max	= _arg_max,		\
}

static struct xdp_native_prog progs[] = {
#include "native.def"
};

static void unregister_progs(size_t n)
{
	while (n--)
		xdp_native_unregister(&progs[n]);
}

static int __init native_init(void)
{
	size_t i;
	int ret;

	ret = native_delay_init();
	if (ret)
		return ret;
	ret = native_copies_init();
	if (ret)
		return ret;

	for (i = 0; i < ARRAY_SIZE(progs); i++) {
		ret = xdp_native_register(&progs[i]);
		if (ret) {
			pr_err("hookcost_native: cannot register \"%s\": %d\n",
			       progs[i].name, ret);
			goto err_unregister;
		}
	}
	return 0;

err_unregister:
	unregister_progs(i);
	native_copies_exit();
	return ret;
}

static void __exit native_exit(void)
{
	unregister_progs(ARRAY_SIZE(progs));
	native_copies_exit();
}

module_init(native_init);
module_exit(native_exit);

MODULE_DESCRIPTION("Native reference programs at the XDP hook");
MODULE_LICENSE("GPL");
MODULE_VERSION(HOOKCOST_VERSION);
