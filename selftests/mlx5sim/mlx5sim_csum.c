// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: checksums, made and checked by the device, and who is told of which */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "simdata.h"
#include "simflow.h"

#define GRAMS		1000
#define GRAMS_CORRUPT	4000
#define CORRUPT_PPM	200000

FIXTURE(mlx5sim_csum) {
	struct flow_grams flow;
	int log;
};

FIXTURE_VARIANT(mlx5sim_csum) {
	bool striding, compressed;
	const char *to;
};

FIXTURE_VARIANT_ADD(mlx5sim_csum, cyclic_ipv4) {
	.to = FLOW_B4,
};

FIXTURE_VARIANT_ADD(mlx5sim_csum, striding_ipv6) {
	.striding = true,
	.to = FLOW_B6,
};

FIXTURE_VARIANT_ADD(mlx5sim_csum, cyclic_compressed_ipv6) {
	.compressed = true,
	.to = FLOW_B6,
};

FIXTURE_VARIANT_ADD(mlx5sim_csum, striding_compressed_ipv4) {
	.striding = true,
	.compressed = true,
	.to = FLOW_B4,
};

/* The stack has found that a sum of the device's over a sound packet was wrong */
static bool sum_was_wrong(int log)
{
	bool wrong = false;
	char line[8192];
	ssize_t n;

	while ((n = read(log, line, sizeof(line) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		line[n > 0 ? n : 0] = '\0';
		wrong |= !!strstr(line, "hw csum failure");
	}
	return wrong;
}

static bool is_ipv6(const struct _fixture_variant_mlx5sim_csum *variant)
{
	return strchr(variant->to, ':');
}

FIXTURE_SETUP(mlx5sim_csum)
{
	ASSERT_EQ(0, data_ipv6(is_ipv6(variant)));
	ASSERT_EQ(0, data_mode(variant->striding, variant->compressed));
	self->log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, self->log);
	lseek(self->log, 0, SEEK_END);
	ASSERT_EQ(0, flow_grams_open(&self->flow, variant->to));
}

FIXTURE_TEARDOWN(mlx5sim_csum)
{
	flow_grams_close(&self->flow);
	EXPECT_FALSE(sum_was_wrong(self->log));
	EXPECT_EQ(0, data_wire_reset());
	EXPECT_EQ(0, data_flag("hc0b", "rx_no_csum_complete", false));
	EXPECT_EQ(0, data_eth_value("hc0b", ETHTOOL_SRXCSUM, 1));
	EXPECT_EQ(0, data_eth_value("hc0a", ETHTOOL_STXCSUM, 1));
}

/* GRAMS of them, each of which arrives as it was sent */
static void send_grams(struct __test_metadata *_metadata, struct _test_data_mlx5sim_csum *self)
{
	ASSERT_EQ(0, flow_grams_send(&self->flow, GRAMS));
	flow_grams_drain(&self->flow, GRAMS);
	EXPECT_EQ(GRAMS, self->flow.received);
	EXPECT_EQ(0, self->flow.wrong);
	EXPECT_EQ(0, self->flow.backward);
}

/* The stack may have packets of its own beside them: IPv6 has */
static void expect_counted(struct __test_metadata *_metadata,
			   struct _test_data_mlx5sim_csum *self, const char *dev, const char *name)
{
	uint64_t n = DATA_GROWTH(dev, name, send_grams(_metadata, self));

	EXPECT_LE(GRAMS, n) {
		TH_LOG("%s of %s: %" PRIu64, name, dev, n);
	}
}

TEST_F(mlx5sim_csum, tx_by_device)
{
	expect_counted(_metadata, self, "hc0a", "tx_csum_partial");
}

TEST_F(mlx5sim_csum, tx_by_stack)
{
	ASSERT_EQ(0, data_eth_value("hc0a", ETHTOOL_STXCSUM, 0));
	expect_counted(_metadata, self, "hc0a", "tx_csum_none");
}

/* The device sums all of the packet up, and the stack checks the sum */
TEST_F(mlx5sim_csum, rx_complete)
{
	expect_counted(_metadata, self, "hc0b", "rx_csum_complete");
}

/* The device says what it has checked */
TEST_F(mlx5sim_csum, rx_unnecessary)
{
	ASSERT_EQ(0, data_flag("hc0b", "rx_no_csum_complete", true));
	expect_counted(_metadata, self, "hc0b", "rx_csum_unnecessary");
}

TEST_F(mlx5sim_csum, rx_by_stack)
{
	ASSERT_EQ(0, data_eth_value("hc0b", ETHTOOL_SRXCSUM, 0));
	expect_counted(_metadata, self, "hc0b", "rx_csum_none");
}

/* A number of /proc/net/snmp in netns b, e.g. "Udp", "InCsumErrors" */
static uint64_t snmp(const char *group, const char *name)
{
	char names[1024], values[1024], *n, *v, *save_n, *save_v;
	uint64_t value = UINT64_MAX;
	FILE *f;

	hc_enter(sim.net.b);
	f = fopen("/proc/thread-self/net/snmp", "re");
	hc_enter(sim.net.home);
	while (f && fgets(names, sizeof(names), f) && fgets(values, sizeof(values), f)) {
		n = strtok_r(names, "\n ", &save_n);
		v = strtok_r(values, "\n ", &save_v);
		if (!n || strncmp(n, group, strlen(group)) || n[strlen(group)] != ':')
			continue;
		for (; n && v; n = strtok_r(NULL, "\n ", &save_n),
		     v = strtok_r(NULL, "\n ", &save_v))
			if (!strcmp(n, name))
				value = strtoull(v, NULL, 10);
	}
	if (f)
		fclose(f);
	return value;
}

static uint64_t rejected(void)
{
	return snmp("Ip", "InHdrErrors") + snmp("Udp", "InErrors");
}

/*
 * One bit of every fifth frame is wrong. IPv4 covers all with a checksum, so that
 * hardly any of these arrives; IPv6 leaves out its header.
 */
static void corrupt(struct __test_metadata *_metadata, struct _test_data_mlx5sim_csum *self,
		    const struct _fixture_variant_mlx5sim_csum *variant)
{
	uint64_t corrupted = data_counter(DATA_PORT_B, "wire_corrupted"), errors = rejected();
	unsigned int n = data_some(GRAMS_CORRUPT), whole;

	/* of a few, hardly any may be wrong */
	if (n < GRAMS_CORRUPT / 8)
		n = GRAMS_CORRUPT / 8;
	ASSERT_EQ(0, data_set(DATA_PORT_B, "corrupt_ppm", CORRUPT_PPM));
	ASSERT_EQ(0, flow_grams_send(&self->flow, n));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "corrupt_ppm", 0));
	corrupted = data_counter(DATA_PORT_B, "wire_corrupted") - corrupted;
	flow_grams_drain(&self->flow, n - corrupted);
	flow_grams_more(&self->flow);
	EXPECT_LT(n / 10, corrupted);
	EXPECT_EQ(0, self->flow.wrong);
	whole = n - corrupted;
	if (is_ipv6(variant)) {
		EXPECT_LE(whole, self->flow.received);
		EXPECT_GT(n, self->flow.received);
	} else {
		/* a checksum of UDP's with one bit set is none without it */
		EXPECT_LE(whole, self->flow.received);
		EXPECT_GE(whole + 1, self->flow.received);
		EXPECT_EQ(n - self->flow.received, rejected() - errors);
	}
}

TEST_F(mlx5sim_csum, corrupt_rx_complete)
{
	corrupt(_metadata, self, variant);
}

TEST_F(mlx5sim_csum, corrupt_rx_unnecessary)
{
	ASSERT_EQ(0, data_flag("hc0b", "rx_no_csum_complete", true));
	corrupt(_metadata, self, variant);
}

/*
 * Frames that lie about what they are: cut short, with lengths and options beyond their
 * end. The device takes each, the stack throws them away, and what is sound still comes.
 */
TEST_F(mlx5sim_csum, malformed)
{
	static const uint16_t types[] = { ETH_P_IP, ETH_P_8021Q, ETH_P_IPV6, ETH_P_8021AD };
	uint64_t frames = data_counter(DATA_PORT_B, "rx_frames");
	unsigned int n = data_some(GRAMS_CORRUPT), i, k, len;
	uint8_t frame[128];
	uint16_t type;
	int ret;

	srand(4711);
	hc_frame(&sim.net, frame, ETH_HLEN, ETH_P_IP, 0);
	for (i = 0; i < n; i++) {
		len = ETH_HLEN + rand() % (sizeof(frame) - ETH_HLEN);
		type = htons(types[i % ARRAY_SIZE(types)]);
		memcpy(frame + 2 * ETH_ALEN, &type, sizeof(type));
		for (k = ETH_HLEN; k < len; k++)
			frame[k] = rand() >> 8;
		/* a version that fits, mostly, and a header of any length */
		if (i % 8)
			frame[ETH_HLEN] = (is_ipv6(variant) ? 0x60 : 0x40) | (rand() >> 8 & 0xf);
		ret = sim_port_write(DATA_PORT_B, "inject", frame, len);
		/* of tagged frames, every second, the device takes those of its VLANs only */
		if (ret != -ENOBUFS || i % 2 == 0)
			ASSERT_EQ(0, ret);
	}
	EXPECT_LE(n, data_counter(DATA_PORT_B, "rx_frames") - frames);
	send_grams(_metadata, self);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
