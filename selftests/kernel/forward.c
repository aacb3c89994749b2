// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a NIC to a container: the packet's origin is where it came into the machine
 *
 *	netns a        netns b                               netns c
 *	hc0a -------- hc0b -- bridge hcbr -- hcc0 ---- veth ---- hcc1
 *	10.203.0.1                                           10.203.0.2
 *
 * A native program in place of hc0b's XDP program delays each packet, so that what begins at
 * hc0b can be told from what begins at hcc1.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"
#include "sim.h"

#define MESSAGES	100
#define DELAY_NS	500000

FIXTURE(forward) {
	struct sim_net sim;
	struct hc_net net;	/* the sender's and the container's */
	int b;
	struct hc_flow flow;
	struct hc_hook hook;
	struct hooks *progs;
	struct bpf_link *xdp, *tc;
};

FIXTURE_VARIANT(forward) {
	bool mlx5;
};

FIXTURE_VARIANT_ADD(forward, veth) {
	.mlx5 = false,
};

FIXTURE_VARIANT_ADD(forward, mlx5) {
	.mlx5 = true,
};

/* hc0b becomes a port of the bridge, and its address the container's */
static int bridge(struct _test_data_forward *self)
{
	const struct hc_net *n = &self->sim.net;
	int c;

	if (unshare(CLONE_NEWNET))
		return -1;
	c = hc_this_ns();
	hc_enter(n->home);
	self->net = (struct hc_net){ .home = n->home, .a = n->a, .b = c };
	self->b = n->b;
	if (hc_shell(n->b, "ip link add hcc0 type veth peer name hcc1 netns /proc/%d/fd/%d",
		     getpid(), c) ||
	    hc_shell(n->b, "ip link add hcbr type bridge && ip addr flush dev hc0b") ||
	    hc_shell(n->b, "for i in hc0b hcc0; do ip link set $i master hcbr; done") ||
	    hc_shell(n->b, "for i in hcc0 hcbr; do ip link set $i up; done") ||
	    hc_shell(c, "ip addr add 10.203.0.2/24 dev hcc1 && ip link set hcc1 up"))
		return -1;
	return hc_neighbour(n->a, "hc0a", c, "hcc1", "10.203.0.2") ?:
	       hc_neighbour(c, "hcc1", n->a, "hc0a", "10.203.0.1");
}

FIXTURE_SETUP(forward)
{
	struct hc_native table;
	size_t i;

	memset(self, 0, sizeof(*self));
	self->flow.tx = -1;
	self->flow.rx = -1;
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_read_native(&table));
	for (i = 0; i < table.nprograms && strcmp(table.program[i].name, "delay"); i++)
		;
	if (i == table.nprograms)
		SKIP(return, "hookcost_native is not loaded");
	if (variant->mlx5 && !hc_loaded("mlx5sim"))
		SKIP(return, "mlx5sim is not loaded");
	ASSERT_EQ(0, variant->mlx5 ? sim_up(&self->sim) : hc_net_up(&self->sim.net));
	ASSERT_EQ(0, bridge(self));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->xdp = hook_xdp(&self->sim.net, "hc0b", self->progs->progs.xdp_pass);
	ASSERT_NE(NULL, self->xdp);
	self->tc = hook_tcx(&self->net, "hcc1", self->progs->progs.tc_pass);
	ASSERT_NE(NULL, self->tc);
	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, AF_INET, SOCK_DGRAM));
	ASSERT_EQ(0, hc_set_native(&self->sim.net, "delay", DELAY_NS));
}

FIXTURE_TEARDOWN(forward)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	if (!self->progs)
		return;
	bpf_link__destroy(self->xdp);
	bpf_link__destroy(self->tc);
	hooks__destroy(self->progs);
	close(self->net.b);
	hc_shell(self->b, "ip link set hc0b nomaster");
	if (variant->mlx5)
		sim_down(&self->sim);
	else
		hc_net_down(&self->sim.net);
}

/* The least that a packet took to a hook, with the stamps of one device */
static uint64_t least_reach(struct __test_metadata *_metadata, struct _test_data_forward *self,
			    int ns, const char *device, const char *hook)
{
	hc_enter(ns);
	EXPECT_EQ(0, hc_set("device", device));
	hc_enter(self->net.home);
	EXPECT_EQ(0, hc_set("enable", hook));
	EXPECT_EQ(0, hc_set("reset", "1"));
	EXPECT_EQ(0, hc_one_by_one(&self->flow, MESSAGES));
	EXPECT_EQ(0, hc_read_idle(hook, &self->hook));
	EXPECT_EQ(MESSAGES, hc_seen(&self->hook)) {
		TH_LOG("%s, stamped by %s", hook, device);
	}
	EXPECT_EQ(0, self->hook.unstamped) {
		TH_LOG("%s, stamped by %s", hook, device);
	}
	return hc_phase(&self->hook, "reach")->min;
}

static void compare(struct __test_metadata *_metadata, struct _test_data_forward *self)
{
	static const char *const hooks[] = { "tc", "udp" };
	uint64_t delay, any, nic, container;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		any = least_reach(_metadata, self, self->net.home, "any", hooks[i]);
		nic = least_reach(_metadata, self, self->b, "hc0b", hooks[i]);
		container = least_reach(_metadata, self, self->net.b, "hcc1", hooks[i]);
		/* never less than asked for, but for the clocks' calibration */
		delay = DELAY_NS / 20 * 19 * self->hook.khz / 1000000;
		EXPECT_LE(delay, any) {
			TH_LOG("%s", hooks[i]);
		}
		EXPECT_LE(delay, nic) {
			TH_LOG("%s", hooks[i]);
		}
		EXPECT_LT(container, nic) {
			TH_LOG("%s", hooks[i]);
		}
	}
}

TEST_F(forward, reach)
{
	compare(_metadata, self);
}

/* veth's ring, and its NAPI, are another way to the container */
TEST_F(forward, reach_by_napi)
{
	ASSERT_EQ(0, hc_gro(self->net.b, "hcc1", true));
	compare(_metadata, self);
}

/* The XDP hook of the container's netdev, too */
TEST_F(forward, reach_of_xdp)
{
	const struct hc_phase *reach;
	struct bpf_link *second;
	uint64_t delay;

	second = hook_xdp(&self->net, "hcc1", self->progs->progs.xdp_pass);
	ASSERT_NE(NULL, second);
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, hc_one_by_one(&self->flow, MESSAGES));
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	/* both devices'; the native program is in place of one of the programs only */
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_xdp);
	EXPECT_EQ(2 * MESSAGES, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
	reach = hc_phase(&self->hook, "reach");
	delay = DELAY_NS / 20 * 19 * self->hook.khz / 1000000;
	EXPECT_LE(MESSAGES * delay, reach->sum);
	bpf_link__destroy(second);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
