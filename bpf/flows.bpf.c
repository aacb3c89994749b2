// SPDX-License-Identifier: GPL-2.0-only
/* Figures 11 and 12: frames of each flow are counted in a map, and dropped */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "flows.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FLOWS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FLOWS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, FLOWS_ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} lru_hash SEC(".maps");

__u32 flow_base;		/* source address of flow 0 */
__u64 missed;			/* frames that were not IPv4, or whose flow the map did not have */

static __always_inline bool flow_of(struct xdp_md *ctx, __u32 *flow)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = data + sizeof(*eth);

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return false;
	*flow = bpf_ntohl(ip->saddr) - flow_base;
	return true;
}

/* A flow's frames come through one queue, so that no other CPU counts them at the same time */
static __always_inline int count(struct xdp_md *ctx, void *map)
{
	__u64 *value = NULL;
	__u32 flow;

	if (flow_of(ctx, &flow))
		value = bpf_map_lookup_elem(map, &flow);
	if (value)
		*value += 1;
	else
		__sync_fetch_and_add(&missed, 1);
	return XDP_DROP;
}

SEC("xdp")
int count_array(struct xdp_md *ctx)
{
	return count(ctx, &array);
}

SEC("xdp")
int count_hash(struct xdp_md *ctx)
{
	return count(ctx, &hash);
}

SEC("xdp")
int count_lru_hash(struct xdp_md *ctx)
{
	return count(ctx, &lru_hash);
}

char _license[] SEC("license") = "GPL";
