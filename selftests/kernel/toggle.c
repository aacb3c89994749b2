// SPDX-License-Identifier: GPL-2.0-only
/* Everything is switched while packets are under way; none is lost, none is counted twice */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"

#define TOGGLES		300
#define ENOUGH		30	/* packets meanwhile */

FIXTURE(toggle) {
	struct hc_net net;
	struct hc_flow udp, tcp;
	struct hc_hook hook;
	struct hooks *progs;
	struct bpf_link *xdp, *tc;
	pthread_t thread;
	bool pass;			/* everything that is sent arrives */
	atomic_bool stop;
	int failed;
};

FIXTURE_SETUP(toggle)
{
	memset(self, 0, sizeof(*self));
	self->tcp.tx = -1;
	self->tcp.rx = -1;
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_net_up(&self->net));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->xdp = hook_xdp(&self->net, "hc0b", self->progs->progs.xdp_pass);
	ASSERT_NE(NULL, self->xdp);
	self->tc = hook_tcx(&self->net, "hc0b", self->progs->progs.tc_pass);
	ASSERT_NE(NULL, self->tc);
	ASSERT_EQ(0, hc_flow_open(&self->udp, &self->net, 0, AF_INET, SOCK_DGRAM));
	self->udp.napi = true;
}

FIXTURE_TEARDOWN(toggle)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->udp);
	hc_flow_close(&self->tcp);
	bpf_link__destroy(self->xdp);
	bpf_link__destroy(self->tc);
	hooks__destroy(self->progs);
	hc_net_down(&self->net);
}

static void *traffic(void *arg)
{
	struct _test_data_toggle *self = arg;

	while (!self->stop && !self->failed) {
		if (self->pass) {
			self->failed = hc_one_by_one(&self->udp, 1);
			if (!self->failed && self->tcp.tx >= 0)
				self->failed = hc_one_by_one(&self->tcp, 1);
		} else {
			self->failed = hc_bursts(&self->udp, 1);
		}
		/* with one CPU, the other thread's turn after each packet */
		sched_yield();
	}
	return NULL;
}

/* So many, and on as long as the traffic, on a slow machine, has hardly begun */
static bool more(const struct _test_data_toggle *self, size_t toggles)
{
	return toggles < TOGGLES ||
	       (self->udp.sent <= 2 * ENOUGH && !self->failed && toggles < 1000 * TOGGLES);
}

#define START()								\
do {									\
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, traffic, self));	\
	/* it has begun */						\
	while (self->udp.sent < 10 && !self->failed)			\
		usleep(1000);						\
} while (0)

#define STOP()								\
do {									\
	self->stop = true;						\
	ASSERT_EQ(0, pthread_join(self->thread, NULL));			\
	EXPECT_EQ(0, self->failed);					\
	EXPECT_LT(ENOUGH, self->udp.sent);				\
} while (0)

/* Hooks on and off, alone and together, and the clock's mode: tables are sane at any time */
TEST_F(toggle, hooks)
{
	static const char *const sets[] = {
		"all", "none", "xdp", "tc", "udp tcp", "sk_skb", "xdp tc", "none", "all", "tcp",
	};
	static const char *const hooks[] = { "xdp", "tc", "sk_skb", "udp", "tcp" };
	size_t i, j;

	self->pass = true;
	ASSERT_EQ(0, hc_flow_open(&self->tcp, &self->net, 0, AF_INET, SOCK_STREAM));
	START();
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("enable", sets[i % ARRAY_SIZE(sets)]));
		sched_yield();
		if (i % 7 == 0)
			ASSERT_EQ(0, hc_set("clock", i % 2 ? "plain" : "ordered"));
		if (i % 10 == 0)
			EXPECT_EQ(0, hc_read_hook(hooks[i / 10 % ARRAY_SIZE(hooks)], &self->hook));
	}
	STOP();
	/* hc_one_by_one() has seen each message arrive; there was no sample without a packet */
	for (j = 0; j < ARRAY_SIZE(hooks); j++) {
		ASSERT_EQ(0, hc_read_idle(hooks[j], &self->hook));
		EXPECT_LE(hc_seen(&self->hook) + self->hook.unstamped,
			  self->progs->bss->runs_xdp);
	}
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_LT(0, hc_seen(&self->hook));
	EXPECT_LT(hc_seen(&self->hook), self->progs->bss->runs_xdp);
}

/* A hook that is on from before to after sees everything, whatever the others do */
TEST_F(toggle, others)
{
	unsigned int sent;
	size_t i;

	self->pass = true;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	START();
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("enable", i % 2 ? "xdp" : "xdp tc udp"));
		sched_yield();
	}
	STOP();
	sent = self->udp.sent;
	EXPECT_EQ(sent, self->progs->bss->runs_xdp);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(sent, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
}

/* Fresh banks under traffic: what has been read and what is left never exceeds the traffic */
TEST_F(toggle, reset)
{
	uint64_t largest = 0;
	size_t i;

	self->pass = true;
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
	START();
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("reset", "1"));
		ASSERT_EQ(0, hc_read_hook("udp", &self->hook));
		if (hc_seen(&self->hook) > largest)
			largest = hc_seen(&self->hook);
		sched_yield();
	}
	STOP();
	EXPECT_GT(self->udp.sent, largest);
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, hc_read_idle("udp", &self->hook));
	EXPECT_EQ(0, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
	ASSERT_EQ(0, hc_one_by_one(&self->udp, 10));
	ASSERT_EQ(0, hc_read_idle("udp", &self->hook));
	EXPECT_EQ(10, hc_seen(&self->hook));
}

/* From one native program to the next no packet meets the XDP program, nor none at all */
TEST_F(toggle, native_to_native)
{
	static const char *const drop[] = { "drop", "hard_drop", "fib 3", "hard_fib 2", "fib 4" };
	const char *have[ARRAY_SIZE(drop)];
	uint64_t dropped, n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drop); i++)
		if (!hc_native(&self->net, drop[i]))
			have[n++] = drop[i];
	if (n < 2)
		SKIP(return, "no two native programs that drop");
	START();
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_native(&self->net, have[i % n]));
		sched_yield();
	}
	STOP();
	dropped = hc_counter(self->net.b, "hc0b", "xdp_drops");
	EXPECT_EQ(0, self->progs->bss->runs_xdp);
	EXPECT_EQ(self->udp.sent, dropped);
	EXPECT_EQ(0, self->udp.received);
	EXPECT_LT(0, dropped);
	ASSERT_EQ(0, hc_native_off());
}

/* Each packet meets either the XDP program or a native one, at any moment */
TEST_F(toggle, native)
{
	struct hc_native table;
	uint64_t dropped, program;
	const char *drop[2];
	size_t i;

	ASSERT_EQ(0, hc_read_native(&table));
	drop[0] = hc_native(&self->net, "drop") ? "hard_drop" : "drop";
	drop[1] = hc_native(&self->net, "hard_drop") ? drop[0] : "hard_drop";
	if (hc_native(&self->net, drop[0]))
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	START();
	for (i = 0; more(self, i); i++) {
		/* off and on, and from one program to the other */
		ASSERT_EQ(0, i % 3 == 2 ? hc_native_off() : hc_native(&self->net, drop[i % 3]));
		sched_yield();
	}
	ASSERT_EQ(0, hc_native_off());
	STOP();
	hc_drain(&self->udp, self->udp.sent - hc_counter(self->net.b, "hc0b", "xdp_drops"));
	program = self->progs->bss->runs_xdp;
	dropped = hc_counter(self->net.b, "hc0b", "xdp_drops");
	EXPECT_EQ(self->udp.sent, program + dropped);
	EXPECT_EQ(program, self->udp.received);
	EXPECT_LT(0, program);
	EXPECT_LT(0, dropped);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(self->udp.sent, hc_seen(&self->hook));
}

/* The device filter goes back and forth; all packets are counted, with a stamp or without */
TEST_F(toggle, device)
{
	size_t i;

	self->pass = true;
	ASSERT_EQ(0, hc_set("enable", "xdp udp"));
	START();
	hc_enter(self->net.b);
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("device", i % 2 ? "any" : "none"));
		/* CPUs that one thread emulates take long turns: some traffic in either state */
		if (i % 33 == 0)
			usleep(2000);
		sched_yield();
	}
	hc_enter(self->net.home);
	STOP();
	ASSERT_EQ(0, hc_read_idle("udp", &self->hook));
	EXPECT_EQ(self->udp.sent, hc_seen(&self->hook) + self->hook.unstamped);
	EXPECT_LT(0, self->hook.unstamped);
	EXPECT_LT(0, hc_seen(&self->hook));
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	/* without a filter, at the end, a packet that was not stamped still has its phases */
	EXPECT_LE(self->udp.sent, hc_seen(&self->hook) + self->hook.unstamped);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
