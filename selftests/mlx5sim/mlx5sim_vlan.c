// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: VLAN tags, inserted and stripped by the device or by the stack */
#include <linux/ethtool.h>
#include <stdio.h>

#include "kselftest_harness.h"
#include "simdata.h"
#include "simflow.h"

#define GRAMS		1000
#define BYTES		(4 << 20)
#define VLAN_A		"10.204.0.1"
#define VLAN_B		"10.204.0.2"

FIXTURE(mlx5sim_vlan) {
	struct flow_grams flow;
};

FIXTURE_VARIANT(mlx5sim_vlan) {
	bool striding, compressed;
	const char *protocol;
};

FIXTURE_VARIANT_ADD(mlx5sim_vlan, cyclic) {
	.protocol = "802.1Q",
};

FIXTURE_VARIANT_ADD(mlx5sim_vlan, striding_compressed) {
	.striding = true,
	.compressed = true,
	.protocol = "802.1Q",
};

/* The device inserts S-tags, and leaves them in what it receives */
FIXTURE_VARIANT_ADD(mlx5sim_vlan, service) {
	.striding = true,
	.protocol = "802.1ad",
};

static int add_vlan(int ns, const char *dev, const char *protocol, const char *address,
		    int peer_ns, const char *peer_dev, const char *peer)
{
	uint8_t m[6];

	if (hc_mac(peer_ns, peer_dev, m))
		return -1;
	return hc_shell(ns,
			"ip link add link %s name vlan type vlan protocol %s id 100 && ip addr add %s/24 dev vlan && ip link set vlan up",
			dev, protocol, address) ?:
	       hc_shell(ns,
			"ip neigh replace %s lladdr %02x:%02x:%02x:%02x:%02x:%02x dev vlan nud permanent",
			peer, m[0], m[1], m[2], m[3], m[4], m[5]);
}

FIXTURE_SETUP(mlx5sim_vlan)
{
	self->flow.tx = -1;
	self->flow.rx = -1;
	ASSERT_EQ(0, data_mode(variant->striding, variant->compressed));
	ASSERT_EQ(0, add_vlan(sim.net.a, "hc0a", variant->protocol, VLAN_A, sim.net.b, "hc0b",
			      VLAN_B));
	ASSERT_EQ(0, add_vlan(sim.net.b, "hc0b", variant->protocol, VLAN_B, sim.net.a, "hc0a",
			      VLAN_A));
	ASSERT_EQ(0, flow_grams_open(&self->flow, VLAN_B));
}

FIXTURE_TEARDOWN(mlx5sim_vlan)
{
	flow_grams_close(&self->flow);
	hc_shell(sim.net.a, "ip link del vlan");
	hc_shell(sim.net.b, "ip link del vlan");
	EXPECT_EQ(0, data_eth_flag("hc0a", ETH_FLAG_TXVLAN, true));
	EXPECT_EQ(0, data_eth_flag("hc0b", ETH_FLAG_RXVLAN, true));
}

/* All arrive on the VLAN; who has inserted and who has stripped the tags is counted */
static void send_grams(struct __test_metadata *_metadata, struct _test_data_mlx5sim_vlan *self,
		       const struct _fixture_variant_mlx5sim_vlan *variant, bool insert, bool strip)
{
	bool service = variant->protocol[5] == 'a';
	uint64_t added, removed;

	ASSERT_EQ(0, data_eth_flag("hc0a", ETH_FLAG_TXVLAN, insert));
	ASSERT_EQ(0, data_eth_flag("hc0b", ETH_FLAG_RXVLAN, strip));
	added = sim_counter(&sim, "hc0a", "tx_added_vlan_packets");
	removed = sim_counter(&sim, "hc0b", "rx_removed_vlan_packets");
	ASSERT_EQ(0, flow_grams_send(&self->flow, GRAMS));
	flow_grams_drain(&self->flow, GRAMS);
	EXPECT_EQ(GRAMS, self->flow.received);
	EXPECT_EQ(0, self->flow.wrong);
	/* the flag is the C-tags' */
	added = sim_counter(&sim, "hc0a", "tx_added_vlan_packets") - added;
	EXPECT_EQ(insert || service ? GRAMS : 0, added);
	removed = sim_counter(&sim, "hc0b", "rx_removed_vlan_packets") - removed;
	EXPECT_EQ(strip && !service ? GRAMS : 0, removed);
}

TEST_F(mlx5sim_vlan, inserted_and_stripped)
{
	send_grams(_metadata, self, variant, true, true);
}

TEST_F(mlx5sim_vlan, inserted)
{
	send_grams(_metadata, self, variant, true, false);
}

TEST_F(mlx5sim_vlan, stripped)
{
	send_grams(_metadata, self, variant, false, true);
}

TEST_F(mlx5sim_vlan, by_stack)
{
	send_grams(_metadata, self, variant, false, false);
}

/* Segmentation behind a tag */
TEST_F_TIMEOUT(mlx5sim_vlan, stream, DATA_TIMEOUT)
{
	struct flow_stream stream = { .to = VLAN_B, .bytes = BYTES };
	uint64_t cut = sim_counter(&sim, "hc0a", "tx_tso_bytes");

	ASSERT_EQ(0, flow_stream(&stream));
	EXPECT_EQ(BYTES, stream.right);
	cut = sim_counter(&sim, "hc0a", "tx_tso_bytes") - cut;
	EXPECT_LT(0, cut);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
