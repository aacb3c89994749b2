// SPDX-License-Identifier: GPL-2.0-only
/* XDP programs: the eBPF versions of the native ones, and a packet generator */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "twin/xdp_twin.h"

_Static_assert(TWIN_XDP_DROP == XDP_DROP, "verdict");
_Static_assert(TWIN_XDP_PASS == XDP_PASS, "verdict");
_Static_assert(TWIN_XDP_TX == XDP_TX, "verdict");

__u64 arg;
__u64 sink;
__u32 ifindex;

SEC("?xdp")
int xdp_empty(struct xdp_md *ctx)
{
	return twin_xdp_empty();
}

SEC("?xdp")
int xdp_drop(struct xdp_md *ctx)
{
	return twin_xdp_drop();
}

SEC("?xdp")
int xdp_tx(struct xdp_md *ctx)
{
	return twin_xdp_tx((void *)(long)ctx->data, (void *)(long)ctx->data_end);
}

SEC("?xdp")
int xdp_fib(struct xdp_md *ctx)
{
	return twin_xdp_fib(arg, &sink);
}

SEC("?xdp")
int xdp_sum(struct xdp_md *ctx)
{
	return twin_xdp_sum((void *)(long)ctx->data, (void *)(long)ctx->data_end,
			    arg, &sink);
}

/* Run with BPF_F_TEST_XDP_LIVE_FRAMES: sends the frame out of ifindex */
SEC("?xdp")
int xdp_redirect_gen(struct xdp_md *ctx)
{
	return bpf_redirect(ifindex, 0);
}

char _license[] SEC("license") = "GPL";
