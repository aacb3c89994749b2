// SPDX-License-Identifier: GPL-2.0-only
/*
 * At the place of a program, for each packet as it comes: calls an empty program and then that one,
 * reads the clock before and after either, and returns its verdict
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "live.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, LIVE_CALLED);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} called SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct live);
} counts SEC(".maps");

static __always_inline void count(int verdict, __u64 begin, __u64 middle, __u64 end)
{
	__u32 zero = 0, i = replay_count(verdict) & (REPLAY_VERDICTS - 1);
	struct live *live = bpf_map_lookup_elem(&counts, &zero);

	if (!live)
		return;
	if (verdict == REPLAY_NOT) {
		live->failed++;
		return;
	}
	live->packets[i]++;
	live->empty[i] += middle - begin;
	live->ns[i] += end - middle;
}

/* Tail calls are made out of a function, which the program called returns to */
#define LIVE(hook, frame, pass)						\
__noinline int hook##_empty(struct frame *ctx)				\
{									\
	int verdict = REPLAY_NOT;					\
									\
	asm volatile("" : "+r"(verdict));				\
	bpf_tail_call_static(ctx, &called, LIVE_EMPTY);			\
	return verdict;							\
}									\
									\
__noinline int hook##_program(struct frame *ctx)			\
{									\
	int verdict = REPLAY_NOT;					\
									\
	asm volatile("" : "+r"(verdict));				\
	bpf_tail_call_static(ctx, &called, LIVE_PROGRAM);		\
	return verdict;							\
}									\
									\
SEC("?" #hook)								\
int live_##hook(struct frame *ctx)					\
{									\
	__u64 begin = bpf_ktime_get_ns(), middle, end;			\
	int verdict = hook##_empty(ctx);				\
									\
	middle = bpf_ktime_get_ns();					\
	verdict = hook##_program(ctx);					\
	end = bpf_ktime_get_ns();					\
	count(verdict, begin, middle, end);				\
	return verdict == REPLAY_NOT ? pass : verdict;			\
}									\
									\
SEC("?" #hook)								\
int nothing_##hook(struct frame *ctx)					\
{									\
	return pass;							\
}

LIVE(xdp, xdp_md, XDP_PASS)
LIVE(tc, __sk_buff, TC_ACT_OK)

char _license[] SEC("license") = "GPL";
