// SPDX-License-Identifier: GPL-2.0-only
/* virtio_net: each way through virtnet_xdp_handler(), from each kind of buffer, has its stamps */
#include <stdbool.h>

#include "kselftest_harness.h"
#include "nic_paths.h"
#include "virtio.h"

#define FRAMES	1000

FIXTURE(virtio_paths) {
	struct nic_paths p;
	struct virtio_net virtio;
	uint64_t seen;			/* by XDP, before */
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
	ASSERT_EQ(0, hc_all_off());
	ret = virtio_up(&self->virtio, variant->mergeable);
	if (ret == 1)
		SKIP(return, "no virtio NIC that receives so");
	ASSERT_EQ(0, ret);
	self->p.nic = (struct nic){ &virtio_nic, &self->virtio, &self->virtio.net, FRAMES };
	paths_begin(_metadata, &self->p);
	self->seen = virtio_counter(&self->virtio, "xdp_packets");
}

FIXTURE_TEARDOWN(virtio_paths)
{
	EXPECT_EQ(0, hc_all_off());
	paths_end(&self->p);
	virtio_down(&self->virtio);
}

/* The driver's own count of XDP's frames */
static void expect_seen(struct __test_metadata *_metadata, struct _test_data_virtio_paths *self)
{
	EXPECT_EQ(FRAMES, virtio_counter(&self->virtio, "xdp_packets") - self->seen);
}

TEST_F(virtio_paths, drop)
{
	path_drop(_metadata, &self->p);
	expect_seen(_metadata, self);
}

TEST_F(virtio_paths, aborted)
{
	path_aborted(_metadata, &self->p);
	expect_seen(_metadata, self);
}

TEST_F(virtio_paths, tx)
{
	path_tx(_metadata, &self->p);
	expect_seen(_metadata, self);
}

TEST_F(virtio_paths, redirect)
{
	path_redirect(_metadata, &self->p);
	expect_seen(_metadata, self);
}

TEST_F(virtio_paths, redirect_fails)
{
	path_redirect_fails(_metadata, &self->p);
	expect_seen(_metadata, self);
}

TEST_F(virtio_paths, pass)
{
	path_pass(_metadata, &self->p);
	expect_seen(_metadata, self);
}

/* Without an XDP program packets are not this hook's, and have their stamp further on */
TEST_F(virtio_paths, no_program)
{
	struct nic_paths *p = &self->p;
	uint8_t frame[HC_UDP_FRAME];

	nic_detach(&p->nic);
	ASSERT_EQ(0, hc_flow_open(&p->flow, p->nic.net, 0, AF_INET, SOCK_DGRAM));
	hc_udp_frame(p->nic.net, frame);
	ASSERT_EQ(0, hc_set("enable", "xdp udp"));
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, virtio_frames(&self->virtio, frame, sizeof(frame), FRAMES));
	hc_drain(&p->flow, FRAMES);
	EXPECT_EQ(FRAMES, p->flow.received);
	expect_samples(_metadata, p, "udp");
	ASSERT_EQ(0, hc_read_idle("xdp", &p->nic.hook));
	EXPECT_EQ(0, hc_seen(&p->nic.hook));
}

/* The program comes and goes under traffic: no frame has half a sample */
TEST_F(virtio_paths, detached_under_traffic)
{
	uint64_t received = virtio_received(&self->virtio, "hc0b"), sent;
	struct nic *nic = &self->p.nic;
	uint8_t frame[FRAME_BYTES];
	int i;

	hc_frame(nic->net, frame, sizeof(frame), FRAME_TYPE, 0);
	nic->prog->bss->action = XDP_DROP;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, nic->ops->start(nic->of, frame, sizeof(frame)));
	for (i = 0; i < 5; i++) {
		usleep(50000);
		nic_detach(nic);
		usleep(50000);
		nic_attach(_metadata, nic);
	}
	usleep(50000);
	ASSERT_EQ(0, nic->ops->stop(nic->of, &sent));
	EXPECT_EQ(sent, virtio_received(&self->virtio, "hc0b") - received);
	EXPECT_LT(0, nic->prog->bss->runs);
	EXPECT_GT(sent, nic->prog->bss->runs);
	ASSERT_EQ(0, hc_read_idle("xdp", &nic->hook));
	EXPECT_EQ(nic->prog->bss->runs, hc_seen(&nic->hook));
	EXPECT_EQ(0, nic->hook.unstamped);
}

int main(int argc, char **argv)
{
	virtio_need();
	return test_harness_run(argc, argv);
}
