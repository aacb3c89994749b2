// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program for each hook. It notes how long ago the message was sent, and how long it ran
 * itself, by the kernel's clock: bounds for what hookcost has measured by the counter.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#include "smp_prog.h"

#define PAYLOAD		(14 + 20 + 8)	/* of UDP over IPv4 */
#define TRIES		16

struct smp_note notes[SMP_CPUS];
__u64 queues;				/* a bit for each RX queue that a packet came by */

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

/* Two contexts on one CPU may be at it */
static __always_inline void raise(__u64 *max, __u64 value)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		__u64 old = *(volatile __u64 *)max;

		if (value <= old || __sync_val_compare_and_swap(max, old, value) == old)
			break;
	}
}

static __always_inline void note(__u64 begin, long err, const struct smp_message *m)
{
	struct smp_note *n = &notes[bpf_get_smp_processor_id() % SMP_CPUS];
	__u64 late, own;

	__sync_fetch_and_add(&n->runs, 1);
	if (err || m->magic != SMP_MAGIC) {
		__sync_fetch_and_add(&n->foreign, 1);
	} else {
		late = begin > m->sent ? begin - m->sent : 0;
		__sync_fetch_and_add(&n->late_sum, late);
		raise(&n->late_max, late);
	}
	own = bpf_ktime_get_ns() - begin;
	__sync_fetch_and_add(&n->own_sum, own);
	raise(&n->own_max, own);
}

SEC("xdp")
int smp_xdp_drop(struct xdp_md *ctx)
{
	__u64 begin = bpf_ktime_get_ns();
	struct smp_message m = {};
	long err = bpf_xdp_load_bytes(ctx, PAYLOAD, &m, sizeof(m));

	__sync_fetch_and_or(&queues, 1ULL << (ctx->rx_queue_index & 63));
	note(begin, err, &m);
	return XDP_DROP;
}

/* Below the other hooks: has veth receive in NAPI */
SEC("xdp")
int smp_xdp_pass(struct xdp_md *ctx)
{
	__sync_fetch_and_or(&queues, 1ULL << (ctx->rx_queue_index & 63));
	return XDP_PASS;
}

SEC("tc/ingress")
int smp_tc(struct __sk_buff *skb)
{
	__u64 begin = bpf_ktime_get_ns();
	struct smp_message m = {};
	long err = bpf_skb_load_bytes(skb, PAYLOAD, &m, sizeof(m));

	note(begin, err, &m);
	return TC_ACT_SHOT;
}

static __always_inline void note_payload(struct __sk_buff *skb)
{
	__u64 begin = bpf_ktime_get_ns();
	struct smp_message m = {};
	long err = bpf_skb_load_bytes(skb, 0, &m, sizeof(m));

	note(begin, err, &m);
}

SEC("sk_skb/verdict")
int smp_sk_skb_drop(struct __sk_buff *skb)
{
	note_payload(skb);
	return SK_DROP;
}

SEC("sk_skb/verdict")
int smp_sk_skb_pass(struct __sk_buff *skb)
{
	note_payload(skb);
	return SK_PASS;
}

char _license[] SEC("license") = "GPL";
