// SPDX-License-Identifier: GPL-2.0-only
/* The parser: headers of a frame, and the fields that steering matches */

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/mlx5/device.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "pkt.h"

/* Offsets in fte_match_set_lyr_2_4 */
#define OFF(field)	MLX5_BYTE_OFF(fte_match_set_lyr_2_4, field)
#define OFF_VLAN	14	/* first_prio, first_cfi, first_vid */
#define OFF_BITS	16	/* ip_protocol ... tcp_flags */

/* The word at OFF_BITS */
#define BIT_PROTO	24
#define BIT_TOS		16	/* dscp, ecn */
#define BIT_CVLAN	15
#define BIT_SVLAN	14
#define BIT_FRAG	13
#define BIT_VERSION	9
#define BIT_TCP_FLAGS	0

/* Headers between IPv6 and its payload; 0 if the payload is not at hand */
static u32 skip_ipv6(struct mlx5sim_pkt *pkt, u32 off, u8 next)
{
	int i;

	for (i = 0; i < 8; i++) {
		switch (next) {
		case NEXTHDR_HOP:
		case NEXTHDR_ROUTING:
		case NEXTHDR_DEST:
			if (off + 8 > pkt->len)
				return 0;
			next = pkt->data[off];
			off += (pkt->data[off + 1] + 1) * 8;
			break;
		case NEXTHDR_FRAGMENT:
			pkt->frag = true;
			if (off + 8 <= pkt->len)
				pkt->proto = pkt->data[off];
			return 0;
		default:
			pkt->proto = next;
			return off;
		}
	}
	return 0;
}

static u32 parse_ipv4(struct mlx5sim_pkt *pkt, u8 *m, u32 *bits)
{
	const struct iphdr *ip = (void *)(pkt->data + pkt->l3);
	u32 l4;

	if (pkt->l3 + sizeof(*ip) > pkt->len || ip->version != 4 || ip->ihl < 5)
		return 0;
	pkt->ip = 4;
	pkt->proto = ip->protocol;
	pkt->frag = ip->frag_off & htons(IP_MF | IP_OFFSET);
	*bits |= ip->tos << BIT_TOS;
	memcpy(m + OFF(src_ipv4_src_ipv6) + 12, &ip->saddr, 4);
	memcpy(m + OFF(dst_ipv4_dst_ipv6) + 12, &ip->daddr, 4);
	l4 = pkt->l3 + ip->ihl * 4;
	return pkt->frag || l4 > pkt->len ? 0 : l4;
}

static u32 parse_ipv6(struct mlx5sim_pkt *pkt, u8 *m, u32 *bits)
{
	const struct ipv6hdr *ip = (void *)(pkt->data + pkt->l3);

	if (pkt->l3 + sizeof(*ip) > pkt->len || ip->version != 6)
		return 0;
	pkt->ip = 6;
	*bits |= ((get_unaligned_be16(ip) >> 4) & 0xff) << BIT_TOS;
	memcpy(m + OFF(src_ipv4_src_ipv6), &ip->saddr, 16);
	memcpy(m + OFF(dst_ipv4_dst_ipv6), &ip->daddr, 16);
	return skip_ipv6(pkt, pkt->l3 + sizeof(*ip), ip->nexthdr);
}

/**
 * mlx5sim_parse - parse a frame
 * @pkt: to be filled, but for @pkt->stamp
 * @data: the frame, from the Ethernet header on
 * @len: bytes, at least ETH_HLEN
 */
void mlx5sim_parse(struct mlx5sim_pkt *pkt, const u8 *data, u32 len)
{
	u8 *m = (u8 *)pkt->match;
	u32 bits = 0, l4 = 0;
	u16 proto;

	pkt->data = data;
	pkt->len = len;
	pkt->l3 = ETH_HLEN;
	pkt->ip = 0;
	pkt->proto = 0;
	pkt->tagged = false;
	pkt->frag = false;
	memset(m, 0, MLX5SIM_MATCH_SIZE);
	memcpy(m + OFF(dmac_47_16), data, ETH_ALEN);
	memcpy(m + OFF(smac_47_16), data + ETH_ALEN, ETH_ALEN);
	proto = get_unaligned_be16(data + 2 * ETH_ALEN);
	if ((proto == ETH_P_8021Q || proto == ETH_P_8021AD) &&
	    len >= VLAN_ETH_HLEN) {
		pkt->tci = get_unaligned_be16(data + ETH_HLEN);
		pkt->tagged = proto == ETH_P_8021Q;
		bits |= 1 << (pkt->tagged ? BIT_CVLAN : BIT_SVLAN);
		put_unaligned_be16(pkt->tci, m + OFF_VLAN);
		proto = get_unaligned_be16(data + ETH_HLEN + 2);
		pkt->l3 += VLAN_HLEN;
		/* a second tag is passed over */
		if (proto == ETH_P_8021Q && len >= pkt->l3 + VLAN_HLEN) {
			proto = get_unaligned_be16(data + pkt->l3 + 2);
			pkt->l3 += VLAN_HLEN;
		}
	}
	put_unaligned_be16(proto, m + OFF(ethertype));
	if (proto == ETH_P_IP)
		l4 = parse_ipv4(pkt, m, &bits);
	else if (proto == ETH_P_IPV6)
		l4 = parse_ipv6(pkt, m, &bits);
	bits |= (u32)pkt->proto << BIT_PROTO | pkt->frag << BIT_FRAG |
		pkt->ip << BIT_VERSION;

	if (l4 && pkt->proto == IPPROTO_TCP &&
	    l4 + sizeof(struct tcphdr) <= len) {
		memcpy(m + OFF(tcp_sport), data + l4, 4);
		bits |= get_unaligned_be16(data + l4 + 12) & 0x1ff;
	} else if (l4 && pkt->proto == IPPROTO_UDP &&
		   l4 + sizeof(struct udphdr) <= len) {
		memcpy(m + OFF(udp_sport), data + l4, 4);
	} else {
		l4 = 0;
	}
	pkt->l4 = l4;
	put_unaligned_be32(bits, m + OFF_BITS);
}
