// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts are conserved: of ten million frames over mlx5sim, each is counted by generator,
 * driver, XDP program and hook, while the hook is read, reset and toggled at random.
 */
#include <inttypes.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "mlx5sim.skel.h"
#include "simdata.h"

#define FRAMES		10000000
#define BURST		20000
#define ENOUGH		20	/* reads, resets, toggles during a burst, on one CPU too */
#define FRAME_TYPE	0x88b5	/* for experiments: a stack has no use for it */
#define FRAME_BYTES	60

FIXTURE(conserve) {
	struct mlx5sim *prog;
	struct bpf_link *link;
	struct hc_hook hook;
	uint64_t dropped;	/* by the driver, before the test */
	unsigned int n;		/* for generator(): frames in all */
	atomic_uint begun;	/* frames of the bursts that have begun */
	atomic_bool done;
	atomic_int failed;
	unsigned int amid;	/* reads, resets, toggles when a part of a burst had come */
	unsigned int generated;	/* as the generator has counted them */
	unsigned int seed;
	pthread_t thread;
};

FIXTURE_SETUP(conserve)
{
	uint8_t frame[FRAME_BYTES];

	memset(self, 0, sizeof(*self));
	self->seed = 6;
	ASSERT_EQ(0, hc_all_off());
	self->prog = mlx5sim__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->prog->bss->action = XDP_DROP;
	self->link = hook_xdp(&sim.net, "hc0b", self->prog->progs.verdict);
	ASSERT_NE(NULL, self->link);
	hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, data_write(DATA_PORT_B, "gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/burst", 60));
	self->dropped = sim_counter(&sim, "hc0b", "rx_xdp_drop");
}

FIXTURE_TEARDOWN(conserve)
{
	EXPECT_EQ(0, hc_all_off());
	data_set(DATA_PORT_B, "gen/stop", 1);
	bpf_link__destroy(self->link);
	mlx5sim__destroy(self->prog);
}

static uint64_t runs(struct _test_data_conserve *self)
{
	return *(volatile const __u64 *)&self->prog->bss->runs;
}

/* That many frames, and the program has seen all */
static int burst(struct _test_data_conserve *self, unsigned int n)
{
	self->begun += n;
	if (data_set(DATA_PORT_B, "gen/run", n))
		return -1;
	self->generated += sim_number(DATA_PORT_B, "gen/status", "sent");
	return DATA_AWAIT(runs(self) >= self->begun) ? 0 : -1;
}

static void *generator(void *arg)
{
	struct _test_data_conserve *self = arg;
	unsigned int left, now;

	for (left = self->n; left && !self->failed; left -= now) {
		now = left < BURST ? left : BURST;
		if (burst(self, now))
			self->failed = 1;
		/* with one CPU, the other thread's turn */
		sched_yield();
	}
	self->done = true;
	return NULL;
}

static bool is_amid(struct _test_data_conserve *self)
{
	uint64_t missing = self->begun - runs(self);

	return missing && missing < BURST;
}

/* Frames in bursts by a thread of its own; meanwhile `act`, again and again */
#define WHILE_GENERATED(frames, act)						\
do {										\
	self->n = (frames);							\
	self->done = false;							\
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, generator, self));	\
	while (!self->done) {							\
		self->amid += is_amid(self);					\
		act;								\
		if (rand_r(&self->seed) % 4 == 0)				\
			usleep(rand_r(&self->seed) % 2000);			\
		sched_yield();							\
	}									\
	ASSERT_EQ(0, pthread_join(self->thread, NULL));				\
	ASSERT_EQ(0, self->failed);						\
} while (0)

/* Always: generator, driver and program agree */
static void expect_conserved(struct __test_metadata *_metadata,
			     struct _test_data_conserve *self, uint64_t n)
{
	EXPECT_EQ(n, self->generated);
	EXPECT_EQ(n, runs(self));
	EXPECT_EQ(n, sim_counter(&sim, "hc0b", "rx_xdp_drop") - self->dropped);
}

static uint64_t counted(const struct hc_hook *h)
{
	return hc_seen(h) + h->unstamped;
}

/* Read at random, the hook counts each frame: never more than there are, nor less than before */
TEST_F_TIMEOUT(conserve, reads, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES);
	uint64_t before = 0;

	ASSERT_EQ(0, hc_set("enable", "xdp"));
	WHILE_GENERATED(n, {
		EXPECT_EQ(0, hc_read_hook("xdp", &self->hook));
		EXPECT_LE(before, counted(&self->hook));
		before = counted(&self->hook);
		EXPECT_LE(before, self->begun);
	});
	EXPECT_LT(ENOUGH, self->amid);
	expect_conserved(_metadata, self, n);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(n, counted(&self->hook));
}

/* What is read before each reset is never more than there was */
TEST_F_TIMEOUT(conserve, resets, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES);
	uint64_t sum = 0;

	ASSERT_EQ(0, hc_set("enable", "xdp"));
	WHILE_GENERATED(n, {
		EXPECT_EQ(0, hc_read_hook("xdp", &self->hook));
		sum += counted(&self->hook);
		EXPECT_LE(sum, self->begun);
		EXPECT_EQ(0, hc_set("reset", "1"));
	});
	EXPECT_LT(ENOUGH, self->amid);
	expect_conserved(_metadata, self, n);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	sum += counted(&self->hook);
	EXPECT_LE(sum, n);
	EXPECT_LT(0, sum);
}

/* And it is all of them, if no frame is under way during the reset */
TEST_F_TIMEOUT(conserve, resets_between, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES), left, now;
	uint64_t sum = 0;

	ASSERT_EQ(0, hc_set("enable", "xdp"));
	for (left = n; left; left -= now) {
		now = rand_r(&self->seed) % BURST + 1;
		now = left < now ? left : now;
		ASSERT_EQ(0, burst(self, now));
		ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
		EXPECT_EQ(now, counted(&self->hook));
		sum += counted(&self->hook);
		ASSERT_EQ(0, hc_set("reset", "1"));
	}
	EXPECT_EQ(n, sum);
	expect_conserved(_metadata, self, n);
}

/* Toggled, it counts no more than there were; on throughout a burst, all of that burst */
TEST_F_TIMEOUT(conserve, toggles, DATA_TIMEOUT)
{
	unsigned int n = data_some(FRAMES), part = n / 8, sent = 0, on;

	while (sent < n) {
		ASSERT_EQ(0, hc_set("reset", "1"));
		WHILE_GENERATED(part, {
			on = rand_r(&self->seed) % 2;
			EXPECT_EQ(0, hc_set("enable", on ? "xdp" : "none"));
			});
		sent += part;
		ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
		EXPECT_LE(counted(&self->hook), part);
		ASSERT_EQ(0, hc_set("enable", "xdp"));
		ASSERT_EQ(0, hc_set("reset", "1"));
		ASSERT_EQ(0, burst(self, part));
		sent += part;
		ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
		EXPECT_EQ(part, counted(&self->hook));
	}
	EXPECT_LT(ENOUGH, self->amid);
	expect_conserved(_metadata, self, sent);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	data_begin();
	return test_harness_run(argc, argv);
}
