// SPDX-License-Identifier: GPL-2.0-only
/* Replays frames to a TC program, see replay.bpf.h */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define FRAME	__sk_buff
#define HOOK	"tc"
#define PASS	TC_ACT_OK

#include "replay_run.bpf.h"

/* It stays where it is */
static __always_inline __u64 begin_of(struct __sk_buff *ctx)
{
	return 0;
}

/* What a program may have left in the sk_buff; the bytes follow in restore() */
__noinline int put_back(struct __sk_buff *ctx)
{
	/* each by itself, as the verifier wants it */
	volatile struct __sk_buff *skb = ctx;

	skb->mark = 0;
	skb->priority = 0;
	skb->tc_index = 0;
	skb->tc_classid = 0;
	skb->queue_mapping = 0;
	skb->cb[0] = 0;
	skb->cb[1] = 0;
	skb->cb[2] = 0;
	skb->cb[3] = 0;
	skb->cb[4] = 0;
	return ctx->vlan_present ? !!bpf_skb_vlan_pop(ctx) : 0;
}

static __always_inline int undo(struct __sk_buff *ctx, __u64 begin)
{
	return put_back(ctx);
}

static __always_inline long resize(struct __sk_buff *ctx, __u32 len)
{
	return len != ctx->len ? bpf_skb_change_tail(ctx, len, 0) : 0;
}

static __always_inline long put(struct __sk_buff *ctx, void *frame, __u32 len)
{
	return bpf_skb_store_bytes(ctx, 0, frame, len, 0);
}

char _license[] SEC("license") = "GPL";
