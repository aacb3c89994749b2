// SPDX-License-Identifier: GPL-2.0-only
/* The least a program at the TC ingress hook can do; for tcx and for cls_bpf */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int tc_empty(struct __sk_buff *skb)
{
	/* also TCX_NEXT: the next program, or the stack, decides */
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "GPL";
