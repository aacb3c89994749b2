// SPDX-License-Identifier: GPL-2.0-only
/*
 * A NIC's packets: they come from another machine, whenever it likes. What is timed is
 * how long the driver takes to drop so many, by its own counters.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/cpu.h"
#include "core/run.h"
#include "driver/generators.h"
#include "traffic/generator.h"

/*
 * A slice has at least so many frames, and lasts so long: a driver counts at the end of
 * a poll (64 frames), and asking one can take milliseconds
 */
#define SLICE_FRAMES	1024
#define SLICE_US	4000
/* The same for all slices; and a slow sender is not waited for: the rate is known before */
#define LEAST_NS	50e6
#define RUN_NS		250e6
#define QUIET_US	1000
/* Once it has been waited for in vain, only briefly */
#define AGAIN_S		0.3

static void nic_end(struct generator *g)
{
}

static int nic_setup(struct generator *g)
{
	/* the measured CPU belongs to the NIC's interrupts */
	cpu_leave();
	return 0;
}

static int read_count(struct generator *g, struct net_count *c, double *at)
{
	double before = now_ns();
	int ret = net_count(g->net, c);

	*at = (before + now_ns()) / 2;
	return ret;
}

/* Until frames come; -ENODATA: none did */
static int await_traffic(struct generator *g, struct net_count *c, double *at)
{
	const struct device *d = g->net->dev;
	double limit = now_ns() + 1e9 * (g->silent ? AGAIN_S : d->wait);
	uint64_t had;
	int ret = read_count(g, c, at);

	had = c->dropped;
	while (!ret && c->dropped == had) {
		if (interrupted())
			return -EINTR;
		if (now_ns() > limit) {
			g->silent = true;
			return -ENODATA;
		}
		progress("waiting for frames from the other machine", 0, 0);
		usleep(QUIET_US);
		ret = read_count(g, c, at);
	}
	g->silent = false;
	return ret;
}

/* From a first frame on; the driver's counters are read every few milliseconds */
static int nic_run(struct generator *g, unsigned int blocks, double *took, size_t *n, double *ns)
{
	uint64_t want = (uint64_t)blocks * SLICE_FRAMES, came = 0;
	struct net_count first, last, now;
	double begin, from, at;
	int ret = await_traffic(g, &last, &from);

	first = last;
	begin = from;
	*n = 0;
	while (!ret && (came < want || from - begin < LEAST_NS) && from - begin < RUN_NS) {
		unsigned int i;

		usleep(SLICE_US);
		ret = read_count(g, &now, &at);
		for (i = 0; !ret && now.dropped - last.dropped < SLICE_FRAMES &&
		     at - begin < RUN_NS && !interrupted(); i++) {
			usleep(QUIET_US);
			ret = read_count(g, &now, &at);
		}
		if (ret || interrupted() || now.dropped == last.dropped)
			break;
		took[(*n)++] = (at - from) / (now.dropped - last.dropped);
		came = now.dropped - first.dropped;
		last = now;
		from = at;
	}
	if (ret)
		return ret;
	if (interrupted())
		return -EINTR;
	if (!*n) {
		g->silent = true;
		return -ENODATA;
	}
	/* as much as was asked for, at the rate of what came */
	*ns = (from - begin) / came * want;
	g->sent += came;
	return 0;
}

/* What only a generator of this machine can do */
static int not_here(void)
{
	err("a NIC's frames are made by another machine: they cannot be chosen or sent here");
	return -EOPNOTSUPP;
}

static int nic_idle_run(struct generator *g, unsigned int blocks, double *took, size_t *n,
			double *ns)
{
	return not_here();
}

static int nic_send(struct generator *g, uint64_t frames)
{
	return not_here();
}

static int nic_frame(struct generator *g)
{
	return not_here();
}

static int nic_flows(struct generator *g, uint32_t n, unsigned int zipf_milli)
{
	return not_here();
}

/* As they come */
static int nic_burst(struct generator *g, unsigned int frames)
{
	return 0;
}

/* There is no model */
static int nic_model(struct generator *g)
{
	return 0;
}

const struct generator_ops generator_nic = {
	.what = "frames that another machine sends",
	.block = SLICE_FRAMES,
	.blocks = 1000,
	.setup = nic_setup,
	.end = nic_end,
	.run = nic_run,
	.idle_run = nic_idle_run,
	.send = nic_send,
	.frame = nic_frame,
	.flows = nic_flows,
	.burst = nic_burst,
	.model_begin = nic_model,
	.model_end = nic_model,
};
