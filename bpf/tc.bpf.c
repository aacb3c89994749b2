// SPDX-License-Identifier: GPL-2.0-only
/* Hardly more than the least a program at TC ingress can do; for tcx and for cls_bpf */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

/* Not atomic, which would be most of its time: one receive queue is one CPU's at a time */
__u64 runs;

SEC("tc")
int tc_empty(struct __sk_buff *skb)
{
	runs++;
	/* also TCX_NEXT: the next program, or the stack, decides */
	return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "GPL";
