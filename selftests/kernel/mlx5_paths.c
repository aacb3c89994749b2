// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: each way through mlx5e_xdp_handle(), from each kind of CQE, has its stamps */
#include <stdbool.h>

#include "kselftest_harness.h"
#include "nic_paths.h"
#include "sim.h"

#define FRAMES	3000

FIXTURE(mlx5_paths) {
	struct nic_paths p;
	struct sim_net sim;
	uint64_t taken, other, compressed, passed;	/* before */
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
	ASSERT_EQ(0, hc_all_off());
	ASSERT_EQ(0, sim_up(&self->sim));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_striding_rq", variant->striding));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_cqe_compress", variant->compressed));
	self->p.nic = (struct nic){ &sim_nic, &self->sim, &self->sim.net, FRAMES };
	paths_begin(_metadata, &self->p);
	self->taken = sim_taken(variant->striding);
	self->other = sim_taken(!variant->striding);
	self->compressed = sim_counter(&self->sim, "hc0b", "rx_cqe_compress_pkts");
	self->passed = sim_counter(&self->sim, "hc0b", "rx_packets");
}

FIXTURE_TEARDOWN(mlx5_paths)
{
	EXPECT_EQ(0, hc_all_off());
	paths_end(&self->p);
	sim_down(&self->sim);
}

/* All frames were this kind of queue's and CQE's */
static void expect_queue(struct __test_metadata *_metadata, struct _test_data_mlx5_paths *self,
			 const struct _fixture_variant_mlx5_paths *variant)
{
	uint64_t compressed = sim_counter(&self->sim, "hc0b", "rx_cqe_compress_pkts");

	EXPECT_EQ(FRAMES, sim_taken(variant->striding) - self->taken);
	EXPECT_EQ(0, sim_taken(!variant->striding) - self->other);
	EXPECT_EQ(variant->compressed, compressed > self->compressed);
}

TEST_F(mlx5_paths, drop)
{
	path_drop(_metadata, &self->p);
	expect_queue(_metadata, self, variant);
}

TEST_F(mlx5_paths, aborted)
{
	path_aborted(_metadata, &self->p);
	expect_queue(_metadata, self, variant);
}

TEST_F(mlx5_paths, tx)
{
	path_tx(_metadata, &self->p);
	expect_queue(_metadata, self, variant);
}

TEST_F(mlx5_paths, redirect)
{
	path_redirect(_metadata, &self->p);
	expect_queue(_metadata, self, variant);
}

TEST_F(mlx5_paths, redirect_fails)
{
	path_redirect_fails(_metadata, &self->p);
	expect_queue(_metadata, self, variant);
}

TEST_F(mlx5_paths, pass)
{
	path_pass(_metadata, &self->p);
	expect_queue(_metadata, self, variant);
	EXPECT_EQ(FRAMES, sim_counter(&self->sim, "hc0b", "rx_packets") - self->passed);
}

/* The program leaves under traffic: no frame has half a sample */
TEST_F(mlx5_paths, detached_under_traffic)
{
	uint64_t received = sim_received(&self->sim), sent;
	struct nic *nic = &self->p.nic;
	uint8_t frame[FRAME_BYTES];
	int i;

	hc_frame(nic->net, frame, sizeof(frame), FRAME_TYPE, 0);
	nic->prog->bss->action = XDP_DROP;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, sim_write("gen/template", frame, sizeof(frame)));
	ASSERT_EQ(0, sim_set("gen/rate", 20000));
	ASSERT_EQ(0, sim_set("gen/start", 0));
	for (i = 0; i < 5; i++) {
		usleep(20000);
		nic_detach(nic);
		usleep(20000);
		nic_attach(_metadata, nic);
	}
	usleep(20000);
	ASSERT_EQ(0, sim_set("gen/stop", 1));
	/* the queue is made anew each time, and drops what comes meanwhile */
	sent = sim_number(SIM_PORT, "gen/status", "taken");
	usleep(50000);
	EXPECT_LT(0, sent);
	EXPECT_GE(sent, sim_received(&self->sim) - received);
	ASSERT_EQ(0, hc_read_idle("xdp", &nic->hook));
	EXPECT_EQ(nic->prog->bss->runs, hc_seen(&nic->hook));
	EXPECT_EQ(0, nic->hook.unstamped);
}

int main(int argc, char **argv)
{
	sim_need();
	return test_harness_run(argc, argv);
}
