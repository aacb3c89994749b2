// SPDX-License-Identifier: GPL-2.0-only
/* What a device does to frames: VLAN insertion, checksums, LSO */

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

#include "mlx5sim.h"

/* The engine's: a segment as it is cut */
static u8 segment[MLX5SIM_MAX_MTU + VLAN_ETH_HLEN];

u32 mlx5sim_push_vlan(u8 *frame, u32 len, u16 proto, u16 tci)
{
	memmove(frame + 2 * ETH_ALEN + VLAN_HLEN, frame + 2 * ETH_ALEN,
		len - 2 * ETH_ALEN);
	put_unaligned_be16(proto, frame + 2 * ETH_ALEN);
	put_unaligned_be16(tci, frame + 2 * ETH_ALEN + 2);
	return len + VLAN_HLEN;
}

/* Bytes of the L4 payload and header as the IP header has them; 0 if it lies */
static u32 l4_len(const struct mlx5sim_pkt *pkt)
{
	const u8 *ip = pkt->data + pkt->l3;
	u32 end;

	if (pkt->ip == 4)
		end = pkt->l3 + get_unaligned_be16(ip + offsetof(struct iphdr, tot_len));
	else
		end = pkt->l3 + sizeof(struct ipv6hdr) +
		      get_unaligned_be16(ip + offsetof(struct ipv6hdr, payload_len));
	return end > pkt->len || end < pkt->l4 ? 0 : end - pkt->l4;
}

static __sum16 pseudo(const struct mlx5sim_pkt *pkt, u32 len, __wsum sum)
{
	const struct ipv6hdr *ip6 = (const void *)(pkt->data + pkt->l3);
	const struct iphdr *ip4 = (const void *)(pkt->data + pkt->l3);

	if (pkt->ip == 4)
		return csum_tcpudp_magic(get_unaligned(&ip4->saddr),
					 get_unaligned(&ip4->daddr), len,
					 pkt->proto, sum);
	return csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len, pkt->proto, sum);
}

/**
 * mlx5sim_tx_csum - fill in the checksums of a frame to be sent
 * @pkt: the frame, parsed
 * @frame: the same, to be written to
 * @l3: of the IPv4 header
 * @l4: of TCP or UDP
 */
void mlx5sim_tx_csum(struct mlx5sim_pkt *pkt, u8 *frame, bool l3, bool l4)
{
	u8 *ip = frame + pkt->l3, *field;
	__sum16 sum;
	u32 len;

	if (l3 && pkt->ip == 4) {
		field = ip + offsetof(struct iphdr, check);
		put_unaligned_be16(0, field);
		sum = ip_fast_csum(ip, ip[0] & 0xf);
		memcpy(field, &sum, sizeof(sum));
	}
	len = l4 && pkt->l4 ? l4_len(pkt) : 0;
	if (!len)
		return;
	field = frame + pkt->l4 +
		(pkt->proto == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
					     offsetof(struct udphdr, check));
	put_unaligned_be16(0, field);
	sum = pseudo(pkt, len, csum_partial(frame + pkt->l4, len, 0));
	if (!sum && pkt->proto == IPPROTO_UDP)
		sum = CSUM_MANGLED_0;
	memcpy(field, &sum, sizeof(sum));
}

/* Whether the IPv4 header, which may claim to be longer than the frame, is sound */
static bool l3_ok(const struct mlx5sim_pkt *pkt)
{
	u8 ihl = pkt->data[pkt->l3] & 0xf;

	return pkt->l3 + ihl * 4 <= pkt->len &&
	       !ip_fast_csum(pkt->data + pkt->l3, ihl);
}

/**
 * mlx5sim_rx_csum - check what a received frame's checksums say
 * @pkt: the frame
 * @skip: bytes of the tag that is stripped
 * @ok: receives CQE_L3_OK and CQE_L4_OK
 *
 * Return: the sum of all behind the Ethernet header, but for a stripped tag.
 */
__wsum mlx5sim_rx_csum(const struct mlx5sim_pkt *pkt, u32 skip, u8 *ok)
{
	const u8 *start = pkt->data + ETH_HLEN + skip;
	u32 len = pkt->l4 ? l4_len(pkt) : 0;
	__wsum sum;

	*ok = CQE_L2_OK;
	if (pkt->ip == 6 || (pkt->ip == 4 && l3_ok(pkt)))
		*ok |= CQE_L3_OK;
	if (!len)
		return csum_partial(start, pkt->data + pkt->len - start, 0);

	/* the L4 part once, for both sums */
	sum = csum_partial(pkt->data + pkt->l4, len, 0);
	if (!pseudo(pkt, len, sum) ||
	    (pkt->proto == IPPROTO_UDP && pkt->ip == 4 &&
	     !get_unaligned_be16(pkt->data + pkt->l4 +
				 offsetof(struct udphdr, check))))
		*ok |= CQE_L4_OK;
	sum = csum_block_add(csum_partial(start, pkt->data + pkt->l4 - start, 0),
			     sum, pkt->l4 - ETH_HLEN - skip);
	if (pkt->l4 + len < pkt->len)	/* padding */
		sum = csum_block_add(sum,
				     csum_partial(pkt->data + pkt->l4 + len,
						  pkt->len - pkt->l4 - len, 0),
				     pkt->l4 + len - ETH_HLEN - skip);
	return sum;
}

/* Lengths, IDs and flags of segment @i, which begins at @off of the payload */
static void fix_headers(struct mlx5sim_pkt *pkt, u32 len, u32 i, u32 off,
			bool last)
{
	u8 *ip = segment + pkt->l3, *l4 = segment + pkt->l4;

	if (pkt->ip == 4) {
		put_unaligned_be16(len - pkt->l3,
				   ip + offsetof(struct iphdr, tot_len));
		put_unaligned_be16(get_unaligned_be16(ip + offsetof(struct iphdr, id)) + i,
				   ip + offsetof(struct iphdr, id));
	} else {
		put_unaligned_be16(len - pkt->l3 - sizeof(struct ipv6hdr),
				   ip + offsetof(struct ipv6hdr, payload_len));
	}
	if (pkt->proto == IPPROTO_UDP) {
		put_unaligned_be16(len - pkt->l4,
				   l4 + offsetof(struct udphdr, len));
	} else {
		struct tcphdr *th = (void *)l4;

		put_unaligned_be32(get_unaligned_be32(&th->seq) + off, &th->seq);
		if (!last) {
			th->fin = 0;
			th->psh = 0;
		}
		if (i)
			th->cwr = 0;
	}
}

/**
 * mlx5sim_lso - cut a frame into segments and send them
 * @port: the function
 * @frame: headers and payload
 * @len: bytes of both
 * @hdr: bytes of the headers
 * @mss: bytes of payload in a segment
 *
 * Return: 0, -EINVAL if these do not fit together.
 */
int mlx5sim_lso(struct mlx5sim_port *port, const u8 *frame, u32 len, u16 hdr,
		u16 mss)
{
	struct mlx5sim_pkt pkt;
	u32 off, n, i = 0;

	if (!mss || hdr < ETH_HLEN || hdr >= len ||
	    hdr + mss > port->mtu + VLAN_HLEN || hdr + mss > sizeof(segment))
		return -EINVAL;
	mlx5sim_parse(&pkt, frame, hdr);
	if (!pkt.l4)
		return -EINVAL;
	pkt.data = segment;
	for (off = 0; off < len - hdr; off += n, i++) {
		n = min_t(u32, mss, len - hdr - off);
		memcpy(segment, frame, hdr);
		memcpy(segment + hdr, frame + hdr + off, n);
		pkt.len = hdr + n;
		fix_headers(&pkt, pkt.len, i, off, off + n == len - hdr);
		mlx5sim_tx_csum(&pkt, segment, true, true);
		mlx5sim_transmit(port, segment, pkt.len);
	}
	return 0;
}
