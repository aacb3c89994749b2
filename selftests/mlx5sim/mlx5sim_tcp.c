// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: what the device cuts arrives whole, by each kind of receive queue */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "simdata.h"
#include "simflow.h"

#define BYTES		(64 << 20)
#define BYTES_JUMBO	(16 << 20)
#define BYTES_BAD_WIRE	(4 << 20)	/* some of which are sure to meet a fault */
#define SENDS		100
#define SEGMENTS	20

FIXTURE(mlx5sim_tcp) {
	int unused;
};

FIXTURE_VARIANT(mlx5sim_tcp) {
	bool striding, compressed;
};

FIXTURE_VARIANT_ADD(mlx5sim_tcp, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5sim_tcp, striding) {
	.striding = true,
};

FIXTURE_VARIANT_ADD(mlx5sim_tcp, cyclic_compressed) {
	.striding = false,
	.compressed = true,
};

FIXTURE_VARIANT_ADD(mlx5sim_tcp, striding_compressed) {
	.striding = true,
	.compressed = true,
};

FIXTURE_SETUP(mlx5sim_tcp)
{
	ASSERT_EQ(0, data_ipv6(true));
	ASSERT_EQ(0, data_mode(variant->striding, variant->compressed));
}

FIXTURE_TEARDOWN(mlx5sim_tcp)
{
	EXPECT_EQ(0, data_wire_reset());
	EXPECT_EQ(0, data_mtu(1500));
}

static void expect_equal(struct __test_metadata *_metadata, const char *to, size_t bytes)
{
	struct flow_stream stream = { .to = to, .bytes = bytes };

	ASSERT_EQ(0, flow_stream(&stream)) {
		TH_LOG("to %s", to);
	}
	EXPECT_EQ(bytes, stream.right);
}

/* The stream was cut by the device, and came by this queue and this kind of CQE */
static void send_stream(struct __test_metadata *_metadata,
			const struct _fixture_variant_mlx5sim_tcp *variant, const char *to,
			size_t bytes)
{
	uint64_t taken = sim_taken(variant->striding), other = sim_taken(!variant->striding);
	uint64_t compressed = sim_counter(&sim, "hc0b", "rx_cqe_compress_pkts");
	uint64_t cut = sim_counter(&sim, "hc0a", "tx_tso_bytes");
	uint64_t faults = data_counter(DATA_PORT_A, "dma_faults") +
			  data_counter(DATA_PORT_B, "dma_faults");
	uint64_t received = sim_counter(&sim, "hc0b", "rx_packets");

	expect_equal(_metadata, to, bytes);
	received = sim_counter(&sim, "hc0b", "rx_packets") - received;
	EXPECT_LE(bytes / 9000, sim_taken(variant->striding) - taken);
	EXPECT_EQ(0, sim_taken(!variant->striding) - other);
	compressed = sim_counter(&sim, "hc0b", "rx_cqe_compress_pkts") - compressed;
	EXPECT_EQ(variant->compressed, compressed > received / 2) {
		TH_LOG("%" PRIu64 " of %" PRIu64 " packets compressed", compressed, received);
	}
	EXPECT_LE(bytes / 2, sim_counter(&sim, "hc0a", "tx_tso_bytes") - cut);
	EXPECT_EQ(faults, data_counter(DATA_PORT_A, "dma_faults") +
			  data_counter(DATA_PORT_B, "dma_faults"));
}

TEST_F_TIMEOUT(mlx5sim_tcp, ipv4, DATA_TIMEOUT)
{
	send_stream(_metadata, variant, FLOW_B4, data_some(BYTES));
}

TEST_F_TIMEOUT(mlx5sim_tcp, ipv6, DATA_TIMEOUT)
{
	send_stream(_metadata, variant, FLOW_B6, data_some(BYTES));
}

/* Packets of more than a page: the cyclic queue spreads each over several buffers */
TEST_F_TIMEOUT(mlx5sim_tcp, jumbo, DATA_TIMEOUT)
{
	uint64_t packets = data_counter(DATA_PORT_B, "rx_frames");
	uint64_t bytes = data_counter(DATA_PORT_B, "rx_bytes");

	ASSERT_EQ(0, data_mtu(9000));
	send_stream(_metadata, variant, FLOW_B4, data_some(BYTES_JUMBO));
	send_stream(_metadata, variant, FLOW_B6, data_some(BYTES_JUMBO));
	packets = data_counter(DATA_PORT_B, "rx_frames") - packets;
	bytes = data_counter(DATA_PORT_B, "rx_bytes") - bytes;
	EXPECT_LT(4096, bytes / packets);
}

/* UDP is cut too, where a socket asks for it; its checksums are the device's as well */
static void send_segments(struct __test_metadata *_metadata, const char *to)
{
	uint64_t packets = sim_counter(&sim, "hc0a", "tx_tso_packets");
	struct flow_grams flow;
	unsigned int i;

	ASSERT_EQ(0, flow_grams_open(&flow, to));
	for (i = 0; i < SENDS; i++)
		EXPECT_EQ(0, flow_grams_send_cut(&flow, SEGMENTS));
	flow_grams_drain(&flow, SENDS * SEGMENTS);
	EXPECT_EQ(SENDS * SEGMENTS, flow.received);
	EXPECT_EQ(0, flow.wrong);
	EXPECT_EQ(0, flow.backward);
	EXPECT_EQ(0, flow.twice);
	flow_grams_close(&flow);
	EXPECT_EQ(SENDS, sim_counter(&sim, "hc0a", "tx_tso_packets") - packets);
}

TEST_F(mlx5sim_tcp, udp_segments)
{
	send_segments(_metadata, FLOW_B4);
	send_segments(_metadata, FLOW_B6);
}

/* Frames that the wire loses, doubles and corrupts: TCP makes the stream whole again */
TEST_F_TIMEOUT(mlx5sim_tcp, bad_wire, DATA_TIMEOUT)
{
	uint64_t dropped = data_counter(DATA_PORT_B, "wire_dropped");
	uint64_t doubled = data_counter(DATA_PORT_B, "wire_duplicated");
	uint64_t corrupted = data_counter(DATA_PORT_B, "wire_corrupted");

	ASSERT_EQ(0, data_set(DATA_PORT_B, "drop_ppm", 3000));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "dup_ppm", 10000));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "corrupt_ppm", 3000));
	expect_equal(_metadata, FLOW_B4, BYTES_BAD_WIRE);
	expect_equal(_metadata, FLOW_B6, BYTES_BAD_WIRE);
	EXPECT_LT(dropped, data_counter(DATA_PORT_B, "wire_dropped"));
	EXPECT_LT(doubled, data_counter(DATA_PORT_B, "wire_duplicated"));
	EXPECT_LT(corrupted, data_counter(DATA_PORT_B, "wire_corrupted"));
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
