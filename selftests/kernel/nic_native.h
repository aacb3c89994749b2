/* SPDX-License-Identifier: GPL-2.0-only */
/* A native program runs in a driver in the XDP program's place, and hands back */
#ifndef HOOKCOST_TEST_NIC_NATIVE_H
#define HOOKCOST_TEST_NIC_NATIVE_H

#include <string.h>
#include <unistd.h>

#include "nic.h"

#define FRAME_BYTES	1024	/* enough for the programs that copy */
#define EXCHANGES	50
#define EXCHANGES_MAX	5000

struct nic_native {
	struct nic nic;
	struct hc_native table;
	uint8_t frame[FRAME_BYTES];
};

/* What became of frames; all but those that were dropped or sent back have passed */
struct fate {
	uint64_t program, received, passed, dropped, bounced, samples;
};

static void native_begin(struct __test_metadata *_metadata, struct nic_native *n)
{
	ASSERT_EQ(0, hc_read_native(&n->table));
	nic_begin(_metadata, &n->nic);
	n->nic.prog->bss->action = XDP_PASS;
	hc_frame(n->nic.net, n->frame, sizeof(n->frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, hc_set("enable", "xdp"));
}

static struct fate fate_since(struct nic_native *n, const struct fate *before)
{
	struct nic *nic = &n->nic;
	struct fate f = {
		.program = nic->prog->bss->runs - before->program,
		.received = nic->ops->received(nic->of) - before->received,
		.dropped = nic_counter(nic, nic->ops->dropped) - before->dropped,
		.bounced = nic_counter(nic, nic->ops->bounced) - before->bounced,
		.samples = -before->samples,
	};

	f.passed = nic->ops->passed ? nic_counter(nic, nic->ops->passed) - before->passed :
				      f.received - f.dropped - f.bounced;
	if (!hc_read_idle("xdp", &nic->hook))
		f.samples += hc_seen(&nic->hook);
	return f;
}

static struct fate fate_now(struct nic_native *n)
{
	return fate_since(n, &(const struct fate){ 0 });
}

static struct fate send_frames(struct __test_metadata *_metadata, struct nic_native *n,
			       unsigned int frames)
{
	struct fate before = fate_now(n);

	EXPECT_EQ(0, n->nic.ops->frames(n->nic.of, n->frame, sizeof(n->frame), frames));
	return fate_since(n, &before);
}

/* PASS, TX or DROP, as the names of hookcost's programs tell */
static int verdict_of(const char *name)
{
	if (!strcmp(name, "empty") || !strcmp(name, "delay"))
		return XDP_PASS;
	return strcmp(name, "tx") ? XDP_DROP : XDP_TX;
}

/* Every native program, in place of one that would pass the frame on */
static void verdicts(struct __test_metadata *_metadata, struct nic_native *n)
{
	const unsigned int frames = n->nic.frames;
	size_t i;

	if (!n->table.nprograms)
		SKIP(return, "no native program: load hookcost_native");
	for (i = 0; i < n->table.nprograms; i++) {
		const char *name = n->table.program[i].name;
		int verdict = verdict_of(name);
		struct fate f;

		ASSERT_EQ(0, hc_set_native(n->nic.net, name, 0));
		f = send_frames(_metadata, n, frames);
		EXPECT_EQ(0, f.program) {
			TH_LOG("%s: the XDP program has run", name);
		}
		EXPECT_EQ(frames, f.received);
		EXPECT_EQ(verdict == XDP_PASS ? frames : 0, f.passed) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(verdict == XDP_DROP ? frames : 0, f.dropped) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(verdict == XDP_TX ? frames : 0, f.bounced) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(frames, f.samples);
		EXPECT_EQ(0, n->nic.hook.unstamped);
	}
}

/* The program is back when the write returns, and from then on */
static void hands_back(struct __test_metadata *_metadata, struct nic_native *n)
{
	const unsigned int frames = n->nic.frames;
	struct fate f;
	size_t i;

	for (i = 0; i < n->table.nprograms; i++) {
		ASSERT_EQ(0, hc_set_native(n->nic.net, n->table.program[i].name, 0));
		send_frames(_metadata, n, 10);
		ASSERT_EQ(0, hc_native_off());
		f = send_frames(_metadata, n, frames);
		EXPECT_EQ(frames, f.program) {
			TH_LOG("after %s", n->table.program[i].name);
		}
		EXPECT_EQ(frames, f.passed);
		EXPECT_EQ(0, f.dropped + f.bounced);
		EXPECT_EQ(frames, f.samples);
	}
	EXPECT_NE(0, i);
}

/* 0 if a native program drops now */
static int native_drops(const struct nic_native *n)
{
	return hc_native(n->nic.net, "drop") && hc_native(n->nic.net, "hard_drop");
}

/* On a slow machine the traffic has hardly begun */
static bool few_yet(const struct nic *nic, uint64_t before, int i)
{
	return i < EXCHANGES_MAX && nic->ops->received(nic->of) - before < nic->frames;
}

/* While frames come all the time: each is the program's or the native one's, and none is lost */
static void exchanged_under_traffic(struct __test_metadata *_metadata, struct nic_native *n)
{
	struct nic *nic = &n->nic;
	struct fate before, f;
	uint64_t sent;
	int i;

	if (native_drops(n))
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_native_off());
	before = fate_now(n);
	ASSERT_EQ(0, nic->ops->start(nic->of, n->frame, sizeof(n->frame)));
	for (i = 0; i < EXCHANGES || few_yet(nic, before.received, i); i++) {
		ASSERT_EQ(0, native_drops(n));
		usleep(1000);
		ASSERT_EQ(0, hc_native_off());
		usleep(1000);
	}
	ASSERT_EQ(0, nic->ops->stop(nic->of, &sent));
	f = fate_since(n, &before);
	EXPECT_LT(0, f.program);
	EXPECT_LT(0, f.dropped);
	EXPECT_EQ(f.program, f.passed);
	EXPECT_EQ(0, f.bounced);
	EXPECT_EQ(sent, f.received);
	EXPECT_EQ(sent, f.program + f.dropped);
	EXPECT_EQ(sent, f.samples);
	EXPECT_EQ(0, nic->hook.unstamped);
}

/* Without an XDP program there is no call, and nothing runs */
static void needs_an_xdp_program(struct __test_metadata *_metadata, struct nic_native *n)
{
	struct fate f;

	nic_detach(&n->nic);
	if (native_drops(n))
		SKIP(return, "no native program drops");
	f = send_frames(_metadata, n, n->nic.frames);
	EXPECT_EQ(n->nic.frames, f.passed);
	EXPECT_EQ(0, f.dropped);
	EXPECT_EQ(0, f.samples);
}

#endif /* HOOKCOST_TEST_NIC_NATIVE_H */
