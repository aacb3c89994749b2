// SPDX-License-Identifier: GPL-2.0-only
/* Everything is switched while packets are under way; none is lost, none is counted twice */
#include <inttypes.h>

#include "kselftest_harness.h"
#include "hooked.h"

#define TOGGLES		300
#define ENOUGH		30	/* packets meanwhile */

FIXTURE(toggle) {
	struct hooked h;
};

FIXTURE_SETUP(toggle)
{
	ASSERT_EQ(0, hooked_up(&self->h, SOCK_DGRAM));
	self->h.flow.napi = true;
}

FIXTURE_TEARDOWN(toggle)
{
	EXPECT_EQ(0, hc_all_off());
	hooked_down(&self->h);
}

/* So many, and on as long as the traffic, on a slow machine, has hardly begun */
static bool more(const struct _test_data_toggle *self, size_t toggles)
{
	return toggles < TOGGLES ||
	       (self->h.flow.sent <= 2 * ENOUGH && !self->h.failed && toggles < 1000 * TOGGLES);
}

#define STOP()								\
do {									\
	ASSERT_EQ(0, hooked_stop(&self->h));				\
	EXPECT_LT(ENOUGH, self->h.flow.sent);				\
} while (0)

/* Hooks on and off, alone and together, and the clock's mode: tables are sane at any time */
TEST_F(toggle, hooks)
{
	static const char *const sets[] = {
		"all", "none", "xdp", "tc", "udp tcp", "sk_skb", "xdp tc", "none", "all", "tcp",
	};
	static const char *const hooks[] = { "xdp", "tc", "sk_skb", "udp", "tcp" };
	size_t i, j;

	self->h.pass = true;
	ASSERT_EQ(0, hc_flow_open(&self->h.tcp, &self->h.net, 0, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("enable", sets[i % ARRAY_SIZE(sets)]));
		sched_yield();
		if (i % 7 == 0)
			ASSERT_EQ(0, hc_set("clock", i % 2 ? "plain" : "ordered"));
		if (i % 10 == 0) {
			j = i / 10 % ARRAY_SIZE(hooks);
			EXPECT_EQ(0, hc_read_hook(hooks[j], &self->h.hook));
		}
	}
	STOP();
	/* hc_one_by_one() has seen each message arrive; there was no sample without a packet */
	for (j = 0; j < ARRAY_SIZE(hooks); j++) {
		ASSERT_EQ(0, hc_read_idle(hooks[j], &self->h.hook));
		EXPECT_LE(hc_seen(&self->h.hook) + self->h.hook.unstamped,
			  self->h.progs->bss->runs_xdp);
	}
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	EXPECT_LT(0, hc_seen(&self->h.hook));
	EXPECT_LT(hc_seen(&self->h.hook), self->h.progs->bss->runs_xdp);
}

/* A hook that is on from before to after sees everything, whatever the others do */
TEST_F(toggle, others)
{
	unsigned int sent;
	size_t i;

	self->h.pass = true;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("enable", i % 2 ? "xdp" : "xdp tc udp"));
		sched_yield();
	}
	STOP();
	sent = self->h.flow.sent;
	EXPECT_EQ(sent, self->h.progs->bss->runs_xdp);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	EXPECT_EQ(sent, hc_seen(&self->h.hook));
	EXPECT_EQ(0, self->h.hook.unstamped);
}

/* Fresh banks under traffic: what has been read and what is left never exceeds the traffic */
TEST_F(toggle, reset)
{
	uint64_t largest = 0;
	size_t i;

	self->h.pass = true;
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("reset", "1"));
		ASSERT_EQ(0, hc_read_hook("udp", &self->h.hook));
		if (hc_seen(&self->h.hook) > largest)
			largest = hc_seen(&self->h.hook);
		sched_yield();
	}
	STOP();
	EXPECT_GT(self->h.flow.sent, largest);
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, hc_read_idle("udp", &self->h.hook));
	EXPECT_EQ(0, hc_seen(&self->h.hook));
	EXPECT_EQ(0, self->h.hook.unstamped);
	ASSERT_EQ(0, hc_one_by_one(&self->h.flow, 10));
	ASSERT_EQ(0, hc_read_idle("udp", &self->h.hook));
	EXPECT_EQ(10, hc_seen(&self->h.hook));
}

/* From one native program to the next no packet meets the XDP program, nor none at all */
TEST_F(toggle, native_to_native)
{
	static const char *const drop[] = { "drop", "hard_drop", "fib 3", "hard_fib 2", "fib 4" };
	const char *have[ARRAY_SIZE(drop)];
	uint64_t dropped, n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(drop); i++)
		if (!hc_native(&self->h.net, drop[i]))
			have[n++] = drop[i];
	if (n < 2)
		SKIP(return, "no two native programs that drop");
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_native(&self->h.net, have[i % n]));
		sched_yield();
	}
	STOP();
	dropped = hc_counter(self->h.net.b, "hc0b", "xdp_drops");
	EXPECT_EQ(0, self->h.progs->bss->runs_xdp);
	EXPECT_EQ(self->h.flow.sent, dropped);
	EXPECT_EQ(0, self->h.flow.received);
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
	drop[0] = hc_native(&self->h.net, "drop") ? "hard_drop" : "drop";
	drop[1] = hc_native(&self->h.net, "hard_drop") ? drop[0] : "hard_drop";
	if (hc_native(&self->h.net, drop[0]))
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; more(self, i); i++) {
		/* off and on, and from one program to the other */
		ASSERT_EQ(0, i % 3 == 2 ? hc_native_off() : hc_native(&self->h.net, drop[i % 3]));
		sched_yield();
	}
	ASSERT_EQ(0, hc_native_off());
	STOP();
	hc_drain(&self->h.flow, self->h.flow.sent - hc_counter(self->h.net.b, "hc0b", "xdp_drops"));
	program = self->h.progs->bss->runs_xdp;
	dropped = hc_counter(self->h.net.b, "hc0b", "xdp_drops");
	EXPECT_EQ(self->h.flow.sent, program + dropped);
	EXPECT_EQ(program, self->h.flow.received);
	EXPECT_LT(0, program);
	EXPECT_LT(0, dropped);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	EXPECT_EQ(self->h.flow.sent, hc_seen(&self->h.hook));
}

/* The device filter goes back and forth; all packets are counted, with a stamp or without */
TEST_F(toggle, device)
{
	size_t i;

	self->h.pass = true;
	ASSERT_EQ(0, hc_set("enable", "xdp udp"));
	ASSERT_EQ(0, hooked_start(&self->h));
	hc_enter(self->h.net.b);
	for (i = 0; more(self, i); i++) {
		ASSERT_EQ(0, hc_set("device", i % 2 ? "any" : "none"));
		/* CPUs that one thread emulates take long turns: some traffic in either state */
		if (i % 33 == 0)
			usleep(2000);
		sched_yield();
	}
	hc_enter(self->h.net.home);
	STOP();
	ASSERT_EQ(0, hc_read_idle("udp", &self->h.hook));
	EXPECT_EQ(self->h.flow.sent, hc_seen(&self->h.hook) + self->h.hook.unstamped);
	EXPECT_LT(0, self->h.hook.unstamped);
	EXPECT_LT(0, hc_seen(&self->h.hook));
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	/* without a filter, at the end, a packet that was not stamped still has its phases */
	EXPECT_LE(self->h.flow.sent, hc_seen(&self->h.hook) + self->h.hook.unstamped);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
