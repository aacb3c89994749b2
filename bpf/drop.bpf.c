// SPDX-License-Identifier: GPL-2.0-only
/* A program for each hook that drops what comes, and counts it */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "drop.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

/* One flow comes through one queue, on one CPU */
__u64 dropped[DROP_PROGRAMS];

SEC("xdp")
int drop_xdp(struct xdp_md *ctx)
{
	dropped[DROP_xdp]++;
	return XDP_DROP;
}

SEC("xdp")
int drop_generic(struct xdp_md *ctx)
{
	dropped[DROP_generic]++;
	return XDP_DROP;
}

SEC("tcx/ingress")
int drop_tc(struct __sk_buff *skb)
{
	dropped[DROP_tc]++;
	return TC_ACT_SHOT;
}

/* Behind the socket's queue */
SEC("sk_skb/stream_verdict")
int drop_sk_skb(struct __sk_buff *skb)
{
	dropped[DROP_sk_skb]++;
	return SK_DROP;
}

/* A socket's filter, before its queue: so many bytes of the packet may enter */
SEC("socket")
int drop_socket(struct __sk_buff *skb)
{
	dropped[DROP_socket]++;
	return 0;
}

char _license[] SEC("license") = "GPL";
