// SPDX-License-Identifier: GPL-2.0-only
/* bpf_native_copies() between two parts of a map, with what the test sets */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "native_copies.h"

int bpf_native_copies(void *dst, __u32 dst__sz, const void *src, __u32 src__sz,
		      __u64 how) __ksym;

__u8 dst[NATIVE_BYTES], src[NATIVE_BYTES];
volatile __u32 dst_len, src_len;
volatile __u64 how;
int ret;

SEC("xdp")
int copies(struct xdp_md *ctx)
{
	__u32 to = dst_len, from = src_len;

	if (to > sizeof(dst) || from > sizeof(src))
		return XDP_ABORTED;
	ret = bpf_native_copies(dst, to, src, from, how);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
