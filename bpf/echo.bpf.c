// SPDX-License-Identifier: GPL-2.0-only
/*
 * Echo servers for UDP datagrams, at XDP, TC and SK_SKB: each goes back as it came, but
 * for the bit by which sockperf tells an answer from a request
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "echo.bpf.h"

#define FRAGMENT	0x3fff		/* offset, and whether more follow */

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

__be32 addr;			/* the server's */
__u32 ifindex;			/* for TC: where the answers leave */
__u64 echoed;

static __always_inline void count(void)
{
	__sync_fetch_and_add(&echoed, 1);
}

/* A one's complement sum with a word replaced (RFC 1624); 0 would be "no checksum" */
static __always_inline __u16 replaced(__u16 check, __u16 old, __u16 new)
{
	__u32 sum = (__u16)~check + (__u16)~old + new;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (__u16)~sum;
	return sum ?: 0xffff;
}

static __always_inline void answer(__be16 *flags, __sum16 *check)
{
	__be16 old = *flags, new = old & ~bpf_htons(ECHO_REQUEST);

	*flags = new;
	if (check && *check)
		*check = replaced(*check, old, new);
}

/* Neither swap changes a checksum: the words' order does not matter to it */
static __always_inline void turn_round(struct headers *h)
{
	__u8 mac[ETH_ALEN];
	__be32 ip = h->ip.saddr;
	__be16 port = h->udp.source;

	__builtin_memcpy(mac, h->eth.h_source, ETH_ALEN);
	__builtin_memcpy(h->eth.h_source, h->eth.h_dest, ETH_ALEN);
	__builtin_memcpy(h->eth.h_dest, mac, ETH_ALEN);
	h->ip.saddr = h->ip.daddr;
	h->ip.daddr = ip;
	h->udp.source = h->udp.dest;
	h->udp.dest = port;
}

static __always_inline int is_request(const struct headers *h)
{
	return h->eth.h_proto == bpf_htons(ETH_P_IP) && h->ip.version == 4 && h->ip.ihl == 5 &&
	       h->ip.protocol == IPPROTO_UDP && !(h->ip.frag_off & bpf_htons(FRAGMENT)) &&
	       h->ip.daddr == addr && h->udp.dest == bpf_htons(ECHO_PORT);
}

/* Whether it is a request; then it is an answer now */
static __always_inline int echo(void *data, void *end)
{
	struct headers *h = data;
	__be16 *flags = (void *)(h + 1) + ECHO_FLAGS_AT;
	__sum16 check;

	if ((void *)(h + 1) > end || !is_request(h))
		return 0;
	turn_round(h);
	/* a frame of the least length has room for them, padding or not */
	if (bpf_ntohs(h->udp.len) >= sizeof(h->udp) + ECHO_FLAGS_END &&
	    (void *)(flags + 1) <= end) {
		check = h->udp.check;
		answer(flags, &check);
		h->udp.check = check;
	}
	count();
	return 1;
}

SEC("xdp")
int echo_xdp(struct xdp_md *ctx)
{
	return echo((void *)(long)ctx->data, (void *)(long)ctx->data_end) ? XDP_TX : XDP_PASS;
}

/* veth's peer gets what XDP_TX sends only if it has a program too */
SEC("xdp")
int echo_peer(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("tc")
int echo_tc(struct __sk_buff *skb)
{
	__u32 need = sizeof(struct headers) + ECHO_FLAGS_END;

	/* as much of it as there is */
	if (need > skb->len)
		need = skb->len;
	if (bpf_skb_pull_data(skb, need))
		return TC_ACT_UNSPEC;
	if (!echo((void *)(long)skb->data, (void *)(long)skb->data_end))
		return TC_ACT_UNSPEC;
	return bpf_redirect(ifindex, 0);
}

SEC("sk_skb/verdict")
int echo_sk_skb(struct __sk_buff *skb)
{
	__be16 *flags;

	/* a datagram in several pieces would go back as several datagrams */
	if (bpf_skb_pull_data(skb, skb->len))
		return SK_DROP;
	flags = (void *)(long)skb->data + ECHO_FLAGS_AT;
	if ((void *)(flags + 1) <= (void *)(long)skb->data_end)
		answer(flags, NULL);
	count();
	/* out of the socket that it came to, which is connected to the client */
	return bpf_sk_redirect_map(skb, &socks, 0, 0);
}

char _license[] SEC("license") = "GPL";
