/* SPDX-License-Identifier: GPL-2.0-only */
/* Of a program that replays frames, what does not depend on its hook; see replay.bpf.h */
#ifndef HOOKCOST_REPLAY_PROG_BPF_H
#define HOOKCOST_REPLAY_PROG_BPF_H

#include "replay.bpf.h"

/* Sizes are set before they are made */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct replay_slot);
} slots SEC(".maps");

/* One value, so that any part of it can be had by one look-up */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 2 * REPLAY_BYTES);
} bytes SEC(".maps");

/* Of each slot, the least time that its packet took, REPLAY_RUNS times or as often as `runs` */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} took SEC(".maps");

/* More than the caches hold */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, 64);
} evict SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} called SEC(".maps");

const volatile __u32 last_byte = REPLAY_BYTES;	/* where a frame can begin at most */
const volatile __u32 runs = REPLAY_RUNS;	/* packets in one go */
const volatile __u32 lines = 1;			/* of 64 bytes, in evict */

struct replay_state state;

static __always_inline struct replay_slot *next_slot(__u32 *key)
{
	struct replay_slot *slot;

	if (!state.left)
		return 0;
	*key = state.first + state.at;
	slot = bpf_map_lookup_elem(&slots, key);
	if (slot) {
		state.left--;
		state.at = state.at + 1 < state.n ? state.at + 1 : 0;
	}
	return slot;
}

/* The frame's bytes: REPLAY_BYTES may be read from there on */
static __always_inline void *frame_of(const struct replay_slot *slot)
{
	__u32 zero = 0, from = slot->at;
	char *all = bpf_map_lookup_elem(&bytes, &zero);

	if (!all || from > last_byte)
		return 0;
	return all + from;
}

static __always_inline void judge(const struct replay_slot *slot, __u32 key, int verdict)
{
	__u32 i = replay_count(verdict);

	state.count[i & (REPLAY_VERDICTS - 1)]++;
	if (verdict != slot->verdict && !state.any_verdict && !state.wrong++) {
		state.wrong_slot = key;
		state.wrong_verdict = verdict;
	}
}

/*
 * What has been written is in the cache before the program begins, which could not read it
 * sooner anyway: so that it is not the program that waits for it.
 */
static __always_inline void drain(void)
{
	__sync_fetch_and_add(&state.drained, 1);
}

static __always_inline void least(__u32 key, __u64 ns)
{
	__u64 *before = bpf_map_lookup_elem(&took, &key);

	if (before && ns < *before)
		*before = ns;
}

static long touch(__u32 i, void *unused)
{
	__u32 zero = 0, off = i * 64;
	volatile char *all = bpf_map_lookup_elem(&evict, &zero);

	if (!all || i >= lines)
		return 1;
	all[off]++;
	return 0;
}

#endif /* HOOKCOST_REPLAY_PROG_BPF_H */
