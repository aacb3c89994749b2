// SPDX-License-Identifier: GPL-2.0-only
/* SK_SKB's samples: where a dequeue begins, and where a verdict ends */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"

#define MESSAGES	200
#define ROUNDS		6
#define IDLE_US		200000

FIXTURE(sk_skb) {
	struct hc_net net;
	struct hc_flow flow;
	struct hc_hook hook;
	struct hooks *progs;
	int extra[2];
};

FIXTURE_SETUP(sk_skb)
{
	memset(self, 0, sizeof(*self));
	self->extra[0] = -1;
	self->extra[1] = -1;
	self->flow.tx = -1;
	self->flow.rx = -1;
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_net_up(&self->net));
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
}

FIXTURE_TEARDOWN(sk_skb)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	close(self->extra[0]);
	close(self->extra[1]);
	hooks__destroy(self->progs);
	hc_net_down(&self->net);
}

static void quick_ack(struct __test_metadata *_metadata, int sock, int on)
{
	ASSERT_EQ(0, setsockopt(sock, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on)));
}

static void put(struct __test_metadata *_metadata, int sock, size_t len)
{
	char message[2 * HC_BYTES] = {};

	ASSERT_EQ((ssize_t)len, send(sock, message, len, MSG_NOSIGNAL));
}

static void get(struct __test_metadata *_metadata, int sock, size_t len)
{
	char message[2 * HC_BYTES];
	ssize_t n;

	for (; len; len -= n) {
		n = recv(sock, message, len, 0);
		ASSERT_LT(0, n) {
			TH_LOG("%zu bytes have not come: %s", len, strerror(errno));
		}
	}
}

/*
 * A message that comes while its socket is owned by the one who sends is left to the stream
 * parser's worker. Nagle's algorithm holds the second of two messages back until the first
 * one is acknowledged, which the receiver does with what it sends itself: so the second
 * message comes while that is being sent.
 *
 * Between two runs of the worker nothing happens for a while. That time is nobody's dequeue.
 */
TEST_F(sk_skb, idle_before_worker)
{
	uint64_t longest, worker, unsited;
	int i, nagle = 0;

	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, hook_sock(self->progs->maps.socks, self->progs->progs.parser,
			       self->progs->progs.verdict, self->flow.rx));
	ASSERT_EQ(0, setsockopt(self->flow.tx, IPPROTO_TCP, TCP_NODELAY, &nagle, sizeof(nagle)));
	ASSERT_EQ(0, hc_set("enable", "sk_skb"));
	for (i = 0; i < ROUNDS; i++) {
		quick_ack(_metadata, self->flow.rx, 0);
		put(_metadata, self->flow.tx, HC_BYTES);
		put(_metadata, self->flow.tx, HC_BYTES);
		/* the ACK goes with this, and the second message comes */
		put(_metadata, self->flow.rx, 1);
		usleep(IDLE_US);
		get(_metadata, self->flow.rx, 2 * HC_BYTES);
		get(_metadata, self->flow.tx, 1);
		usleep(IDLE_US);
	}
	ASSERT_EQ(0, hc_read_idle("sk_skb", &self->hook));
	worker = self->progs->bss->runs_verdict;
	unsited = self->hook.unsited;
	TH_LOG("%" PRIu64 " of %" PRIu64 " messages came to the worker first", unsited, worker);
	EXPECT_EQ(worker, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.backward);
	/* not each: the ACK may come before */
	EXPECT_LT(0, unsited);
	EXPECT_LE(unsited, ROUNDS);
	longest = IDLE_US / 2 * self->hook.khz / 1000;
	EXPECT_GT(longest, hc_phase(&self->hook, "dequeue")->max);
	EXPECT_GT(longest, hc_phase(&self->hook, "total")->max);
}

/* The rest of a redirect is the other socket's work: another interval, by another name */
TEST_F(sk_skb, redirect)
{
	int fd = bpf_map__fd(self->progs->maps.targets), key = 0, i;
	struct hc_flow other;

	ASSERT_EQ(0, hc_net_pair(&self->net, 1));
	ASSERT_EQ(0, hc_flow_open(&other, &self->net, 1, AF_INET, SOCK_STREAM));
	self->extra[0] = other.tx;
	self->extra[1] = other.rx;
	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, bpf_map_update_elem(fd, &key, &other.rx, BPF_ANY));
	ASSERT_EQ(0, hook_sock(self->progs->maps.socks, NULL,
			       self->progs->progs.verdict_redirect, self->flow.rx));
	ASSERT_EQ(0, hc_set("enable", "sk_skb"));
	for (i = 0; i < MESSAGES; i++) {
		put(_metadata, self->flow.tx, HC_BYTES);
		get(_metadata, other.rx, HC_BYTES);
	}
	ASSERT_EQ(0, hc_read_idle("sk_skb", &self->hook));
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_verdict);
	EXPECT_EQ(MESSAGES, hc_phase(&self->hook, "prog")->count);
	EXPECT_EQ(MESSAGES, hc_phase(&self->hook, "redirect")->count);
	EXPECT_EQ(0, hc_phase(&self->hook, "verdict")->count);
	EXPECT_EQ(0, hc_phase(&self->hook, "total")->count);
	EXPECT_EQ(0, self->hook.unsited);
}

/* To itself it is no redirect: it is delivered at once, as what is passed */
TEST_F(sk_skb, redirect_to_itself)
{
	int fd = bpf_map__fd(self->progs->maps.targets), key = 0, i;

	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->net, 0, AF_INET, SOCK_STREAM));
	ASSERT_EQ(0, bpf_map_update_elem(fd, &key, &self->flow.rx, BPF_ANY));
	ASSERT_EQ(0, hook_sock(self->progs->maps.socks, NULL,
			       self->progs->progs.verdict_redirect, self->flow.rx));
	ASSERT_EQ(0, hc_set("enable", "sk_skb"));
	for (i = 0; i < MESSAGES; i++) {
		put(_metadata, self->flow.tx, HC_BYTES);
		get(_metadata, self->flow.rx, HC_BYTES);
	}
	ASSERT_EQ(0, hc_read_idle("sk_skb", &self->hook));
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_verdict);
	EXPECT_EQ(MESSAGES, hc_phase(&self->hook, "verdict")->count);
	EXPECT_EQ(MESSAGES, hc_phase(&self->hook, "total")->count);
	EXPECT_EQ(0, hc_phase(&self->hook, "redirect")->count);
}

/* AF_UNIX takes a mutex on the way to the program; its sk_buffs have met no driver */
TEST_F(sk_skb, unix_socket)
{
	int i;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, self->extra));
	if (hook_sock(self->progs->maps.socks, NULL, self->progs->progs.verdict, self->extra[1]))
		SKIP(return, "the kernel takes no unix socket into a sockmap");
	ASSERT_EQ(0, hc_set("enable", "sk_skb"));
	for (i = 0; i < MESSAGES; i++) {
		put(_metadata, self->extra[0], HC_BYTES);
		get(_metadata, self->extra[1], HC_BYTES);
	}
	ASSERT_EQ(0, hc_read_idle("sk_skb", &self->hook));
	EXPECT_EQ(MESSAGES, self->progs->bss->runs_verdict);
	EXPECT_EQ(MESSAGES, hc_seen(&self->hook));
	EXPECT_EQ(MESSAGES, self->hook.unstamped);
	EXPECT_EQ(MESSAGES, hc_phase(&self->hook, "prog")->count);
	EXPECT_EQ(0, self->hook.unsited);
	EXPECT_EQ(0, self->hook.backward);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
