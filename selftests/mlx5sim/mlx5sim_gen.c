// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's generator: as many frames as asked for, of the flows, rate and bursts asked for */
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <math.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "checksum.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simdata.h"

#define FRAMES		400000
#define GRAMS		20000
#define PORT		4712
#define SOURCE		0x0acb0003	/* and the addresses behind it */
#define SINK		0x0acb0002	/* hc0b's */
#define SIGMAS		6
#define RANKS		40		/* of a Zipf law that are frequent enough to be fitted */

FIXTURE(mlx5sim_gen) {
	struct mlx5sim *prog;
	struct bpf_link *link;
	uint8_t frame[80];
};

/* UDP to hc0b, with both checksums */
static void make_template(uint8_t *frame, size_t len)
{
	struct iphdr *ip = (void *)(frame + ETH_HLEN);
	struct udphdr *udp = (void *)(ip + 1);
	size_t bytes = len - ETH_HLEN - sizeof(*ip);

	hc_frame(&sim.net, frame, len, ETH_P_IP, 7);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = 5,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.tot_len = htons(len - ETH_HLEN),
		.saddr = htonl(SOURCE),
		.daddr = htonl(SINK),
	};
	ip->check = htons(~hc_sum16(ip, sizeof(*ip), 0));
	*udp = (struct udphdr){
		.source = htons(PORT),
		.dest = htons(PORT),
		.len = htons(bytes),
	};
	udp->check = htons(~hc_sum16(&ip->saddr, 8, hc_sum16(udp, bytes, IPPROTO_UDP + bytes)));
}

static void set_up(struct __test_metadata *_metadata, unsigned int flows, unsigned int zipf_milli,
		   unsigned int burst, unsigned int rate)
{
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", flows));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/zipf_milli", zipf_milli));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/burst", burst));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", rate));
}

FIXTURE_SETUP(mlx5sim_gen)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, data_mode(true, false));
	make_template(self->frame, sizeof(self->frame));
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", self->frame, sizeof(self->frame)));
	self->prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->link = hook_xdp(&sim.net, "hc0b", self->prog->progs.by_flow);
	ASSERT_NE(NULL, self->link);
}

FIXTURE_TEARDOWN(mlx5sim_gen)
{
	data_set(DATA_PORT_B, "gen/stop", 1);
	set_up(_metadata, 1, 0, 64, 0);
	bpf_link__destroy(self->link);
	mlx5sim__destroy(self->prog);
}

#define STATUS(name)	sim_number(DATA_PORT_B, "gen/status", name)

static void generate(struct __test_metadata *_metadata, struct _test_data_mlx5sim_gen *self,
		     unsigned int n)
{
	uint64_t no_buffer = data_counter(DATA_PORT_B, "rx_no_buffer");

	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	EXPECT_EQ(0, STATUS("running"));
	EXPECT_EQ(n, STATUS("sent"));
	EXPECT_EQ(n, STATUS("taken"));
	EXPECT_TRUE(DATA_AWAIT(self->prog->bss->runs >= n));
	EXPECT_EQ(n, self->prog->bss->runs);
	EXPECT_EQ(no_buffer, data_counter(DATA_PORT_B, "rx_no_buffer"));
}

/* Frames of the flow of this number, from 0 */
static uint64_t flow(struct _test_data_mlx5sim_gen *self, unsigned int number)
{
	uint32_t key = SOURCE + number;
	uint64_t n = 0;

	bpf_map_lookup_elem(bpf_map__fd(self->prog->maps.flows), &key, &n);
	return n;
}

/* These flows' frames are all that have come */
static void expect_flows(struct __test_metadata *_metadata, struct _test_data_mlx5sim_gen *self,
			 unsigned int flows, unsigned int n)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < flows; i++)
		sum += flow(self, i);
	EXPECT_EQ(n, sum);
}

TEST_F(mlx5sim_gen, one_flow)
{
	unsigned int n = data_some(FRAMES);

	set_up(_metadata, 1, 0, 64, 0);
	generate(_metadata, self, n);
	EXPECT_EQ(n, flow(self, 0));
}

TEST_F_TIMEOUT(mlx5sim_gen, uniform, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES), flows = 100, i;
	double mean = (double)n / flows;

	set_up(_metadata, flows, 0, 64, 0);
	generate(_metadata, self, n);
	expect_flows(_metadata, self, flows, n);
	for (i = 0; i < flows; i++) {
		EXPECT_GE(SIGMAS * sqrt(mean), fabs(flow(self, i) - mean)) {
			TH_LOG("flow %u: %" PRIu64 " frames", i, flow(self, i));
		}
	}
}

/* The slope of the counts over the ranks, both in logarithms, each by its weight */
static double fit(struct _test_data_mlx5sim_gen *self)
{
	double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
	int i;

	for (i = 0; i < RANKS; i++) {
		double n = flow(self, i), x = log(i + 1), y = log(n > 1 ? n : 1);

		w += n;
		wx += n * x;
		wy += n * y;
		wxx += n * x * x;
		wxy += n * x * y;
	}
	return -(w * wxy - wx * wy) / (w * wxx - wx * wx);
}

TEST_F_TIMEOUT(mlx5sim_gen, zipf, DATA_TIMEOUT)
{
	static const unsigned int exponents[] = { 600, 1000, 1500 };
	unsigned int n = FRAMES, flows = 1000, i, k;
	double have, want, total, share;
	uint32_t key;

	for (i = 0; i < ARRAY_SIZE(exponents); i++) {
		want = exponents[i] / 1000.0;
		set_up(_metadata, flows, exponents[i], 64, 0);
		self->prog->bss->runs = 0;
		for (key = SOURCE; key < SOURCE + flows; key++)
			bpf_map_delete_elem(bpf_map__fd(self->prog->maps.flows), &key);
		generate(_metadata, self, n);
		expect_flows(_metadata, self, flows, n);
		have = fit(self);
		EXPECT_GE(0.03, fabs(have - want)) {
			TH_LOG("exponent %.4f, not %.4f", have, want);
		}
		/* and the share of the most frequent, which the slope does not tell */
		for (k = 1, total = 0; k <= flows; k++)
			total += pow(k, -want);
		share = n / total;
		EXPECT_GE(SIGMAS * sqrt(share), fabs(flow(self, 0) - share)) {
			TH_LOG("flow 0: %" PRIu64 " frames, not %.0f", flow(self, 0), share);
		}
	}
}

/* Not faster than the rate, by the model's own clock; how much slower is the machine's */
TEST_F(mlx5sim_gen, rate)
{
	unsigned int n = 2000, rate = 5000;

	set_up(_metadata, 1, 0, 64, rate);
	generate(_metadata, self, n);
	EXPECT_LE((n - 1) * 1000000000ULL / rate, STATUS("ns"));
}

/* No burst is longer than asked for, and together they are all frames */
TEST_F(mlx5sim_gen, burst)
{
	unsigned int n = 17 * 100, sum = 0, lines = 0, ns, frames, ticks;
	FILE *f;

	set_up(_metadata, 1, 0, 17, 0);
	generate(_metadata, self, n);
	f = fopen("/sys/kernel/debug/mlx5sim/port1/gen/times", "re");
	ASSERT_NE(NULL, f);
	while (fscanf(f, "%u %u %u", &ns, &frames, &ticks) == 3) {
		EXPECT_GE(17, frames);
		sum += frames;
		lines++;
	}
	fclose(f);
	EXPECT_EQ(n, sum);
	EXPECT_LE(100, lines);
}

TEST_F(mlx5sim_gen, stopped)
{
	set_up(_metadata, 1, 0, 64, 5000);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/start", 0));
	EXPECT_EQ(-EBUSY, data_set(DATA_PORT_B, "gen/start", 0));
	EXPECT_TRUE(DATA_AWAIT(STATUS("sent") > 100));
	EXPECT_EQ(1, STATUS("running"));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/stop", 1));
	EXPECT_EQ(0, STATUS("running"));
	EXPECT_TRUE(DATA_AWAIT(self->prog->bss->runs == STATUS("sent")));
	EXPECT_EQ(STATUS("taken"), STATUS("sent"));
}

TEST_F(mlx5sim_gen, template)
{
	uint8_t have[sizeof(self->frame) + 1];
	FILE *f;

	f = fopen("/sys/kernel/debug/mlx5sim/port1/gen/template", "re");
	ASSERT_NE(NULL, f);
	EXPECT_EQ(sizeof(self->frame), fread(have, 1, sizeof(have), f));
	EXPECT_EQ(0, memcmp(self->frame, have, sizeof(self->frame)));
	fclose(f);
}

/* The checksums follow the source address: a socket gets a datagram of each flow */
TEST_F_TIMEOUT(mlx5sim_gen, checksums, DATA_TIMEOUT)
{
	struct sockaddr_in from, here = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	unsigned int n = data_some(GRAMS), flows = 50, per_flow[50] = { 0 }, got = 0, i;
	size_t bytes = sizeof(self->frame) - ETH_HLEN - 28;
	int sock, room = 64 << 20;
	socklen_t len = sizeof(from);
	struct pollfd p;
	char data[80];

	bpf_link__destroy(self->link);
	self->link = NULL;
	hc_enter(sim.net.b);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	hc_enter(sim.net.home);
	ASSERT_EQ(0, setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)));
	ASSERT_EQ(0, bind(sock, (void *)&here, sizeof(here)));
	set_up(_metadata, flows, 0, 64, 0);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	p = (struct pollfd){ .fd = sock, .events = POLLIN };
	while (got < n && poll(&p, 1, 2000) == 1) {
		ASSERT_EQ(bytes, recvfrom(sock, data, sizeof(data), 0, (void *)&from, &len));
		EXPECT_EQ(0, memcmp(data, self->frame + sizeof(self->frame) - bytes, bytes));
		i = ntohl(from.sin_addr.s_addr) - SOURCE;
		ASSERT_GT(flows, i);
		per_flow[i]++;
		got++;
	}
	close(sock);
	EXPECT_EQ(n, got);
	for (i = 0; i < flows; i++)
		EXPECT_LT(0, per_flow[i]);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
