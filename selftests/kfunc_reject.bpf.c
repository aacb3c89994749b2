// SPDX-License-Identifier: GPL-2.0-only
/* What the verifier must not let through; kfunc_reject.c says why each is refused */
#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

int bpf_memcpy_rep_movs(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym;
int bpf_memcpy(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym;

/* Each a map of its own, so that the verifier knows where it ends */
__u8 to[64] SEC(".data.to");
__u8 from[64] SEC(".data.from");
__u32 length;
const volatile __u8 constant[64] SEC(".rodata.constant");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8[64]);
} readonly SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8[64]);
} array SEC(".maps");

static __always_inline void *before(void *p)
{
	asm volatile("" : "+r"(p));
	return p - 1;
}

static __always_inline void *value(void *map)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(map, &key);
}

/* Which of the two is called */
const volatile bool by_size;

static __always_inline int copy(void *dst, __u32 dst_len, const void *src, __u32 src_len)
{
	return by_size ? bpf_memcpy(dst, dst_len, src, src_len) :
			 bpf_memcpy_rep_movs(dst, dst_len, src, src_len);
}

/* What is not wrong in a call is as in "accepted" */
#define CASE(name, dst, dst_len, src, src_len)		\
SEC("?syscall")						\
int case_##name(void *ctx)				\
{							\
	return copy(dst, dst_len, src, src_len);	\
}

/* The control group */
CASE(accepted, to, sizeof(to), from, sizeof(from))
CASE(accepted_value, value(&array) ?: to, sizeof(to), from, sizeof(from))

CASE(dst_too_long, to, sizeof(to) + 1, from, sizeof(from))
CASE(src_too_long, to, sizeof(to), from, sizeof(from) + 1)
CASE(dst_beyond, to + 1, sizeof(to), from, sizeof(from))
CASE(src_beyond, to, sizeof(to), from + 1, sizeof(from))
CASE(dst_before, before(to), sizeof(to), from, sizeof(from))
CASE(dst_unbounded, to, length, from, 8)
CASE(src_unbounded, to, 8, from, length)
CASE(dst_loose, to, length & 127, from, 8)
CASE(src_loose, to, 8, from, length & 127)
CASE(dst_rodata, (void *)constant, sizeof(constant), from, 8)
CASE(dst_null, (void *)0, 8, from, 8)
CASE(src_null, to, 8, (void *)0, 8)
CASE(dst_number, (void *)0x1000, 8, from, 8)
CASE(src_number, to, 8, (void *)0x1000, 8)

CASE(dst_rdonly_map, value(&readonly) ?: to, sizeof(to), from, sizeof(from))
CASE(dst_perhaps_null, value(&array), sizeof(to), from, sizeof(from))
CASE(src_perhaps_null, to, sizeof(to), value(&array), sizeof(from))

SEC("?syscall")
int case_dst_stack_too_long(void *ctx)
{
	__u8 stack[32] = {};

	return copy(stack, 33, from, 32);
}

SEC("?xdp")
int case_dst_context(struct xdp_md *ctx)
{
	return copy(ctx, 8, from, 8);
}

/* A packet's length is not known without a look */
SEC("?xdp")
int case_packet_unchecked(struct xdp_md *ctx)
{
	return copy((void *)(long)ctx->data, 64, from, 64);
}

SEC("?xdp")
int case_packet_too_long(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;

	if (data + 63 > (void *)(long)ctx->data_end)
		return XDP_DROP;
	return copy(data, 64, from, 64);
}

/* Types of programs that the kfuncs are not for */
#define TYPE(name, section, context)				\
SEC("?" section)						\
int case_##name(context)					\
{								\
	return copy(to, sizeof(to), from, sizeof(from)) & 1;	\
}

TYPE(socket_filter, "socket", struct __sk_buff *skb)
TYPE(cgroup_skb, "cgroup_skb/ingress", struct __sk_buff *skb)
TYPE(sk_msg, "sk_msg", struct sk_msg_md *msg)
TYPE(sockops, "sockops", struct bpf_sock_ops *ops)
TYPE(lwt_in, "lwt_in", struct __sk_buff *skb)

/* Those that they are for */
TYPE(accepted_xdp, "xdp", struct xdp_md *ctx)
TYPE(accepted_tc, "tc", struct __sk_buff *skb)
TYPE(accepted_sk_skb, "sk_skb/stream_verdict", struct __sk_buff *skb)

char _license[] SEC("license") = "GPL";
