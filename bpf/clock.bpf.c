// SPDX-License-Identifier: GPL-2.0-only
/* What reading the kernel's clock costs: a loop with and without */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "clock.bpf.h"

__u64 last;		/* the clock, when the loop was done */

SEC("xdp")
int clock_reads(struct xdp_md *ctx)
{
	__u64 now = 0;
	int i;

#pragma clang loop unroll(disable)
	for (i = 0; i < CLOCK_READS; i++) {
		now = bpf_ktime_get_ns();
		asm volatile("" : "+r"(now));
	}
	last = now;
	return XDP_PASS;
}

SEC("xdp")
int clock_loop(struct xdp_md *ctx)
{
	__u64 now = 0;
	int i;

#pragma clang loop unroll(disable)
	for (i = 0; i < CLOCK_READS; i++) {
		now = i;
		asm volatile("" : "+r"(now));
	}
	last = now;
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
