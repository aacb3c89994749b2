// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loops whose time is that of the JIT's own code: no helper, no map operation
 * that the verifier does not inline. The same on any kernel, so that one
 * kernel's JIT can be compared with another's.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "twin/copy_twin.h"

#define FIB_N		2560
#define SUM_N		64
#define COPY_N		4096
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

SEC("xdp")
int jit_fib(struct xdp_md *ctx)
{
	sink = twin_fib(fib_n);
	return XDP_PASS;
}

SEC("xdp")
int jit_sum(struct xdp_md *ctx)
{
	const __u8 *data = (void *)(long)ctx->data;

	if (data + TWIN_SUM_BYTES > (__u8 *)(long)ctx->data_end)
		return XDP_ABORTED;
	sink = twin_sum(data, sum_n);
	return XDP_PASS;
}

SEC("xdp")
int jit_copy(struct xdp_md *ctx)
{
	twin_copy_u64(to, from, COPY_N);
	return XDP_PASS;
}

SEC("xdp")
int jit_array(struct xdp_md *ctx)
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
	return XDP_PASS;
}

/* A branch that cannot be predicted, by a generator of period 2^64 */
SEC("xdp")
int jit_branch(struct xdp_md *ctx)
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
	return XDP_PASS;
}

SEC("xdp")
int jit_divide(struct xdp_md *ctx)
{
	__u64 x = seed | 1ULL << 63, sum = 0;
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 1; i <= LOOP_N; i++) {
		sum += x / i;
		asm volatile("" : "+r"(sum));
	}
	sink = sum;
	return XDP_PASS;
}

SEC("xdp")
int jit_alu32(struct xdp_md *ctx)
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
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
