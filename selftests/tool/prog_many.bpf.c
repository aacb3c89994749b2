// SPDX-License-Identifier: GPL-2.0-only
/* A program with more maps than one may have */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define TEN(what, n) what(n##0) what(n##1) what(n##2) what(n##3) what(n##4) what(n##5) \
	what(n##6) what(n##7) what(n##8) what(n##9)
#define SEVENTY(what) TEN(what, 1) TEN(what, 2) TEN(what, 3) TEN(what, 4) TEN(what, 5) \
	TEN(what, 6) TEN(what, 7)

#define MAP(n)					\
	struct {				\
		__uint(type, BPF_MAP_TYPE_ARRAY);	\
		__uint(max_entries, 1);		\
		__type(key, __u32);		\
		__type(value, __u32);		\
	} map_##n SEC(".maps");
SEVENTY(MAP)

#define LOOK_UP(n) found += !!bpf_map_lookup_elem(&map_##n, &zero);

SEC("xdp")
int many_maps(struct xdp_md *ctx)
{
	__u32 zero = 0, found = 0;

	SEVENTY(LOOK_UP)
	return found == 70 ? XDP_PASS : XDP_ABORTED;
}

char _license[] SEC("license") = "GPL";
