// SPDX-License-Identifier: GPL-2.0-only
/* Replays frames to an XDP program, see replay.bpf.h */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define FRAME	xdp_md
#define HOOK	"xdp"
#define PASS	XDP_PASS

#include "replay_run.bpf.h"

static __always_inline __u64 begin_of(struct xdp_md *ctx)
{
	return ctx->data;
}

/* To where it began; the frame's length follows in restore() */
__noinline int put_back(struct xdp_md *ctx, __u64 begin)
{
	long data = (long)ctx->data, meta = (long)ctx->data_meta, moved = data - (long)begin;

	if (meta != data && bpf_xdp_adjust_meta(ctx, (int)(data - meta)))
		return 1;
	if (moved && bpf_xdp_adjust_head(ctx, (int)-moved))
		return 1;
	return 0;
}

static __always_inline int undo(struct xdp_md *ctx, __u64 begin)
{
	return put_back(ctx, begin);
}

static __always_inline long resize(struct xdp_md *ctx, __u32 len)
{
	__u32 now = ctx->data_end - ctx->data;

	return len != now ? bpf_xdp_adjust_tail(ctx, (int)(len - now)) : 0;
}

static __always_inline long put(struct xdp_md *ctx, void *frame, __u32 len)
{
	return bpf_xdp_store_bytes(ctx, 0, frame, len);
}

char _license[] SEC("license") = "GPL";
