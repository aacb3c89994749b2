// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim's wire: what it loses and doubles is counted, what it delays keeps its order */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simdata.h"
#include "simflow.h"

#define FRAMES		500000
#define GRAMS		4000
#define PPM		1000000
#define PART		128
#define FRAME_TYPE	0x88b5
#define SIGMAS		6

/* Of port 1, which the frames come to */
struct counts {
	uint64_t dropped, doubled, delayed, no_buffer;
};

FIXTURE(mlx5sim_wire) {
	struct flow_grams flow;
	struct mlx5sim *prog;
	struct bpf_link *a, *b;
	struct counts before;
};

static struct counts counts(void)
{
	return (struct counts){
		.dropped = data_counter(DATA_PORT_B, "wire_dropped"),
		.doubled = data_counter(DATA_PORT_B, "wire_duplicated"),
		.delayed = data_counter(DATA_PORT_B, "wire_delayed"),
		.no_buffer = data_counter(DATA_PORT_B, "rx_no_buffer"),
	};
}

/* Since the beginning of the test */
static struct counts since(const struct _test_data_mlx5sim_wire *self)
{
	struct counts c = counts();

	c.dropped -= self->before.dropped;
	c.doubled -= self->before.doubled;
	c.delayed -= self->before.delayed;
	c.no_buffer -= self->before.no_buffer;
	return c;
}

FIXTURE_SETUP(mlx5sim_wire)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, data_mode(true, false));
	ASSERT_EQ(0, flow_grams_open(&self->flow, FLOW_B4));
	self->before = counts();
}

FIXTURE_TEARDOWN(mlx5sim_wire)
{
	flow_grams_close(&self->flow);
	bpf_link__destroy(self->a);
	bpf_link__destroy(self->b);
	mlx5sim__destroy(self->prog);
	EXPECT_EQ(0, data_wire_reset());
}

/* As many as chance has it, of n with this probability */
static void expect_about(struct __test_metadata *_metadata, uint64_t have, unsigned int n,
			 unsigned int ppm)
{
	double p = (double)ppm / PPM, off = have - n * p;

	EXPECT_GE(SIGMAS * sqrt(n * p * (1 - p)), fabs(off)) {
		TH_LOG("%" PRIu64 " of %u at %u ppm", have, n, ppm);
	}
}

/* What has become of frames that were sent, of each once */
static uint64_t arrived(const struct _test_data_mlx5sim_wire *self)
{
	struct counts c = since(self);

	return self->prog->bss->sunk + c.dropped - c.doubled;
}

/*
 * Frames that hc0a sends back to where the generator has them come from: all but what
 * was dropped, and once more what was doubled.
 */
static void cross(struct __test_metadata *_metadata, struct _test_data_mlx5sim_wire *self,
		  unsigned int drop_ppm, unsigned int dup_ppm)
{
	/* on one CPU the driver is done with a burst before the next */
	unsigned int n = data_some(FRAMES), part = libbpf_num_possible_cpus() == 1 ? n : PART, done;
	struct counts c;
	uint8_t frame[60], mac[6];

	self->prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->prog->bss->action = XDP_TX;
	hc_enter(sim.net.a);
	self->a = bpf_program__attach_xdp(self->prog->progs.verdict,
					  hc_ifindex(sim.net.a, "hc0a"));
	hc_enter(sim.net.home);
	self->b = hook_xdp(&sim.net, "hc0b", self->prog->progs.sink);
	ASSERT_NE(NULL, self->a);
	ASSERT_NE(NULL, self->b);

	hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	memcpy(mac, frame, 6);
	memcpy(frame, frame + 6, 6);
	memcpy(frame + 6, mac, 6);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_A, "gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/burst", 60));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "drop_ppm", drop_ppm));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "dup_ppm", dup_ppm));
	for (done = 0; done < n; done += part) {
		part = n - done < part ? n - done : part;
		ASSERT_EQ(0, data_set(DATA_PORT_A, "gen/run", part));
		ASSERT_TRUE(DATA_AWAIT(self->prog->bss->runs >= done + part));
		ASSERT_TRUE(DATA_AWAIT(arrived(self) >= done + part));
	}
	c = since(self);
	EXPECT_EQ(n, self->prog->bss->runs);
	EXPECT_EQ(n - c.dropped + c.doubled, self->prog->bss->sunk);
	EXPECT_EQ(0, c.no_buffer);
	expect_about(_metadata, c.dropped, n, drop_ppm);
	expect_about(_metadata, c.doubled, n - c.dropped, dup_ppm);
}

TEST_F_TIMEOUT(mlx5sim_wire, clean, DATA_TIMEOUT)
{
	cross(_metadata, self, 0, 0);
}

TEST_F_TIMEOUT(mlx5sim_wire, drop, DATA_TIMEOUT)
{
	cross(_metadata, self, 100000, 0);
}

TEST_F_TIMEOUT(mlx5sim_wire, duplicate, DATA_TIMEOUT)
{
	cross(_metadata, self, 0, 200000);
}

TEST_F_TIMEOUT(mlx5sim_wire, drop_and_duplicate, DATA_TIMEOUT)
{
	cross(_metadata, self, 50000, 300000);
}

TEST_F_TIMEOUT(mlx5sim_wire, all_dropped, DATA_TIMEOUT)
{
	cross(_metadata, self, PPM, PPM);
	EXPECT_EQ(0, self->prog->bss->sunk);
}

/* Numbered datagrams: in order, and a double right behind the one that it is of */
static void expect_order(struct __test_metadata *_metadata, struct _test_data_mlx5sim_wire *self,
			 unsigned int n)
{
	struct counts c;

	ASSERT_EQ(0, flow_grams_send(&self->flow, n));
	c = since(self);
	flow_grams_drain(&self->flow, n - c.dropped + c.doubled);
	/* of which more may be dropped where the wire is full */
	flow_grams_more(&self->flow);
	c = since(self);
	EXPECT_EQ(n - c.dropped + c.doubled, self->flow.received);
	EXPECT_EQ(c.doubled, self->flow.twice);
	EXPECT_EQ(0, self->flow.backward);
	EXPECT_EQ(0, self->flow.wrong);
}

TEST_F_TIMEOUT(mlx5sim_wire, order, DATA_TIMEOUT)
{
	ASSERT_EQ(0, data_set(DATA_PORT_B, "drop_ppm", 200000));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "dup_ppm", 200000));
	expect_order(_metadata, self, data_some(GRAMS));
	EXPECT_LT(0, since(self).dropped);
	EXPECT_LT(0, since(self).doubled);
	EXPECT_EQ(0, since(self).delayed);
}

TEST_F_TIMEOUT(mlx5sim_wire, delayed_order, DATA_TIMEOUT)
{
	unsigned int n = data_some(GRAMS) / 2;

	ASSERT_EQ(0, data_set(DATA_PORT_B, "dup_ppm", 100000));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "delay_us", 3000));
	expect_order(_metadata, self, n);
	EXPECT_EQ(n + since(self).doubled, since(self).delayed);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* Nothing comes before its time, and what is sent later does not overtake it */
TEST_F(mlx5sim_wire, delay)
{
	int64_t begin;

	ASSERT_EQ(0, data_set(DATA_PORT_B, "delay_us", 50000));
	begin = now_us();
	ASSERT_EQ(0, flow_grams_send(&self->flow, 20));
	EXPECT_TRUE(DATA_AWAIT(since(self).delayed == 20));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "delay_us", 0));
	ASSERT_EQ(0, flow_grams_send(&self->flow, 20));
	flow_grams_drain(&self->flow, 1);
	EXPECT_EQ(1, self->flow.received);
	EXPECT_LE(50000, now_us() - begin);
	flow_grams_drain(&self->flow, 40);
	EXPECT_EQ(40, self->flow.received);
	EXPECT_EQ(0, self->flow.backward);
	EXPECT_EQ(0, self->flow.twice);
	EXPECT_LE(20, since(self).delayed);
}

int main(int argc, char **argv)
{
	data_begin();
	return test_harness_run(argc, argv);
}
