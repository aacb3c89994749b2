// SPDX-License-Identifier: GPL-2.0-only
/* Replays frames to a TC program, see replay.bpf.h */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "replay_prog.bpf.h"

/* Global functions: what they return is nothing that the verifier knows */
__noinline int enter(struct __sk_buff *ctx)
{
	int verdict = REPLAY_NOT;

	/* nor the compiler */
	asm volatile("" : "+r"(verdict));
	bpf_tail_call_static(ctx, &called, 0);
	return verdict;
}

/* What a program may have left in the sk_buff; the bytes follow in restore() */
__noinline int undo(struct __sk_buff *ctx)
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

__noinline int restore(struct __sk_buff *ctx, __u32 key)
{
	struct replay_slot *slot = bpf_map_lookup_elem(&slots, &key);
	void *frame;
	__u32 len;

	if (!slot)
		return 1;
	len = slot->len;
	if (len != ctx->len && bpf_skb_change_tail(ctx, len, 0))
		return 1;
	frame = frame_of(slot);
	if (!frame || !len)
		return 1;
	/* two comparisons, which the verifier follows */
	asm volatile("" : "+r"(len));
	if (len > REPLAY_BYTES)
		return 1;
	return !!bpf_skb_store_bytes(ctx, 0, frame, len, 0);
}

/* Packet after packet, each made what it was first */
SEC("tc")
int replay(struct __sk_buff *ctx)
{
	struct replay_slot *slot;
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
		state.failed += undo(ctx);
	}
	return 0;
}

/* One packet, as often as replay() takes several, and the time of that */
SEC("?tc")
int replay_each(struct __sk_buff *ctx)
{
	struct replay_slot *slot;
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
		state.failed += undo(ctx);
	}
	least(key, bpf_ktime_get_ns() - ns);
	return 0;
}

/* One packet, with nothing of it, or of the program and its maps, in the caches */
SEC("?tc")
int replay_cold(struct __sk_buff *ctx)
{
	__u32 key, i = state.colds;
	struct replay_slot *slot;
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
	state.failed += undo(ctx);
	return 0;
}

/* What all of them are compared with */
SEC("tc")
int empty(struct __sk_buff *ctx)
{
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
