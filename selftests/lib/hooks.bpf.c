// SPDX-License-Identifier: GPL-2.0-only
/* A program for each hook; each counts its runs */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

__u64 runs_xdp;
__u64 runs_tc;
__u64 runs_parser;
__u64 runs_verdict;
volatile __u32 redirect_to;

struct sockmap {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
};

struct sockmap socks SEC(".maps");
struct sockmap targets SEC(".maps");

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&runs_xdp, 1);
	return XDP_PASS;
}

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&runs_xdp, 1);
	return XDP_DROP;
}

/* Run with BPF_F_TEST_XDP_LIVE_FRAMES: sends frames that are no sk_buffs */
SEC("xdp")
int xdp_send(struct xdp_md *ctx)
{
	return bpf_redirect(redirect_to, 0);
}

/* for tcx and for cls_bpf */
SEC("tc/ingress")
int tc_pass(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&runs_tc, 1);
	return TC_ACT_UNSPEC;
}

SEC("sk_skb/stream_parser")
int parser(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&runs_parser, 1);
	return skb->len;
}

SEC("sk_skb/stream_verdict")
int verdict(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&runs_verdict, 1);
	return SK_PASS;
}

SEC("sk_skb/verdict")
int verdict_drop(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&runs_verdict, 1);
	return SK_DROP;
}

/* To the receive queue of the socket in targets */
SEC("sk_skb/verdict")
int verdict_redirect(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&runs_verdict, 1);
	return bpf_sk_redirect_map(skb, &targets, 0, BPF_F_INGRESS);
}

char _license[] SEC("license") = "GPL";
