// SPDX-License-Identifier: GPL-2.0-only
/* veth's packets: BPF_PROG_TEST_RUN with live frames */
#include <assert.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "../lib/run.h"
#include "generator.bpf.h"
#include "generator.h"
#include "generator.skel.h"

/* The first ones find pages that were never used */
#define WARM_BLOCKS	2
/* What one system call makes */
#define RUN_BLOCKS	10000

static_assert(WARM_BLOCKS + RUN_BLOCKS + 1 <= GEN_STAMPS, "a stamp for each block");

static void veth_end(struct generator *g)
{
	generator_bpf__destroy(g->gen);
	g->gen = NULL;
}

static int veth_setup(struct generator *g)
{
	g->gen = generator_bpf__open_and_load();
	if (!g->gen) {
		err("cannot load the packet generator: %s", strerror(errno));
		return -errno;
	}
	g->gen->bss->ifindex = g->net->a.ifindex;
	return 0;
}

static int test_run(struct generator *g, const struct bpf_program *prog, uint32_t blocks)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = g->frame,
		    .data_size_in = g->len,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .repeat = blocks * GEN_BLOCK,
		    .batch_size = GEN_BLOCK);
	struct generator_bpf__bss *bss = g->gen->bss;
	int ret, left;

	bss->seen = 0;
	bss->blocks = 0;
	bss->left = 0;
	ret = net_enter(&g->net->a);
	if (ret)
		return ret;
	ret = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	left = net_leave(g->net);
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
	return left;
}

static int timed(struct generator *g, const struct bpf_program *prog, unsigned int blocks,
		 double *took, size_t *n, double *ns)
{
	const __u64 *at = &g->gen->bss->stamp[WARM_BLOCKS];
	unsigned int i;
	int ret;

	/* the last block only ends the one before */
	ret = test_run(g, prog, WARM_BLOCKS + blocks + 1);
	if (ret)
		return ret;
	for (i = 0; i < blocks; i++)
		took[i] = (double)(at[i + 1] - at[i]) / GEN_BLOCK;
	*n = blocks;
	*ns = at[blocks] - at[0];
	return 0;
}

static int veth_run(struct generator *g, unsigned int blocks, double *took, size_t *n, double *ns)
{
	return timed(g, g->gen->progs.gen_redirect, blocks, took, n, ns);
}

static int veth_idle_run(struct generator *g, unsigned int blocks, double *took, size_t *n,
			 double *ns)
{
	return timed(g, g->gen->progs.gen_drop, blocks, took, n, ns);
}

const struct generator_ops generator_veth = {
	.what = "live frames (BPF_PROG_TEST_RUN), redirected into veth",
	.idle = "generator, no veth",
	.block = GEN_BLOCK,
	.blocks = RUN_BLOCKS,
	.setup = veth_setup,
	.end = veth_end,
	.run = veth_run,
	.idle_run = veth_idle_run,
};
