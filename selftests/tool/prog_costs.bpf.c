// SPDX-License-Identifier: GPL-2.0-only
/* Programs that prog.sh measures: what they cost, or return, is known */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ENTRIES 100000

const volatile __u64 turns = 100;
const volatile int verdict = XDP_PASS;

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} next SEC(".maps");

struct rule {
	__u32 verdict;
	__u8 flags:4, more:4;
	char name[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct rule);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} flows SEC(".maps");

__u64 sink, packets;

SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	return verdict;
}

SEC("xdp")
int empty(struct xdp_md *ctx)
{
	return XDP_PASS;
}

/* Each turn depends on the one before it, and takes as long as it */
SEC("xdp")
int loop(struct xdp_md *ctx)
{
	__u64 i, sum = 1;

#pragma clang loop unroll(disable)
	for (i = 0; i < turns && i < 10000; i++) {
		sum = sum * 3 + i;
		asm volatile("" : "+r"(sum));
	}
	sink = sum;
	return XDP_PASS;
}

/* Moves and cuts all that a packet has; one that has been through it is too short */
SEC("xdp")
int resize(struct xdp_md *ctx)
{
	long len = ctx->data_end - ctx->data;

	if (bpf_xdp_adjust_meta(ctx, -8) || bpf_xdp_adjust_head(ctx, 14) ||
	    bpf_xdp_adjust_tail(ctx, -20))
		return XDP_ABORTED;
	return len < 60 ? XDP_DROP : XDP_TX;
}

SEC("xdp")
int state(struct xdp_md *ctx)
{
	return packets++ % 7 < 3 ? XDP_DROP : XDP_PASS;
}

/* A flow is known from its first packet on */
SEC("xdp")
int flow(struct xdp_md *ctx)
{
	__u64 *count, one = 1;
	__u32 source;

	if (bpf_xdp_load_bytes(ctx, ETH_HLEN + 12, &source, sizeof(source)))
		return XDP_ABORTED;
	count = bpf_map_lookup_elem(&flows, &source);
	if (!count)
		return bpf_map_update_elem(&flows, &source, &one, BPF_NOEXIST) ? XDP_ABORTED :
		       XDP_PASS;
	++*count;
	return XDP_PASS;
}

/* Never the same verdict twice */
SEC("xdp")
int never(struct xdp_md *ctx)
{
	return packets++ % 5;
}

SEC("xdp")
int aborts(struct xdp_md *ctx)
{
	return XDP_ABORTED;
}

SEC("xdp")
int called(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &next, 1);
	return XDP_TX;
}

SEC("xdp")
int calls(struct xdp_md *ctx)
{
	bpf_tail_call(ctx, &next, 0);
	return XDP_DROP;
}

/* As the rule of its protocol says; there is none: aborted */
SEC("xdp")
int ruled(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct rule *rule;
	__u32 key;

	if ((void *)(eth + 1) > end)
		return XDP_ABORTED;
	key = bpf_ntohs(eth->h_proto);
	rule = bpf_map_lookup_elem(&rules, &key);
	return rule && rule->flags == 5 && rule->name[1] == 'b' ? rule->verdict : XDP_ABORTED;
}

SEC("tc")
int mark(struct __sk_buff *ctx)
{
	if (ctx->mark || ctx->cb[0] || ctx->vlan_present)
		return TC_ACT_SHOT;
	ctx->mark = 7;
	ctx->cb[0] = 7;
	return TC_ACT_OK;
}

/* A router's work; a packet that has been here has another path */
SEC("tc")
int ttl(struct __sk_buff *ctx)
{
	__u8 is;

	if (bpf_skb_load_bytes(ctx, ETH_HLEN + 8, &is, sizeof(is)))
		return TC_ACT_UNSPEC;
	if (is != 64)
		return TC_ACT_SHOT;
	is--;
	bpf_skb_store_bytes(ctx, ETH_HLEN + 8, &is, sizeof(is), 0);
	return TC_ACT_OK;
}

SEC("tcx/ingress")
int protocol(struct __sk_buff *ctx)
{
	return ctx->protocol == bpf_htons(ETH_P_IP) ? TC_ACT_OK :
	       ctx->protocol == bpf_htons(ETH_P_IPV6) ? TC_ACT_SHOT : TC_ACT_PIPE;
}

SEC("socket")
int socket_filter(struct __sk_buff *ctx)
{
	return 0;
}

/* Behind the packet's end */
SEC("?xdp")
int rejected(struct xdp_md *ctx)
{
	return *(volatile __u8 *)(long)ctx->data;
}

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} ports SEC(".maps");

SEC("?xdp")
int to_port(struct xdp_md *ctx)
{
	return bpf_redirect_map(&ports, 2, 0);
}

SEC("?xdp")
int to_netdev(struct xdp_md *ctx)
{
	return bpf_redirect(1, 0);
}

/* What it has made is no packet that it would let through: its header says another length */
static int as_it_came(struct __sk_buff *skb)
{
	__u8 version;
	__be16 len;

	return !bpf_skb_load_bytes(skb, ETH_HLEN, &version, sizeof(version)) && version == 0x45 &&
	       !bpf_skb_load_bytes(skb, ETH_HLEN + 2, &len, sizeof(len)) &&
	       bpf_ntohs(len) == skb->len - ETH_HLEN;
}

SEC("?tc")
int encap(struct __sk_buff *skb)
{
	return as_it_came(skb) &&
	       !bpf_skb_adjust_room(skb, 20, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4) ?
		       TC_ACT_OK : TC_ACT_SHOT;
}

SEC("?tc")
int decap(struct __sk_buff *skb)
{
	return as_it_came(skb) && !bpf_skb_adjust_room(skb, -8, BPF_ADJ_ROOM_MAC, 0) ? TC_ACT_OK :
										   TC_ACT_SHOT;
}

SEC("?tc")
int two_tags(struct __sk_buff *skb)
{
	return as_it_came(skb) && !bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), 5) &&
	       !bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021AD), 6) ? TC_ACT_OK : TC_ACT_SHOT;
}

SEC("?tc")
int to_ipv6(struct __sk_buff *skb)
{
	return as_it_came(skb) && !bpf_skb_change_proto(skb, bpf_htons(ETH_P_IPV6), 0) ?
		       TC_ACT_OK : TC_ACT_SHOT;
}

const volatile __u32 out = 1;

SEC("?tc")
int to_const(struct __sk_buff *skb)
{
	return bpf_redirect_neigh(out, NULL, 0, 0);
}

SEC("?xdp")
int to_either(struct xdp_md *ctx)
{
	return bpf_redirect(ctx->data_end - ctx->data > 1000000 ? 7777 : 1, 0);
}

/* The verifier goes through nearly as many instructions as it has patience for, no packet does */
SEC("?xdp")
int long_enough(struct xdp_md *ctx)
{
	__u64 i, sum = 1;

	if (ctx->ingress_ifindex != 4711)
		return XDP_PASS;
#pragma clang loop unroll(disable)
	for (i = 0; i < 150000; i++) {
		sum = sum * 3 + i;
		asm volatile("" : "+r"(sum));
	}
	sink = sum;
	return XDP_PASS;
}

/* Through more */
SEC("?xdp")
int too_long(struct xdp_md *ctx)
{
	__u64 i, sum = 1;

#pragma clang loop unroll(disable)
	for (i = 0; i < 1000000; i++) {
		sum = sum * 3 + i;
		asm volatile("" : "+r"(sum));
	}
	sink = sum;
	return XDP_PASS;
}

SEC("?freplace/other")
int replaces(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
