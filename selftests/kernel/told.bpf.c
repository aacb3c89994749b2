// SPDX-License-Identifier: GPL-2.0-only
/* One XDP program that does what it is told to, and counts its runs */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u64 runs;
volatile __u32 action;
volatile __u32 redirect_to;

static __always_inline void swap(__u16 *a, __u16 *b)
{
	__u16 old = *a;

	*a = *b;
	*b = old;
}

SEC("xdp")
int as_told(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u16 *address = data;
	__u32 what = action;

	__sync_fetch_and_add(&runs, 1);
	if (what != XDP_TX && what != XDP_REDIRECT)
		return what;
	/* back to where it comes from */
	if (data + 12 > end)
		return XDP_ABORTED;
	swap(&address[0], &address[3]);
	swap(&address[1], &address[4]);
	swap(&address[2], &address[5]);
	return what == XDP_TX ? XDP_TX : bpf_redirect(redirect_to, 0);
}

char _license[] SEC("license") = "GPL";
