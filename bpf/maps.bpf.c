// SPDX-License-Identifier: GPL-2.0-only
/* Table 3: look-ups in the three maps, inlined by the verifier and not */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "maps.bpf.h"

struct array_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, MAPS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps"), array_other SEC(".maps");

struct hash_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAPS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps"), hash_other SEC(".maps");

struct lru_hash_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAPS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} lru_hash SEC(".maps"), lru_hash_other SEC(".maps");

__u32 keys[MAPS_LOOKUPS];
__u64 found;
__u64 sum;
__u32 other;

/* One access: the look-up, and a read of the value found */
static __always_inline int lookups(void *map)
{
	__u64 hits = 0, total = 0, *value;
	__u32 i;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < MAPS_LOOKUPS; i++) {
		value = bpf_map_lookup_elem(map, &keys[i]);
		if (value) {
			hits++;
			total += *value;
		}
	}
	found = hits;
	sum = total;
	return XDP_DROP;
}

/*
 * Two maps reach the call, so it stays a call of the helper. Where only one
 * does, the verifier puts the look-up in its place.
 */
static __always_inline int helper_lookups(void *map, void *other_map)
{
	if (other)
		map = other_map;
	asm volatile("" : "+r"(map));
	return lookups(map);
}

SEC("xdp")
int array_inlined(struct xdp_md *ctx)
{
	return lookups(&array);
}

SEC("xdp")
int array_helper(struct xdp_md *ctx)
{
	return helper_lookups(&array, &array_other);
}

SEC("xdp")
int hash_inlined(struct xdp_md *ctx)
{
	return lookups(&hash);
}

SEC("xdp")
int hash_helper(struct xdp_md *ctx)
{
	return helper_lookups(&hash, &hash_other);
}

SEC("xdp")
int lru_hash_inlined(struct xdp_md *ctx)
{
	return lookups(&lru_hash);
}

SEC("xdp")
int lru_hash_helper(struct xdp_md *ctx)
{
	return helper_lookups(&lru_hash, &lru_hash_other);
}

/* The loop's own cost: the key is read instead of the value */
SEC("xdp")
int loop(struct xdp_md *ctx)
{
	__u64 hits = 0, total = 0;
	__u32 i;

#pragma clang loop unroll(disable) vectorize(disable)
	for (i = 0; i < MAPS_LOOKUPS; i++) {
		__u32 *value = &keys[i];

		asm volatile("" : "+r"(value));
		if (value) {
			hits++;
			total += *value;
		}
	}
	found = hits;
	sum = total;
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
