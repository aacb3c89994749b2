// SPDX-License-Identifier: GPL-2.0-only
/* The frames of a run: which template's turn it is, of which flow, with which number */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/checksum.h>

#include "gen.h"

/* xorshift64: quick, and good enough to choose flows */
static u64 next_random(struct mlx5sim_gen *gen)
{
	u64 x = gen->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	gen->random = x;
	return x;
}

static u32 next_flow(struct mlx5sim_gen *gen)
{
	/* the lower half has seen less mixing: it only decides within a slot */
	u64 r = next_random(gen);
	u32 slot = ((r >> 32) * gen->flows) >> 32;

	if (!gen->aliases || (u32)r < gen->aliases[slot].own)
		return slot;
	return gen->aliases[slot].alias;
}

/* A sum of 0 has two forms, one of which is UDP's "none": IPv6 does not take that */
static void put_sum(u8 *check, __sum16 sum)
{
	if (!sum)
		sum = CSUM_MANGLED_0;
	memcpy(check, &sum, sizeof(sum));
}

static void replace4(u8 *check, __be32 from, __be32 to)
{
	__sum16 sum;

	memcpy(&sum, check, sizeof(sum));
	csum_replace4(&sum, from, to);
	put_sum(check, sum);
}

static void replace2(u8 *check, __be16 from, __be16 to)
{
	__sum16 sum;

	memcpy(&sum, check, sizeof(sum));
	csum_replace2(&sum, from, to);
	put_sum(check, sum);
}

/* What tells a flow is a source address' last 32 bits */
static void put_flow(struct mlx5sim_gen *gen, struct mlx5sim_gen_frame *frame)
{
	u8 *at = frame->data + frame->flow_at;
	__be32 from, to;

	memcpy(&from, at, sizeof(from));
	to = htonl(frame->flow_base + next_flow(gen));
	if (from == to)
		return;
	memcpy(at, &to, sizeof(to));
	if (frame->ip_check)
		replace4(frame->data + frame->ip_check, from, to);
	if (frame->l4_check)
		replace4(frame->data + frame->l4_check, from, to);
}

static void put_number(struct mlx5sim_gen_frame *frame, u32 number_at, u16 number)
{
	u8 *at = frame->data + number_at;
	__be16 from, to = htons(number);

	memcpy(&from, at, sizeof(from));
	memcpy(at, &to, sizeof(to));
	if (!frame->number_check)
		return;
	/* its bytes are in two words then, the first in the lower half of one */
	if (frame->number_odd) {
		from = (__force __be16)swab16((__force u16)from);
		to = (__force __be16)swab16((__force u16)to);
	}
	replace2(frame->data + frame->number_check, from, to);
}

/**
 * mlx5sim_gen_next - make the next frame of a run, in @gen->frame
 * @gen: the generator, whose run has sent @gen->sent frames
 */
void mlx5sim_gen_next(struct mlx5sim_gen *gen)
{
	struct mlx5sim_gen_frame *frame;

	gen->template = gen->turns->turns[gen->turn];
	if (++gen->turn == gen->turns->len)
		gen->turn = 0;
	frame = gen->frames[gen->template];
	if (frame->flow_at)
		put_flow(gen, frame);
	if (gen->number_at)
		put_number(frame, gen->number_at, gen->sent);
	gen->frame = frame;
}

/* Where a flow's number goes: into the IP source address, else the MAC's */
static void find_flow(struct mlx5sim_gen_frame *frame, const struct mlx5sim_pkt *pkt)
{
	if (pkt->ip == 4) {
		frame->flow_at = pkt->l3 + offsetof(struct iphdr, saddr);
		frame->ip_check = pkt->l3 + offsetof(struct iphdr, check);
	} else if (pkt->ip == 6) {
		frame->flow_at = pkt->l3 + offsetof(struct ipv6hdr, saddr) + 12;
	} else {
		frame->flow_at = ETH_ALEN + 2;
	}
	frame->flow_base = get_unaligned_be32(frame->data + frame->flow_at);
}

/* Offset of the L4 checksum; 0: there is none */
static u32 find_l4_check(const struct mlx5sim_gen_frame *frame, const struct mlx5sim_pkt *pkt)
{
	u32 at;

	if (!pkt->ip || !pkt->l4)
		return 0;
	if (pkt->proto == IPPROTO_TCP)
		return pkt->l4 + offsetof(struct tcphdr, check);
	at = pkt->l4 + offsetof(struct udphdr, check);
	return get_unaligned_be16(frame->data + at) ? at : 0;
}

/* The checksum that covers a frame's number, if that is in IPv4's header or behind the L4's */
static void find_number(struct mlx5sim_gen_frame *frame, const struct mlx5sim_pkt *pkt,
			u32 number_at, u32 l4_check)
{
	u32 ip_check = pkt->l3 + offsetof(struct iphdr, check);

	if (l4_check && number_at >= l4_check + sizeof(__sum16))
		frame->number_check = l4_check;
	else if (pkt->ip == 4 && number_at >= pkt->l3 && number_at + sizeof(__be16) <= ip_check)
		frame->number_check = ip_check;
	/* headers have even lengths */
	frame->number_odd = number_at & 1;
}

static struct mlx5sim_gen_frame *frame_begin(const struct mlx5sim_gen *gen,
					     const struct mlx5sim_frame *template)
{
	struct mlx5sim_gen_frame *frame;
	struct mlx5sim_pkt pkt;
	u32 l4_check;

	frame = kvzalloc(struct_size(frame, data, template->len), GFP_KERNEL);
	if (!frame)
		return NULL;
	frame->len = template->len;
	memcpy(frame->data, template->data, template->len);
	if (gen->flows == 1 && !gen->number_at)
		return frame;
	mlx5sim_parse(&pkt, frame->data, frame->len);
	l4_check = find_l4_check(frame, &pkt);
	if (gen->number_at)
		find_number(frame, &pkt, gen->number_at, l4_check);
	if (gen->flows > 1) {
		find_flow(frame, &pkt);
		frame->l4_check = l4_check;
	}
	return frame;
}

struct mlx5sim_gen_pattern *mlx5sim_gen_pattern_new(u32 len)
{
	struct mlx5sim_gen_pattern *pattern = kvmalloc(struct_size(pattern, turns, len),
						       GFP_KERNEL);

	if (pattern)
		pattern->len = len;
	return pattern;
}

/* The pattern's turns, or else one of each template */
static struct mlx5sim_gen_pattern *turns_begin(const struct mlx5sim_gen *gen)
{
	u32 i, len = gen->pattern ? gen->pattern->len : gen->templates.n;
	struct mlx5sim_gen_pattern *turns = mlx5sim_gen_pattern_new(len);

	if (!turns)
		return NULL;
	for (i = 0; i < len; i++)
		turns->turns[i] = gen->pattern ? gen->pattern->turns[i] : i;
	return turns;
}

static int check(const struct mlx5sim_gen *gen)
{
	u32 i, least = gen->number_at ? gen->number_at + sizeof(__be16) : 0;

	if (!gen->templates.n)
		return -ENODATA;
	for (i = 0; i < gen->templates.n; i++)
		if (gen->templates.frame[i]->len < least)
			return -EINVAL;
	for (i = 0; gen->pattern && i < gen->pattern->len; i++)
		if (gen->pattern->turns[i] >= gen->templates.n)
			return -EINVAL;
	return 0;
}

void mlx5sim_gen_frames_free(struct mlx5sim_gen *gen)
{
	int i;

	for (i = 0; i < MLX5SIM_MAX_FRAMES; i++) {
		kvfree(gen->frames[i]);
		gen->frames[i] = NULL;
	}
	kvfree(gen->turns);
	gen->turns = NULL;
}

/**
 * mlx5sim_gen_frames_begin - what a run makes its frames from
 * @gen: the generator, with the run's settings
 *
 * Return: 0, -ENODATA without a template, -EINVAL if one is too short for the number or the
 * pattern names one that there is not, or -ENOMEM.
 */
int mlx5sim_gen_frames_begin(struct mlx5sim_gen *gen)
{
	int err = check(gen);
	u32 i;

	if (err)
		return err;
	mlx5sim_gen_frames_free(gen);
	for (i = 0; i < gen->templates.n; i++) {
		gen->frames[i] = frame_begin(gen, gen->templates.frame[i]);
		if (!gen->frames[i])
			goto no_memory;
	}
	gen->turns = turns_begin(gen);
	if (!gen->turns)
		goto no_memory;
	gen->turn = 0;
	return 0;

no_memory:
	mlx5sim_gen_frames_free(gen);
	return -ENOMEM;
}
