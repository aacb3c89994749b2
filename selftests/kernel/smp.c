// SPDX-License-Identifier: GPL-2.0-only
/* XDP and TC with several flows, RX queues and CPUs at once, over veth and mlx5 */
#include "smp_cases.h"

FIXTURE_VARIANT_ADD(at_once, xdp_veth) {
	.at = SMP_XDP,
};

FIXTURE_VARIANT_ADD(at_once, xdp_mlx5) {
	.at = SMP_XDP, .sim = true,
};

FIXTURE_VARIANT_ADD(at_once, tc_veth) {
	.at = SMP_TC,
};

FIXTURE_VARIANT_ADD(at_once, tc_mlx5) {
	.at = SMP_TC, .sim = true,
};

int main(int argc, char **argv)
{
	smp_begin();
	return test_harness_run(argc, argv);
}
