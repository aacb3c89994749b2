// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: each way through mlx5e_xdp_handle(), from each kind of CQE, has its stamps */
#include <inttypes.h>
#include <linux/bpf.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "hooks.skel.h"
#include "sim.h"
#include "told.skel.h"

#define FRAMES		3000
#define FRAME_TYPE	0x88b5	/* for experiments: a stack has no use for it */
#define FRAME_BYTES	64

FIXTURE(mlx5_paths) {
	struct sim_net sim;
	struct hc_flow flow;
	struct hc_hook hook;
	struct told *prog;
	struct hooks *progs;
	struct bpf_link *xdp, *tc;
};

/*
 * The receive queue decides which function handles a CQE: mlx5e_handle_rx_cqe()
 * or mlx5e_handle_rx_cqe_mpwrq(); a compressed CQE is many.
 */
FIXTURE_VARIANT(mlx5_paths) {
	bool striding, compressed;
};

FIXTURE_VARIANT_ADD(mlx5_paths, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5_paths, striding) {
	.striding = true,
};

FIXTURE_VARIANT_ADD(mlx5_paths, cyclic_compressed) {
	.striding = false,
	.compressed = true,
};

FIXTURE_VARIANT_ADD(mlx5_paths, striding_compressed) {
	.striding = true,
	.compressed = true,
};

FIXTURE_SETUP(mlx5_paths)
{
	memset(self, 0, sizeof(*self));
	self->flow.rx = -1;
	self->flow.tx = -1;
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, sim_up(&self->sim));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_striding_rq", variant->striding));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_cqe_compress", variant->compressed));
	self->prog = told__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->progs = hooks__open_and_load();
	ASSERT_NE(NULL, self->progs);
	self->xdp = hook_xdp(&self->sim.net, "hc0b", self->prog->progs.as_told);
	ASSERT_NE(NULL, self->xdp);
}

FIXTURE_TEARDOWN(mlx5_paths)
{
	EXPECT_EQ(0, hc_all_off());
	hc_flow_close(&self->flow);
	bpf_link__destroy(self->xdp);
	bpf_link__destroy(self->tc);
	told__destroy(self->prog);
	hooks__destroy(self->progs);
	sim_down(&self->sim);
}

/* Each frame has one sample in every phase, its stamp, and stamps in order */
static void expect_samples(struct __test_metadata *_metadata, struct _test_data_mlx5_paths *self,
			   const char *hook)
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

/* FRAMES of them, dealt with as `action`; they were this kind of queue's and CQE's */
static void send_frames(struct __test_metadata *_metadata, struct _test_data_mlx5_paths *self,
			const struct _fixture_variant_mlx5_paths *variant, const void *frame,
			size_t len, uint32_t action)
{
	uint64_t taken, other, compressed;

	self->prog->bss->action = action;
	taken = sim_taken(variant->striding);
	other = sim_taken(!variant->striding);
	compressed = sim_counter(&self->sim, "hc0b", "rx_cqe_compress_pkts");
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, sim_frames(&self->sim, frame, len, FRAMES));
	EXPECT_EQ(FRAMES, self->prog->bss->runs);
	EXPECT_EQ(FRAMES, sim_taken(variant->striding) - taken);
	EXPECT_EQ(0, sim_taken(!variant->striding) - other);
	compressed = sim_counter(&self->sim, "hc0b", "rx_cqe_compress_pkts") - compressed;
	EXPECT_EQ(variant->compressed, compressed > 0);
}

/* By how much that counter of the driver's grows when all frames are dealt with as `action` */
static uint64_t send_plain(struct __test_metadata *_metadata, struct _test_data_mlx5_paths *self,
			   const struct _fixture_variant_mlx5_paths *variant, uint32_t action,
			   const char *counter)
{
	uint64_t before = sim_counter(&self->sim, "hc0b", counter);
	uint8_t frame[FRAME_BYTES];

	hc_frame(&self->sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	EXPECT_EQ(0, hc_set("enable", "xdp"));
	send_frames(_metadata, self, variant, frame, sizeof(frame), action);
	expect_samples(_metadata, self, "xdp");
	return sim_counter(&self->sim, "hc0b", counter) - before;
}

TEST_F(mlx5_paths, drop)
{
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, variant, XDP_DROP, "rx_xdp_drop"));
}

TEST_F(mlx5_paths, aborted)
{
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, variant, XDP_ABORTED, "rx_xdp_drop"));
}

/* At the other end mlx5sim counts what arrives, in its own time, whatever becomes of it */
static uint64_t arrived(uint64_t before)
{
	int tries = 5000;
	uint64_t now;

	do {
		now = sim_number(0, "counters", "rx_frames") - before;
	} while (now < FRAMES && tries-- && !usleep(1000));
	return now;
}

TEST_F(mlx5_paths, tx)
{
	uint64_t before = sim_number(0, "counters", "rx_frames");

	EXPECT_EQ(FRAMES, send_plain(_metadata, self, variant, XDP_TX, "rx_xdp_tx_xmit"));
	EXPECT_EQ(FRAMES, arrived(before));
}

TEST_F(mlx5_paths, redirect)
{
	uint64_t before = sim_number(0, "counters", "rx_frames");

	self->prog->bss->redirect_to = hc_ifindex(self->sim.net.b, "hc0b");
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, variant, XDP_REDIRECT, "rx_xdp_redirect"));
	EXPECT_EQ(FRAMES, arrived(before));
}

/* To where nothing is: the frame is dropped, and its time has been taken all the same */
TEST_F(mlx5_paths, redirect_fails)
{
	self->prog->bss->redirect_to = 12345;
	EXPECT_EQ(FRAMES, send_plain(_metadata, self, variant, XDP_REDIRECT, "rx_xdp_drop"));
}

/* The stamp goes on in the sk_buff: to TC, and to the socket */
TEST_F(mlx5_paths, pass)
{
	static const char *const hooks[] = { "xdp", "tc", "udp" };
	uint64_t before = sim_counter(&self->sim, "hc0b", "rx_packets"), median = 0;
	uint8_t frame[HC_UDP_FRAME];
	size_t i;

	ASSERT_EQ(0, hc_flow_open(&self->flow, &self->sim.net, 0, AF_INET, SOCK_DGRAM));
	self->tc = hook_tcx(&self->sim.net, "hc0b", self->progs->progs.tc_pass);
	ASSERT_NE(NULL, self->tc);
	hc_udp_frame(&self->sim.net, frame);
	ASSERT_EQ(0, hc_set("enable", "xdp tc udp"));
	send_frames(_metadata, self, variant, frame, sizeof(frame), XDP_PASS);
	hc_drain(&self->flow, FRAMES);
	EXPECT_EQ(FRAMES, self->flow.received);
	EXPECT_EQ(FRAMES, sim_counter(&self->sim, "hc0b", "rx_packets") - before);
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		expect_samples(_metadata, self, hooks[i]);
		EXPECT_LE(median, hc_phase(&self->hook, "reach")->median) {
			TH_LOG("%s is reached before %s", hooks[i], hooks[i - 1]);
		}
		median = hc_phase(&self->hook, "reach")->median;
	}
}

/* The program leaves under traffic: no frame has half a sample */
TEST_F(mlx5_paths, detached_under_traffic)
{
	uint64_t received = sim_received(&self->sim), sent;
	uint8_t frame[FRAME_BYTES];
	int i;

	hc_frame(&self->sim.net, frame, sizeof(frame), FRAME_TYPE, 0);
	self->prog->bss->action = XDP_DROP;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, sim_write("gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, sim_set("gen/rate", 20000));
	ASSERT_EQ(0, sim_set("gen/start", 0));
	for (i = 0; i < 5; i++) {
		usleep(20000);
		bpf_link__destroy(self->xdp);
		usleep(20000);
		self->xdp = hook_xdp(&self->sim.net, "hc0b", self->prog->progs.as_told);
		ASSERT_NE(NULL, self->xdp);
	}
	usleep(20000);
	ASSERT_EQ(0, sim_set("gen/stop", 1));
	/* the queue is made anew each time, and drops what comes meanwhile */
	sent = sim_number(SIM_PORT, "gen/status", "taken");
	usleep(50000);
	EXPECT_LT(0, sent);
	EXPECT_GE(sent, sim_received(&self->sim) - received);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->hook));
	EXPECT_EQ(self->prog->bss->runs, hc_seen(&self->hook));
	EXPECT_EQ(0, self->hook.unstamped);
}

int main(int argc, char **argv)
{
	sim_need();
	return test_harness_run(argc, argv);
}
