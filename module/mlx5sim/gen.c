// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generator: frames that arrive at a port without a process that sends
 * them. The settings and runs are in debugfs, see gen_debugfs.c.
 */

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/unaligned.h>
#include <net/checksum.h>

#include "account.h"
#include "gen.h"

/* The shortest frame, 64 bytes with FCS: UDP from 198.18.0.1 to 198.18.0.2 */
static void default_template(struct mlx5sim_gen *gen)
{
	struct ethhdr *eth = (void *)gen->template;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);

	gen->template_len = ETH_ZLEN;
	memcpy(eth->h_dest, gen->port->mac, ETH_ALEN);
	memcpy(eth->h_source, gen->port->mac, ETH_ALEN);
	eth->h_source[5] ^= 0x80;
	eth->h_proto = htons(ETH_P_IP);
	ip->version = 4;
	ip->ihl = 5;
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->tot_len = htons(ETH_ZLEN - ETH_HLEN);
	ip->saddr = htonl(0xc6120001);
	ip->daddr = htonl(0xc6120002);
	ip->check = ip_fast_csum(ip, ip->ihl);
	udp->source = htons(4096);
	udp->dest = htons(9);	/* discard */
	udp->len = htons(ETH_ZLEN - ETH_HLEN - sizeof(*ip));
}

int mlx5sim_gen_init(struct mlx5sim_port *port)
{
	struct mlx5sim_gen *gen = kvzalloc(sizeof(*gen), GFP_KERNEL);

	if (!gen)
		return -ENOMEM;
	gen->port = port;
	gen->settings[GEN_FLOWS] = (struct mlx5sim_gen_setting){ 1, 1, GEN_MAX_FLOWS };
	gen->settings[GEN_ZIPF] = (struct mlx5sim_gen_setting){ 0, 0, GEN_MAX_ZIPF };
	gen->settings[GEN_BURST] = (struct mlx5sim_gen_setting){
		MLX5SIM_BURST, 1, GEN_MAX_BURST
	};
	gen->settings[GEN_RATE] = (struct mlx5sim_gen_setting){ 0, 0, NSEC_PER_SEC };
	gen->random = get_random_u64() | 1;
	default_template(gen);
	gen->times = kvmalloc_array(GEN_MAX_TIMES, sizeof(*gen->times), GFP_KERNEL);
	if (!gen->times) {
		kvfree(gen);
		return -ENOMEM;
	}
	port->gen = gen;
	return 0;
}

void mlx5sim_gen_exit(struct mlx5sim_port *port)
{
	if (!port->gen)
		return;
	kvfree(port->gen->aliases);
	kvfree(port->gen->times);
	kvfree(port->gen);
	port->gen = NULL;
}

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

static void replace(u8 *check, __be32 from, __be32 to)
{
	__sum16 sum;

	memcpy(&sum, check, sizeof(sum));
	csum_replace4(&sum, from, to);
	memcpy(check, &sum, sizeof(sum));
}

/* The frame of the next flow: what tells it is a source address' last 32 bits */
static void make_frame(struct mlx5sim_gen *gen)
{
	u8 *at = gen->frame + gen->flow_off;
	__be32 from, to;

	if (!gen->flow_off)
		return;
	memcpy(&from, at, sizeof(from));
	to = htonl(gen->flow_base + next_flow(gen));
	if (from == to)
		return;
	memcpy(at, &to, sizeof(to));
	if (gen->ip_check)
		replace(gen->frame + gen->ip_check, from, to);
	if (gen->l4_check)
		replace(gen->frame + gen->l4_check, from, to);
}

/* Where a flow's number goes: into the IP source address, else the MAC's */
static void find_flow(struct mlx5sim_gen *gen)
{
	struct mlx5sim_pkt pkt;
	__be16 check;

	gen->flow_off = 0;
	gen->ip_check = 0;
	gen->l4_check = 0;
	if (gen->flows == 1)
		return;
	mlx5sim_parse(&pkt, gen->frame, gen->len);
	if (pkt.ip == 4) {
		gen->flow_off = pkt.l3 + offsetof(struct iphdr, saddr);
		gen->ip_check = pkt.l3 + offsetof(struct iphdr, check);
	} else if (pkt.ip == 6) {
		gen->flow_off = pkt.l3 + offsetof(struct ipv6hdr, saddr) + 12;
	} else {
		gen->flow_off = ETH_ALEN + 2;
	}
	gen->flow_base = get_unaligned_be32(gen->frame + gen->flow_off);
	if (!pkt.ip || !pkt.l4)
		return;
	gen->l4_check = pkt.l4 + (pkt.proto == IPPROTO_TCP ?
				  offsetof(struct tcphdr, check) :
				  offsetof(struct udphdr, check));
	memcpy(&check, gen->frame + gen->l4_check, sizeof(check));
	if (!check && pkt.proto == IPPROTO_UDP)
		gen->l4_check = 0;	/* there is none */
}

static u64 setting(const struct mlx5sim_gen *gen, int i)
{
	return READ_ONCE(gen->settings[i].value);
}

/* Begins a run of @count frames; 0: until it is stopped. The engine's, as all below. */
int mlx5sim_gen_start(struct mlx5sim_gen *gen, u64 count,
		      struct mlx5sim_gen_wait *wait)
{
	u32 zipf = setting(gen, GEN_ZIPF);

	if (gen->running)
		return -EBUSY;
	if (!gen->port->link)
		return -ENETDOWN;
	gen->flows = setting(gen, GEN_FLOWS);
	gen->burst = setting(gen, GEN_BURST);
	gen->rate = setting(gen, GEN_RATE);
	gen->count = count;
	kvfree(gen->aliases);
	gen->aliases = NULL;
	if (zipf && gen->flows > 1) {
		gen->aliases = mlx5sim_zipf(gen->flows, zipf);
		if (!gen->aliases)
			return -ENOMEM;
	}
	gen->len = gen->template_len;
	memcpy(gen->frame, gen->template, gen->len);
	find_flow(gen);
	gen->wait = wait;
	gen->sent = 0;
	gen->taken = 0;
	gen->waits = 0;
	gen->ntimes = 0;
	gen->burst_frames = 0;
	gen->waiting = false;
	gen->begin = ktime_get_ns();
	gen->burst_begin = gen->begin;
	gen->burst_ticks = mlx5sim_work_ticks();
	gen->end = 0;
	gen->running = true;
	return 0;
}

void mlx5sim_gen_stop(struct mlx5sim_gen *gen)
{
	if (!gen->running)
		return;
	gen->running = false;
	gen->end = ktime_get_ns();
	if (!gen->wait)
		return;
	gen->wait->sent = gen->sent;
	gen->wait->no_link = !gen->port->link;
	/* it may be gone right after that */
	complete(&gen->wait->done);
	gen->wait = NULL;
}

/* The burst before has been received, as far as the driver runs on this CPU */
static void end_burst(struct mlx5sim_gen *gen, u64 now, u64 ticks)
{
	struct mlx5sim_gen_time *t = &gen->times[gen->ntimes];

	if (gen->ntimes == GEN_MAX_TIMES)
		return;
	t->ns = min_t(u64, now - gen->burst_begin, U32_MAX);
	t->frames = gen->burst_frames;
	t->ticks = min_t(u64, ticks - gen->burst_ticks, U32_MAX);
	gen->ntimes++;
}

static u64 allowed(const struct mlx5sim_gen *gen, u64 now)
{
	u64 n = gen->burst;

	if (gen->rate) {
		u64 due = mul_u64_u64_div_u64(now - gen->begin, gen->rate,
					      NSEC_PER_SEC) + 1;

		n = due > gen->sent ? min(n, due - gen->sent) : 0;
	}
	return gen->count ? min(n, gen->count - gen->sent) : n;
}

static bool run_burst(struct mlx5sim_gen *gen)
{
	struct mlx5sim_port *port = gen->port;
	u64 now = ktime_get_ns(), n;

	/* what was spent waiting for a buffer is the next burst's */
	if (gen->burst_frames) {
		u64 ticks = mlx5sim_work_ticks();

		end_burst(gen, now, ticks);
		gen->burst_frames = 0;
		gen->burst_begin = now;
		gen->burst_ticks = ticks;
	}
	if ((gen->count && gen->sent == gen->count) || !port->link) {
		mlx5sim_gen_stop(gen);
		return true;
	}
	for (n = allowed(gen, now); n; n--) {
		enum mlx5sim_rx ret;

		if (!gen->waiting)
			make_frame(gen);
		ret = mlx5sim_wire_rx(port, gen->frame, gen->len, !gen->rate);
		gen->waiting = ret == MLX5SIM_RX_WAIT;
		if (gen->waiting) {
			gen->waits++;
			break;
		}
		gen->sent++;
		gen->burst_frames++;
		if (ret == MLX5SIM_RX_DONE)
			gen->taken++;
	}
	mlx5sim_work_done(MLX5SIM_FRAMES, gen->burst_frames);
	/* a rate that allows no frame yet lets others have the CPU */
	return !gen->rate || gen->burst_frames;
}

bool mlx5sim_gen_poll(struct mlx5sim_port *port)
{
	bool busy;

	if (!port->gen->running)
		return false;
	mlx5sim_work(MLX5SIM_FRAMES);
	busy = run_burst(port->gen);
	mlx5sim_work(MLX5SIM_LOOP);
	return busy;
}

/* ns until the rate allows the next frame */
s64 mlx5sim_gen_due(struct mlx5sim_port *port)
{
	const struct mlx5sim_gen *gen = port->gen;

	if (!gen->running)
		return NSEC_PER_SEC;
	if (!gen->rate)
		return 0;
	return gen->begin + mul_u64_u64_div_u64(gen->sent, NSEC_PER_SEC,
						gen->rate) - ktime_get_ns();
}
