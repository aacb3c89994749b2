// SPDX-License-Identifier: GPL-2.0-only
/*
 * SK_SKB and the sockets with several flows, RX queues and CPUs at once, over veth and mlx5.
 * sk_skb_udp: the flows meet at one socket, whose data_ready runs outside of its lock.
 */
#include "smp_cases.h"

FIXTURE_VARIANT_ADD(at_once, sk_skb_udp_veth) {
	.at = SMP_SK_SKB_UDP,
};

FIXTURE_VARIANT_ADD(at_once, sk_skb_udp_mlx5) {
	.at = SMP_SK_SKB_UDP, .sim = true,
};

FIXTURE_VARIANT_ADD(at_once, sk_skb_tcp_veth) {
	.at = SMP_SK_SKB_TCP,
};

FIXTURE_VARIANT_ADD(at_once, sk_skb_tcp_mlx5) {
	.at = SMP_SK_SKB_TCP, .sim = true,
};

FIXTURE_VARIANT_ADD(at_once, udp_veth) {
	.at = SMP_UDP,
};

FIXTURE_VARIANT_ADD(at_once, udp_mlx5) {
	.at = SMP_UDP, .sim = true,
};

FIXTURE_VARIANT_ADD(at_once, tcp_veth) {
	.at = SMP_TCP,
};

FIXTURE_VARIANT_ADD(at_once, tcp_mlx5) {
	.at = SMP_TCP, .sim = true,
};

int main(int argc, char **argv)
{
	smp_begin();
	return test_harness_run(argc, argv);
}
