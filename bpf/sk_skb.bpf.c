// SPDX-License-Identifier: GPL-2.0-only
/* Hardly more than the least a program at the SK_SKB hook can do, and the map of its sockets */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

/* Of one socket, whose lock is held */
__u64 runs;

SEC("sk_skb/stream_verdict")
int sk_skb_verdict(struct __sk_buff *skb)
{
	runs++;
	return SK_PASS;
}

char _license[] SEC("license") = "GPL";
