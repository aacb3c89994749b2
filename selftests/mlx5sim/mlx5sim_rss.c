// SPDX-License-Identifier: GPL-2.0-only
/* mlx5 over mlx5sim: the hash of a packet, against one of our own, and the queue it chooses */
#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "simmeta.h"
#include "toeplitz.h"

#define FRAMES		200
#define FRAME_BYTES	80

/* enum xdp_rss_hash_type, which is no uapi */
#define HASH_IPV4	0x01
#define HASH_IPV6	0x02
#define HASH_TCP	0x18
#define HASH_UDP	0x28

static const uint8_t ms_key[TOEPLITZ_KEY] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb,
	0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30,
	0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

struct flow {
	int family, proto;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
};

/* "Verifying the RSS Hash Calculation", Windows driver documentation */
static const struct vector {
	const char *src, *dst;
	uint16_t sport, dport;
	uint32_t ip, tcp;
} ms_vectors[] = {
	{ "66.9.149.187", "161.142.100.80", 2794, 1766, 0x323e8fc2, 0x51ccc178 },
	{ "199.92.111.2", "65.69.140.83", 14230, 4739, 0xd718262a, 0xc626b0ea },
	{ "24.19.198.95", "12.22.207.184", 12898, 38024, 0xd2d0a5de, 0x5c2b394a },
	{ "38.27.205.30", "209.142.163.6", 48228, 2217, 0x82989176, 0xafc7327f },
	{ "153.39.163.191", "202.188.127.2", 44251, 1303, 0x5d1809c5, 0x10e828a2 },
	{ "3ffe:2501:200:1fff::7", "3ffe:2501:200:3::1", 2794, 1766, 0x2cc18cd5, 0x40207d3d },
	{ "3ffe:501:8::260:97ff:fe40:efab", "ff02::1", 14230, 4739, 0x0f0c461c, 0xdde51bbf },
	{ "3ffe:1900:4545:3:200:f8ff:fe21:67cf", "fe80::200:f8ff:fe21:67cf", 44251, 38024,
	  0x4b61e985, 0x02d1feef },
};

static struct flow flow_of(const struct vector *v, int proto)
{
	struct flow f = { .proto = proto, .sport = v->sport, .dport = v->dport };

	f.family = strchr(v->src, ':') ? AF_INET6 : AF_INET;
	inet_pton(f.family, v->src, f.src);
	inet_pton(f.family, v->dst, f.dst);
	return f;
}

static size_t put(uint8_t *to, size_t at, const void *from, size_t len)
{
	memcpy(to + at, from, len);
	return at + len;
}

/* In order of their values: the driver asks for a hash that is the same both ways */
static size_t put_pair(uint8_t *to, size_t at, const void *a, const void *b, size_t len, bool sort)
{
	bool swap = sort && memcmp(a, b, len) > 0;

	at = put(to, at, swap ? b : a, len);
	return put(to, at, swap ? a : b, len);
}

static uint32_t hash_of(const uint8_t *key, const struct flow *f, bool ports, bool symmetric)
{
	uint16_t sport = htons(f->sport), dport = htons(f->dport);
	uint8_t in[36];
	size_t len;

	len = put_pair(in, 0, f->src, f->dst, f->family == AF_INET ? 4 : 16, symmetric);
	if (ports)
		len = put_pair(in, len, &sport, &dport, 2, symmetric);
	return toeplitz(key, in, len);
}

/* Our own hash is Microsoft's */
TEST(vectors)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ms_vectors); i++) {
		struct flow f = flow_of(&ms_vectors[i], IPPROTO_TCP);

		EXPECT_EQ(ms_vectors[i].ip, hash_of(ms_key, &f, false, false));
		EXPECT_EQ(ms_vectors[i].tcp, hash_of(ms_key, &f, true, false));
	}
}

FIXTURE(mlx5sim_rss) {
	struct simmeta meta;
};

FIXTURE_VARIANT(mlx5sim_rss) {
	bool striding;
};

FIXTURE_VARIANT_ADD(mlx5sim_rss, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5sim_rss, striding) {
	.striding = true,
};

static int set_key(const uint8_t *key)
{
	struct ethtool_rxfh *rxfh = calloc(1, sizeof(*rxfh) + TOEPLITZ_KEY);
	int ret;

	rxfh->cmd = ETHTOOL_SRSSH;
	rxfh->indir_size = ETH_RXFH_INDIR_NO_CHANGE;
	rxfh->key_size = TOEPLITZ_KEY;
	rxfh->hfunc = 1;	/* ETH_RSS_HASH_TOP */
	memcpy(rxfh->rss_config, key, TOEPLITZ_KEY);
	ret = data_ethtool("hc0b", rxfh);
	free(rxfh);
	return ret;
}

/* What the hash of UDP over IPv4 is made of */
static int set_udp_fields(uint64_t fields)
{
	struct ethtool_rxnfc nfc = {
		.cmd = ETHTOOL_SRXFH,
		.flow_type = UDP_V4_FLOW,
		.data = fields,
	};

	return data_ethtool("hc0b", &nfc);
}

FIXTURE_SETUP(mlx5sim_rss)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, data_mode(variant->striding, false));
	ASSERT_EQ(0, data_eth_flag("hc0b", ETH_FLAG_RXHASH, true));
	ASSERT_EQ(0, set_key(ms_key));
	ASSERT_EQ(0, simmeta_attach(&self->meta));
}

FIXTURE_TEARDOWN(mlx5sim_rss)
{
	simmeta_detach(&self->meta);
	EXPECT_EQ(0, set_udp_fields(RXH_IP_SRC | RXH_IP_DST | RXH_L4_B_0_1 | RXH_L4_B_2_3));
}

/* A frame of the flow to hc0b; nobody looks at its checksums */
static int inject(const struct flow *f)
{
	uint16_t ports[2] = { htons(f->sport), htons(f->dport) };
	size_t alen = f->family == AF_INET ? 4 : 16, at;
	uint8_t frame[FRAME_BYTES] = { 0 };

	hc_frame(&sim.net, frame, ETH_HLEN, f->family == AF_INET ? ETH_P_IP : ETH_P_IPV6, 0);
	at = ETH_HLEN;
	if (f->family == AF_INET) {
		frame[at] = 0x45;
		frame[at + 3] = FRAME_BYTES - ETH_HLEN;
		frame[at + 9] = f->proto;
		at += 12;
	} else {
		frame[at] = 0x60;
		frame[at + 5] = FRAME_BYTES - ETH_HLEN - 40;
		frame[at + 6] = f->proto;
		at += 8;
	}
	at = put(frame, at, f->src, alen);
	at = put(frame, at, f->dst, alen);
	put(frame, at, ports, sizeof(ports));
	return sim_port_write(DATA_PORT_B, "inject", frame, sizeof(frame));
}

/* The flow's frame has this hash, of this type; both ways */
static void expect_hash(struct __test_metadata *_metadata, struct simmeta *meta,
			const struct flow *f, uint32_t hash, uint32_t type)
{
	const struct meta *m = meta->prog->bss->frames;
	struct flow back = *f;
	int i;

	memcpy(back.src, f->dst, 16);
	memcpy(back.dst, f->src, 16);
	back.sport = f->dport;
	back.dport = f->sport;
	simmeta_reset(meta);
	ASSERT_EQ(0, inject(f));
	ASSERT_EQ(0, inject(&back));
	ASSERT_TRUE(DATA_AWAIT(meta->prog->bss->runs == 2));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, m[i].hash_error);
		EXPECT_EQ(hash, m[i].hash);
		EXPECT_EQ(type, m[i].hash_type);
	}
}

static uint32_t type_of(const struct flow *f)
{
	uint32_t l4 = f->proto == IPPROTO_TCP ? HASH_TCP : f->proto == IPPROTO_UDP ? HASH_UDP : 0;

	return l4 | (f->family == AF_INET ? HASH_IPV4 : HASH_IPV6);
}

/* Microsoft's vectors, as far as their order is that of the symmetric hash, literally */
TEST_F(mlx5sim_rss, vectors)
{
	unsigned int literally = 0;
	struct flow f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ms_vectors); i++) {
		f = flow_of(&ms_vectors[i], IPPROTO_TCP);
		expect_hash(_metadata, &self->meta, &f, hash_of(ms_key, &f, true, true),
			    type_of(&f));
		f.proto = IPPROTO_SCTP;
		if (memcmp(f.src, f.dst, 16) < 0) {
			expect_hash(_metadata, &self->meta, &f, ms_vectors[i].ip, type_of(&f));
			literally++;
		}
	}
	EXPECT_LE(3, literally);
}

static struct flow random_flow(int family, int proto)
{
	struct flow f = { .family = family, .proto = proto, .sport = rand(), .dport = rand() };
	int i;

	for (i = 0; i < (family == AF_INET ? 4 : 16); i++) {
		f.src[i] = rand() >> 8;
		f.dst[i] = rand() >> 8;
	}
	return f;
}

TEST_F_TIMEOUT(mlx5sim_rss, random, DATA_TIMEOUT)
{
	static const int protos[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_GRE };
	unsigned int n = data_some(FRAMES), i, k;
	uint8_t key[TOEPLITZ_KEY];

	srand(4711);
	for (i = 0; i < sizeof(key); i++)
		key[i] = rand() >> 8;
	ASSERT_EQ(0, set_key(key));
	for (i = 0; i < n; i++)
		for (k = 0; k < ARRAY_SIZE(protos); k++) {
			struct flow f = random_flow(i % 2 ? AF_INET : AF_INET6, protos[k]);

			expect_hash(_metadata, &self->meta, &f,
				    hash_of(key, &f, protos[k] != IPPROTO_GRE, true), type_of(&f));
		}
}

/* Without the ports */
TEST_F(mlx5sim_rss, fields)
{
	struct flow f = random_flow(AF_INET, IPPROTO_UDP);

	ASSERT_EQ(0, set_udp_fields(RXH_IP_SRC | RXH_IP_DST));
	expect_hash(_metadata, &self->meta, &f, hash_of(ms_key, &f, false, true), HASH_IPV4);
}

/* Frames without IP have no hash: the driver says that there is none */
TEST_F(mlx5sim_rss, no_ip)
{
	uint8_t frame[64];

	hc_frame(&sim.net, frame, sizeof(frame), 0x88b5, 0);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "inject", frame, sizeof(frame)));
	ASSERT_TRUE(DATA_AWAIT(self->meta.prog->bss->runs == 1));
	EXPECT_EQ(0, self->meta.prog->bss->frames[0].hash);
	EXPECT_EQ(0, self->meta.prog->bss->frames[0].hash_type);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
