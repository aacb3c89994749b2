// SPDX-License-Identifier: GPL-2.0-only
/* A map that no machine has the memory for, and a section that names no hook */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 0xffffffff);
	__type(key, __u32);
	__type(value, __u64[64]);
} huge SEC(".maps");

SEC("my_own_section")
int homeless(struct xdp_md *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&huge, &key) ? XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
