// SPDX-License-Identifier: GPL-2.0-only
/* Receive side scaling: from a TIR to the RQ that gets a packet */

#include <linux/slab.h>
#include <linux/unaligned.h>

#include "pkt.h"
#include "queue.h"
#include "steer.h"

#define KEY_BYTES	MLX5_FLD_SZ_BYTES(tirc, rx_hash_toeplitz_key)
#define INPUT_BYTES	36	/* two IPv6 addresses, two ports */

/*
 * What each byte of the input adds to the hash. Shared by the TIRs with one key,
 * which are all of a device, as a rule.
 */
struct mlx5sim_toeplitz {
	struct list_head list;
	u32 refs;
	u8 key[KEY_BYTES];
	u32 add[INPUT_BYTES][256];
};

static LIST_HEAD(tables);

/* 32 bits of the key from bit @bit on */
static u32 key_window(const u8 *key, u32 bit)
{
	u64 word = 0;
	int i;

	for (i = 0; i < 5; i++)
		word = word << 8 |
		       (bit / 8 + i < KEY_BYTES ? key[bit / 8 + i] : 0);
	return word >> (8 - bit % 8);
}

struct mlx5sim_toeplitz *mlx5sim_toeplitz_get(const u8 *key)
{
	struct mlx5sim_toeplitz *t;
	u32 byte, value, bit;

	list_for_each_entry(t, &tables, list)
		if (!memcmp(t->key, key, KEY_BYTES)) {
			t->refs++;
			return t;
		}
	t = kvzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return NULL;
	memcpy(t->key, key, KEY_BYTES);
	for (byte = 0; byte < INPUT_BYTES; byte++)
		for (value = 0; value < 256; value++)
			for (bit = 0; bit < 8; bit++)
				if (value & (0x80 >> bit))
					t->add[byte][value] ^=
						key_window(key, byte * 8 + bit);
	t->refs = 1;
	list_add(&t->list, &tables);
	return t;
}

void mlx5sim_toeplitz_put(struct mlx5sim_toeplitz *t)
{
	if (!t || --t->refs)
		return;
	list_del(&t->list);
	kvfree(t);
}

static u32 toeplitz(const struct mlx5sim_toeplitz *t, const u8 *in, u32 len)
{
	u32 hash = 0, i;

	for (i = 0; i < len; i++)
		hash ^= t->add[i][in[i]];
	return hash;
}

static u32 xor8(const u8 *in, u32 len)
{
	u8 x = 0;
	u32 i;

	for (i = 0; i < len; i++)
		x ^= in[i];
	return (u8)~x;
}

/* Source and destination, in order of their values if the hash is symmetric */
static u8 *put_pair(u8 *to, const u8 *src, const u8 *dst, u32 len,
		    bool use_src, bool use_dst, bool symmetric)
{
	if (symmetric && use_src && use_dst && memcmp(src, dst, len) > 0)
		swap(src, dst);
	if (use_src) {
		memcpy(to, src, len);
		to += len;
	}
	if (use_dst) {
		memcpy(to, dst, len);
		to += len;
	}
	return to;
}

/* The hash and its type as a CQE has them; a type of 0 if there is no hash */
static u32 rss_hash(const struct mlx5sim_tir *tir, const struct mlx5sim_pkt *pkt,
		    u8 *type)
{
	u32 alen = pkt->ip == 6 ? 16 : 4, f = tir->fields;
	const u8 *m = (const u8 *)pkt->match;
	u8 in[INPUT_BYTES], *end = in;
	u8 l3 = 0, l4 = 0;

	*type = 0;
	if (pkt->ip != (tir->l3 == MLX5_L3_PROT_TYPE_IPV6 ? 6 : 4))
		return 0;
	if (f & (MLX5_HASH_FIELD_SEL_SRC_IP | MLX5_HASH_FIELD_SEL_DST_IP)) {
		m += MLX5_BYTE_OFF(fte_match_set_lyr_2_4, src_ipv4_src_ipv6);
		end = put_pair(end, m + 16 - alen, m + 32 - alen, alen,
			       f & MLX5_HASH_FIELD_SEL_SRC_IP,
			       f & MLX5_HASH_FIELD_SEL_DST_IP, tir->symmetric);
		l3 = pkt->ip == 6 ? CQE_RSS_IPV6 : CQE_RSS_IPV4;
	}
	if (pkt->l4 &&
	    (f & (MLX5_HASH_FIELD_SEL_L4_SPORT | MLX5_HASH_FIELD_SEL_L4_DPORT))) {
		bool udp = tir->l4 == MLX5_L4_PROT_TYPE_UDP;

		if (pkt->proto != (udp ? IPPROTO_UDP : IPPROTO_TCP))
			return 0;
		end = put_pair(end, pkt->data + pkt->l4, pkt->data + pkt->l4 + 2,
			       2, f & MLX5_HASH_FIELD_SEL_L4_SPORT,
			       f & MLX5_HASH_FIELD_SEL_L4_DPORT, tir->symmetric);
		l4 = udp ? CQE_RSS_L4_UDP : CQE_RSS_L4_TCP;
	}
	if (end == in)
		return 0;
	*type = l4 << 6 | l3 << 2;
	if (tir->hash_fn == MLX5_RX_HASH_FN_TOEPLITZ)
		return toeplitz(tir->toeplitz, in, end - in);
	if (tir->hash_fn == MLX5_RX_HASH_FN_INVERTED_XOR8)
		return xor8(in, end - in);
	*type = 0;
	return 0;
}

/**
 * mlx5sim_rss - the RQ that a TIR gives a packet to
 * @tir: the TIR
 * @pkt: the packet
 * @hash: receives the hash
 * @type: receives its type, in the form of a CQE's rss_hash_type
 *
 * Return: the RQ, NULL if there is none.
 */
struct mlx5sim_rq *mlx5sim_rss(const struct mlx5sim_tir *tir,
			       const struct mlx5sim_pkt *pkt, u32 *hash,
			       u8 *type)
{
	if (tir->rq) {
		*hash = 0;
		*type = 0;
		return tir->rq;
	}
	*hash = rss_hash(tir, pkt, type);
	if (!tir->rqt || !tir->rqt->n)
		return NULL;
	/* the table's size is a power of two */
	return tir->rqt->rq[*hash & (tir->rqt->n - 1)];
}
