// SPDX-License-Identifier: GPL-2.0-only
/* Programs for hookcost watch to see: a short one, and one that takes longer for sure */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define STEPS 20000

__u64 seed = 1;

SEC("tc")
int watched_short(struct __sk_buff *ctx)
{
	return TC_ACT_OK;
}

SEC("tc")
int watched_long_with_a_name_that_the_kernel_cuts_off(struct __sk_buff *ctx)
{
	__u64 x = seed;
	int i;

#pragma clang loop unroll(disable)
	for (i = 0; i < STEPS; i++) {
		x = x * 3 + 1;
		asm volatile("" : "+r"(x));
	}
	seed = x;
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
