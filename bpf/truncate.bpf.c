// SPDX-License-Identifier: GPL-2.0-only
/* Figure 10: UDP messages lose their end in XDP, and go on to their socket */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "truncate.bpf.h"

__u32 keep;			/* bytes of a message that are left */
__u64 seen;			/* messages; one flow comes through one queue, on one CPU */
__u64 strange;			/* frames that are none of them, which pass as they are */
__u64 failed;			/* messages whose end could not be cut off */

/* The IP header's checksum, after one of its words has changed */
static __always_inline void replace(__u16 *check, __u16 from, __u16 to)
{
	__u32 sum = (__u16)~*check + (__u16)~from + to;

	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*check = ~sum;
}

SEC("xdp")
int truncate(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);
	struct udphdr *udp = (void *)(ip + 1);
	__u32 left = keep;
	__u16 length;

	if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) ||
	    ip->version != 4 || ip->ihl != sizeof(*ip) / 4 || ip->protocol != IPPROTO_UDP ||
	    bpf_ntohs(udp->len) != sizeof(*udp) + TRUNCATE_BYTES || left > TRUNCATE_BYTES) {
		strange++;
		return XDP_PASS;
	}
	seen++;
	length = bpf_htons(sizeof(*ip) + sizeof(*udp) + left);
	replace(&ip->check, ip->tot_len, length);
	ip->tot_len = length;
	udp->len = bpf_htons(sizeof(*udp) + left);
	/* none: another one would have to read the message, which is what is saved */
	udp->check = 0;
	if (bpf_xdp_adjust_tail(ctx, (int)left - TRUNCATE_BYTES)) {
		failed++;
		return XDP_DROP;
	}
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
