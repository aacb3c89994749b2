// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlx5sim's sink: replies to the generator's frames at port 1 end in port 0, which knows the
 * right ones. Most of them are a packet socket's, so that each fault can be made and has to be
 * found.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "simask.h"
#include "simask.skel.h"
#include "simdata.h"

#define FRAMES		200000
#define TURNS		997
#define KINDS		4
#define BURST		60
#define PART		128	/* under way, where the driver sends beside the model */
#define MILLION		1000000
#define DELAY_US	20000
#define TOGGLES		300

FIXTURE(mlx5sim_sink) {
	struct simask *prog;
	struct bpf_link *link;
	int sock;
};

#define COUNT(name)	sim_number(DATA_PORT_A, "sink/status", name)

static int switch_sink(bool on)
{
	return data_set(DATA_PORT_A, "sink/on", on);
}

static int wire_of_generator(void)
{
	return data_set(DATA_PORT_B, "gen/flows", 1) ?: data_set(DATA_PORT_B, "gen/rate", 0) ?:
	       data_set(DATA_PORT_B, "gen/burst", BURST);
}

FIXTURE_SETUP(mlx5sim_sink)
{
	memset(self, 0, sizeof(*self));
	self->sock = -1;
	ASSERT_EQ(0, data_mode(true, false));
	ASSERT_EQ(0, wire_of_generator());
	ASSERT_EQ(0, ask_templates(KINDS));
	ASSERT_EQ(0, ask_expect(KINDS));
	ASSERT_EQ(0, ask_sink(ASK_NUMBER_AT, ASK_NUMBER_AT, 1));
	self->sock = hc_packet_socket(sim.net.b, "hc0b", ETH_P_IP);
	ASSERT_LE(0, self->sock);
	self->prog = simask__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->prog->bss->number_at = ASK_NUMBER_AT;
	self->link = hook_xdp(&sim.net, "hc0b", self->prog->progs.note);
	ASSERT_NE(NULL, self->link);
}

FIXTURE_TEARDOWN(mlx5sim_sink)
{
	uint8_t frame[ASK_MAX];

	data_set(DATA_PORT_B, "gen/stop", 1);
	EXPECT_EQ(0, data_wire_reset());
	EXPECT_EQ(0, ask_expect(0));
	EXPECT_EQ(0, ask_sink(0, 0, 1));
	ask_request(frame, 0);
	EXPECT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, ask_len(0)));
	if (self->sock >= 0)
		close(self->sock);
	bpf_link__destroy(self->link);
	simask__destroy(self->prog);
}

/* Of all frames, each was one of these */
static void expect_sum(struct __test_metadata *_metadata)
{
	uint64_t sum = COUNT("wrong") + COUNT("twice") + COUNT("unknown") + COUNT("other");
	char name[16];
	unsigned int i;

	EXPECT_EQ(COUNT("wrong"), COUNT("wrong_length") + COUNT("wrong_bytes") +
				  COUNT("wrong_template"));
	for (i = 0; i < KINDS; i++) {
		snprintf(name, sizeof(name), "right_%u", i);
		if (COUNT(name) != UINT64_MAX)
			sum += COUNT(name);
	}
	EXPECT_EQ(COUNT("arrived"), sum);
}

static void expect_fault(struct __test_metadata *_metadata, uint64_t wrong, uint64_t twice,
			 uint64_t unknown)
{
	EXPECT_EQ(wrong, COUNT("wrong"));
	EXPECT_EQ(twice, COUNT("twice"));
	EXPECT_EQ(unknown, COUNT("unknown"));
	expect_sum(_metadata);
}

/* Requests with the numbers below n, in turns of the templates, that no program answers */
static void ask(struct __test_metadata *_metadata, struct _test_data_mlx5sim_sink *self,
		unsigned int n)
{
	uint64_t runs = self->prog->bss->runs;

	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", n));
	ASSERT_TRUE(DATA_AWAIT(self->prog->bss->runs == runs + n));
}

/* The port sends a frame, which has arrived at the sink */
static void send_bytes(struct __test_metadata *_metadata, struct _test_data_mlx5sim_sink *self,
		       const uint8_t *frame, size_t len)
{
	uint64_t arrived = COUNT("arrived");

	ASSERT_EQ(len, send(self->sock, frame, len, 0));
	ASSERT_TRUE(DATA_AWAIT(COUNT("arrived") == arrived + 1));
}

static void number_it(uint8_t *frame, unsigned int number)
{
	frame[ASK_NUMBER_AT] = number >> 8;
	frame[ASK_NUMBER_AT + 1] = number;
}

/* The right reply, but for one byte */
static void reply(struct __test_metadata *_metadata, struct _test_data_mlx5sim_sink *self,
		  unsigned int number, unsigned int kind, size_t at, uint8_t change)
{
	uint8_t frame[ASK_MAX];

	ask_reply(frame, kind);
	number_it(frame, number);
	frame[at] ^= change;
	send_bytes(_metadata, self, frame, ask_reply_len(kind));
}

/* In order, and as many as there were right replies */
static struct ask_residence expect_residence(struct __test_metadata *_metadata)
{
	struct ask_residence r = ask_residence();
	char name[16];
	unsigned int i;

	EXPECT_EQ(0, r.bad);
	for (i = 0; i < KINDS; i++) {
		snprintf(name, sizeof(name), "right_%u", i);
		EXPECT_EQ(COUNT(name), r.count[i]);
	}
	return r;
}

/* So many requests, each answered by XDP; no more under way than the driver can send */
static void answered(struct __test_metadata *_metadata, struct _test_data_mlx5sim_sink *self,
		     const uint8_t *pattern, unsigned int n, uint64_t right[KINDS])
{
	unsigned int part = libbpf_num_possible_cpus() == 1 ? n : PART, done, i;
	uint64_t copies = data_get(DATA_PORT_A, "dup_ppm") ? 2 : 1;

	memset(right, 0, KINDS * sizeof(*right));
	ASSERT_EQ(0, bpf_link__update_program(self->link, self->prog->progs.answer));
	for (done = 0; done < n; done += part) {
		part = n - done < part ? n - done : part;
		for (i = 0; i < part; i++)
			right[pattern[i % TURNS]]++;
		ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", part));
		ASSERT_TRUE(DATA_AWAIT(COUNT("arrived") == copies * (done + part)));
	}
}

static void make_pattern(uint8_t pattern[TURNS])
{
	int i;

	srand(2);
	for (i = 0; i < TURNS; i++)
		pattern[i] = rand() % KINDS;
}

static void expect_right(struct __test_metadata *_metadata, const uint64_t right[KINDS])
{
	char name[16];
	int i;

	for (i = 0; i < KINDS; i++) {
		snprintf(name, sizeof(name), "right_%d", i);
		EXPECT_EQ(right[i], COUNT(name));
	}
}

/* Every reply is right, none gets to the port's driver, and the port has counted them */
TEST_F_TIMEOUT(mlx5sim_sink, right, DATA_TIMEOUT)
{
	uint64_t rx = data_counter(DATA_PORT_A, "rx_frames"), right[KINDS];
	unsigned int n = data_some(FRAMES);
	uint8_t pattern[TURNS];

	make_pattern(pattern);
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	ASSERT_EQ(0, switch_sink(true));
	EXPECT_EQ(0, DATA_GROWTH("hc0a", "rx_packets",
				 answered(_metadata, self, pattern, n, right)));
	expect_fault(_metadata, 0, 0, 0);
	expect_right(_metadata, right);
	EXPECT_EQ(n, COUNT("compared"));
	EXPECT_EQ(rx + n, data_counter(DATA_PORT_A, "rx_frames"));
	expect_residence(_metadata);
	/* off, the port gets what comes */
	ASSERT_EQ(0, switch_sink(false));
	rx = sim_counter(&sim, "hc0a", "rx_packets");
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", 1));
	EXPECT_TRUE(DATA_AWAIT(sim_counter(&sim, "hc0a", "rx_packets") == rx + 1));
	EXPECT_EQ(n, COUNT("arrived"));
}

/* Each N-th of a kind is compared, whatever the others are */
TEST_F_TIMEOUT(mlx5sim_sink, one_in, DATA_TIMEOUT)
{
	static const unsigned int every[] = { 0, 2, 7, 64 };
	uint64_t right[KINDS], compared;
	uint8_t pattern[TURNS];
	unsigned int i, k;

	make_pattern(pattern);
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	for (i = 0; i < ARRAY_SIZE(every); i++) {
		ASSERT_EQ(0, switch_sink(false));
		ASSERT_EQ(0, ask_sink(ASK_NUMBER_AT, ASK_NUMBER_AT, every[i]));
		ASSERT_EQ(0, switch_sink(true));
		answered(_metadata, self, pattern, 1000, right);
		for (k = 0, compared = 0; k < KINDS && every[i]; k++)
			compared += right[k] / every[i];
		EXPECT_EQ(compared, COUNT("compared"));
		expect_right(_metadata, right);
	}
}

/* A wrong byte is found wherever it is, but for those that are not looked at */
TEST_F_TIMEOUT(mlx5sim_sink, wrong_byte, DATA_TIMEOUT)
{
	size_t len = ask_reply_len(0), at;
	uint8_t frame[ASK_MAX], have[ASK_MAX];
	uint64_t wrong = 0;

	ASSERT_EQ(0, ask_pattern("\0", 1));
	ASSERT_EQ(0, switch_sink(true));
	ask(_metadata, self, len);
	for (at = ETH_HLEN; at < len; at++) {
		if (at == ASK_NUMBER_AT || at == ASK_NUMBER_AT + 1)
			continue;
		reply(_metadata, self, at, 0, at, 1 << at % 8);
		wrong += at > ASK_NUMBER_AT;
		ASSERT_EQ(wrong, COUNT("wrong_bytes")) {
			TH_LOG("byte %zu", at);
		}
	}
	EXPECT_LT(0, wrong);
	expect_fault(_metadata, wrong, 0, 0);
	ask_reply(frame, 0);
	number_it(frame, len - 1);
	frame[len - 1] ^= 1 << (len - 1) % 8;
	EXPECT_EQ(len, ask_read(DATA_PORT_A, "sink/last_wrong", have, sizeof(have)));
	EXPECT_EQ(0, memcmp(frame, have, len));
	/* only what was right has a residence */
	expect_residence(_metadata);
}

TEST_F(mlx5sim_sink, wrong_length)
{
	uint8_t frame[ASK_MAX];
	size_t len = ask_reply_len(1);

	ASSERT_EQ(0, ask_pattern("\1", 1));
	ASSERT_EQ(0, switch_sink(true));
	ask(_metadata, self, 4);
	ask_reply(frame, 1);
	send_bytes(_metadata, self, frame, len - 1);
	number_it(frame, 1);
	send_bytes(_metadata, self, frame, len + 1);
	/* that of another kind */
	number_it(frame, 2);
	send_bytes(_metadata, self, frame, ask_reply_len(0));
	/* too short for a number */
	send_bytes(_metadata, self, frame, ASK_NUMBER_AT + 1);
	EXPECT_EQ(4, COUNT("wrong_length"));
	number_it(frame, 3);
	send_bytes(_metadata, self, frame, len);
	EXPECT_EQ(1, COUNT("right_1"));
	expect_fault(_metadata, 4, 0, 0);
}

/* Another reply to a request; a number of none, before it and when no queue has taken it */
TEST_F(mlx5sim_sink, twice_and_unknown)
{
	uint8_t frame[ASK_MAX];

	ASSERT_EQ(0, switch_sink(true));
	ask(_metadata, self, 8);
	reply(_metadata, self, 5, 1, 0, 0);
	expect_fault(_metadata, 0, 0, 0);
	EXPECT_EQ(1, COUNT("right_1"));
	reply(_metadata, self, 5, 1, 0, 0);
	expect_fault(_metadata, 0, 1, 0);
	reply(_metadata, self, 4, 0, ASK_MARK_AT, 1);
	reply(_metadata, self, 4, 0, 0, 0);
	expect_fault(_metadata, 1, 2, 0);
	reply(_metadata, self, 8, 0, 0, 0);
	expect_fault(_metadata, 1, 2, 1);
	/* to an address that is not the port's */
	ask_request(frame, 0);
	frame[5] ^= 0x40;
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, ask_len(0)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/number_at", ASK_NUMBER_AT));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", 2));
	EXPECT_EQ(0, sim_number(DATA_PORT_B, "gen/status", "taken"));
	reply(_metadata, self, 1, 0, 0, 0);
	expect_fault(_metadata, 1, 2, 2);
	EXPECT_EQ(1, COUNT("right_1"));
	/* switched on again, it has forgotten */
	ASSERT_EQ(0, switch_sink(true));
	expect_fault(_metadata, 0, 0, 0);
	EXPECT_EQ(0, COUNT("arrived"));
	reply(_metadata, self, 6, 2, 0, 0);
	expect_fault(_metadata, 0, 0, 1);
}

/* What the wire doubles is found, too */
TEST_F_TIMEOUT(mlx5sim_sink, doubled, DATA_TIMEOUT)
{
	uint64_t right[KINDS];
	uint8_t pattern[TURNS];

	make_pattern(pattern);
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "dup_ppm", MILLION));
	ASSERT_EQ(0, switch_sink(true));
	answered(_metadata, self, pattern, 1000, right);
	expect_right(_metadata, right);
	expect_fault(_metadata, 0, 1000, 0);
}

/* Templates without a reply; frames for groups are no replies */
TEST_F(mlx5sim_sink, not_expected)
{
	uint8_t frame[ASK_MAX];

	ASSERT_EQ(0, ask_expect(2));
	ASSERT_EQ(0, switch_sink(true));
	ask(_metadata, self, KINDS);
	reply(_metadata, self, 1, 1, 0, 0);
	reply(_metadata, self, 2, 2, 0, 0);
	EXPECT_EQ(1, COUNT("wrong_template"));
	EXPECT_EQ(UINT64_MAX, COUNT("right_2"));
	ask_reply(frame, 0);
	memset(frame, 0xff, ETH_ALEN);
	send_bytes(_metadata, self, frame, ask_reply_len(0));
	EXPECT_EQ(1, COUNT("other"));
	EXPECT_EQ(1, COUNT("right_1"));
	expect_fault(_metadata, 1, 0, 0);
}

/* Without numbers a reply is known by its length and bytes, and may come twice */
TEST_F(mlx5sim_sink, without_numbers)
{
	ASSERT_EQ(0, ask_sink(ETH_HLEN, 0, 1));
	ASSERT_EQ(0, switch_sink(true));
	reply(_metadata, self, 0, 0, 0, 0);
	reply(_metadata, self, 0, 0, 0, 0);
	reply(_metadata, self, 0, 3, 0, 0);
	EXPECT_EQ(2, COUNT("right_0"));
	EXPECT_EQ(1, COUNT("right_3"));
	expect_fault(_metadata, 0, 0, 0);
	reply(_metadata, self, 0, 3, ETH_HLEN, 1);
	expect_fault(_metadata, 1, 0, 0);
	/* what the wire changes it changes behind the Ethernet header */
	ASSERT_EQ(0, data_set(DATA_PORT_A, "corrupt_ppm", MILLION));
	for (int i = 0; i < 200; i++)
		reply(_metadata, self, 0, i % KINDS, 0, 0);
	expect_fault(_metadata, 201, 0, 0);
	EXPECT_EQ(2, COUNT("right_0"));
}

/* No reply is quicker than the wire */
TEST_F(mlx5sim_sink, residence)
{
	struct ask_residence r;

	ASSERT_EQ(0, data_set(DATA_PORT_A, "delay_us", DELAY_US));
	ASSERT_EQ(0, bpf_link__update_program(self->link, self->prog->progs.answer));
	ASSERT_EQ(0, switch_sink(true));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/run", BURST));
	ASSERT_TRUE(DATA_AWAIT(COUNT("arrived") == BURST));
	expect_fault(_metadata, 0, 0, 0);
	r = expect_residence(_metadata);
	/* but for the two clocks, of which one tells the delay and the other the time */
	EXPECT_LE(DELAY_US * 990ULL, r.shortest);
}

TEST_F(mlx5sim_sink, refused)
{
	uint8_t frame[ASK_MAX];
	unsigned int i;

	EXPECT_EQ(-EINVAL, data_set(DATA_PORT_A, "sink/on", 2));
	ASSERT_EQ(0, ask_expect(0));
	EXPECT_EQ(-ENODATA, switch_sink(true));
	ASSERT_EQ(0, ask_expect(1));
	ASSERT_EQ(0, ask_sink(ask_reply_len(0) + 1, 0, 1));
	EXPECT_EQ(-EINVAL, switch_sink(true));
	ASSERT_EQ(0, ask_sink(0, ask_reply_len(0) - 1, 1));
	EXPECT_EQ(-EINVAL, switch_sink(true));
	EXPECT_EQ(0, data_get(DATA_PORT_A, "sink/on"));
	ASSERT_EQ(0, ask_sink(ask_reply_len(0), ask_reply_len(0) - 2, 1));
	EXPECT_EQ(0, switch_sink(true));
	EXPECT_EQ(1, data_get(DATA_PORT_A, "sink/on"));
	/* while it is on, nothing else is */
	EXPECT_EQ(-EBUSY, ask_add_reply(1));
	EXPECT_EQ(-EBUSY, ask_truncate(DATA_PORT_A, "sink/frames"));
	EXPECT_EQ(-EBUSY, data_set(DATA_PORT_A, "sink/from", 0));
	EXPECT_EQ(-EBUSY, data_set(DATA_PORT_A, "sink/number_at", 0));
	EXPECT_EQ(-EBUSY, data_set(DATA_PORT_A, "sink/check", 0));
	EXPECT_EQ(2 * ask_reply_len(0) + 1, ask_read(DATA_PORT_A, "sink/frames", frame,
						     sizeof(frame)));
	ASSERT_EQ(0, ask_expect(ASK_KINDS));
	EXPECT_EQ(-ENOSPC, ask_add_reply(0));
	ask_reply(frame, 0);
	for (i = 0; i < ETH_HLEN; i++)
		EXPECT_GT(0, sim_port_write(DATA_PORT_A, "sink/frames", frame, i ?: 1));
	EXPECT_EQ(-EFAULT, sim_port_write(DATA_PORT_A, "sink/frames", (void *)64, 64));
}

static void *toggle(void *arg)
{
	atomic_int *failed = arg;
	int i;

	for (i = 0; i < TOGGLES; i++) {
		usleep(500);
		*failed |= switch_sink(i % 2);
		*failed |= COUNT("wrong") != 0 || COUNT("twice") != 0;
	}
	return NULL;
}

/* Whenever it is switched: no reply is found wrong that is not */
TEST_F_TIMEOUT(mlx5sim_sink, toggled, DATA_TIMEOUT)
{
	uint64_t runs = self->prog->bss->runs, right[KINDS];
	uint64_t tx = data_counter(DATA_PORT_B, "tx_frames");
	uint64_t xmit = sim_counter(&sim, "hc0b", "rx_xdp_tx_xmit");
	atomic_int failed = 0;
	uint8_t pattern[TURNS];
	pthread_t thread;

	make_pattern(pattern);
	ASSERT_EQ(0, ask_pattern(pattern, sizeof(pattern)));
	ASSERT_EQ(0, bpf_link__update_program(self->link, self->prog->progs.answer));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/start", 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle, &failed));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, failed);
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/stop", 1));
	/* and is exact again when all are back */
	EXPECT_TRUE(DATA_AWAIT(self->prog->bss->runs ==
			       runs + sim_number(DATA_PORT_B, "gen/status", "sent")));
	EXPECT_TRUE(DATA_AWAIT(data_counter(DATA_PORT_B, "tx_frames") - tx ==
			       sim_counter(&sim, "hc0b", "rx_xdp_tx_xmit") - xmit));
	ASSERT_EQ(0, switch_sink(true));
	answered(_metadata, self, pattern, PART, right);
	expect_right(_metadata, right);
	expect_fault(_metadata, 0, 0, 0);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
