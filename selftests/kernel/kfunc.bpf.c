// SPDX-License-Identifier: GPL-2.0-only
/* The kfuncs from each program type that may call them, on each kind of memory */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "kfunc.h"

int bpf_memcpy_rep_movs(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym;
int bpf_memcpy_by_size(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym;
/* The kernel's */
int bpf_memcpy(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym __weak;

__u8 buffer[COPY_BUFFER];
__u8 from[64];
int ret;
__u64 runs;

SEC("syscall")
int copy(struct copy_args *a)
{
	__u64 dst = a->dst, src = a->src;
	__u32 dst_len = a->dst_len, src_len = a->src_len;

	if (dst > COPY_RANGE || src > COPY_RANGE || dst_len > COPY_MAX || src_len > COPY_MAX)
		return 1;
	if (a->with == COPY_REP_MOVS)
		a->ret = bpf_memcpy_rep_movs(buffer + dst, dst_len, buffer + src, src_len);
	else if (a->with == COPY_KERNEL && bpf_ksym_exists(bpf_memcpy))
		a->ret = bpf_memcpy(buffer + dst, dst_len, buffer + src, src_len);
	else
		a->ret = bpf_memcpy_by_size(buffer + dst, dst_len, buffer + src, src_len);
	return 0;
}

/* Between the stack and a map */
SEC("syscall")
int copy_stack(void *ctx)
{
	__u8 stack[48] = {};

	ret = bpf_memcpy_rep_movs(stack, sizeof(stack), buffer, sizeof(stack));
	if (ret < 0)
		return 1;
	ret = bpf_memcpy_by_size(buffer + 512, 512, stack, sizeof(stack));
	return 0;
}

/* Into a packet, and within it */
SEC("xdp")
int copy_xdp(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;

	if (data + 128 > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	ret = bpf_memcpy_rep_movs(data, sizeof(from), from, sizeof(from));
	if (ret == sizeof(from))
		ret = bpf_memcpy_by_size(data + 64, 64, data + 1, 32);
	return XDP_PASS;
}

SEC("tc")
int copy_tc(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data;

	if (data + 128 > (void *)(long)skb->data_end)
		return TC_ACT_SHOT;
	ret = bpf_memcpy_by_size(data, sizeof(from), from, sizeof(from));
	if (ret == sizeof(from))
		ret = bpf_memcpy_rep_movs(data + 64, 64, data + 1, 32);
	return TC_ACT_OK;
}

struct {
	__uint(type, BPF_MAP_TYPE_SOCKMAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} socks SEC(".maps");

/* Its head into the buffer */
SEC("sk_skb/stream_verdict")
int copy_sk_skb(struct __sk_buff *skb)
{
	void *data;

	__sync_fetch_and_add(&runs, 1);
	if (bpf_skb_pull_data(skb, 64))
		return SK_DROP;
	data = (void *)(long)skb->data;
	if (data + 64 > (void *)(long)skb->data_end)
		return SK_DROP;
	ret = bpf_memcpy_rep_movs(buffer, 64, data, 64);
	if (ret == 64)
		ret = bpf_memcpy_by_size(buffer + 64, 64, data, 64);
	return SK_PASS;
}

char _license[] SEC("license") = "GPL";
