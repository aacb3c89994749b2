// SPDX-License-Identifier: GPL-2.0-only
/* XDP programs that count what they see */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define MARK	0x5a

struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_CPUMAP);
	__type(key, __u32);
	__type(value, struct bpf_cpumap_val);
	__uint(max_entries, 1);
} cpus SEC(".maps");

/* A socket for each receive queue */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 64);
} sockets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 65536);
} flows SEC(".maps");

volatile __u32 action;
__u64 runs;
__u64 bytes;
__u64 back;	/* marked frames that have come in again */
__u64 sunk;
__u64 on_cpu;

static __always_inline void count(__u64 *n)
{
	__sync_fetch_and_add(n, 1);
}

/* From where it came to where it was to go; a port takes what is addressed to it */
static __always_inline void swap_addresses(__u8 *data)
{
	__u16 *address = (void *)data, old;
	int i;

	for (i = 0; i < 3; i++) {
		old = address[i];
		address[i] = address[i + 3];
		address[i + 3] = old;
	}
}

/* As told; what is redirected gets a mark, so that it ends here when it comes again */
SEC("xdp")
int verdict(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + ETH_HLEN + 1 > end)
		return XDP_ABORTED;
	if (data[ETH_HLEN] == MARK) {
		count(&back);
		return XDP_DROP;
	}
	count(&runs);
	if (action == XDP_TX)
		swap_addresses(data);
	if (action != XDP_REDIRECT)
		return action;
	data[ETH_HLEN] = MARK;
	return bpf_redirect_map(&ports, 0, 0);
}

SEC("xdp")
int to_cpu(struct xdp_md *ctx)
{
	count(&runs);
	return bpf_redirect_map(&cpus, 0, 0);
}

SEC("xdp")
int to_socket(struct xdp_md *ctx)
{
	count(&runs);
	return bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_DROP);
}

SEC("xdp/cpumap")
int at_cpu(struct xdp_md *ctx)
{
	count(&on_cpu);
	return XDP_DROP;
}

SEC("xdp")
int sink(struct xdp_md *ctx)
{
	count(&sunk);
	return XDP_DROP;
}

/* In one buffer or in several */
SEC("xdp.frags")
int length(struct xdp_md *ctx)
{
	count(&runs);
	__sync_fetch_and_add(&bytes, bpf_xdp_get_buff_len(ctx));
	return action;
}

/* Frames of each IPv4 source address */
SEC("xdp")
int by_flow(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + ETH_HLEN;
	__u64 one = 1, *n;
	__u32 key;

	if ((void *)(ip + 1) > end)
		return XDP_ABORTED;
	count(&runs);
	key = bpf_ntohl(ip->saddr);
	n = bpf_map_lookup_elem(&flows, &key);
	if (n)
		count(n);
	else
		bpf_map_update_elem(&flows, &key, &one, BPF_ANY);
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";
