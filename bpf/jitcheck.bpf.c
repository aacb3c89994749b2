// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loops whose time is that of the JIT's own code: no helper, no map operation
 * that the verifier does not inline. The same on any kernel, so that one
 * kernel's JIT can be compared with another's. TC programs: for XDP ones each
 * BPF_PROG_TEST_RUN waits until the dispatcher has forgotten them.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "twin/copy_twin.h"

#define FIB_N		2560
#define SUM_N		64
#define COPY_N		4096
#define COPIES		8
#define LOOP_N		1024
#define ENTRIES		64

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} entries SEC(".maps");

__u64 fib_n = FIB_N, sum_n = SUM_N, seed = 1;
__u64 sink;

/* not static: the copy would be dropped, as nobody reads it */
__u64 from[COPY_N / 8], to[COPY_N / 8];

SEC("tc")
int jit_fib(struct __sk_buff *ctx)
{
	sink = twin_fib(fib_n);
	return TC_ACT_OK;
}

SEC("tc")
int jit_sum(struct __sk_buff *ctx)
{
	const __u8 *data = (void *)(long)ctx->data;

	if (data + TWIN_SUM_BYTES > (__u8 *)(long)ctx->data_end)
		return TC_ACT_SHOT;
	sink = twin_sum(data, sum_n);
	return TC_ACT_OK;
}

SEC("tc")
int jit_copy(struct __sk_buff *ctx)
{
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < COPIES; i++)
		twin_copy_u64(to, from, COPY_N);
	return TC_ACT_OK;
}

SEC("tc")
int jit_array(struct __sk_buff *ctx)
{
	__u64 sum = 0;
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < LOOP_N; i++) {
		__u32 key = i % ENTRIES;
		__u64 *value = bpf_map_lookup_elem(&entries, &key);

		if (value)
			sum += *value;
	}
	sink = sum;
	return TC_ACT_OK;
}

/* A branch that cannot be predicted, by a generator of period 2^64 */
SEC("tc")
int jit_branch(struct __sk_buff *ctx)
{
	__u64 x = seed, odd = 0;
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < LOOP_N; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		if (x >> 63) {
			odd++;
			asm volatile("" : "+r"(odd));
		}
	}
	seed = x;
	sink = odd;
	return TC_ACT_OK;
}

SEC("tc")
int jit_divide(struct __sk_buff *ctx)
{
	__u64 x = seed | 1ULL << 63, sum = 0;
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 1; i <= LOOP_N; i++) {
		sum += x / i;
		asm volatile("" : "+r"(sum));
	}
	sink = sum;
	return TC_ACT_OK;
}

SEC("tc")
int jit_alu32(struct __sk_buff *ctx)
{
	__u32 a = seed, b = 0x9e3779b9, i;

#pragma clang loop unroll(disable)
	for (i = 0; i < LOOP_N; i++) {
		a ^= a << 13;
		a ^= a >> 17;
		a ^= a << 5;
		b += a;
		asm volatile("" : "+r"(a), "+r"(b));
	}
	sink = a ^ b;
	return TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
