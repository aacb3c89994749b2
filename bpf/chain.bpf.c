// SPDX-License-Identifier: GPL-2.0-only
/*
 * The members of a chain at TC ingress, which all hand the packet on, and its end, which drops.
 * Each program is loaded alone, with maps of its own or those of its neighbours.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "chain.bpf.h"

struct value {
	__u8 data[CHAIN_VALUE];
};

/* The bench makes it a PERCPU_ARRAY, or as large as it likes */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CHAIN_ENTRIES);
	__type(key, __u32);
	__type(value, struct value);
} values SEC(".maps");

/* Of its entries, a power of two, less one */
const volatile __u32 mask = CHAIN_ENTRIES - 1;
/* For a test: TC_ACT_PIPE, which ends a chain of tcx */
const volatile int verdict = TC_ACT_UNSPEC;

struct chain_slot slot[CHAIN_SLOTS] __attribute__((aligned(64)));

static __always_inline void count(void)
{
	slot[bpf_get_smp_processor_id() % CHAIN_SLOTS].runs++;
}

/* Whether the packet goes to the port */
static __always_inline bool is_ours(const struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	const struct ethhdr *eth = data;
	const struct iphdr *ip = data + sizeof(*eth);
	const struct udphdr *udp = (void *)(ip + 1);
	const struct tcphdr *tcp = (void *)(ip + 1);

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return false;
	if (ip->protocol == IPPROTO_UDP)
		return (void *)(udp + 1) <= end && udp->dest == bpf_htons(CHAIN_PORT);
	if (ip->protocol == IPPROTO_TCP)
		return (void *)(tcp + 1) <= end && tcp->dest == bpf_htons(CHAIN_PORT);
	return false;
}

/* The packet's last bytes; false: it has fewer, or is not ours */
static __always_inline bool take(struct __sk_buff *skb, struct value *v)
{
	if (!is_ours(skb) || skb->len < CHAIN_BYTES)
		return false;
	__builtin_memset(v->data + CHAIN_BYTES, 0, CHAIN_VALUE - CHAIN_BYTES);
	return !bpf_skb_load_bytes(skb, skb->len - CHAIN_BYTES, v->data, CHAIN_BYTES);
}

static __always_inline __u32 some_key(void)
{
	return bpf_get_prandom_u32() & mask;
}

SEC("tc")
int chain_empty(struct __sk_buff *skb)
{
	count();
	return verdict;
}

/* What is not ours would be let through, past the end of the chain, where it is missed */
SEC("tc")
int chain_filter(struct __sk_buff *skb)
{
	count();
	return is_ours(skb) ? verdict : TC_ACT_OK;
}

SEC("tc")
int chain_write(struct __sk_buff *skb)
{
	struct value v;
	__u32 key;

	count();
	if (!take(skb, &v))
		return TC_ACT_OK;
	key = some_key();
	return bpf_map_update_elem(&values, &key, &v, BPF_ANY) ? TC_ACT_OK : verdict;
}

/* The same by the pointer that a look-up gives, without the update's call */
SEC("tc")
int chain_pointer(struct __sk_buff *skb)
{
	__u32 key = some_key();
	struct value *v;

	count();
	v = bpf_map_lookup_elem(&values, &key);
	return v && take(skb, v) ? verdict : TC_ACT_OK;
}

/* Ten writes, each to a random key */
SEC("tc")
int chain_10x1(struct __sk_buff *skb)
{
	struct value v;
	__u32 key, i;

	count();
	if (!take(skb, &v))
		return TC_ACT_OK;
#pragma clang loop unroll(disable)
	for (i = 0; i < CHAIN_WRITES; i++) {
		key = some_key();
		if (bpf_map_update_elem(&values, &key, &v, BPF_ANY))
			return TC_ACT_OK;
	}
	return verdict;
}

/* Ten writes to one random key */
SEC("tc")
int chain_1x10(struct __sk_buff *skb)
{
	struct value v;
	__u32 key, i;

	count();
	if (!take(skb, &v))
		return TC_ACT_OK;
	key = some_key();
#pragma clang loop unroll(disable)
	for (i = 0; i < CHAIN_WRITES; i++)
		if (bpf_map_update_elem(&values, &key, &v, BPF_ANY))
			return TC_ACT_OK;
	return verdict;
}

/* The end of a chain: nothing comes to the stack */
SEC("tc")
int chain_end(struct __sk_buff *skb)
{
	count();
	return TC_ACT_SHOT;
}

char _license[] SEC("license") = "GPL";
