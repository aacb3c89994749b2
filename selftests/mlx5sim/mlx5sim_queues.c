// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim, several queues: the indirection table says which one a hash goes to */
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "simmeta.h"

#define FRAMES		1000
#define MAX_QUEUES	8

FIXTURE(mlx5sim_queues) {
	struct simmeta meta;
	uint32_t before, queues;
};

static int channels(uint32_t *now, uint32_t *max)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_GCHANNELS };

	if (data_ethtool("hc0b", &c))
		return -1;
	*now = c.combined_count;
	*max = c.max_combined;
	return 0;
}

static int set_channels(uint32_t n)
{
	struct ethtool_channels c = { .cmd = ETHTOOL_GCHANNELS };

	if (data_ethtool("hc0b", &c))
		return -1;
	if (c.combined_count == n)
		return 0;
	c.cmd = ETHTOOL_SCHANNELS;
	c.combined_count = n;
	return data_ethtool("hc0b", &c);
}

FIXTURE_SETUP(mlx5sim_queues)
{
	uint32_t max;

	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, data_mode(true, false));
	ASSERT_EQ(0, data_eth_flag("hc0b", ETH_FLAG_RXHASH, true));
	ASSERT_EQ(0, channels(&self->before, &max));
	self->queues = max < MAX_QUEUES ? max : MAX_QUEUES;
	ASSERT_EQ(0, set_channels(self->queues));
	ASSERT_EQ(0, simmeta_attach(&self->meta));
}

FIXTURE_TEARDOWN(mlx5sim_queues)
{
	struct ethtool_rxfh_indir reset = { .cmd = ETHTOOL_SRXFHINDIR };

	simmeta_detach(&self->meta);
	/* a size of 0: the driver's own table */
	data_ethtool("hc0b", &reset);
	EXPECT_EQ(0, set_channels(self->before));
}

/* The table, of its present size; to be freed */
static struct ethtool_rxfh_indir *get_table(void)
{
	struct ethtool_rxfh_indir size = { .cmd = ETHTOOL_GRXFHINDIR }, *table;

	if (data_ethtool("hc0b", &size) || !size.size)
		return NULL;
	table = calloc(1, sizeof(*table) + size.size * sizeof(table->ring_index[0]));
	table->cmd = ETHTOOL_GRXFHINDIR;
	table->size = size.size;
	if (data_ethtool("hc0b", table)) {
		free(table);
		return NULL;
	}
	return table;
}

/* Many flows, each of which arrives at the queue that the table has for its hash */
static void expect_queues(struct __test_metadata *_metadata, struct _test_data_mlx5sim_queues *self,
			  const struct ethtool_rxfh_indir *table, unsigned int *count)
{
	unsigned int n = data_some(FRAMES), i;
	struct iphdr *ip;
	uint8_t frame[64];

	hc_frame(&sim.net, frame, sizeof(frame), ETH_P_IP, 0);
	ip = (void *)(frame + ETH_HLEN);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.tot_len = htons(sizeof(frame) - ETH_HLEN),
	};
	simmeta_reset(&self->meta);
	for (i = 0; i < n; i++) {
		ip->saddr = htonl(0x0acb0000 + i * 40503);
		ip->daddr = htonl(0x0acb0002);
		ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "inject", frame, sizeof(frame)));
	}
	ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs >= n));
	ASSERT_EQ(n, self->meta.prog->bss->runs);
	for (i = 0; i < n; i++) {
		const struct meta *m = &self->meta.prog->bss->frames[i];

		ASSERT_GT(self->queues, m->queue);
		EXPECT_EQ(table->ring_index[m->hash % table->size], m->queue);
		count[m->queue]++;
	}
}

TEST_F_TIMEOUT(mlx5sim_queues, all_used, DATA_TIMEOUT)
{
	struct ethtool_rxfh_indir *table = get_table();
	unsigned int count[MAX_QUEUES] = { 0 }, i;

	ASSERT_NE(NULL, table);
	expect_queues(_metadata, self, table, count);
	for (i = 0; i < self->queues; i++)
		EXPECT_LT(0, count[i]);
	free(table);
}

/* A table of our own, with the first queue in no entry */
TEST_F_TIMEOUT(mlx5sim_queues, own_table, DATA_TIMEOUT)
{
	struct ethtool_rxfh_indir *table = get_table();
	unsigned int count[MAX_QUEUES] = { 0 }, i;

	ASSERT_NE(NULL, table);
	table->cmd = ETHTOOL_SRXFHINDIR;
	for (i = 0; i < table->size; i++)
		table->ring_index[i] = 1 + i * 7 % (self->queues - 1);
	ASSERT_EQ(0, data_ethtool("hc0b", table));
	expect_queues(_metadata, self, table, count);
	EXPECT_EQ(0, count[0]);
	for (i = 1; i < self->queues; i++)
		EXPECT_LT(0, count[i]);
	free(table);
}

/* Fewer queues: the driver's table follows */
TEST_F_TIMEOUT(mlx5sim_queues, fewer, DATA_TIMEOUT)
{
	unsigned int count[MAX_QUEUES] = { 0 }, i;
	struct ethtool_rxfh_indir *table;

	ASSERT_EQ(0, set_channels(self->queues - 1));
	self->queues--;
	table = get_table();
	ASSERT_NE(NULL, table);
	expect_queues(_metadata, self, table, count);
	for (i = 0; i < self->queues; i++)
		EXPECT_LT(0, count[i]);
	free(table);
}

int main(int argc, char **argv)
{
	uint32_t now, max;

	data_begin();
	if (!channels(&now, &max) && max < 2)
		ksft_exit_skip("the driver has one channel only, as the machine has one CPU\n");
	return test_harness_run(argc, argv);
}
