// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: a native program runs in mlx5e_xdp_handle() in the program's place, and hands back */
#include "kselftest_harness.h"
#include "nic_native.h"
#include "sim.h"

#define FRAMES	1000

FIXTURE(mlx5_native) {
	struct nic_native n;
	struct sim_net sim;
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
	ASSERT_EQ(0, sim_up(&self->sim));
	ASSERT_EQ(0, sim_flag(&self->sim, "rx_striding_rq", variant->striding));
	self->n.nic = (struct nic){ &sim_nic, &self->sim, &self->sim.net, FRAMES };
	native_begin(_metadata, &self->n);
}

FIXTURE_TEARDOWN(mlx5_native)
{
	EXPECT_EQ(0, hc_all_off());
	nic_end(&self->n.nic);
	sim_down(&self->sim);
}

TEST_F(mlx5_native, verdicts)
{
	verdicts(_metadata, &self->n);
}

TEST_F(mlx5_native, hands_back)
{
	hands_back(_metadata, &self->n);
}

TEST_F(mlx5_native, exchanged_under_traffic)
{
	exchanged_under_traffic(_metadata, &self->n);
}

TEST_F(mlx5_native, needs_an_xdp_program)
{
	needs_an_xdp_program(_metadata, &self->n);
}

int main(int argc, char **argv)
{
	sim_need();
	return test_harness_run(argc, argv);
}
