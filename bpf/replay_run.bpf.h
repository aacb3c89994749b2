/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How frames are replayed to a program, at any hook. Before it is included: FRAME, the struct that
 * the hook has of a packet; HOOK, its section; PASS, its verdict. These functions are the hook's:
 */
#ifndef HOOKCOST_REPLAY_RUN_BPF_H
#define HOOKCOST_REPLAY_RUN_BPF_H

#include "replay_prog.bpf.h"

/* What undo() is to know of the packet as it was */
static __always_inline __u64 begin_of(struct FRAME *ctx);
/* What a program has done to the packet, but for its bytes, which restore() puts back; 0: done */
static __always_inline int undo(struct FRAME *ctx, __u64 begin);
static __always_inline long resize(struct FRAME *ctx, __u32 len);
static __always_inline long put(struct FRAME *ctx, void *frame, __u32 len);

/* Global functions: what they return is nothing that the verifier knows */
__noinline int enter(struct FRAME *ctx)
{
	int verdict = REPLAY_NOT;

	/* nor the compiler */
	asm volatile("" : "+r"(verdict));
	bpf_tail_call_static(ctx, &called, 0);
	return verdict;
}

__noinline int restore(struct FRAME *ctx, __u32 key)
{
	struct replay_slot *slot = bpf_map_lookup_elem(&slots, &key);
	void *frame;
	__u32 len;

	if (!slot)
		return 1;
	len = slot->len;
	if (resize(ctx, len))
		return 1;
	frame = frame_of(slot);
	if (!frame || !len)
		return 1;
	/* two comparisons, which the verifier follows */
	asm volatile("" : "+r"(len));
	if (len > REPLAY_BYTES)
		return 1;
	return !!put(ctx, frame, len);
}

/* Packet after packet, each made what it was first */
SEC(HOOK)
int replay(struct FRAME *ctx)
{
	struct replay_slot *slot;
	__u64 begin = begin_of(ctx);
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
SEC("?" HOOK)
int replay_each(struct FRAME *ctx)
{
	struct replay_slot *slot;
	__u64 begin = begin_of(ctx);
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
SEC("?" HOOK)
int replay_cold(struct FRAME *ctx)
{
	__u32 key, i = state.colds;
	struct replay_slot *slot;
	__u64 begin = begin_of(ctx);
	__u64 ns;
	int verdict;

	slot = next_slot(&key);
	if (!slot)
		return 0;
	if (slot->restore)
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
	if (slot->restore)
		state.failed += undo(ctx, begin);
	return 0;
}

/* One packet that is what it was already, as test_run has made it for this alone */
SEC("?" HOOK)
int replay_fresh(struct FRAME *ctx)
{
	struct replay_slot *slot;
	__u64 ns;
	__u32 key;
	int verdict;

	slot = next_slot(&key);
	if (!slot)
		return 0;
	drain();
	ns = bpf_ktime_get_ns();
	verdict = enter(ctx);
	ns = bpf_ktime_get_ns() - ns;
	state.fresh_ns += ns;
	least(key, ns);
	judge(slot, key, verdict);
	return 0;
}

/* What all of them are compared with */
SEC(HOOK)
int empty(struct FRAME *ctx)
{
	return PASS;
}

#endif /* HOOKCOST_REPLAY_RUN_BPF_H */
