// SPDX-License-Identifier: GPL-2.0-only
/* Replays frames to an XDP program, see replay.bpf.h */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "replay_prog.bpf.h"

/* Global functions: what they return is nothing that the verifier knows */
__noinline int enter(struct xdp_md *ctx)
{
	int verdict = REPLAY_NOT;

	/* nor the compiler */
	asm volatile("" : "+r"(verdict));
	bpf_tail_call_static(ctx, &called, 0);
	return verdict;
}

/* To where it began; the frame's length follows in restore() */
__noinline int undo(struct xdp_md *ctx, __u64 begin)
{
	long data = (long)ctx->data, meta = (long)ctx->data_meta, moved = data - (long)begin;

	if (meta != data && bpf_xdp_adjust_meta(ctx, (int)(data - meta)))
		return 1;
	if (moved && bpf_xdp_adjust_head(ctx, (int)-moved))
		return 1;
	return 0;
}

__noinline int restore(struct xdp_md *ctx, __u32 key)
{
	struct replay_slot *slot = bpf_map_lookup_elem(&slots, &key);
	__u32 len, now = ctx->data_end - ctx->data;
	void *frame;

	if (!slot)
		return 1;
	len = slot->len;
	if (len != now && bpf_xdp_adjust_tail(ctx, (int)(len - now)))
		return 1;
	frame = frame_of(slot);
	if (!frame || !len)
		return 1;
	/* two comparisons, which the verifier follows */
	asm volatile("" : "+r"(len));
	if (len > REPLAY_BYTES)
		return 1;
	return !!bpf_xdp_store_bytes(ctx, 0, frame, len);
}

/* Packet after packet, each made what it was first */
SEC("xdp")
int replay(struct xdp_md *ctx)
{
	struct replay_slot *slot;
	__u64 begin = ctx->data;
	__u32 i, key;

#pragma clang loop unroll(disable)
	for (i = 0; i < runs && i < REPLAY_RUNS; i++) {
		slot = next_slot(&key);
		if (!slot)
			break;
		if (slot->restore)
			state.failed += restore(ctx, key);
		drain();
		judge(slot, key, enter(ctx));
		state.failed += undo(ctx, begin);
	}
	return 0;
}

/* One packet, as often as replay() takes several, and the time of that */
SEC("?xdp")
int replay_each(struct xdp_md *ctx)
{
	struct replay_slot *slot;
	__u64 begin = ctx->data;
	__u64 ns;
	__u32 i, key;

	slot = next_slot(&key);
	if (!slot)
		return 0;
	ns = bpf_ktime_get_ns();
#pragma clang loop unroll(disable)
	for (i = 0; i < runs && i < REPLAY_RUNS; i++) {
		if (slot->restore)
			state.failed += restore(ctx, key);
		drain();
		judge(slot, key, enter(ctx));
		state.failed += undo(ctx, begin);
	}
	least(key, bpf_ktime_get_ns() - ns);
	return 0;
}

/* One packet, with nothing of it, or of the program and its maps, in the caches */
SEC("?xdp")
int replay_cold(struct xdp_md *ctx)
{
	__u32 key, i = state.colds;
	struct replay_slot *slot;
	__u64 begin = ctx->data;
	__u64 ns;
	int verdict;

	slot = next_slot(&key);
	if (!slot)
		return 0;
	state.failed += restore(ctx, key);
	bpf_loop(lines, touch, 0, 0);
	ns = bpf_ktime_get_ns();
	verdict = enter(ctx);
	ns = bpf_ktime_get_ns() - ns;
	if (i < REPLAY_COLD) {
		state.cold_ns[i] = ns;
		state.colds = i + 1;
	}
	judge(slot, key, verdict);
	state.failed += undo(ctx, begin);
	return 0;
}

/* What all of them are compared with */
SEC("xdp")
int empty(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
