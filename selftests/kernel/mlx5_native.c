// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: a native program runs in mlx5e_xdp_handle() in the program's place, and hands back */
#include <inttypes.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"
#include "hooks.h"
#include "sim.h"
#include "told.skel.h"

#define FRAMES		1000
#define FRAME_TYPE	0x88b5	/* for experiments */
#define FRAME_BYTES	1024	/* enough for the programs that copy */

FIXTURE(mlx5_native) {
	struct sim_net sim;
	struct hc_hook hook;
	struct hc_native table;
	struct told *prog;
	struct bpf_link *xdp;
	uint8_t frame[FRAME_BYTES];
};

FIXTURE_VARIANT(mlx5_native) {
	bool striding;
};

FIXTURE_VARIANT_ADD(mlx5_native, cyclic) {
	.striding = false,
};

FIXTURE_VARIANT_ADD(mlx5_native, striding) {
	.striding = true,
};

FIXTURE_SETUP(mlx5_native)
{
	memset(self, 0, sizeof(*self));
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, hc_read_native(&self->table));
	ASSERT_EQ(0, sim_up(&self->sim));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_striding_rq", variant->striding));
	self->prog = told__open_and_load();
	ASSERT_NE(NULL, self->prog);
	self->prog->bss->action = XDP_PASS;
	self->xdp = hook_xdp(&self->sim.net, "hc0b", self->prog->progs.as_told);
	ASSERT_NE(NULL, self->xdp);
	hc_frame(&self->sim.net, self->frame, sizeof(self->frame), FRAME_TYPE, 0);
	ASSERT_EQ(0, hc_set("enable", "xdp"));
}

FIXTURE_TEARDOWN(mlx5_native)
{
	EXPECT_EQ(0, hc_all_off());
	bpf_link__destroy(self->xdp);
	told__destroy(self->prog);
	sim_down(&self->sim);
}

/* What became of frames */
struct fate {
	uint64_t program, passed, dropped, bounced, samples;
};

static struct fate fate_now(struct _test_data_mlx5_native *self)
{
	struct fate f = {
		.program = self->prog->bss->runs,
		.passed = sim_counter(&self->sim, "hc0b", "rx_packets"),
		.dropped = sim_counter(&self->sim, "hc0b", "rx_xdp_drop"),
		.bounced = sim_counter(&self->sim, "hc0b", "rx_xdp_tx_xmit"),
	};

	if (!hc_read_idle("xdp", &self->hook))
		f.samples = hc_seen(&self->hook);
	return f;
}

static struct fate since(struct _test_data_mlx5_native *self, const struct fate *before)
{
	struct fate f = fate_now(self);

	f.program -= before->program;
	f.passed -= before->passed;
	f.dropped -= before->dropped;
	f.bounced -= before->bounced;
	f.samples -= before->samples;
	return f;
}

static struct fate send_frames(struct __test_metadata *_metadata,
			       struct _test_data_mlx5_native *self, unsigned int n)
{
	struct fate before = fate_now(self);

	EXPECT_EQ(0, sim_frames(&self->sim, self->frame, sizeof(self->frame), n));
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
TEST_F(mlx5_native, verdicts)
{
	size_t i;

	if (!self->table.nprograms)
		SKIP(return, "no native program: load hookcost_native");
	for (i = 0; i < self->table.nprograms; i++) {
		const char *name = self->table.program[i].name;
		int verdict = verdict_of(name);
		struct fate f;

		ASSERT_EQ(0, hc_set_native(&self->sim.net, name, 0));
		f = send_frames(_metadata, self, FRAMES);
		EXPECT_EQ(0, f.program) {
			TH_LOG("%s: the XDP program has run", name);
		}
		EXPECT_EQ(verdict == XDP_PASS ? FRAMES : 0, f.passed) {
			TH_LOG("%s", name);
		}
		EXPECT_EQ(verdict == XDP_DROP ? FRAMES : 0, f.dropped);
		EXPECT_EQ(verdict == XDP_TX ? FRAMES : 0, f.bounced);
		EXPECT_EQ(FRAMES, f.samples);
		EXPECT_EQ(0, self->hook.unstamped);
	}
}

/* The program is back when the write returns, and from then on */
TEST_F(mlx5_native, hands_back)
{
	struct fate f;
	size_t i;

	for (i = 0; i < self->table.nprograms; i++) {
		ASSERT_EQ(0, hc_set_native(&self->sim.net, self->table.program[i].name, 0));
		send_frames(_metadata, self, 10);
		ASSERT_EQ(0, hc_native_off());
		f = send_frames(_metadata, self, FRAMES);
		EXPECT_EQ(FRAMES, f.program) {
			TH_LOG("after %s", self->table.program[i].name);
		}
		EXPECT_EQ(FRAMES, f.passed);
		EXPECT_EQ(FRAMES, f.samples);
	}
	EXPECT_NE(0, i);
}

/* While frames come all the time: each is the program's or the native one's, and none is lost */
TEST_F(mlx5_native, exchanged_under_traffic)
{
	uint64_t received = sim_received(&self->sim), sent;
	struct fate before, f;
	int i;

	if (hc_native(&self->sim.net, "drop") && hc_native(&self->sim.net, "hard_drop"))
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_native_off());
	before = fate_now(self);
	ASSERT_EQ(0, sim_write("gen/template", self->frame, sizeof(self->frame)));
	ASSERT_EQ(0, sim_set("gen/rate", 0));
	ASSERT_EQ(0, sim_set("gen/start", 0));
	for (i = 0; i < 50; i++) {
		if (hc_native(&self->sim.net, "drop"))
			ASSERT_EQ(0, hc_native(&self->sim.net, "hard_drop"));
		usleep(1000);
		ASSERT_EQ(0, hc_native_off());
		usleep(1000);
	}
	ASSERT_EQ(0, sim_set("gen/stop", 1));
	sent = sim_number(SIM_PORT, "gen/status", "sent");
	ASSERT_EQ(0, sim_await(&self->sim, received + sent));
	f = since(self, &before);
	EXPECT_LT(0, f.program);
	EXPECT_LT(0, f.dropped);
	EXPECT_EQ(f.program, f.passed);
	EXPECT_EQ(sent, f.passed + f.dropped);
	EXPECT_EQ(sent, f.samples);
	EXPECT_EQ(0, self->hook.unstamped);
}

/* Without an XDP program there is no call, and nothing runs */
TEST_F(mlx5_native, needs_an_xdp_program)
{
	struct fate f;

	bpf_link__destroy(self->xdp);
	self->xdp = NULL;
	if (hc_native(&self->sim.net, "drop") && hc_native(&self->sim.net, "hard_drop"))
		SKIP(return, "no native program drops");
	f = send_frames(_metadata, self, FRAMES);
	EXPECT_EQ(FRAMES, f.passed);
	EXPECT_EQ(0, f.dropped);
	EXPECT_EQ(0, f.samples);
}

int main(int argc, char **argv)
{
	sim_need();
	return test_harness_run(argc, argv);
}
