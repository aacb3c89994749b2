// SPDX-License-Identifier: GPL-2.0-only
/* A program with more maps than one may have */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define MANY(n)						\
	struct {					\
		__uint(type, BPF_MAP_TYPE_ARRAY);	\
		__uint(max_entries, 1);			\
		__type(key, __u32);			\
		__type(value, __u32);			\
	} map_##n SEC(".maps")
#include "prog_many.def"
#undef MANY

SEC("xdp")
int many_maps(struct xdp_md *ctx)
{
	__u32 zero = 0, found = 0;

#define MANY(n) (found += !!bpf_map_lookup_elem(&map_##n, &zero))
#include "prog_many.def"
#undef MANY
	return found == 70 ? XDP_PASS : XDP_ABORTED;
}

char _license[] SEC("license") = "GPL";
