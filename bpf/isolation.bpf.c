// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that do something with requests to a port, and let their neighbours pass: what the
 * ones take is what the others wait for
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "isolation.bpf.h"

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct udphdr udp;
} __attribute__((packed));

/* One flow of each comes through one queue, on one CPU */
__u64 requests, neighbours;

/* The headers of a request; NULL: it is none */
static __always_inline struct headers *request(struct xdp_md *ctx)
{
	struct headers *h = (void *)(long)ctx->data;

	if ((void *)(h + 1) > (void *)(long)ctx->data_end ||
	    h->eth.h_proto != bpf_htons(ETH_P_IP) || h->ip.version != 4 || h->ip.ihl != 5 ||
	    h->ip.protocol != IPPROTO_UDP || h->udp.dest != bpf_htons(ISOLATION_PORT)) {
		neighbours++;
		return NULL;
	}
	requests++;
	return h;
}

SEC("xdp")
int isolation_pass(struct xdp_md *ctx)
{
	request(ctx);
	return XDP_PASS;
}

SEC("xdp")
int isolation_drop(struct xdp_md *ctx)
{
	return request(ctx) ? XDP_DROP : XDP_PASS;
}

/* It goes back to where it came from; the words' order does not matter to a checksum */
SEC("xdp")
int isolation_tx(struct xdp_md *ctx)
{
	struct headers *h = request(ctx);
	__u8 mac[ETH_ALEN];
	__be16 port;
	__be32 ip;

	if (!h)
		return XDP_PASS;
	ip = h->ip.saddr;
	port = h->udp.source;
	__builtin_memcpy(mac, h->eth.h_source, ETH_ALEN);
	__builtin_memcpy(h->eth.h_source, h->eth.h_dest, ETH_ALEN);
	__builtin_memcpy(h->eth.h_dest, mac, ETH_ALEN);
	h->ip.saddr = h->ip.daddr;
	h->ip.daddr = ip;
	h->udp.source = h->udp.dest;
	h->udp.dest = port;
	return XDP_TX;
}

char _license[] SEC("license") = "GPL";
