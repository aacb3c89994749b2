// SPDX-License-Identifier: GPL-2.0-only
/* virtio_net: a native program runs in the XDP program's place, and hands back */
#include <inttypes.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "told.skel.h"
#include "virtio.h"

#define FRAMES		320
#define FRAME_TYPE	0x88b5	/* for experiments */
#define FRAME_BYTES	1024	/* enough for the programs that copy */

FIXTURE(virtio_native) {
	struct virtio_net virtio;
	struct hc_hook hook;
	struct hc_native table;
	struct told *prog;
	struct bpf_link *xdp;
	uint8_t frame[FRAME_BYTES];
};

FIXTURE_VARIANT(virtio_native) {
	bool mergeable;
};

FIXTURE_VARIANT_ADD(virtio_native, small) {
	.mergeable = false,
};

FIXTURE_VARIANT_ADD(virtio_native, mergeable) {
	.mergeable = true,
};

FIXTURE_SETUP(virtio_native)
{
	int ret;

	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_read_native(&self->table));
	ret = virtio_up(&self->virtio, variant->mergeable);
	if (ret == 1)
		SKIP(return, "no virtio NIC that receives so");
	ASSERT_EQ(0, ret);
	self->prog = told__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->prog->bss->action = XDP_PASS;
	self->xdp = hook_xdp(&self->virtio.net, "hc0b", self->prog->progs.as_told);
	ASSERT_NE(NULL, self->xdp);
	hc_frame(&self->virtio.net, self->frame, sizeof(self->frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, hc_set("enable", "xdp"));
}

FIXTURE_TEARDOWN(virtio_native)
{
	EXPECT_EQ(0, hc_all_off());
	bpf_link__destroy(self->xdp);
	told__destroy(self->prog);
	virtio_down(&self->virtio);
}

/* What became of frames; all but those that were dropped or sent back have passed */
struct fate {
	uint64_t program, received, dropped, bounced, samples;
};

static struct fate fate_now(struct _test_data_virtio_native *self)
{
	struct fate f = {
		.program = self->prog->bss->runs,
		.received = virtio_received(&self->virtio, "hc0b"),
		.dropped = virtio_counter(&self->virtio, "xdp_drops"),
		.bounced = virtio_counter(&self->virtio, "xdp_tx"),
	};

	if (!hc_read_idle("xdp", &self->hook))
		f.samples = hc_seen(&self->hook);
	return f;
}

static struct fate since(struct _test_data_virtio_native *self, const struct fate *before)
{
	struct fate f = fate_now(self);

	f.program -= before->program;
	f.received -= before->received;
	f.dropped -= before->dropped;
	f.bounced -= before->bounced;
	f.samples -= before->samples;
	return f;
}

static struct fate send_frames(struct __test_metadata *_metadata,
			       struct _test_data_virtio_native *self, unsigned int n)
{
	struct fate before = fate_now(self);

	EXPECT_EQ(0, virtio_frames(&self->virtio, self->frame, sizeof(self->frame), n));
	return since(self, &before);
}

/* PASS, TX or DROP, as the names of hookcost's programs tell */
static int verdict_of(const char *name)
{
	if (!strcmp(name, "empty") || !strcmp(name, "delay"))
		return XDP_PASS;
	return strcmp(name, "tx") ? XDP_DROP : XDP_TX;
}

/* Every native program, in place of one that would pass the frame on */
TEST_F(virtio_native, verdicts)
{
	size_t i;

	if (!self->table.nprograms)
		SKIP(return, "no native program: load hookcost_native");
	for (i = 0; i < self->table.nprograms; i++) {
		const char *name = self->table.program[i].name;
		int verdict = verdict_of(name);
		struct fate f;

		ASSERT_EQ(0, hc_set_native(&self->virtio.net, name, 0));
		f = send_frames(_metadata, self, FRAMES);
		EXPECT_EQ(0, f.program) {
			TH_LOG("%s: the XDP program has run", name);
		}
		EXPECT_EQ(FRAMES, f.received);
		EXPECT_EQ(verdict == XDP_DROP ? FRAMES : 0, f.dropped) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(verdict == XDP_TX ? FRAMES : 0, f.bounced) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(FRAMES, f.samples);
		EXPECT_EQ(0, self->hook.unstamped);
	}
}

/* The program is back when the write returns, and from then on */
TEST_F(virtio_native, hands_back)
{
	struct fate f;
	size_t i;

	for (i = 0; i < self->table.nprograms; i++) {
		ASSERT_EQ(0, hc_set_native(&self->virtio.net, self->table.program[i].name, 0));
		send_frames(_metadata, self, 10);
		ASSERT_EQ(0, hc_native_off());
		f = send_frames(_metadata, self, FRAMES);
		EXPECT_EQ(FRAMES, f.program) {
			TH_LOG("after %s", self->table.program[i].name);
		}
		EXPECT_EQ(0, f.dropped + f.bounced);
		EXPECT_EQ(FRAMES, f.samples);
	}
	EXPECT_NE(0, i);
}

struct exchange {
	const struct hc_net *net;
	bool stop;
};

static void *exchange(void *arg)
{
	struct exchange *e = arg;
	uintptr_t failed = 0;

	while (!failed && !__atomic_load_n(&e->stop, __ATOMIC_RELAXED)) {
		failed = hc_native(e->net, "drop") && hc_native(e->net, "hard_drop");
		usleep(1000);
		failed |= !!hc_native_off();
		usleep(1000);
	}
	return (void *)failed;
}

/* While frames come all the time: each is the program's or the native one's, and none is lost */
TEST_F(virtio_native, exchanged_under_traffic)
{
	struct exchange e = { .net = &self->virtio.net };
	pthread_t thread;
	struct fate f;
	void *failed;

	if (hc_native(&self->virtio.net, "drop") && hc_native(&self->virtio.net, "hard_drop"))
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, pthread_create(&thread, NULL, exchange, &e));
	f = send_frames(_metadata, self, 20 * FRAMES);
	__atomic_store_n(&e.stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, &failed);
	EXPECT_EQ(NULL, failed);
	EXPECT_LT(0, f.program);
	EXPECT_LT(0, f.dropped);
	EXPECT_EQ(20 * FRAMES, f.received);
	EXPECT_EQ(20 * FRAMES, f.program + f.dropped);
	EXPECT_EQ(0, f.bounced);
	EXPECT_EQ(20 * FRAMES, f.samples);
	EXPECT_EQ(0, self->hook.unstamped);
}

/* Without an XDP program there is no call, and nothing runs */
TEST_F(virtio_native, needs_an_xdp_program)
{
	struct fate f;

	bpf_link__destroy(self->xdp);
	self->xdp = NULL;
	if (hc_native(&self->virtio.net, "drop") && hc_native(&self->virtio.net, "hard_drop"))
		SKIP(return, "no native program drops");
	f = send_frames(_metadata, self, FRAMES);
	EXPECT_EQ(FRAMES, f.received);
	EXPECT_EQ(0, f.dropped);
	EXPECT_EQ(0, f.samples);
}

int main(int argc, char **argv)
{
	virtio_need();
	return test_harness_run(argc, argv);
}
