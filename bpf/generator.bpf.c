// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet generators for BPF_PROG_TEST_RUN with live frames. They tell the time
 * at each block of frames, because the system call's own includes the making
 * and freeing of its pages, and its `duration` is cut to whole nanoseconds.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "generator.bpf.h"

__u32 ifindex;
__u64 seen;			/* frames */
__u32 blocks, left;
__u64 stamp[GEN_STAMPS];		/* where a block begins */

static __always_inline void tick(void)
{
	__u32 n;

	seen++;
	if (left) {
		left--;
		return;
	}
	left = GEN_BLOCK - 1;
	n = blocks++;
	if (n < GEN_STAMPS)
		stamp[n] = bpf_ktime_get_ns();
}

SEC("xdp")
int gen_redirect(struct xdp_md *ctx)
{
	tick();
	return bpf_redirect(ifindex, 0);
}

SEC("xdp")
int gen_drop(struct xdp_md *ctx)
{
	tick();
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
