// SPDX-License-Identifier: GPL-2.0-only
/* Packets made by the kernel: the receiver's program, and what counts as time */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "measure/batch.h"
#include "net/foreign.h"
#include "net/xdp.h"
#include "traffic/generator.h"
#include "xdp.skel.h"

#define SETTLE_TRIES	1000
#define SETTLE_US	1000

const char *generator_what(const struct device *d)
{
	return d->ops->generator->what;
}

static void generator_end(void *arg)
{
	struct generator *g = arg;

	g->ops->end(g);
	bpf_link__destroy(g->link);
	xdp_bpf__destroy(g->skel);
	g->link = NULL;
	g->skel = NULL;
}

static int load_programs(struct generator *g)
{
	struct bpf_program *prog;
	int ret;

	g->skel = xdp_bpf__open();
	if (!g->skel) {
		err("cannot open xdp.bpf.o: %s", strerror(errno));
		return -errno;
	}
	bpf_object__for_each_program(prog, g->skel->obj)
		bpf_program__set_autoload(prog, true);
	ret = xdp_bpf__load(g->skel);
	if (ret)
		err("cannot load the XDP programs: %s", strerror(-ret));
	return ret;
}

int generator_setup(struct generator *g, const struct net *n, size_t len)
{
	int ret;

	memset(g, 0, sizeof(*g));
	g->net = n;
	g->ops = n->dev->ops->generator;
	g->len = net_frame(n, g->frame, len);
	ret = cleanup_push(generator_end, g) ?: g->ops->setup(g) ?: load_programs(g);
	if (ret)
		return ret;
	/* before the first frame: veth takes none without it, a stack would answer */
	g->link = attach_xdp(n, g->skel->progs.xdp_drop);
	return g->link ? 0 : -EIO;
}

int generator_target(struct generator *g, const struct bpf_program *prog)
{
	int ret;

	if (!prog) {
		bpf_link__destroy(g->link);
		g->link = NULL;
		return 0;
	}
	if (!g->link) {
		g->link = attach_xdp(g->net, prog);
		return g->link ? 0 : -EIO;
	}
	ret = bpf_link__update_program(g->link, (struct bpf_program *)prog);
	if (ret)
		err("cannot exchange the XDP program: %s", strerror(-ret));
	return ret;
}

int generator_burst(struct generator *g, unsigned int frames)
{
	return g->ops->burst(g, frames);
}

/* To who runs the batch: the model's part of it */
static void say_model(const struct generator *g, double frames)
{
	double work[BATCH_KINDS];
	size_t i;

	for (i = 0; i < BATCH_KINDS; i++)
		work[i] = g->model_work[i] * frames;
	batch_aside(g->model_ns * frames, work, BATCH_KINDS);
}

/* One go: so many blocks, as fast as the middle half of them; a share of that counts */
static double time_blocks(struct generator *g, unsigned int blocks, double share, double *took,
			  bool idle)
{
	double sum, ns = 0;
	size_t n = 0;
	int ret;

	ret = (idle ? g->ops->idle_run : g->ops->run)(g, blocks, took, &n, &ns);
	if (ret)
		return ret;
	if (!n) {
		err("the generator has timed none of %u blocks of frames", blocks);
		return -EIO;
	}
	sum = stats_middle(took, n) * blocks * g->ops->block;
	g->timed_ns += ns;
	g->counted_ns += sum;
	if (g->has_model)
		say_model(g, (double)blocks * g->ops->block * share);
	return sum;
}

static double timed_run(struct generator *g, uint64_t frames, bool idle)
{
	uint64_t left = (frames + g->ops->block - 1) / g->ops->block;
	double sum = 0, ns = 0, share = (double)frames / (left * g->ops->block);
	/* a run may have a few blocks more than it was asked for */
	double *took = xcalloc(2 * g->ops->blocks, sizeof(*took));

	foreign_look();
	while (left && ns >= 0) {
		unsigned int n = left < g->ops->blocks ? left : g->ops->blocks;

		ns = time_blocks(g, n, share, took, idle);
		sum += ns;
		left -= n;
	}
	free(took);
	return ns < 0 ? ns : sum * share;
}

double generator_run(struct generator *g, uint64_t frames)
{
	return timed_run(g, frames, false);
}

double generator_idle(struct generator *g, uint64_t frames)
{
	return timed_run(g, frames, true);
}

double generator_idle_batch(void *gen, uint64_t frames)
{
	return generator_idle(gen, frames);
}

int generator_model_begin(struct generator *g)
{
	return g->ops->model_begin(g);
}

int generator_model_end(struct generator *g)
{
	int ret = g->ops->model_end(g);

	if (!ret && g->has_model)
		say_model(g, 1);
	return ret;
}

int generator_send(struct generator *g, uint64_t frames)
{
	return g->ops->send(g, frames);
}

int generator_count(const struct generator *g, struct frame_count *f, int sign)
{
	struct net_count c;
	int ret = net_count(g->net, &c);

	if (ret)
		return ret;
	f->sent += sign * g->sent;
	f->received += sign * c.received;
	f->dropped += sign * c.dropped;
	return 0;
}

int generator_settle(struct generator *g, uint64_t received)
{
	struct net_count c;
	int i, ret = 0;

	for (i = 0; i < SETTLE_TRIES && !interrupted(); i++) {
		ret = net_count(g->net, &c);
		/* fewer than there should be: for the row's counts to say */
		if (ret || c.received >= received)
			return ret;
		usleep(SETTLE_US);
	}
	return interrupted() ? -EINTR : 0;
}

int generator_warm(struct generator *g, uint64_t frames)
{
	struct net_count c;

	return net_count(g->net, &c) ?: generator_send(g, frames) ?:
	       generator_settle(g, c.received + frames);
}

int generator_frame(struct generator *g)
{
	return g->ops->frame(g);
}

int generator_flows(struct generator *g, uint32_t n, unsigned int zipf_milli)
{
	return g->ops->flows(g, n, zipf_milli);
}
