// SPDX-License-Identifier: GPL-2.0-only
/* A verdict program that does nothing but what another has decided; and the map of its socket */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "same_sk_skb.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, SAME_TARGETS);
	__type(key, __u32);
	__type(value, __u64);
} targets SEC(".maps");

int verdict;			/* SK_DROP or SK_PASS */
int target = -1;		/* the key, if it redirects */
__u64 target_flags;

SEC("sk_skb/stream_verdict")
int same_sk_skb(struct __sk_buff *skb)
{
	if (target >= 0)
		return bpf_sk_redirect_map(skb, &targets, target, target_flags);
	return verdict;
}

char _license[] SEC("license") = "GPL";
