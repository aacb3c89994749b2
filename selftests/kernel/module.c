// SPDX-License-Identifier: GPL-2.0-only
/* The modules come and go; not while something of theirs is in use */
#include <errno.h>
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
#include "kfunc.skel.h"

#define ROUNDS	30

FIXTURE(module) {
	bool native, kfunc;	/* loaded before */
	struct hc_net net;
	struct hc_flow flow;
	struct hooks *progs;
	struct bpf_link *link;
	atomic_bool stop;
	int failed;
};

FIXTURE_SETUP(module)
{
	memset(self, 0, sizeof(*self));
	self->native = hc_loaded("hookcost_native");
	self->kfunc = hc_loaded("hookcost_kfunc");
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_net_up(&self->net));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->link = hook_xdp(&self->net, "hc0b", self->progs->progs.xdp_pass);
	ASSERT_NE(NULL, self->link);
	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, AF_INET, SOCK_DGRAM));
	if (!hc_can_load("hookcost_native") || !hc_can_load("hookcost_kfunc"))
		SKIP(return, "HOOKCOST_MODULES does not name the folder of the modules");
	if (!self->native)
		ASSERT_EQ(0, hc_load("hookcost_native"));
	if (!self->kfunc)
		ASSERT_EQ(0, hc_load("hookcost_kfunc"));
}

static int restore(const char *name, bool loaded)
{
	if (hc_loaded(name) == loaded)
		return 0;
	return loaded ? hc_load(name) : hc_unload(name);
}

/* As it was before */
FIXTURE_TEARDOWN(module)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	bpf_link__destroy(self->link);
	hooks__destroy(self->progs);
	hc_net_down(&self->net);
	EXPECT_EQ(0, restore("hookcost_native", self->native));
	EXPECT_EQ(0, restore("hookcost_kfunc", self->kfunc));
}

TEST_F(module, twice)
{
	EXPECT_EQ(-EEXIST, hc_load("hookcost_native"));
	EXPECT_EQ(-EEXIST, hc_load("hookcost_kfunc"));
	EXPECT_EQ(0, hc_native(&self->net, "drop"));
	EXPECT_EQ(-EEXIST, hc_load("hookcost_native"));
}

/* An active program pins its module, each of them, and only while it is active */
TEST_F(module, pinned)
{
	struct hc_native table;
	size_t i;

	ASSERT_EQ(0, hc_read_native(&table));
	for (i = 0; i < table.nprograms; i++) {
		const char *name = table.program[i].name;

		if (strcmp(table.program[i].owner, "hookcost_native"))
			continue;
		ASSERT_EQ(0, hc_native(&self->net, name));
		EXPECT_EQ(-EWOULDBLOCK, hc_unload("hookcost_native")) {
			TH_LOG("removed while %s is active", name);
		}
		EXPECT_TRUE(hc_loaded("hookcost_native"));
	}
	ASSERT_EQ(0, hc_native_off());
	EXPECT_EQ(0, hc_unload("hookcost_native"));
	EXPECT_FALSE(hc_loaded("hookcost_native"));
}

/* A refused argument, a second choice and off leave no reference behind */
TEST_F(module, references)
{
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, hc_native(&self->net, "fib 3"));
		ASSERT_EQ(-EINVAL, hc_native(&self->net, "fib 99999"));
		ASSERT_EQ(0, hc_native(&self->net, "fib 4"));
		ASSERT_EQ(0, hc_native(&self->net, "drop"));
	}
	EXPECT_EQ(1, hc_references("hookcost_native"));
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hc_native_off());
	EXPECT_EQ(0, hc_unload("hookcost_native"));
}

/* Its programs go with it, and come back with it */
TEST_F(module, programs)
{
	struct hc_native with, without;
	size_t i;

	ASSERT_EQ(0, hc_read_native(&with));
	ASSERT_EQ(0, hc_unload("hookcost_native"));
	ASSERT_EQ(0, hc_read_native(&without));
	for (i = 0; i < without.nprograms; i++)
		EXPECT_STREQ("kernel", without.program[i].owner);
	EXPECT_LT(without.nprograms, with.nprograms);
	EXPECT_EQ(-EINVAL, hc_native(&self->net, "drop"));
	EXPECT_STREQ("off", without.active);
	ASSERT_EQ(0, hc_load("hookcost_native"));
	ASSERT_EQ(0, hc_read_native(&without));
	EXPECT_EQ(with.nprograms, without.nprograms);
	EXPECT_EQ(0, hc_native(&self->net, "drop"));
}

static void *traffic(void *arg)
{
	struct _test_data_module *self = arg;

	self->flow.napi = true;
	while (!self->stop && !self->failed) {
		self->failed = hc_bursts(&self->flow, 2);
		/* with one CPU, the other thread's turn */
		sched_yield();
	}
	return NULL;
}

/* On, refused, off, removed, loaded, over and over, while packets pass */
TEST_F(module, under_traffic)
{
	uint64_t dropped, program;
	pthread_t thread;
	int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, traffic, self));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, hc_native(&self->net, "drop"));
		sched_yield();
		EXPECT_EQ(-EWOULDBLOCK, hc_unload("hookcost_native"));
		sched_yield();
		ASSERT_EQ(0, hc_native_off());
		ASSERT_EQ(0, hc_unload("hookcost_native"));
		sched_yield();
		ASSERT_EQ(0, hc_load("hookcost_native"));
		sched_yield();
	}
	self->stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, self->failed);
	hc_drain(&self->flow, self->progs->bss->runs_xdp);
	program = self->progs->bss->runs_xdp;
	dropped = hc_counter(self->net.b, "hc0b", "xdp_drops");
	EXPECT_EQ(self->flow.sent, program + dropped);
	EXPECT_EQ(program, self->flow.received);
	EXPECT_LT(0, dropped);
	EXPECT_LT(0, program);
}

/* A loaded program that calls a kfunc pins the kfunc's module */
TEST_F(module, kfunc_pinned)
{
	struct kfunc *progs = kfunc__open_and_load();

	ASSERT_NE(NULL, progs);
	EXPECT_EQ(-EWOULDBLOCK, hc_unload("hookcost_kfunc"));
	kfunc__destroy(progs);
	/* programs are freed after a grace period */
	for (int tries = 0; tries < 100 && hc_unload("hookcost_kfunc"); tries++)
		usleep(20000);
	EXPECT_FALSE(hc_loaded("hookcost_kfunc"));
	EXPECT_EQ(NULL, kfunc__open_and_load());
	EXPECT_EQ(0, hc_load("hookcost_kfunc"));
	progs = kfunc__open_and_load();
	EXPECT_NE(NULL, progs);
	kfunc__destroy(progs);
	for (int tries = 0; tries < 100 && hc_unload("hookcost_kfunc"); tries++)
		usleep(20000);
	EXPECT_FALSE(hc_loaded("hookcost_kfunc"));
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
