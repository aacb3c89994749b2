// SPDX-License-Identifier: GPL-2.0-only
/* SK_SKB programs as a user would write them: by a message's first byte, and of known length */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} peers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} hashed SEC(".maps");

const volatile __u32 turns = 1000;
const volatile int verdict = SK_PASS;
const volatile __u64 flags = BPF_F_INGRESS;
__u64 sink, seen;

SEC("?sk_skb/stream_verdict")
int nothing(struct __sk_buff *skb)
{
	return verdict;
}

/* Each turn depends on the one before it, as prog_costs.bpf.c's */
SEC("?sk_skb/stream_verdict")
int loop(struct __sk_buff *skb)
{
	__u64 i, sum = 1;

#pragma clang loop unroll(disable)
	for (i = 0; i < turns && i < 10000; i++) {
		sum = sum * 3 + i;
		asm volatile("" : "+r"(sum));
	}
	sink = sum;
	return verdict;
}

/* 'u' is what UDP carries in the capture, 't' what TCP does */
SEC("?sk_skb/stream_verdict")
int by_byte(struct __sk_buff *skb)
{
	__u8 first;

	if (bpf_skb_load_bytes(skb, 0, &first, 1))
		return SK_DROP;
	return first == 'u' ? bpf_sk_redirect_map(skb, &peers, 2, flags) : SK_PASS;
}

SEC("?sk_skb/stream_verdict")
int by_hash(struct __sk_buff *skb)
{
	__u32 key = 2;
	__u8 first;

	if (bpf_skb_load_bytes(skb, 0, &first, 1))
		return SK_DROP;
	return first == 'u' ? bpf_sk_redirect_hash(skb, &hashed, &key, flags) : SK_PASS;
}

/* One of three is dropped, whatever it is */
SEC("?sk_skb/stream_verdict")
int state(struct __sk_buff *skb)
{
	return seen++ % 3 ? SK_PASS : SK_DROP;
}

SEC("?sk_skb/stream_parser")
int parser(struct __sk_buff *skb)
{
	return skb->len;
}

char _license[] SEC("license") = "GPL";
