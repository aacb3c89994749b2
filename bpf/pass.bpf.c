// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that pass everything, at XDP, TC and SK_SKB. They count, so that it is known
 * that they ran: XDP and TC with a plain addition, as one receive queue is on one CPU at a
 * time; SK_SKB with an atomic one, as a socket's backlog may be worked off elsewhere.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "pass.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, PASS_SOCKETS);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

__u16 port;			/* the server's */
__u64 packets, bytes;
__u32 joined, refused;		/* connections: in the sockmap, and not */

SEC("xdp")
int pass_xdp(struct xdp_md *ctx)
{
	packets++;
	return XDP_PASS;
}

SEC("tc")
int pass_tc(struct __sk_buff *skb)
{
	/* GRO may have made one of many */
	packets += skb->gso_segs ?: 1;
	return TC_ACT_UNSPEC;
}

SEC("sk_skb/stream_verdict")
int pass_sk_skb(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&bytes, skb->len);
	return SK_PASS;
}

/* Every connection that the server's cgroup is about to accept, before it has data */
SEC("sockops")
int pass_join(struct bpf_sock_ops *ops)
{
	__u32 key;

	if (ops->op != BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB || ops->local_port != port)
		return 1;
	key = __sync_fetch_and_add(&joined, 1);
	if (bpf_sock_map_update(ops, &socks, &key, BPF_NOEXIST))
		__sync_fetch_and_add(&refused, 1);
	return 1;
}

char _license[] SEC("license") = "GPL";
