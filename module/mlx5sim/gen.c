// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generator: frames that arrive at a port without a process that sends
 * them. The settings and runs are in debugfs, see gen_debugfs.c.
 */

#include <linux/ip.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "account.h"
#include "gen.h"
#include "sink.h"

/* The shortest frame, 64 bytes with FCS: UDP from 198.18.0.1 to 198.18.0.2 */
static int default_template(struct mlx5sim_gen *gen)
{
	struct mlx5sim_frame *frame = mlx5sim_frame_new(NULL, ETH_ZLEN);
	struct udphdr *udp;
	struct ethhdr *eth;
	struct iphdr *ip;

	if (!frame)
		return -ENOMEM;
	memset(frame->data, 0, ETH_ZLEN);
	eth = (void *)frame->data;
	ip = (void *)(eth + 1);
	udp = (void *)(ip + 1);
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
	return mlx5sim_frames_add(&gen->templates, frame);
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
	gen->settings[GEN_NUMBER] = (struct mlx5sim_gen_setting){ 0, 0, GEN_MAX_NUMBER };
	gen->random = get_random_u64() | 1;
	port->gen = gen;
	gen->times = kvmalloc_array(GEN_MAX_TIMES, sizeof(*gen->times), GFP_KERNEL);
	if (!gen->times || default_template(gen)) {
		mlx5sim_gen_exit(port);
		return -ENOMEM;
	}
	return 0;
}

void mlx5sim_gen_exit(struct mlx5sim_port *port)
{
	if (!port->gen)
		return;
	mlx5sim_frames_clear(&port->gen->templates);
	mlx5sim_gen_frames_free(port->gen);
	kvfree(port->gen->pattern);
	kvfree(port->gen->aliases);
	kvfree(port->gen->times);
	kvfree(port->gen);
	port->gen = NULL;
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
	int err;

	if (gen->running)
		return -EBUSY;
	if (!gen->port->link)
		return -ENETDOWN;
	gen->flows = setting(gen, GEN_FLOWS);
	gen->burst = setting(gen, GEN_BURST);
	gen->rate = setting(gen, GEN_RATE);
	gen->number_at = setting(gen, GEN_NUMBER);
	gen->count = count;
	kvfree(gen->aliases);
	gen->aliases = NULL;
	if (zipf && gen->flows > 1) {
		gen->aliases = mlx5sim_zipf(gen->flows, zipf);
		if (!gen->aliases)
			return -ENOMEM;
	}
	err = mlx5sim_gen_frames_begin(gen);
	if (err)
		return err;
	gen->wait = wait;
	gen->sent = 0;
	gen->taken = 0;
	gen->waits = 0;
	gen->ntimes = 0;
	gen->burst_frames = 0;
	gen->waiting = false;
	gen->begin = ktime_get_ns();
	gen->burst_begin = gen->begin;
	/* after the time, and a burst's last ticks before it: they lie within its time */
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
	struct mlx5sim_sink *sink = gen->number_at ? mlx5sim_sink_on(port->peer) : NULL;
	u64 ticks = gen->burst_frames ? mlx5sim_work_ticks() : 0;
	u64 now = ktime_get_ns(), n;

	/* what was spent waiting for a buffer is the next burst's */
	if (gen->burst_frames) {
		end_burst(gen, now, ticks);
		gen->burst_frames = 0;
		gen->burst_begin = now;
		gen->burst_ticks = mlx5sim_work_ticks();
	}
	if ((gen->count && gen->sent == gen->count) || !port->link) {
		mlx5sim_gen_stop(gen);
		return true;
	}
	for (n = allowed(gen, now); n; n--) {
		enum mlx5sim_rx ret;

		if (!gen->waiting)
			mlx5sim_gen_next(gen);
		if (sink)
			mlx5sim_sink_request(sink, gen->sent, gen->template);
		ret = mlx5sim_wire_rx(port, gen->frame->data, gen->frame->len, !gen->rate);
		if (sink && unlikely(ret == MLX5SIM_RX_DROP))
			mlx5sim_sink_refused(sink, gen->sent);
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
