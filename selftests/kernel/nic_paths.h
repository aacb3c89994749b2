/* SPDX-License-Identifier: GPL-2.0-only */
/* Each way through a driver's XDP hook has its stamps */
#ifndef HOOKCOST_TEST_NIC_PATHS_H
#define HOOKCOST_TEST_NIC_PATHS_H

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hooks.skel.h"
#include "nic.h"

#define FRAME_BYTES	64

struct nic_paths {
	struct nic nic;
	struct hc_flow flow;
	struct hooks *progs;
	struct bpf_link *tc;
};

static void paths_begin(struct __test_metadata *_metadata, struct nic_paths *p)
{
	nic_begin(_metadata, &p->nic);
	p->progs = hooks__open_and_load();
	ASSERT_NE(NULL, p->progs);
	p->flow.rx = -1;
	p->flow.tx = -1;
}

static void paths_end(struct nic_paths *p)
{
	if (p->flow.net)
		hc_flow_close(&p->flow);
	bpf_link__destroy(p->tc);
	hooks__destroy(p->progs);
	nic_end(&p->nic);
}

/* Each frame has one sample in every phase, its stamp, and stamps in order */
static void expect_samples(struct __test_metadata *_metadata, struct nic_paths *p,
			   const char *name)
{
	struct hc_hook *hook = &p->nic.hook;
	size_t i;

	/* what that checks: counts agree, and phases add up */
	ASSERT_EQ(0, hc_read_idle(name, hook));
	EXPECT_EQ(p->nic.frames, hc_seen(hook)) {
		TH_LOG("at %s", name);
	}
	EXPECT_EQ(0, hook->unstamped);
	/* clocks of several CPUs may disagree, but not as a rule */
	EXPECT_LE(hook->backward, p->nic.frames / 100);
	for (i = 0; i < hook->nphases; i++) {
		EXPECT_LE(p->nic.frames - hook->backward, hook->phase[i].count) {
			TH_LOG("%s: %s", name, hook->phase[i].name);
		}
	}
}

/* Dealt with as `action` */
static void send_frames(struct __test_metadata *_metadata, struct nic_paths *p,
			const void *frame, size_t len, uint32_t action)
{
	p->nic.prog->bss->action = action;
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, p->nic.ops->frames(p->nic.of, frame, len, p->nic.frames));
	EXPECT_EQ(p->nic.frames, p->nic.prog->bss->runs);
}

/* By so many that counter of the driver's grows when all frames are dealt with as `action` */
static void expect_counted(struct __test_metadata *_metadata, struct nic_paths *p,
			   uint32_t action, const char *counter)
{
	uint64_t before = nic_counter(&p->nic, counter);
	uint8_t frame[FRAME_BYTES];

	hc_frame(p->nic.net, frame, sizeof(frame), FRAME_TYPE, 0);
	EXPECT_EQ(0, hc_set("enable", "xdp"));
	send_frames(_metadata, p, frame, sizeof(frame), action);
	expect_samples(_metadata, p, "xdp");
	EXPECT_EQ(p->nic.frames, nic_counter(&p->nic, counter) - before);
}

/* At the other end, in its own time */
static void expect_returned(struct __test_metadata *_metadata, struct nic_paths *p,
			    uint32_t action, const char *counter)
{
	uint64_t before = p->nic.ops->returned(p->nic.of), now;
	int tries = 10000;

	expect_counted(_metadata, p, action, counter);
	do {
		now = p->nic.ops->returned(p->nic.of) - before;
	} while (now < p->nic.frames && tries-- && !usleep(1000));
	EXPECT_EQ(p->nic.frames, now);
}

static void path_drop(struct __test_metadata *_metadata, struct nic_paths *p)
{
	expect_counted(_metadata, p, XDP_DROP, p->nic.ops->dropped);
}

static void path_aborted(struct __test_metadata *_metadata, struct nic_paths *p)
{
	expect_counted(_metadata, p, XDP_ABORTED, p->nic.ops->dropped);
}

static void path_tx(struct __test_metadata *_metadata, struct nic_paths *p)
{
	expect_returned(_metadata, p, XDP_TX, p->nic.ops->bounced);
}

static void path_redirect(struct __test_metadata *_metadata, struct nic_paths *p)
{
	p->nic.prog->bss->redirect_to = hc_ifindex(p->nic.net->b, "hc0b");
	expect_returned(_metadata, p, XDP_REDIRECT, p->nic.ops->redirected);
}

/* To where nothing is: the frame is dropped, and its time has been taken all the same */
static void path_redirect_fails(struct __test_metadata *_metadata, struct nic_paths *p)
{
	p->nic.prog->bss->redirect_to = 12345;
	expect_counted(_metadata, p, XDP_REDIRECT, p->nic.ops->dropped);
}

/* The stamp goes on in the sk_buff: to TC, and to the socket */
static void path_pass(struct __test_metadata *_metadata, struct nic_paths *p)
{
	static const char *const hooks[] = { "xdp", "tc", "udp" };
	uint8_t frame[HC_UDP_FRAME];
	uint64_t median = 0;
	size_t i;

	ASSERT_EQ(0, hc_flow_open(&p->flow, p->nic.net, 0, AF_INET, SOCK_DGRAM));
	p->tc = hook_tcx(p->nic.net, "hc0b", p->progs->progs.tc_pass);
	ASSERT_NE(NULL, p->tc);
	hc_udp_frame(p->nic.net, frame);
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
	send_frames(_metadata, p, frame, sizeof(frame), XDP_PASS);
	hc_drain(&p->flow, p->nic.frames);
	EXPECT_EQ(p->nic.frames, p->flow.received);
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		const struct hc_phase *reach;

		expect_samples(_metadata, p, hooks[i]);
		reach = hc_phase(&p->nic.hook, "reach");
		EXPECT_LE(median, reach->median) {
			TH_LOG("%s is reached before %s", hooks[i], hooks[i - 1]);
		}
		median = reach->median;
	}
}

#endif /* HOOKCOST_TEST_NIC_PATHS_H */
