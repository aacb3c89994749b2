// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's generator: several templates, in the order of a pattern, each frame with its number */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "checksum.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simask.h"
#include "simask.skel.h"
#include "simdata.h"

#define FRAMES		100000
#define GRAMS		5000
#define TURNS		1000		/* of a pattern */
#define MAX_PATTERN	65536
#define CHECK_AT	40		/* of UDP's checksum */
#define ROUNDS		100

FIXTURE(mlx5sim_pattern) {
	struct simask *prog;
	struct bpf_link *link;
};

static int settings(unsigned int flows, unsigned int rate)
{
	return data_set(DATA_PORT_B, "gen/flows", flows) ?:
	       data_set(DATA_PORT_B, "gen/zipf_milli", 0) ?:
	       data_set(DATA_PORT_B, "gen/burst", 64) ?: data_set(DATA_PORT_B, "gen/rate", rate);
}

/* One frame, without a number */
static int plain_template(void)
{
	uint8_t frame[ASK_MAX];

	ask_request(frame, 0);
	return sim_port_write(DATA_PORT_B, "gen/template", frame, ask_len(0));
}

FIXTURE_SETUP(mlx5sim_pattern)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, data_mode(true, false));
	ASSERT_EQ(0, settings(1, 0));
	self->prog = simask__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->prog->bss->number_at = ASK_NUMBER_AT;
	self->link = hook_xdp(&sim.net, "hc0b", self->prog->progs.note);
	ASSERT_NE(NULL, self->link);
}

FIXTURE_TEARDOWN(mlx5sim_pattern)
{
	data_set(DATA_PORT_B, "gen/stop", 1);
	EXPECT_EQ(0, settings(1, 0));
	EXPECT_EQ(0, plain_template());
	bpf_link__destroy(self->link);
	simask__destroy(self->prog);
}

#define STATUS(name)	sim_number(DATA_PORT_B, "gen/status", name)

/* As if nothing had been noted */
static void forget(struct simask *prog)
{
	prog->bss->runs = 0;
	prog->bss->no_check = 0;
	prog->bss->last = 0;
	memset(prog->bss->kinds, 0, sizeof(prog->bss->kinds));
	memset(prog->bss->seen, 0, sizeof(prog->bss->seen));
}

/* So many frames, all of which arrive */
static void generate(struct __test_metadata *_metadata, struct simask *prog, unsigned int n)
{
	forget(prog);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	EXPECT_EQ(n, STATUS("sent"));
	EXPECT_EQ(n, STATUS("taken"));
	ASSERT_TRUE(DATA_AWAIT(prog->bss->runs >= n));
	EXPECT_EQ(n, prog->bss->runs);
}

/* The frame of each number below n, all of them once, in order, is the pattern's at its place */
static void expect_pattern(struct __test_metadata *_metadata, struct simask *prog,
			   const uint8_t *pattern, size_t len, unsigned int n)
{
	uint64_t kinds[ASK_KINDS] = {};
	unsigned int i, bad = 0;

	for (i = 0; i < ASK_NUMBERS; i++) {
		const struct ask_seen *s = &prog->bss->seen[i];
		unsigned int kind = pattern[i % len];

		if (i >= n) {
			bad += s->times != 0;
			continue;
		}
		kinds[kind]++;
		bad += s->times != 1 || s->late || s->kind != kind || s->len != ask_len(kind);
	}
	EXPECT_EQ(0, bad);
	for (i = 0; i < ASK_KINDS; i++)
		EXPECT_EQ(kinds[i], prog->bss->kinds[i]);
}

static void make_pattern(uint8_t *pattern, size_t len, unsigned int kinds)
{
	size_t i;

	srand(1);
	for (i = 0; i < len; i++)
		pattern[i] = rand() % kinds;
}

TEST_F(mlx5sim_pattern, in_turns)
{
	static const uint8_t turns[] = { 0, 1, 2 };

	ASSERT_EQ(0, ask_templates(3));
	generate(_metadata, self->prog, 1000);
	expect_pattern(_metadata, self->prog, turns, sizeof(turns), 1000);
	/* the next run begins with the first as well */
	generate(_metadata, self->prog, 100);
	expect_pattern(_metadata, self->prog, turns, sizeof(turns), 100);
}

TEST_F(mlx5sim_pattern, pattern)
{
	uint8_t pattern[TURNS], have[TURNS + 1];

	make_pattern(pattern, sizeof(pattern), ASK_KINDS);
	ASSERT_EQ(0, ask_templates(ASK_KINDS));
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	ASSERT_EQ(sizeof(pattern), ask_read(DATA_PORT_B, "gen/pattern", have, sizeof(have)));
	EXPECT_EQ(0, memcmp(pattern, have, sizeof(pattern)));
	generate(_metadata, self->prog, 2 * TURNS + TURNS / 2);
	expect_pattern(_metadata, self->prog, pattern, sizeof(pattern), 2 * TURNS + TURNS / 2);
	generate(_metadata, self->prog, TURNS / 3);
	expect_pattern(_metadata, self->prog, pattern, sizeof(pattern), TURNS / 3);
}

/* As long as it can be, and numbers begin anew */
TEST_F_TIMEOUT(mlx5sim_pattern, longest, DATA_TIMEOUT)
{
	static uint8_t pattern[MAX_PATTERN];
	const struct ask_seen *seen = self->prog->bss->seen;
	unsigned int i, bad = 0, more = 100;

	make_pattern(pattern, sizeof(pattern), 5);
	ASSERT_EQ(0, ask_templates(5));
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	generate(_metadata, self->prog, ASK_NUMBERS + more);
	for (i = 0; i < ASK_NUMBERS; i++)
		bad += seen[i].times != (i < more ? 2 : 1) || seen[i].kind != pattern[i];
	EXPECT_EQ(0, bad);
}

/* Flows are told by each template's own source address */
TEST_F(mlx5sim_pattern, flows)
{
	uint32_t base = 0x0acb0001, far = 0x0acc0001, key;
	unsigned int n = data_some(FRAMES), i;
	uint8_t frame[ASK_MAX];
	uint64_t sum[2] = {}, count;
	struct mlx5sim *prog;

	ask_request(frame, 0);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, ask_len(0)));
	((struct iphdr *)(frame + ETH_HLEN))->saddr = htonl(far);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/frames", frame, ask_len(0)));
	ASSERT_EQ(0, ask_pattern("\0\0\1", 3));
	ASSERT_EQ(0, settings(10, 0));
	prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, prog);
	EXPECT_EQ(0, bpf_link__update_program(self->link, prog->progs.by_flow));
	n -= n % 3;
	EXPECT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	EXPECT_TRUE(DATA_AWAIT(prog->bss->runs >= n));
	for (i = 0; i < 20; i++) {
		key = (i % 2 ? far : base) + i / 2;
		count = 0;
		bpf_map_lookup_elem(bpf_map__fd(prog->maps.flows), &key, &count);
		EXPECT_LT(0, count);
		sum[i % 2] += count;
	}
	EXPECT_EQ(2 * n / 3, sum[0]);
	EXPECT_EQ(n / 3, sum[1]);
	EXPECT_EQ(0, bpf_link__update_program(self->link, self->prog->progs.note));
	mlx5sim__destroy(prog);
}

/* A template that has a checksum */
static void make_checked(uint8_t frame[ASK_MAX])
{
	struct iphdr *ip = (void *)(frame + ETH_HLEN);
	struct udphdr *udp = (void *)(ip + 1);
	size_t bytes = ask_len(9) - ETH_HLEN - sizeof(*ip);

	ask_request(frame, 9);
	udp->check = htons(~hc_sum16(&ip->saddr, 8, hc_sum16(udp, bytes, IPPROTO_UDP + bytes)));
}

/* A socket gets them all: at an even and at an odd offset of UDP, and as IPv4's ID */
TEST_F_TIMEOUT(mlx5sim_pattern, checksums, DATA_TIMEOUT)
{
	static const unsigned int places[] = { ASK_NUMBER_AT, ASK_NUMBER_AT + 5, ETH_HLEN + 4 };
	struct sockaddr_in here = { .sin_family = AF_INET };
	unsigned int n = data_some(GRAMS), i, got;
	struct pollfd p = { .events = POLLIN };
	uint8_t frame[ASK_MAX], data[ASK_MAX];
	int room = 64 << 20;

	make_checked(frame);
	here.sin_port = ((struct udphdr *)(frame + ETH_HLEN + sizeof(struct iphdr)))->dest;
	bpf_link__destroy(self->link);
	self->link = NULL;
	hc_enter(sim.net.b);
	p.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	hc_enter(sim.net.home);
	ASSERT_LE(0, p.fd);
	ASSERT_EQ(0, setsockopt(p.fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)));
	ASSERT_EQ(0, bind(p.fd, (void *)&here, sizeof(here)));
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, ask_len(9)));
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		unsigned int at = places[i] - ASK_NUMBER_AT;

		ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/number_at", places[i]));
		ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
		for (got = 0; got < n && poll(&p, 1, 2000) == 1; got++) {
			ASSERT_LT(0, recv(p.fd, data, sizeof(data), 0));
			if (places[i] >= ASK_NUMBER_AT)
				ASSERT_EQ(got, data[at] << 8 | data[at + 1]);
		}
		EXPECT_EQ(n, got) {
			TH_LOG("numbers at %u", places[i]);
		}
	}
	close(p.fd);
}

/* A sum of 0 is sent as its other form: 0 says that there is none, which IPv6 does not take */
TEST_F_TIMEOUT(mlx5sim_pattern, checksum_zero, DATA_TIMEOUT)
{
	uint8_t frame[ASK_MAX];

	make_checked(frame);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, ask_len(9)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/number_at", ASK_NUMBER_AT));
	self->prog->bss->check_at = CHECK_AT;
	generate(_metadata, self->prog, ASK_NUMBERS);
	EXPECT_EQ(0, self->prog->bss->no_check);
}

/* Whoever writes the template begins anew */
TEST_F(mlx5sim_pattern, template)
{
	uint8_t frame[ASK_MAX], have[4 * ASK_MAX];
	char line[2 * ASK_MAX + 2];
	unsigned int i;

	ASSERT_EQ(0, ask_templates(2));
	ASSERT_EQ(0, ask_pattern("\1\0", 2));
	EXPECT_EQ(2 * (ask_len(0) + ask_len(1) + 1), ask_read(DATA_PORT_B, "gen/frames", have,
							      sizeof(have)));
	ASSERT_EQ(0, plain_template());
	EXPECT_EQ(2 * ask_len(0) + 1, ask_read(DATA_PORT_B, "gen/frames", have, sizeof(have)));
	ask_request(frame, 0);
	for (i = 0; i < ask_len(0); i++)
		sprintf(line + 2 * i, "%02x", frame[i]);
	EXPECT_EQ(0, memcmp(line, have, 2 * ask_len(0)));
	EXPECT_EQ(ask_len(0), ask_read(DATA_PORT_B, "gen/template", have, sizeof(have)));
	EXPECT_EQ(0, memcmp(frame, have, ask_len(0)));
	EXPECT_EQ(0, ask_read(DATA_PORT_B, "gen/pattern", have, sizeof(have)));
	EXPECT_EQ(0, data_get(DATA_PORT_B, "gen/number_at"));
}

TEST_F(mlx5sim_pattern, refused)
{
	static uint8_t pattern[MAX_PATTERN + 1];
	uint8_t frame[ASK_MAX], have[8];

	ASSERT_EQ(0, ask_templates(ASK_KINDS));
	ask_request(frame, 0);
	EXPECT_EQ(-ENOSPC, sim_port_write(DATA_PORT_B, "gen/frames", frame, ask_len(0)));
	ASSERT_EQ(0, ask_pattern("\2\1", 2));
	EXPECT_EQ(-EINVAL, ask_pattern(pattern, sizeof(pattern)));
	EXPECT_EQ(-EINVAL, ask_pattern("\0\20", 2));
	EXPECT_EQ(-EFAULT, ask_pattern((void *)64, 64));
	/* and is as it was */
	EXPECT_EQ(2, ask_read(DATA_PORT_B, "gen/pattern", have, sizeof(have)));
	EXPECT_EQ(0, memcmp("\2\1", have, 2));
	/* what there is not when a run begins */
	ASSERT_EQ(0, ask_templates(2));
	ASSERT_EQ(0, ask_pattern("\2\1", 2));
	EXPECT_EQ(-EINVAL, data_set(DATA_PORT_B, "gen/run", 1));
	ASSERT_EQ(0, ask_pattern(NULL, 0));
	EXPECT_EQ(0, data_set(DATA_PORT_B, "gen/number_at", ask_len(0) - 2));
	EXPECT_EQ(0, data_set(DATA_PORT_B, "gen/run", 1));
	EXPECT_EQ(0, data_set(DATA_PORT_B, "gen/number_at", ask_len(0) - 1));
	EXPECT_EQ(-EINVAL, data_set(DATA_PORT_B, "gen/run", 1));
	EXPECT_EQ(0, ask_truncate(DATA_PORT_B, "gen/frames"));
	EXPECT_EQ(0, data_set(DATA_PORT_B, "gen/number_at", 0));
	EXPECT_EQ(-ENODATA, data_set(DATA_PORT_B, "gen/run", 1));
	EXPECT_EQ(0, STATUS("running"));
	EXPECT_EQ(0, sim_port_write(DATA_PORT_B, "gen/frames", frame, ask_len(0)));
	EXPECT_EQ(0, data_set(DATA_PORT_B, "gen/run", 1));
}

/* What is written meanwhile is for the next run */
TEST_F_TIMEOUT(mlx5sim_pattern, under_traffic, DATA_TIMEOUT)
{
	unsigned int rounds = data_some(ROUNDS), i;
	uint8_t pattern[TURNS];
	uint64_t sent;

	make_pattern(pattern, sizeof(pattern), 4);
	ASSERT_EQ(0, ask_templates(4));
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	forget(self->prog);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/start", 0));
	for (i = 0; i < rounds; i++) {
		ASSERT_EQ(0, ask_templates(1 + i % ASK_KINDS));
		ASSERT_EQ(0, ask_pattern(pattern, i % 3 ? 1 + i : 0));
	}
	EXPECT_EQ(1, STATUS("running"));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/stop", 1));
	sent = STATUS("sent");
	EXPECT_TRUE(DATA_AWAIT(self->prog->bss->runs == sent));
	EXPECT_EQ(sent, self->prog->bss->kinds[0] + self->prog->bss->kinds[1] +
			self->prog->bss->kinds[2] + self->prog->bss->kinds[3]);
	for (i = 0; i < 4; i++)
		EXPECT_LT(0, self->prog->bss->kinds[i]);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
