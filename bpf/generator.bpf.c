// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet generators for BPF_PROG_TEST_RUN with live frames. They tell the time
 * at each block of frames, because the system call's own includes the making
 * and freeing of its pages, and its `duration` is cut to whole nanoseconds.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "generator.bpf.h"

__u32 ifindex;
__u64 seen;			/* frames */
__u32 blocks, left;
__u64 stamp[GEN_STAMPS];		/* where a block begins */

/* Of many flows: each frame gets the next flow's number added to its source address */
__u32 flow_base;		/* the address */
__u32 header_sum;		/* of the IP header's words but for that and the checksum */
__u64 at;			/* place in the ring */
__u32 ring[GEN_RING] SEC(".bss.ring");

static __always_inline void tick(void)
{
	__u32 n;

	seen++;
	if (left) {
		left--;
		return;
	}
	left = GEN_BLOCK - 1;
	n = blocks++;
	if (n < GEN_STAMPS)
		stamp[n] = bpf_ktime_get_ns();
}

SEC("xdp")
int gen_redirect(struct xdp_md *ctx)
{
	tick();
	return bpf_redirect(ifindex, 0);
}

SEC("xdp")
int gen_drop(struct xdp_md *ctx)
{
	tick();
	return XDP_DROP;
}

static __always_inline bool next_flow(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + ETH_HLEN;
	__u32 sum;

	if ((void *)(ip + 1) > end)
		return false;
	ip->saddr = bpf_htonl(flow_base + ring[at++ & (GEN_RING - 1)]);
	sum = header_sum + (ip->saddr & 0xffff) + (ip->saddr >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	ip->check = ~sum;
	return true;
}

SEC("xdp")
int gen_flows_redirect(struct xdp_md *ctx)
{
	tick();
	return next_flow(ctx) ? bpf_redirect(ifindex, 0) : XDP_ABORTED;
}

SEC("xdp")
int gen_flows_drop(struct xdp_md *ctx)
{
	tick();
	return next_flow(ctx) ? XDP_DROP : XDP_ABORTED;
}

char _license[] SEC("license") = "GPL";
