// SPDX-License-Identifier: GPL-2.0-only
/* veth's packets: BPF_PROG_TEST_RUN with live frames */
#include <assert.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "driver/generators.h"
#include "traffic/generator.h"
#include "traffic/zipf.h"
#include "generator.bpf.h"
#include "generator.skel.h"

/* The first ones find pages that were never used */
#define WARM_BLOCKS	2
/* What one system call makes */
#define RUN_BLOCKS	10000
/* So many frames' pages are less than what must be free at least */
#define LOOK_FRAMES	16384
#define LOW_KB		(256 * 1024)

static_assert(WARM_BLOCKS + RUN_BLOCKS + 1 <= GEN_STAMPS, "a stamp for each block");

static struct generator_bpf *bpf_of(const struct generator *g)
{
	return g->priv;
}

static void veth_end(struct generator *g)
{
	generator_bpf__destroy(g->priv);
	g->priv = NULL;
}

static int veth_setup(struct generator *g)
{
	g->priv = generator_bpf__open_and_load();
	if (!g->priv) {
		err("cannot load the packet generator: %s", strerror(errno));
		return -errno;
	}
	bpf_of(g)->bss->ifindex = g->net->a.ifindex;
	return 0;
}

/* So many frames, of one flow or of those in the ring; idle: without veth */
static int test_run(struct generator *g, bool idle, uint32_t frames)
{
	const struct bpf_program *redirect = g->ring ? bpf_of(g)->progs.gen_flows_redirect :
						       bpf_of(g)->progs.gen_redirect;
	const struct bpf_program *drop = g->ring ? bpf_of(g)->progs.gen_flows_drop :
						   bpf_of(g)->progs.gen_drop;

	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = g->frame,
		    .data_size_in = g->len,
		    .flags = BPF_F_TEST_XDP_LIVE_FRAMES,
		    .repeat = frames,
		    .batch_size = GEN_BLOCK);
	struct generator_bpf__bss *bss = bpf_of(g)->bss;
	int ret, left;

	bss->seen = 0;
	bss->blocks = 0;
	bss->left = 0;
	bss->at = g->at;
	ret = net_enter(&g->net->a);
	if (ret)
		return ret;
	ret = bpf_prog_test_run_opts(bpf_program__fd(idle ? drop : redirect), &opts);
	left = net_leave(g->net);
	if (!idle) {
		g->sent += bss->seen;
		g->at = bss->at;
	}
	if (interrupted())
		return -EINTR;
	if (ret) {
		err("cannot generate frames: %s", strerror(-ret));
		return ret;
	}
	if (bss->seen != frames) {
		err("%u frames were to be generated, but %llu were", frames,
		    (unsigned long long)bss->seen);
		return -EIO;
	}
	return left;
}

static int timed(struct generator *g, bool idle, unsigned int blocks, double *took, size_t *n,
		 double *ns)
{
	const __u64 *at = &bpf_of(g)->bss->stamp[WARM_BLOCKS];
	unsigned int each = g->together > 1 && g->together <= blocks ? g->together : 1, i;
	int ret;

	/* the last block only ends the one before */
	ret = test_run(g, idle, (WARM_BLOCKS + blocks + 1) * GEN_BLOCK);
	if (ret)
		return ret;
	*n = blocks / each;
	for (i = 0; i < *n; i++)
		took[i] = (double)(at[(i + 1) * each] - at[i * each]) / (each * GEN_BLOCK);
	*ns = at[blocks] - at[0];
	return 0;
}

static int veth_run(struct generator *g, unsigned int blocks, double *took, size_t *n, double *ns)
{
	return timed(g, false, blocks, took, n, ns);
}

static int veth_idle_run(struct generator *g, unsigned int blocks, double *took, size_t *n,
			 double *ns)
{
	return timed(g, true, blocks, took, n, ns);
}

static uint64_t meminfo(const char *text, const char *name)
{
	const char *line = strstr(text, name);
	unsigned long long kb = 0;

	if (line)
		sscanf(line + strlen(name), ": %llu kB", &kb);
	return kb;
}

static bool short_of_memory(void)
{
	char *text = slurp("/proc/meminfo", NULL);
	uint64_t limit, have;

	if (!text)
		return false;
	limit = meminfo(text, "MemTotal") / 4;
	have = meminfo(text, "MemAvailable");
	free(text);
	return have < (limit < LOW_KB ? limit : LOW_KB);
}

/*
 * What a socket holds when a run ends stays with the run's page pool, a page for each frame
 * and read or not, until a work that comes once a second. A fast machine fills a small one
 * in that time.
 */
static void await_pages(struct generator *g)
{
	int tries;

	if (g->sent - g->looked < LOOK_FRAMES)
		return;
	g->looked = g->sent;
	for (tries = 0; tries < 20 && !interrupted() && short_of_memory(); tries++)
		usleep(100000);
}

static int veth_send(struct generator *g, uint64_t frames)
{
	await_pages(g);
	return test_run(g, false, frames);
}

/* Each run takes it */
static int veth_frame(struct generator *g)
{
	return 0;
}

/* Sum of the IP header's words, as they are in memory, without source address and checksum */
static uint32_t header_sum(struct iphdr ip)
{
	uint16_t word[sizeof(ip) / 2];
	uint32_t sum = 0;
	size_t i;

	ip.saddr = 0;
	ip.check = 0;
	memcpy(word, &ip, sizeof(ip));
	for (i = 0; i < ARRAY_SIZE(word); i++)
		sum += word[i];
	return sum;
}

static int veth_flows(struct generator *g, uint32_t n, unsigned int zipf_milli)
{
	struct iphdr ip;

	memcpy(&ip, g->frame + ETH_HLEN, sizeof(ip));
	bpf_of(g)->bss->flow_base = ntohl(ip.saddr);
	bpf_of(g)->bss->header_sum = header_sum(ip);
	zipf_draw(bpf_of(g)->bss_ring->ring, GEN_RING, n, zipf_milli / 1000.0);
	g->ring = GEN_RING;
	g->at = 0;
	return 0;
}

/* Each is received at once */
static int veth_burst(struct generator *g, unsigned int frames)
{
	return 0;
}

/* There is no model */
static int veth_model(struct generator *g)
{
	return 0;
}

const struct generator_ops generator_veth = {
	.what = "live frames (BPF_PROG_TEST_RUN), redirected into veth",
	.idle = "generator, no veth",
	.ebpf = true,
	.block = GEN_BLOCK,
	.blocks = RUN_BLOCKS,
	.setup = veth_setup,
	.end = veth_end,
	.run = veth_run,
	.idle_run = veth_idle_run,
	.send = veth_send,
	.frame = veth_frame,
	.flows = veth_flows,
	.burst = veth_burst,
	.model_begin = veth_model,
	.model_end = veth_model,
};
