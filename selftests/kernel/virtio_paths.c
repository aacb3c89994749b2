// SPDX-License-Identifier: GPL-2.0-only
/* virtio_net: each way through virtnet_xdp_handler(), from each kind of buffer, has its stamps */
#include <inttypes.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"
#include "told.skel.h"
#include "virtio.h"

#define FRAMES		1000
#define FRAME_TYPE	0x88b5	/* for experiments: a stack has no use for it */
#define FRAME_BYTES	64

FIXTURE(virtio_paths) {
	struct virtio_net virtio;
	struct hc_flow flow;
	struct hc_hook hook;
	struct told *prog;
	struct hooks *progs;
	struct bpf_link *xdp, *tc;
};

/* receive_small_xdp() and receive_mergeable_xdp() */
FIXTURE_VARIANT(virtio_paths) {
	bool mergeable;
};

FIXTURE_VARIANT_ADD(virtio_paths, small) {
	.mergeable = false,
};

FIXTURE_VARIANT_ADD(virtio_paths, mergeable) {
	.mergeable = true,
};

FIXTURE_SETUP(virtio_paths)
{
	int ret;

	memset(self, 0, sizeof(*self));
	self->flow.rx = -1;
	self->flow.tx = -1;
	ASSERT_EQ(0, hc_all_off());
	ret = virtio_up(&self->virtio, variant->mergeable);
	if (ret == 1)
		SKIP(return, "no virtio NIC that receives so");
	ASSERT_EQ(0, ret);
	self->prog = told__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->xdp = hook_xdp(&self->virtio.net, "hc0b", self->prog->progs.as_told);
	ASSERT_NE(NULL, self->xdp);
}

FIXTURE_TEARDOWN(virtio_paths)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	bpf_link__destroy(self->xdp);
	bpf_link__destroy(self->tc);
	told__destroy(self->prog);
	hooks__destroy(self->progs);
	virtio_down(&self->virtio);
}

/* Each frame has one sample in every phase, its stamp, and stamps in order */
static void expect_samples(struct __test_metadata *_metadata,
			   struct _test_data_virtio_paths *self, const char *hook)
{
	size_t i;

	/* what that checks: counts agree, and phases add up */
	ASSERT_EQ(0, hc_read_idle(hook, &self->hook));
	EXPECT_EQ(FRAMES, hc_seen(&self->hook)) {
		TH_LOG("at %s", hook);
	}
	EXPECT_EQ(0, self->hook.unstamped);
	/* clocks of several CPUs may disagree, but not as a rule */
	EXPECT_LE(self->hook.backward, FRAMES / 100);
	for (i = 0; i < self->hook.nphases; i++) {
		EXPECT_LE(FRAMES - self->hook.backward, self->hook.phase[i].count) {
			TH_LOG("%s: %s", hook, self->hook.phase[i].name);
		}
	}
}

static void send_frames(struct __test_metadata *_metadata, struct _test_data_virtio_paths *self,
			const void *frame, size_t len, uint32_t action)
{
	uint64_t seen = virtio_counter(&self->virtio, "xdp_packets");

	self->prog->bss->action = action;
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, virtio_frames(&self->virtio, frame, len, FRAMES));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
	EXPECT_EQ(FRAMES, virtio_counter(&self->virtio, "xdp_packets") - seen);
}

/* By how much that counter of the driver's grows when all frames are dealt with as `action` */
static uint64_t send_plain(struct __test_metadata *_metadata, struct _test_data_virtio_paths *self,
			   uint32_t action, const char *counter)
{
	uint64_t before = virtio_counter(&self->virtio, counter);
	uint8_t frame[FRAME_BYTES];

	hc_frame(&self->virtio.net, frame, sizeof(frame), FRAME_TYPE, 0);
	EXPECT_EQ(0, hc_set("enable", "xdp"));
	send_frames(_metadata, self, frame, sizeof(frame), action);
	expect_samples(_metadata, self, "xdp");
	return virtio_counter(&self->virtio, counter) - before;
}

TEST_F(virtio_paths, drop)
{
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, XDP_DROP, "xdp_drops"));
}

TEST_F(virtio_paths, aborted)
{
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, XDP_ABORTED, "xdp_drops"));
}

/* Frames that have come back to the other end, in their own time */
static uint64_t returned(struct _test_data_virtio_paths *self, uint64_t before)
{
	int tries = 10000;

	while (virtio_received(&self->virtio, "hc0a") - before < FRAMES && tries--)
		usleep(1000);
	return virtio_received(&self->virtio, "hc0a") - before;
}

TEST_F(virtio_paths, tx)
{
	uint64_t before = virtio_received(&self->virtio, "hc0a");

	EXPECT_EQ(FRAMES, send_plain(_metadata, self, XDP_TX, "xdp_tx"));
	EXPECT_EQ(FRAMES, returned(self, before));
}

TEST_F(virtio_paths, redirect)
{
	uint64_t before = virtio_received(&self->virtio, "hc0a");

	self->prog->bss->redirect_to = hc_ifindex(self->virtio.net.b, "hc0b");
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, XDP_REDIRECT, "xdp_redirects"));
	EXPECT_EQ(FRAMES, returned(self, before));
}

/* To where nothing is: the frame is dropped, and its time has been taken all the same */
TEST_F(virtio_paths, redirect_fails)
{
	self->prog->bss->redirect_to = 12345;
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, XDP_REDIRECT, "xdp_drops"));
}

/* The stamp goes on in the sk_buff: to TC, and to the socket */
TEST_F(virtio_paths, pass)
{
	static const char *const hooks[] = { "xdp", "tc", "udp" };
	uint8_t frame[HC_UDP_FRAME];
	uint64_t median = 0;
	size_t i;

	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->virtio.net, 0, AF_INET, SOCK_DGRAM));
	self->tc = hook_tcx(&self->virtio.net, "hc0b", self->progs->progs.tc_pass);
	ASSERT_NE(NULL, self->tc);
	hc_udp_frame(&self->virtio.net, frame);
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
	send_frames(_metadata, self, frame, sizeof(frame), XDP_PASS);
	hc_drain(&self->flow, FRAMES);
	EXPECT_EQ(FRAMES, self->flow.received);
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		expect_samples(_metadata, self, hooks[i]);
		EXPECT_LE(median, hc_phase(&self->hook, "reach")->median) {
			TH_LOG("%s is reached before %s", hooks[i], hooks[i - 1]);
		}
		median = hc_phase(&self->hook, "reach")->median;
	}
}

/* Without an XDP program packets are not this hook's, and have their stamp further on */
TEST_F(virtio_paths, no_program)
{
	uint8_t frame[HC_UDP_FRAME];

	bpf_link__destroy(self->xdp);
	self->xdp = NULL;
	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->virtio.net, 0, AF_INET, SOCK_DGRAM));
	hc_udp_frame(&self->virtio.net, frame);
	ASSERT_EQ(0, hc_set("enable", "xdp udp"));
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, virtio_frames(&self->virtio, frame, sizeof(frame), FRAMES));
	hc_drain(&self->flow, FRAMES);
	EXPECT_EQ(FRAMES, self->flow.received);
	expect_samples(_metadata, self, "udp");
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(0, hc_seen(&self->hook));
}

struct sender {
	struct virtio_net *virtio;
	bool stop;
	uint64_t sent;
	int ret;
};

static void *send_always(void *arg)
{
	uint8_t frame[FRAME_BYTES];
	struct sender *s = arg;

	hc_frame(&s->virtio->net, frame, sizeof(frame), FRAME_TYPE, 0);
	while (!s->ret && !__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		s->ret = virtio_frames(s->virtio, frame, sizeof(frame), 10);
		s->sent += 10;
	}
	return NULL;
}

/* The program comes and goes under traffic: no frame has half a sample */
TEST_F(virtio_paths, detached_under_traffic)
{
	struct sender s = { .virtio = &self->virtio };
	uint64_t received = virtio_received(&self->virtio, "hc0b");
	pthread_t thread;
	int i;

	self->prog->bss->action = XDP_DROP;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, send_always, &s));
	for (i = 0; i < 5; i++) {
		usleep(50000);
		bpf_link__destroy(self->xdp);
		usleep(50000);
		self->xdp = hook_xdp(&self->virtio.net, "hc0b", self->prog->progs.as_told);
		EXPECT_NE(NULL, self->xdp);
	}
	usleep(50000);
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, s.ret);
	EXPECT_EQ(s.sent, virtio_received(&self->virtio, "hc0b") - received);
	EXPECT_LT(0, self->prog->bss->runs);
	EXPECT_GT(s.sent, self->prog->bss->runs);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(self->prog->bss->runs, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
}

int main(int argc, char **argv)
{
	virtio_need();
	return test_harness_run(argc, argv);
}
