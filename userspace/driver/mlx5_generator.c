// SPDX-License-Identifier: GPL-2.0-only
/* mlx5's packets: mlx5sim's generator, whose frames arrive at the receiver's port */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cpu.h"
#include "core/stats.h"
#include "core/util.h"
#include "driver/generators.h"
#include "driver/mlx5sim.h"
#include "driver/mlx5sim_replies.h"
#include "measure/batch.h"
#include "traffic/generator.h"
#include "traffic/replies.h"

/*
 * Frames in a burst, after which the CPU is the driver's: below a softirq's budget
 * of 300, so that it takes them all, in several polls as under a NIC's full load
 */
#define BURST		256
/* The first find cold caches, and a driver that has to be woken */
#define WARM_BLOCKS	2
#define RUN_BLOCKS	10000

_Static_assert(MLX5SIM_WORKS <= BATCH_KINDS, "a batch has room for each kind of work");

struct sim {
	struct mlx5sim_gen old, own;	/* the port's settings: as found, and as needed */
	struct mlx5sim_account begin;
	struct requests requests;	/* kinds 0: the template only */
	bool sink;			/* it was on, if it is not still */
};

static struct mlx5sim_gen *own(struct generator *g)
{
	struct sim *s = g->priv;

	return &s->own;
}

static int set_frames(struct generator *g, bool foreign)
{
	struct sim *s = g->priv;
	struct mlx5sim_gen gen = s->own;
	int port = g->net->dev->port;

	if (foreign)
		mlx5sim_make_foreign(gen.frame);
	/* a template takes all others away */
	return mlx5sim_gen_set(port, &gen) ?:
	       (s->requests.kinds ? mlx5sim_set_requests(port, &s->requests, foreign) : 0);
}

static int set_own(struct generator *g)
{
	return set_frames(g, false);
}

/* The one that the port is wired to */
static int sink_port(const struct generator *g)
{
	return g->net->dev->port ^ 1;
}

static void mlx5_end(struct generator *g)
{
	static const struct requests nothing = { .check = 1 };
	struct sim *s = g->priv;

	if (s && s->sink) {
		mlx5sim_sink(sink_port(g), false);
		mlx5sim_set_replies(sink_port(g), &nothing);
	}
	if (s && s->old.len)
		mlx5sim_gen_set(g->net->dev->port, &s->old);
	free(s);
	g->priv = NULL;
}

static int mlx5_setup(struct generator *g)
{
	struct sim *s = xcalloc(1, sizeof(*s));
	int ret = mlx5sim_gen_get(g->net->dev->port, &s->old);

	g->priv = s;
	if (ret) {
		/* half of it is not to be put back */
		s->old.len = 0;
		return ret;
	}
	s->own.len = g->len;
	s->own.flows = 1;
	s->own.burst = BURST;
	memcpy(s->own.frame, g->frame, g->len);
	return set_own(g);
}

/*
 * The model's own part of a frame's time. With one CPU it is told for each burst, and counts as
 * the bursts' times do; with several it is beside the driver's.
 */
static void put_model(struct generator *g, const struct mlx5sim_account *from,
		      const struct mlx5sim_account *to, struct mlx5sim_run *r)
{
	int i;

	g->has_model = r->sent;
	if (!g->has_model)
		return;
	g->model_ns = mlx5sim_model_ns(from, to, g->model_work) / r->sent;
	for (i = 0; i < MLX5SIM_WORKS; i++)
		g->model_work[i] /= r->sent;
	if (cpu_count() == 1 && r->bursts > WARM_BLOCKS)
		g->model_ns = mlx5sim_tick_ns(from, to) *
			      stats_middle(r->burst_ticks + WARM_BLOCKS, r->bursts - WARM_BLOCKS);
}

static int timed(struct generator *g, unsigned int blocks, double *took, size_t *n, double *ns)
{
	int port = g->net->dev->port, ret;
	struct mlx5sim_account from, to;
	struct mlx5sim_run r;
	size_t i;

	ret = mlx5sim_account(&from) ?:
	      mlx5sim_gen_run(port, (uint64_t)(WARM_BLOCKS + blocks) * BURST);
	if (ret)
		return ret;
	ret = mlx5sim_account(&to) ?: mlx5sim_gen_result(port, &r);
	if (ret)
		return ret;
	put_model(g, &from, &to, &r);
	*n = 0;
	*ns = r.sent ? (double)r.ns * blocks * BURST / r.sent : 0;
	if (cpu_count() > 1) {
		/* the driver is not done with a burst when the next begins */
		took[(*n)++] = *ns / blocks / BURST;
	} else {
		for (i = WARM_BLOCKS; i < r.bursts && *n < 2 * RUN_BLOCKS; i++)
			took[(*n)++] = r.burst_ns[i];
	}
	mlx5sim_run_free(&r);
	return 0;
}

static int mlx5_run(struct generator *g, unsigned int blocks, double *took, size_t *n, double *ns)
{
	uint64_t frames = (uint64_t)(WARM_BLOCKS + blocks) * BURST;
	struct net_count c;
	int ret;

	if (g->unsettled) {
		g->sent += frames;
		return timed(g, blocks, took, n, ns);
	}
	ret = net_count(g->net, &c) ?: timed(g, blocks, took, n, ns);
	if (ret)
		return ret;
	g->sent += frames;
	/* a run ends when the last frame is in the driver's ring, not when it is out of it */
	return generator_settle(g, c.received + frames);
}

/* To an address that no rule of the port has: the model makes and steers the frame, and drops it */
static int mlx5_idle_run(struct generator *g, unsigned int blocks, double *took, size_t *n,
			 double *ns)
{
	int ret = set_frames(g, true) ?: timed(g, blocks, took, n, ns);
	int back = set_own(g);

	return ret ?: back;
}

static int mlx5_send(struct generator *g, uint64_t frames)
{
	int ret = mlx5sim_gen_run(g->net->dev->port, frames);

	if (!ret)
		g->sent += frames;
	return ret;
}

static int mlx5_frame(struct generator *g)
{
	own(g)->len = g->len;
	memcpy(own(g)->frame, g->frame, g->len);
	return set_own(g);
}

static int mlx5_flows(struct generator *g, uint32_t n, unsigned int zipf_milli)
{
	own(g)->flows = n;
	own(g)->zipf_milli = zipf_milli;
	return set_own(g);
}

static int mlx5_burst(struct generator *g, unsigned int frames)
{
	own(g)->burst = frames;
	return set_own(g);
}

/* The first kind is the template, by which all of the generator's settings are put */
static int mlx5_requests(struct generator *g, const struct requests *r)
{
	struct sim *s = g->priv;

	if (r) {
		s->requests = *r;
		g->len = r->kind[0].len;
		memcpy(g->frame, r->kind[0].frame, g->len);
	} else {
		s->requests.kinds = 0;
	}
	return mlx5_frame(g) ?: (r ? mlx5sim_set_replies(sink_port(g), r) : 0);
}

static int replies_begin(struct generator *g)
{
	struct sim *s = g->priv;

	s->sink = true;
	return mlx5sim_sink(sink_port(g), true);
}

static int replies_end(struct generator *g)
{
	return mlx5sim_sink(sink_port(g), false);
}

static int replies_count(struct generator *g, struct replies *r)
{
	return mlx5sim_sink_count(sink_port(g), r);
}

static int replies_times(struct generator *g, struct reply_times *t)
{
	return mlx5sim_sink_times(sink_port(g), t);
}

static const struct reply_ops mlx5_replies = {
	.requests = mlx5_requests,
	.begin = replies_begin,
	.end = replies_end,
	.count = replies_count,
	.times = replies_times,
};

static int mlx5_model_begin(struct generator *g)
{
	struct sim *s = g->priv;

	return mlx5sim_account(&s->begin);
}

static int mlx5_model_end(struct generator *g)
{
	const struct sim *s = g->priv;
	struct mlx5sim_account now;
	int ret = mlx5sim_account(&now);

	if (ret)
		return ret;
	g->has_model = true;
	g->model_ns = mlx5sim_model_ns(&s->begin, &now, g->model_work);
	return 0;
}

const struct generator_ops generator_mlx5 = {
	.what = "frames of mlx5sim's generator, which arrive at the port",
	.idle = "mlx5sim's generator and steering, no queue",
	.block = BURST,
	.blocks = RUN_BLOCKS,
	.setup = mlx5_setup,
	.end = mlx5_end,
	.run = mlx5_run,
	.idle_run = mlx5_idle_run,
	.send = mlx5_send,
	.frame = mlx5_frame,
	.flows = mlx5_flows,
	.burst = mlx5_burst,
	.model_begin = mlx5_model_begin,
	.model_end = mlx5_model_end,
	.replies = &mlx5_replies,
};
