// SPDX-License-Identifier: GPL-2.0-only
/* Wants what no kernel has: a function, and in the other section's name no hook is said */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int hookcost_no_such_kfunc(struct xdp_md *ctx) __ksym;

SEC("xdp")
int wants(struct xdp_md *ctx)
{
	return hookcost_no_such_kfunc(ctx);
}

char _license[] SEC("license") = "GPL";
