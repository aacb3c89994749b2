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

/* In memory: neither compiler nor verifier know what a function returns that makes a tail call */
int not_called = REPLAY_NOT;

/* The program called returns to who has called the function */
static __noinline int call_empty(void *ctx)
{
	int verdict = not_called;

	bpf_tail_call_static(ctx, &called, LIVE_EMPTY);
	return verdict;
}

static __noinline int call_program(void *ctx)
{
	int verdict = not_called;

	bpf_tail_call_static(ctx, &called, LIVE_PROGRAM);
	return verdict;
}

static __always_inline int live(void *ctx, int pass)
{
	__u64 begin, middle, end;
	int verdict;

	/* what the first call alone has to fetch is neither's */
	call_empty(ctx);
	begin = bpf_ktime_get_ns();
	call_empty(ctx);
	middle = bpf_ktime_get_ns();
	verdict = call_program(ctx);
	end = bpf_ktime_get_ns();
	count(verdict, begin, middle, end);
	return verdict == REPLAY_NOT ? pass : verdict;
}

SEC("?xdp")
int live_xdp(struct xdp_md *ctx)
{
	return live(ctx, XDP_PASS);
}

SEC("?tc")
int live_tc(struct __sk_buff *ctx)
{
	return live(ctx, TC_ACT_OK);
}

SEC("?xdp")
int nothing_xdp(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("?tc")
int nothing_tc(struct __sk_buff *ctx)
{
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
