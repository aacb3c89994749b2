// SPDX-License-Identifier: GPL-2.0-only
/* What the driver tells an XDP program of a frame beside its data; bound to a device */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "mlx5sim_meta.h"

enum xdp_rss_hash_type {
	XDP_RSS_TYPE_NONE,
};

extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym;
extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash,
				    enum xdp_rss_hash_type *rss_type) __ksym;
extern int bpf_xdp_metadata_rx_vlan_tag(const struct xdp_md *ctx, __be16 *vlan_proto,
					__u16 *vlan_tci) __ksym;

__u64 runs;
struct meta frames[META_FRAMES];

SEC("xdp")
int note(struct xdp_md *ctx)
{
	__u64 i = __sync_fetch_and_add(&runs, 1);
	enum xdp_rss_hash_type type = XDP_RSS_TYPE_NONE;
	__be16 protocol = 0;
	__u64 stamp = 0;
	__u32 hash = 0;
	__u16 tci = 0;
	struct meta *m;

	if (i >= META_FRAMES)
		return XDP_DROP;
	m = &frames[i];
	m->queue = ctx->rx_queue_index;
	m->stamp_error = bpf_xdp_metadata_rx_timestamp(ctx, &stamp);
	m->stamp = stamp;
	m->hash_error = bpf_xdp_metadata_rx_hash(ctx, &hash, &type);
	m->hash = hash;
	m->hash_type = type;
	m->vlan_error = bpf_xdp_metadata_rx_vlan_tag(ctx, &protocol, &tci);
	m->vlan_protocol = bpf_ntohs(protocol);
	m->vlan_tci = tci;
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
