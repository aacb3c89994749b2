// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts are conserved: of ten million frames over mlx5sim, each is counted by generator,
 * driver, program or reader, and hook, while the hook is read, reset and toggled at random.
 *
 * HOOKCOST_FRAMES: how many at each hook (10000000 at XDP, fewer further up).
 */
#include <inttypes.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"
#include "simdata.h"

#define ENOUGH		10	/* reads, resets, toggles during a burst, on one CPU too */
#define PATIENCE	10	/* times the frames until there were so many */
#define FRAME_TYPE	0x88b5	/* for experiments: a stack has no use for it */
#define AT_ONCE		64	/* datagrams that are read with one call */
#define PAUSE_US	100000	/* in which the reader looks whether it is to end */
#define TIMEOUT		3600	/* s, of a test with all frames at the slowest hook */

FIXTURE(conserve) {
	struct hooks *progs;
	struct bpf_link *link;
	struct hc_flow flow;
	bool stream;
	struct hc_hook hook;
	uint64_t driver;	/* its count before the test */
	unsigned int n, burst;	/* for generator(): frames in all, and at once */
	atomic_uint begun;	/* frames of the bursts that have begun */
	atomic_bool done;
	atomic_int failed;
	unsigned int amid;	/* reads, resets, toggles when a part of a burst had come */
	unsigned int generated;	/* as the generator has counted them */
	unsigned int seed;
	pthread_t thread, reader;
	atomic_uint read;
	atomic_bool end;
};

FIXTURE_VARIANT(conserve) {
	const char *hook, *counter;	/* the driver's, of frames that go this way */
	unsigned int frames, burst;	/* a socket takes no burst of any length */
};

FIXTURE_VARIANT_ADD(conserve, xdp) {
	.hook = "xdp", .counter = "rx_xdp_drop", .frames = 10000000, .burst = 20000,
};

FIXTURE_VARIANT_ADD(conserve, tc) {
	.hook = "tc", .counter = "rx_packets", .frames = 1000000, .burst = 20000,
};

FIXTURE_VARIANT_ADD(conserve, sk_skb) {
	.hook = "sk_skb", .counter = "rx_packets", .frames = 250000, .burst = 1000,
};

FIXTURE_VARIANT_ADD(conserve, udp) {
	.hook = "udp", .counter = "rx_packets", .frames = 250000, .burst = 1000,
};

/* Messages, each a segment of its own, which is read before the next is sent */
FIXTURE_VARIANT_ADD(conserve, tcp) {
	.hook = "tcp", .counter = "rx_packets", .frames = 50000, .burst = 500,
};

static void *reader(void *arg)
{
	struct _test_data_conserve *self = arg;
	static char bytes[AT_ONCE][HC_BYTES];
	struct mmsghdr msg[AT_ONCE] = {};
	struct iovec iov[AT_ONCE];
	int i, n;

	for (i = 0; i < AT_ONCE; i++) {
		iov[i] = (struct iovec){ .iov_base = bytes[i], .iov_len = sizeof(bytes[i]) };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	while (!self->end) {
		n = recvmmsg(self->flow.rx, msg, AT_ONCE, MSG_WAITFORONE, NULL);
		self->read += n > 0 ? n : 0;
	}
	return NULL;
}

/* At a socket: the datagrams are read, or a program at the socket drops them */
static int attach_socket(struct _test_data_conserve *self, const char *hook)
{
	struct timeval pause = { .tv_usec = PAUSE_US };

	self->stream = !strcmp(hook, "tcp");
	if (hc_flow_open(&self->flow, &sim.net, 0, AF_INET,
			 self->stream ? SOCK_STREAM : SOCK_DGRAM))
		return -1;
	if (self->stream)
		return 0;
	if (!strcmp(hook, "sk_skb"))
		return hook_sock(self->progs->maps.socks, NULL, self->progs->progs.verdict_drop,
				 self->flow.rx);
	return setsockopt(self->flow.rx, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof(pause)) ?:
	       pthread_create(&self->reader, NULL, reader, self);
}

FIXTURE_SETUP(conserve)
{
	uint8_t frame[HC_UDP_FRAME];

	memset(self, 0, sizeof(*self));
	self->flow.tx = -1;
	self->flow.rx = -1;
	self->seed = 6;
	self->burst = variant->burst;
	ASSERT_EQ(0, hc_all_off());
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	if (!strcmp(variant->hook, "xdp")) {
		self->link = hook_xdp(&sim.net, "hc0b", self->progs->progs.xdp_drop);
		ASSERT_NE(NULL, self->link);
	} else if (!strcmp(variant->hook, "tc")) {
		self->link = hook_tcx(&sim.net, "hc0b", self->progs->progs.tc_pass);
		ASSERT_NE(NULL, self->link);
	} else {
		ASSERT_EQ(0, attach_socket(self, variant->hook));
	}
	hc_udp_frame(&sim.net, frame);
	if (self->link)
		hc_frame(&sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, sim_port_write(DATA_PORT_B, "gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/flows", 1));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/rate", 0));
	ASSERT_EQ(0, data_set(DATA_PORT_B, "gen/burst", 60));
	self->driver = sim_counter(&sim, "hc0b", variant->counter);
}

FIXTURE_TEARDOWN(conserve)
{
	EXPECT_EQ(0, hc_all_off());
	data_set(DATA_PORT_B, "gen/stop", 1);
	self->end = true;
	if (self->reader)
		pthread_join(self->reader, NULL);
	bpf_link__destroy(self->link);
	hc_flow_close(&self->flow);
	hooks__destroy(self->progs);
}

/* By the program, or else by the reader */
static unsigned int runs(struct _test_data_conserve *self)
{
	volatile struct hooks__bss *bss = self->progs->bss;

	if (self->stream)
		return ((volatile struct hc_flow *)&self->flow)->received;
	return self->reader ? self->read : bss->runs_xdp + bss->runs_tc + bss->runs_verdict;
}

/* That many frames, and the program has seen all */
static int burst(struct _test_data_conserve *self, unsigned int n)
{
	self->begun += n;
	if (self->stream) {
		self->generated += n;
		return hc_one_by_one(&self->flow, n);
	}
	if (data_set(DATA_PORT_B, "gen/run", n))
		return -1;
	self->generated += sim_number(DATA_PORT_B, "gen/status", "sent");
	return DATA_AWAIT(runs(self) >= self->begun) ? 0 : -1;
}

/* With one CPU, the other thread's turn comes after each */
static int bursts(struct _test_data_conserve *self, unsigned int n)
{
	unsigned int now;

	for (; n; n -= now) {
		now = n < self->burst ? n : self->burst;
		if (burst(self, now))
			return -1;
		sched_yield();
	}
	return 0;
}

static void *generator(void *arg)
{
	struct _test_data_conserve *self = arg;

	self->failed = bursts(self, self->n);
	self->done = true;
	return NULL;
}

static bool is_amid(struct _test_data_conserve *self)
{
	uint64_t missing = self->begun - runs(self);

	return missing && missing < self->burst;
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
		if (rand_r(&self->seed) % 4)					\
			usleep(rand_r(&self->seed) % 2000);			\
		sched_yield();							\
	}									\
	ASSERT_EQ(0, pthread_join(self->thread, NULL));				\
	ASSERT_EQ(0, self->failed);						\
} while (0)

/* Segments that TCP took for lost, as an answer was late */
static unsigned int sent_again(struct _test_data_conserve *self)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (self->stream)
		getsockopt(self->flow.tx, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info.tcpi_total_retrans;
}

/* Always: generator, driver and program agree */
static void expect_conserved(struct __test_metadata *_metadata,
			     struct _test_data_conserve *self, const char *counter, uint64_t n)
{
	EXPECT_EQ(n, self->generated);
	EXPECT_EQ(n, runs(self));
	EXPECT_EQ(n + sent_again(self), sim_counter(&sim, "hc0b", counter) - self->driver);
}

static unsigned int frames(unsigned int n)
{
	const char *text = getenv("HOOKCOST_FRAMES");

	return text && *text ? strtoul(text, NULL, 10) : data_some(n);
}

/* Until all have been sent, and enough has been done meanwhile, which takes luck */
static bool more(struct _test_data_conserve *self, unsigned int n)
{
	return self->begun < n || (self->amid <= ENOUGH && self->begun < PATIENCE * n);
}

static uint64_t counted(const struct hc_hook *h)
{
	return hc_seen(h) + h->unstamped;
}

/* Read at random, the hook counts each frame: never more than there are, nor less than before */
TEST_F_TIMEOUT(conserve, reads, TIMEOUT)
{
	unsigned int n = frames(variant->frames);
	uint64_t before = 0;

	ASSERT_EQ(0, hc_set("enable", variant->hook));
	while (more(self, n))
		WHILE_GENERATED(n, {
			EXPECT_EQ(0, hc_read_hook(variant->hook, &self->hook));
			EXPECT_LE(before, counted(&self->hook));
			before = counted(&self->hook);
			EXPECT_LE(before, self->begun);
		});
	EXPECT_LT(ENOUGH, self->amid);
	expect_conserved(_metadata, self, variant->counter, self->begun);
	ASSERT_EQ(0, hc_read_idle(variant->hook, &self->hook));
	EXPECT_EQ(self->begun, counted(&self->hook));
}

/* What is read before each reset is never more than there was */
TEST_F_TIMEOUT(conserve, resets, TIMEOUT)
{
	unsigned int n = frames(variant->frames);
	uint64_t sum = 0;

	ASSERT_EQ(0, hc_set("enable", variant->hook));
	while (more(self, n))
		WHILE_GENERATED(n, {
			EXPECT_EQ(0, hc_read_hook(variant->hook, &self->hook));
			sum += counted(&self->hook);
			EXPECT_LE(sum, self->begun);
			EXPECT_EQ(0, hc_set("reset", "1"));
		});
	EXPECT_LT(ENOUGH, self->amid);
	expect_conserved(_metadata, self, variant->counter, self->begun);
	ASSERT_EQ(0, hc_read_idle(variant->hook, &self->hook));
	sum += counted(&self->hook);
	EXPECT_LE(sum, self->begun);
	EXPECT_LT(0, sum);
}

/* And it is all of them, if no frame is under way during the reset */
TEST_F_TIMEOUT(conserve, resets_between, TIMEOUT)
{
	unsigned int n = frames(variant->frames), left, now;
	uint64_t sum = 0;

	ASSERT_EQ(0, hc_set("enable", variant->hook));
	for (left = n; left; left -= now) {
		now = rand_r(&self->seed) % self->burst + 1;
		now = left < now ? left : now;
		ASSERT_EQ(0, burst(self, now));
		ASSERT_EQ(0, hc_read_idle(variant->hook, &self->hook));
		EXPECT_EQ(now, counted(&self->hook));
		sum += counted(&self->hook);
		ASSERT_EQ(0, hc_set("reset", "1"));
	}
	EXPECT_EQ(n, sum);
	expect_conserved(_metadata, self, variant->counter, n);
}

/* Toggled, it counts no more than there were; on throughout a burst, all of that burst */
TEST_F_TIMEOUT(conserve, toggles, TIMEOUT)
{
	unsigned int n = frames(variant->frames), part = n / 8, on;

	while (more(self, n)) {
		ASSERT_EQ(0, hc_set("reset", "1"));
		WHILE_GENERATED(part, {
			on = rand_r(&self->seed) % 2;
			EXPECT_EQ(0, hc_set("enable", on ? variant->hook : "none"));
			});
		ASSERT_EQ(0, hc_read_idle(variant->hook, &self->hook));
		EXPECT_LE(counted(&self->hook), part);
		ASSERT_EQ(0, hc_set("enable", variant->hook));
		ASSERT_EQ(0, hc_set("reset", "1"));
		ASSERT_EQ(0, bursts(self, part));
		ASSERT_EQ(0, hc_read_idle(variant->hook, &self->hook));
		EXPECT_EQ(part, counted(&self->hook));
	}
	EXPECT_LT(ENOUGH, self->amid);
	expect_conserved(_metadata, self, variant->counter, self->begun);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	data_begin();
	return test_harness_run(argc, argv);
}
