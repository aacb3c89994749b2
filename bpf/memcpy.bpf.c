// SPDX-License-Identifier: GPL-2.0-only
/* Table 6: ways for an eBPF program to copy memory */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <bpf/bpf_helpers.h>
#include "memcpy.bpf.h"
#include "twin/copy_twin.h"

int bpf_memcpy_rep_movs(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __weak __ksym;
int bpf_memcpy_by_size(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __weak __ksym;
int bpf_memcpy(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __weak __ksym;
int bpf_native_copies(void *dst, __u32 dst__sz, const void *src, __u32 src__sz,
		      __u64 how) __weak __ksym;

int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

/* Known to the verifier, not to the compiler: one program serves all sizes */
const volatile __u32 size = COPY_MAX;

/* Contiguous elements; native and eBPF copies use the same ones */
struct {
	__u8 src[COPY_BYTES];
	__u8 dst[COPY_BYTES];
} buffers __attribute__((aligned(4096)));

__u64 how;
long result;
/* As size, but not known to the verifier */
__u32 size_now;

static __always_inline int copies(void (*copy)(void *dst, void *src, __u32 n))
{
	void *dst = buffers.dst, *src = buffers.src;
	__u32 i, n = size;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < COPY_COUNT; i++) {
		copy(dst, src, n);
		dst += n;
		src += n;
	}
	return XDP_DROP;
}

static __always_inline void none(void *dst, void *src, __u32 n)
{
	asm volatile("" : : "r"(dst), "r"(src) : "memory");
}

static __always_inline void bytes(void *dst, void *src, __u32 n)
{
	twin_copy_bytes(dst, src, n);
}

static __always_inline void u64s(void *dst, void *src, __u32 n)
{
	twin_copy_u64(dst, src, n);
}

static __always_inline void probe_read(void *dst, void *src, __u32 n)
{
	bpf_probe_read_kernel(dst, n, src);
}

static __always_inline void rep_movs(void *dst, void *src, __u32 n)
{
	bpf_memcpy_rep_movs(dst, n, src, n);
}

static __always_inline void by_size(void *dst, void *src, __u32 n)
{
	bpf_memcpy_by_size(dst, n, src, n);
}

/* The kernel's kfunc, which the verifier inlines, as it knows the size */
static __always_inline void in_kernel(void *dst, void *src, __u32 n)
{
	bpf_memcpy(dst, n, src, n);
}

/* The same, as a call: the size is only known at run time */
static __always_inline void called(void *dst, void *src, __u32 n)
{
	__u32 now = size_now;

	if (now <= n)
		bpf_memcpy(dst, n, src, now);
}

SEC("?xdp")
int copy_none(struct xdp_md *ctx)
{
	return copies(none);
}

SEC("?xdp")
int copy_u64(struct xdp_md *ctx)
{
	return copies(u64s);
}

SEC("?xdp")
int copy_probe_read(struct xdp_md *ctx)
{
	return copies(probe_read);
}

SEC("?xdp")
int copy_rep_movs(struct xdp_md *ctx)
{
	return copies(rep_movs);
}

SEC("?xdp")
int copy_memcpy(struct xdp_md *ctx)
{
	return copies(by_size);
}

SEC("?xdp")
int copy_kernel(struct xdp_md *ctx)
{
	return copies(in_kernel);
}

SEC("?xdp")
int copy_kernel_call(struct xdp_md *ctx)
{
	return copies(called);
}

/*
 * Byte for byte, 100 elements are too many instructions for the verifier to
 * walk through, so an iterator counts the elements.
 */
static __always_inline int iterate(void (*copy)(void *dst, void *src, __u32 n))
{
	struct bpf_iter_num it;
	__u32 n = size;
	int *i;

	bpf_iter_num_new(&it, 0, COPY_COUNT);
	while ((i = bpf_iter_num_next(&it))) {
		__u64 at = *i;

		if (at >= COPY_COUNT)
			break;
		copy(buffers.dst + at * n, buffers.src + at * n, n);
	}
	bpf_iter_num_destroy(&it);
	return XDP_DROP;
}

SEC("?xdp")
int copy_bytes_none(struct xdp_md *ctx)
{
	return iterate(none);
}

SEC("?xdp")
int copy_bytes(struct xdp_md *ctx)
{
	return iterate(bytes);
}

/* From the packet, as there is no bpf_xdp_load_bytes() from elsewhere */
SEC("?xdp.frags")
int copy_load_bytes(struct xdp_md *ctx)
{
	__u8 *dst = buffers.dst;
	__u32 i, n = size;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < COPY_COUNT; i++) {
		bpf_xdp_load_bytes(ctx, 0, dst, n);
		dst += n;
	}
	return XDP_DROP;
}

/* Aligned to 8 bytes; the compiler expands at most 128 loads and stores in one go */
static __always_inline int builtin(__u32 n)
{
	__u64 *dst = (__u64 *)buffers.dst, *src = (__u64 *)buffers.src;
	const __u32 max = 128 * sizeof(*dst);
	__u32 i, at;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < COPY_COUNT; i++) {
#pragma clang loop unroll(full)
		for (at = 0; at < n; at += max)
			__builtin_memcpy(dst + at / sizeof(*dst), src + at / sizeof(*src),
					 n < max ? n : max);
		dst += n / sizeof(*dst);
		src += n / sizeof(*src);
		asm volatile("" : "+r"(dst), "+r"(src) : : "memory");
	}
	return XDP_DROP;
}

/* Of an alignment that the compiler does not know, which means byte for byte */
static __always_inline int unaligned(__u32 n)
{
	__u8 *dst = buffers.dst, *src = buffers.src;
	const __u32 max = 128;
	__u32 i, at;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < COPY_COUNT; i++) {
#pragma clang loop unroll(full)
		for (at = 0; at < n; at += max)
			__builtin_memcpy(dst + at, src + at, n < max ? n : max);
		dst += n;
		src += n;
		asm volatile("" : "+r"(dst), "+r"(src) : : "memory");
	}
	return XDP_DROP;
}

/* The verifier knows the size and drops the other cases */
static __always_inline int for_size(int (*copy)(__u32 n))
{
	switch (size) {
	case 6:
		return copy(6);
	case 8:
		return copy(8);
	case 14:
		return copy(14);
	case 16:
		return copy(16);
	case 20:
		return copy(20);
	case 32:
		return copy(32);
	case 40:
		return copy(40);
	case 64:
		return copy(64);
	case 128:
		return copy(128);
	case 256:
		return copy(256);
	case 512:
		return copy(512);
	case 1024:
		return copy(1024);
	case 2048:
		return copy(2048);
	case 4096:
		return copy(4096);
	default:
		return XDP_ABORTED;
	}
}

SEC("?xdp")
int copy_builtin(struct xdp_md *ctx)
{
	return for_size(builtin);
}

SEC("?xdp")
int copy_unaligned(struct xdp_md *ctx)
{
	return for_size(unaligned);
}

/* Headers, by assignment: as many loads and stores as their alignment makes of them */
struct address {
	__u8 byte[ETH_ALEN];
};

static __always_inline void address(void *dst, void *src, __u32 n)
{
	*(struct address *)dst = *(struct address *)src;
}

static __always_inline void ethernet(void *dst, void *src, __u32 n)
{
	*(struct ethhdr *)dst = *(struct ethhdr *)src;
}

static __always_inline void ipv4(void *dst, void *src, __u32 n)
{
	*(struct iphdr *)dst = *(struct iphdr *)src;
}

static __always_inline void ipv6(void *dst, void *src, __u32 n)
{
	*(struct ipv6hdr *)dst = *(struct ipv6hdr *)src;
}

SEC("?xdp")
int copy_header(struct xdp_md *ctx)
{
	switch (size) {
	case sizeof(struct address):
		return copies(address);
	case sizeof(struct ethhdr):
		return copies(ethernet);
	case sizeof(struct iphdr):
		return copies(ipv4);
	case sizeof(struct ipv6hdr):
		return copies(ipv6);
	default:
		return XDP_ABORTED;
	}
}

/* All elements in one call: loops of the kernel's own code on the same buffers */
SEC("?xdp")
int copy_native(struct xdp_md *ctx)
{
	result = bpf_native_copies(buffers.dst, sizeof(buffers.dst), buffers.src,
				   sizeof(buffers.src), how);
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
