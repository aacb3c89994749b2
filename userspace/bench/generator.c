// SPDX-License-Identifier: GPL-2.0-only
/* Packets made by the kernel: BPF_PROG_TEST_RUN with live frames */
#include <assert.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/run.h"
#include "attach.h"
#include "generator.bpf.h"
#include "generator.h"
#include "generator.skel.h"
#include "xdp.skel.h"

/* The first ones find pages that were never used */
#define WARM_BLOCKS	2
/* What one system call makes; a signal is seen in between */
#define RUN_BLOCKS	10000

static_assert(WARM_BLOCKS + RUN_BLOCKS + 1 <= GEN_STAMPS, "a stamp for each block");

static void generator_end(void *arg)
{
	struct generator *g = arg;

	bpf_link__destroy(g->link);
	xdp_bpf__destroy(g->skel);
	generator_bpf__destroy(g->gen);
	g->link = NULL;
	g->skel = NULL;
	g->gen = NULL;
}

int generator_setup(struct generator *g, const struct net *n)
{
	struct bpf_program *prog;
	int ret;

	memset(g, 0, sizeof(*g));
	g->net = n;
	net_frame(n, g->frame, sizeof(g->frame));
	ret = cleanup_push(generator_end, g);
	if (ret)
		return ret;
	g->gen = generator_bpf__open_and_load();
	if (!g->gen) {
		err("cannot load the packet generator: %s", strerror(errno));
		return -errno;
	}
	g->skel = xdp_bpf__open();
	if (!g->skel) {
		err("cannot open xdp.bpf.o: %s", strerror(errno));
		return -errno;
	}
	bpf_object__for_each_program(prog, g->skel->obj)
		bpf_program__set_autoload(prog, true);
	ret = xdp_bpf__load(g->skel);
	if (ret) {
		err("cannot load the XDP programs: %s", strerror(-ret));
		return ret;
	}
	g->gen->bss->ifindex = n->a.ifindex;
	/* veth takes redirected frames only while its peer has a program, or GRO */
	g->link = attach_xdp(n, g->skel->progs.xdp_drop);
	return g->link ? 0 : -EIO;
}

int generator_target(struct generator *g, const struct bpf_program *prog)
{
	int ret = bpf_link__update_program(g->link, (struct bpf_program *)prog);

	if (ret)
		err("cannot exchange the XDP program: %s", strerror(-ret));
	return ret;
}

static int test_run(struct generator *g, const struct bpf_program *prog, uint32_t blocks)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = g->frame,
		    .data_size_in = sizeof(g->frame),
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .repeat = blocks * GEN_BLOCK,
		    .batch_size = GEN_BLOCK);
	struct generator_bpf__bss *bss = g->gen->bss;
	int ret;

	bss->seen = 0;
	bss->blocks = 0;
	bss->left = 0;
	ret = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	if (prog == g->gen->progs.gen_redirect)
		g->sent += bss->seen;
	if (interrupted())
		return -EINTR;
	if (ret) {
		err("cannot generate frames: %s", strerror(-ret));
		return ret;
	}
	if (bss->blocks != blocks) {
		err("%u blocks of frames were to be generated, but %u were", blocks, bss->blocks);
		return -EIO;
	}
	return 0;
}

static int cmp_time(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* One system call: so many blocks, as fast as the middle half of them */
static double time_blocks(struct generator *g, const struct bpf_program *prog, uint32_t blocks)
{
	static uint64_t took[RUN_BLOCKS];
	const __u64 *at = &g->gen->bss->stamp[WARM_BLOCKS];
	uint32_t i, first = blocks / 4, last = blocks - first;
	double sum = 0, mean;
	int ret;

	/* the last block only ends the one before */
	ret = test_run(g, prog, WARM_BLOCKS + blocks + 1);
	if (ret)
		return ret;
	for (i = 0; i < blocks; i++)
		took[i] = at[i + 1] - at[i];
	qsort(took, blocks, sizeof(*took), cmp_time);
	for (i = first; i < last; i++)
		sum += took[i];
	mean = sum / (last - first);
	g->timed_ns += at[blocks] - at[0];
	g->counted_ns += mean * blocks;
	return mean * blocks;
}

static double timed_run(struct generator *g, const struct bpf_program *prog, uint64_t frames)
{
	uint64_t left = (frames + GEN_BLOCK - 1) / GEN_BLOCK;
	double sum = 0, ns = 0, share = (double)frames / (left * GEN_BLOCK);
	int ret = net_enter(&g->net->a);

	if (ret)
		return ret;
	while (left && ns >= 0) {
		uint32_t n = left < RUN_BLOCKS ? left : RUN_BLOCKS;

		ns = time_blocks(g, prog, n);
		sum += ns;
		left -= n;
	}
	ret = net_leave(g->net);
	if (ret)
		return ret;
	return ns < 0 ? ns : sum * share;
}

double generator_run(struct generator *g, uint64_t frames)
{
	return timed_run(g, g->gen->progs.gen_redirect, frames);
}

double generator_idle(struct generator *g, uint64_t frames)
{
	return timed_run(g, g->gen->progs.gen_drop, frames);
}
