// SPDX-License-Identifier: GPL-2.0-only
/* One sample for each packet at each hook, and none for what is no packet of the hook's */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"

#define MESSAGES	1000

FIXTURE(stamps) {
	struct hc_net net;
	struct hc_flow flow;
	struct hc_hook hook;
	struct hooks *progs;
	struct bpf_link *link;
};

FIXTURE_SETUP(stamps)
{
	self->progs = NULL;
	self->link = NULL;
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_net_up(&self->net));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
}

FIXTURE_TEARDOWN(stamps)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	bpf_link__destroy(self->link);
	hooks__destroy(self->progs);
	hc_net_down(&self->net);
}

#define OPEN(family, type) \
	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, family, type))

static bool open_ipv6(struct __test_metadata *_metadata, struct _test_data_stamps *self, int type)
{
	if (access("/proc/sys/net/ipv6", F_OK))
		SKIP(return false, "the kernel has no IPv6");
	ASSERT_EQ(0, hc_net_ipv6(&self->net));
	OPEN(AF_INET6, type);
	return true;
}

/* To hc0b, by a function of hooks.h */
#define ATTACH(hook, prog)						\
do {									\
	self->link = (hook)(&self->net, "hc0b", self->progs->progs.prog);	\
	ASSERT_NE(NULL, self->link);					\
} while (0)

/* To the flow's socket */
#define ATTACH_SOCK(parser)						\
	ASSERT_EQ(0, hook_sock(self->progs->maps.socks, parser, self->progs->progs.verdict,	\
			       self->flow.rx))

/* That many messages while these hooks are on */
#define SEND(hooks, number)						\
do {									\
	ASSERT_EQ(0, hc_set("enable", hooks));				\
	ASSERT_EQ(0, hc_one_by_one(&self->flow, number));		\
} while (0)

/* Every message sent has its sample, a stamp, and every phase */
static void expect_samples(struct __test_metadata *_metadata, struct _test_data_stamps *self,
			   const char *hook, uint64_t number)
{
	EXPECT_EQ(0, hc_read_idle(hook, &self->hook));
	EXPECT_EQ(number, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
	/* clocks of several CPUs may disagree, but not as a rule */
	EXPECT_LE(self->hook.backward, number / 100);
	EXPECT_EQ(number, hc_phase(&self->hook, "reach")->count + self->hook.backward);
}

#define EXPECT_SAMPLES(hook, number) expect_samples(_metadata, self, hook, number)

TEST_F(stamps, xdp_udp)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH(hook_xdp, xdp_pass);
	SEND("xdp", MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_xdp);
	EXPECT_SAMPLES("xdp", MESSAGES);
}

TEST_F(stamps, xdp_drop)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH(hook_xdp, xdp_drop);
	self->flow.napi = true;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, hc_bursts(&self->flow, MESSAGES));
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_xdp);
	EXPECT_EQ(0, self->flow.received);
	EXPECT_SAMPLES("xdp", MESSAGES);
}

TEST_F(stamps, xdp_ordered_clock)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH(hook_xdp, xdp_pass);
	ASSERT_EQ(0, hc_set("clock", "ordered"));
	SEND("xdp", MESSAGES);
	EXPECT_SAMPLES("xdp", MESSAGES);
	EXPECT_STREQ("ordered", self->hook.mode);
}

/* A burst is in the queue at once; each packet has a stamp of its own */
TEST_F(stamps, xdp_bursts)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH(hook_xdp, xdp_pass);
	self->flow.napi = true;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, hc_bursts(&self->flow, MESSAGES));
	hc_drain(&self->flow, MESSAGES);
	EXPECT_EQ(MESSAGES, self->flow.received);
	EXPECT_SAMPLES("xdp", MESSAGES);
}

/* Frames that XDP has sent become sk_buffs after the hook, in batches */
TEST_F(stamps, xdp_frames)
{
	uint8_t frame[HC_UDP_FRAME];
	struct bpf_link *tcx;

	OPEN(AF_INET, SOCK_DGRAM);
	hc_udp_frame(&self->net, frame);
	self->progs->bss->redirect_to = hc_ifindex(self->net.a, "hc0a");
	ATTACH(hook_xdp, xdp_pass);
	tcx = hook_tcx(&self->net, "hc0b", self->progs->progs.tc_pass);
	ASSERT_NE(NULL, tcx);
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
	ASSERT_EQ(0, hook_frames(&self->net, self->progs->progs.xdp_send, frame, sizeof(frame),
				 MESSAGES));
	hc_drain(&self->flow, MESSAGES);
	EXPECT_EQ(MESSAGES, self->flow.received);
	EXPECT_SAMPLES("xdp", MESSAGES);
	EXPECT_SAMPLES("tc", MESSAGES);
	EXPECT_SAMPLES("udp", MESSAGES);
	bpf_link__destroy(tcx);
}

TEST_F(stamps, xdp_tcp)
{
	OPEN(AF_INET, SOCK_STREAM);
	ATTACH(hook_xdp, xdp_pass);
	SEND("xdp", MESSAGES);
	EXPECT_LE(MESSAGES, self->progs->bss->runs_xdp);
	EXPECT_SAMPLES("xdp", self->progs->bss->runs_xdp);
}

TEST_F(stamps, tcx_udp)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH(hook_tcx, tc_pass);
	SEND("tc", MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_tc);
	EXPECT_SAMPLES("tc", MESSAGES);
}

TEST_F(stamps, cls_bpf_udp)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ASSERT_EQ(0, hook_cls_bpf(&self->net, "hc0b", self->progs->progs.tc_pass));
	SEND("tc", MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_tc);
	EXPECT_SAMPLES("tc", MESSAGES);
}

/* The stamp of the receive queue goes on to the sk_buff */
TEST_F(stamps, tcx_behind_napi)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ASSERT_EQ(0, hc_gro(self->net.b, "hc0b", true));
	ATTACH(hook_tcx, tc_pass);
	SEND("tc", MESSAGES);
	EXPECT_SAMPLES("tc", MESSAGES);
}

TEST_F(stamps, tcx_tcp)
{
	OPEN(AF_INET, SOCK_STREAM);
	ATTACH(hook_tcx, tc_pass);
	SEND("tc", MESSAGES);
	EXPECT_LE(MESSAGES, self->progs->bss->runs_tc);
	EXPECT_SAMPLES("tc", self->progs->bss->runs_tc);
}

TEST_F(stamps, sk_skb_tcp)
{
	OPEN(AF_INET, SOCK_STREAM);
	ATTACH_SOCK(NULL);
	SEND("sk_skb", MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_verdict);
	EXPECT_SAMPLES("sk_skb", MESSAGES);
}

TEST_F(stamps, sk_skb_udp)
{
	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH_SOCK(NULL);
	SEND("sk_skb", MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_verdict);
	EXPECT_SAMPLES("sk_skb", MESSAGES);
}

/* The stream parser cuts the stream into messages: one sample for each */
TEST_F(stamps, sk_skb_parser)
{
	OPEN(AF_INET, SOCK_STREAM);
	ATTACH_SOCK(self->progs->progs.parser);
	SEND("sk_skb", MESSAGES);
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_verdict);
	EXPECT_SAMPLES("sk_skb", MESSAGES);
}

TEST_F(stamps, udp)
{
	OPEN(AF_INET, SOCK_DGRAM);
	SEND("udp", MESSAGES);
	EXPECT_SAMPLES("udp", MESSAGES);
}

TEST_F(stamps, udp_ipv6)
{
	if (!open_ipv6(_metadata, self, SOCK_DGRAM))
		return;
	SEND("udp", MESSAGES);
	EXPECT_SAMPLES("udp", MESSAGES);
}

TEST_F(stamps, tcp)
{
	OPEN(AF_INET, SOCK_STREAM);
	SEND("tcp", MESSAGES);
	EXPECT_SAMPLES("tcp", MESSAGES);
}

TEST_F(stamps, tcp_ipv6)
{
	if (!open_ipv6(_metadata, self, SOCK_STREAM))
		return;
	SEND("tcp", MESSAGES);
	EXPECT_SAMPLES("tcp", MESSAGES);
}

/* Data that is looked at, or read on, is no packet that has come */
TEST_F(stamps, read_once)
{
	char message[HC_BYTES] = {}, half[HC_BYTES / 2];
	int type, i;

	for (type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
		const char *hook = type == SOCK_STREAM ? "tcp" : "udp";

		OPEN(AF_INET, type);
		ASSERT_EQ(0, hc_set("enable", hook));
		ASSERT_EQ(HC_BYTES, send(self->flow.tx, message, HC_BYTES, 0));
		for (i = 0; i < 3; i++)
			EXPECT_EQ(sizeof(half), recv(self->flow.rx, half, sizeof(half), MSG_PEEK));
		EXPECT_SAMPLES(hook, 0);
		EXPECT_EQ(sizeof(half), recv(self->flow.rx, half, sizeof(half), 0));
		EXPECT_SAMPLES(hook, 1);
		if (type == SOCK_STREAM)
			EXPECT_EQ(sizeof(half), recv(self->flow.rx, half, sizeof(half), 0));
		EXPECT_SAMPLES(hook, 1);
		hc_flow_close(&self->flow);
	}
}

/* Two messages, of which each waits for these ticks in the socket */
static void wait_in_socket(struct __test_metadata *_metadata, struct _test_data_stamps *self,
			   uint64_t ticks)
{
	char message[HC_BYTES] = {};

	OPEN(AF_INET, SOCK_DGRAM);
	ASSERT_EQ(0, hc_set("enable", "udp"));
	ASSERT_EQ(0, hc_read_hook("udp", &self->hook));
	ASSERT_EQ(HC_BYTES, send(self->flow.tx, message, HC_BYTES, 0));
	ASSERT_EQ(HC_BYTES, send(self->flow.tx, message, HC_BYTES, 0));
	/* a tenth more than the clock, which another may disagree with */
	sleep(ticks / self->hook.khz * 11 / 10000 + 1);
	ASSERT_EQ(HC_BYTES, recv(self->flow.rx, message, HC_BYTES, 0));
	ASSERT_EQ(HC_BYTES, recv(self->flow.rx, message, HC_BYTES, 0));
	ASSERT_EQ(0, hc_read_idle("udp", &self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
	EXPECT_EQ(2, hc_seen(&self->hook));
}

/* An sk_buff keeps 32 bits of the clock, in units of 16 ticks: more ticks than a word holds */
TEST_F(stamps, wait_of_33_bits)
{
	wait_in_socket(_metadata, self, 1ULL << 32);
	EXPECT_EQ(0, self->hook.backward);
	EXPECT_LT(1ULL << 32, hc_phase(&self->hook, "reach")->min) {
		TH_LOG("reach %" PRIu64 " ticks", hc_phase(&self->hook, "reach")->min);
	}
}

/* and the older half of its range is taken for time that runs backward */
TEST_F_TIMEOUT(stamps, wait_of_36_bits, 3600)
{
	wait_in_socket(_metadata, self, 1ULL << 35);
	EXPECT_EQ(2, self->hook.backward);
	EXPECT_EQ(0, hc_phase(&self->hook, "reach")->count);
}

/* lo stamps nothing: the packet is counted, its time to reach the hook is not */
TEST_F(stamps, loopback_is_unstamped)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	char message[HC_BYTES] = {};
	int sock, i;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	self->flow.tx = -1;
	self->flow.rx = -1;
	ASSERT_EQ(0, hc_shell(self->net.b, "ip link set lo up"));
	hc_enter(self->net.b);
	sock = socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_EQ(0, bind(sock, (void *)&addr, len));
	ASSERT_EQ(0, getsockname(sock, (void *)&addr, &len));
	ASSERT_EQ(0, hc_set("enable", "udp"));
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(sizeof(message), sendto(sock, message, sizeof(message), 0,
						  (void *)&addr, len));
		ASSERT_EQ(sizeof(message), recv(sock, message, sizeof(message), 0));
	}
	EXPECT_EQ(0, hc_read_idle("udp", &self->hook));
	EXPECT_EQ(10, self->hook.unstamped);
	EXPECT_EQ(0, hc_seen(&self->hook));
}

/* A hook without a program has no sample */
TEST_F(stamps, nothing_attached)
{
	static const char *const hooks[] = { "xdp", "tc", "sk_skb" };
	size_t i;

	OPEN(AF_INET, SOCK_STREAM);
	ASSERT_EQ(0, hc_gro(self->net.b, "hc0b", true));
	SEND("xdp tc sk_skb", MESSAGES);
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		EXPECT_SAMPLES(hooks[i], 0);
}

/* Tables stand still while their hook is off, and keep what they have */
TEST_F(stamps, off_keeps_the_table)
{
	OPEN(AF_INET, SOCK_DGRAM);
	SEND("udp", 10);
	SEND("none", 10);
	EXPECT_SAMPLES("udp", 10);
	EXPECT_EQ(0, self->hook.enabled);
	SEND("udp", 10);
	EXPECT_SAMPLES("udp", 20);
	EXPECT_EQ(1, self->hook.enabled);
}

/* All hooks at once, the socket's own included */
TEST_F(stamps, all_hooks)
{
	struct bpf_link *tcx;

	OPEN(AF_INET, SOCK_DGRAM);
	ATTACH(hook_xdp, xdp_pass);
	tcx = hook_tcx(&self->net, "hc0b", self->progs->progs.tc_pass);
	ASSERT_NE(NULL, tcx);
	SEND("all", MESSAGES);
	EXPECT_SAMPLES("xdp", MESSAGES);
	EXPECT_SAMPLES("tc", MESSAGES);
	EXPECT_SAMPLES("udp", MESSAGES);
	EXPECT_SAMPLES("tcp", 0);
	bpf_link__destroy(tcx);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
