// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: accelerated RFS, a flow's packets come to the CPU that reads them */
#include <linux/ethtool.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "simflow.h"

#define ENTRIES		"/proc/sys/net/core/rps_sock_flow_entries"
#define CPUS		16	/* more are not tried */
#define GRAMS		64
#define ROUNDS		10
#define TRIES		100	/* the rule is made by a work queue, after a packet */
#define STEADY		4	/* in a row: without a rule it is the hash's, until the next one */

FIXTURE(mlx5sim_arfs) {
	struct flow_grams grams;
	unsigned int queues, cpus;
	char entries[32];
	cpu_set_t *home;		/* as long as the kernel's, which may be beyond 1024 CPUs */
	size_t home_size;
};

FIXTURE_VARIANT(mlx5sim_arfs) {
	const char *to;
};

FIXTURE_VARIANT_ADD(mlx5sim_arfs, udp4) {
	.to = FLOW_B4,
};

FIXTURE_VARIANT_ADD(mlx5sim_arfs, udp6) {
	.to = FLOW_B6,
};

static int put_entries(const char *text)
{
	FILE *f = fopen(ENTRIES, "w");
	int ret;

	if (!f)
		return -1;
	ret = fputs(text, f) < 0 ? -1 : 0;
	return fclose(f) ? -1 : ret;
}

static int get_entries(char *text, size_t len)
{
	FILE *f = fopen(ENTRIES, "r");
	int ret;

	if (!f)
		return -1;
	ret = fgets(text, len, f) ? 0 : -1;
	fclose(f);
	return ret;
}

/* Entries of each receive queue's table; sysfs shows the netdevs of whoever mounts it */
static int put_flows(unsigned int n)
{
	return hc_shell(sim.net.b,
			"unshare -m sh -c 'mount -t sysfs none /sys && for q in /sys/class/net/hc0b/queues/rx-*; do echo %u >$q/rps_flow_cnt || exit; done'",
			n);
}

static uint64_t queue_packets(unsigned int queue)
{
	char name[32];

	snprintf(name, sizeof(name), "rx%u_packets", queue);
	return sim_counter(&sim, "hc0b", name);
}

static cpu_set_t *affinity(size_t *size)
{
	cpu_set_t *set = NULL;
	int cpus;

	for (cpus = CPU_SETSIZE; cpus <= 1 << 20; cpus *= 2) {
		*size = CPU_ALLOC_SIZE(cpus);
		set = CPU_ALLOC(cpus);
		if (!set || !sched_getaffinity(0, *size, set))
			return set;
		CPU_FREE(set);
	}
	return NULL;
}

static int pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

/* The kernel notes the reader of connected sockets only */
static int connect_back(const struct flow_grams *g)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	return getsockname(g->tx, (void *)&from, &len) ||
	       connect(g->rx, (void *)&from, len) ? -1 : 0;
}

FIXTURE_SETUP(mlx5sim_arfs)
{
	memset(self, 0, sizeof(*self));
	self->grams.tx = -1;
	self->grams.rx = -1;
	self->home = affinity(&self->home_size);
	ASSERT_NE(NULL, self->home);
	while (self->queues < CPUS && queue_packets(self->queues) != UINT64_MAX)
		self->queues++;
	self->cpus = CPU_COUNT_S(self->home_size, self->home);
	if (self->cpus > self->queues)
		self->cpus = self->queues;
	if (sim_counter(&sim, "hc0b", "rx_arfs_add") == UINT64_MAX)
		SKIP(return, "the kernel lacks CONFIG_MLX5_EN_ARFS, which needs SMP");
	if (self->cpus < 2)
		SKIP(return, "one CPU, or one queue");
	if (get_entries(self->entries, sizeof(self->entries)))
		SKIP(return, "no " ENTRIES " in this network namespace");
	ASSERT_EQ(0, data_mode(true, false));
	ASSERT_EQ(0, data_ipv6(true));
	ASSERT_EQ(0, put_entries("1024\n"));
	ASSERT_EQ(0, put_flows(256));
	ASSERT_EQ(0, data_eth_flag("hc0b", ETH_FLAG_NTUPLE, true));
	ASSERT_EQ(0, flow_grams_open(&self->grams, variant->to));
	ASSERT_EQ(0, connect_back(&self->grams));
}

FIXTURE_TEARDOWN(mlx5sim_arfs)
{
	sched_setaffinity(0, self->home_size, self->home);
	CPU_FREE(self->home);
	flow_grams_close(&self->grams);
	if (!*self->entries)
		return;
	data_eth_flag("hc0b", ETH_FLAG_NTUPLE, false);
	put_flows(0);
	put_entries(self->entries);
	data_ipv6(false);
}

/* Some more of the flow; the one queue that got them all, or -1 */
static int queue_of_flow(struct _test_data_mlx5sim_arfs *self)
{
	uint64_t before[CPUS];
	unsigned int i;
	int queue = -1;

	for (i = 0; i < self->queues; i++)
		before[i] = queue_packets(i);
	if (flow_grams_send(&self->grams, GRAMS))
		return -1;
	flow_grams_drain(&self->grams, self->grams.sent);
	for (i = 0; i < self->queues; i++)
		if (queue_packets(i) - before[i] >= GRAMS)
			queue = i;
	return queue;
}

/*
 * The queue that the flow keeps coming to while a CPU reads it. It does not move at once,
 * so the one where it was before is waited out; -1: none.
 */
static int settled(struct _test_data_mlx5sim_arfs *self, unsigned int cpu, int before)
{
	int tries, queue, last = -1, same = 0;

	if (pin(cpu))
		return -1;
	for (tries = 0; tries < TRIES; tries++) {
		queue = queue_of_flow(self);
		same = queue == last ? same + 1 : 1;
		last = queue;
		if (queue >= 0 && queue != before && same == STEADY)
			return queue;
		usleep(20000);
	}
	return last;
}

static void expect_intact(struct __test_metadata *_metadata, const struct flow_grams *g)
{
	EXPECT_EQ(g->sent, g->received);
	EXPECT_EQ(0, g->wrong);
	EXPECT_EQ(0, g->twice);
}

/* How many pairs of CPUs have one queue for both */
static unsigned int shared(const int *queue, unsigned int cpus)
{
	unsigned int i, j, n = 0;

	for (i = 0; i < cpus; i++)
		for (j = 0; j < i; j++)
			n += queue[j] == queue[i];
	return n;
}

/* Each CPU that reads has a queue of its own, twice the same, and the driver counts why */
TEST_F_TIMEOUT(mlx5sim_arfs, follows_the_reader, DATA_TIMEOUT)
{
	uint64_t add = sim_counter(&sim, "hc0b", "rx_arfs_add");
	uint64_t in = sim_counter(&sim, "hc0b", "rx_arfs_request_in");
	uint64_t error = sim_counter(&sim, "hc0b", "rx_arfs_err");
	int queue[CPUS], last = -1, round, moved = 1;
	unsigned int i;

	/* the first CPU's may be the hash's, where the flow was before it moved */
	for (round = 0; round < ROUNDS && (moved || shared(queue, self->cpus)); round++) {
		moved = 0;
		for (i = 0; i < self->cpus; i++) {
			last = settled(self, i, last);
			ASSERT_LE(0, last) TH_LOG("CPU %u", i);
			moved += !round || last != queue[i];
			queue[i] = last;
		}
	}
	EXPECT_EQ(0, moved);
	EXPECT_EQ(0, shared(queue, self->cpus)) {
		for (i = 0; i < self->cpus; i++)
			TH_LOG("CPU %u: queue %d", i, queue[i]);
	}
	EXPECT_LE(add + 1, sim_counter(&sim, "hc0b", "rx_arfs_add"));
	/* a rule that has expired meanwhile is added anew, not moved */
	EXPECT_LE(add + in + self->cpus, sim_counter(&sim, "hc0b", "rx_arfs_add") +
					 sim_counter(&sim, "hc0b", "rx_arfs_request_in"));
	EXPECT_EQ(error, sim_counter(&sim, "hc0b", "rx_arfs_err"));
	expect_intact(_metadata, &self->grams);
}

/* Without it, the hash alone says which queue, whoever reads */
TEST_F_TIMEOUT(mlx5sim_arfs, off, DATA_TIMEOUT)
{
	uint64_t add;
	unsigned int i;
	int queue;

	ASSERT_LE(0, settled(self, self->cpus - 1, -1));
	ASSERT_EQ(0, data_eth_flag("hc0b", ETH_FLAG_NTUPLE, false));
	add = sim_counter(&sim, "hc0b", "rx_arfs_add");
	queue = settled(self, 0, -1);
	ASSERT_LE(0, queue);
	for (i = 1; i < self->cpus; i++) {
		EXPECT_EQ(queue, settled(self, i, -1)) {
			TH_LOG("CPU %u", i);
		}
	}
	EXPECT_EQ(add, sim_counter(&sim, "hc0b", "rx_arfs_add"));
	expect_intact(_metadata, &self->grams);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
