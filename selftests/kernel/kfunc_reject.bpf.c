// SPDX-License-Identifier: GPL-2.0-only
/* What the verifier must not let through; kfunc_reject.c says why each is refused */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int bpf_memcpy_rep_movs(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym;
int bpf_memcpy_by_size(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym;
/* The kernel's */
int bpf_memcpy(void *dst, __u32 dst__sz, const void *src, __u32 src__sz) __ksym __weak;
int bpf_native_copies(void *dst, __u32 dst__sz, const void *src, __u32 src__sz,
		      __u64 how) __ksym __weak;

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

/* Which of them is called: an index of kfuncs[] in kfunc_reject.c */
const volatile __u32 which;

static __always_inline int copy(void *dst, __u32 dst_len, const void *src, __u32 src_len)
{
	switch (which) {
	case 0:
		return bpf_memcpy_rep_movs(dst, dst_len, src, src_len);
	case 1:
		return bpf_memcpy_by_size(dst, dst_len, src, src_len);
	case 3:
		return bpf_memcpy(dst, dst_len, src, src_len);
	default:
		return bpf_native_copies(dst, dst_len, src, src_len, 0);
	}
}

/* What is not wrong in a call is as in "accepted"; XDP may call them all */
#define CASE(name, dst, dst_len, src, src_len)		\
SEC("?xdp")						\
int case_##name(struct xdp_md *ctx)			\
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
CASE(src_before, to, sizeof(to), before(from), sizeof(from))
CASE(dst_unbounded, to, length, from, 8)
CASE(src_unbounded, to, 8, from, length)
CASE(dst_loose, to, length & 127, from, 8)
CASE(src_loose, to, 8, from, length & 127)
CASE(dst_minus_one, to, -1, from, 8)
CASE(src_minus_one, to, 8, from, -1)
CASE(dst_rodata, (void *)constant, sizeof(constant), from, 8)
CASE(src_rodata, to, 8, (void *)constant, sizeof(constant))
CASE(dst_null, (void *)0, 8, from, 8)
CASE(src_null, to, 8, (void *)0, 8)
CASE(dst_number, (void *)0x1000, 8, from, 8)
CASE(src_number, to, 8, (void *)0x1000, 8)
CASE(dst_context, ctx, 8, from, 8)
CASE(src_context, to, 8, ctx, 8)

CASE(dst_rdonly_map, value(&readonly) ?: to, sizeof(to), from, sizeof(from))
CASE(src_rdonly_map, to, sizeof(to), value(&readonly) ?: from, sizeof(from))
CASE(dst_perhaps_null, value(&array), sizeof(to), from, sizeof(from))
CASE(src_perhaps_null, to, sizeof(to), value(&array), sizeof(from))

/* One buffer is 32 bytes of the stack */
#define STACK(name, dst, dst_len, src, src_len)		\
SEC("?xdp")						\
int case_##name(struct xdp_md *ctx)			\
{							\
	__u8 stack[32] = {};				\
							\
	return copy(dst, dst_len, src, src_len);	\
}

STACK(accepted_dst_stack, stack, 32, from, 32)
STACK(accepted_src_stack, to, 32, stack, 32)
STACK(dst_stack_too_long, stack, 33, from, 32)
STACK(src_stack_too_long, to, 32, stack, 33)
STACK(dst_stack_loose, stack, length & 63, from, 8)
STACK(src_stack_loose, to, 8, stack, length & 63)

/* One is the packet, of which so many bytes have been looked at: without a look, none is there */
#define PACKET(name, seen, dst, dst_len, src, src_len)			\
SEC("?xdp")								\
int case_##name(struct xdp_md *ctx)					\
{									\
	void *data = (void *)(long)ctx->data;				\
	const __u32 looked_at = seen;					\
									\
	if (looked_at && data + looked_at > (void *)(long)ctx->data_end)	\
		return XDP_DROP;					\
	return copy(dst, dst_len, src, src_len);			\
}

PACKET(accepted_dst_packet, 64, data, 64, from, 64)
PACKET(accepted_src_packet, 64, to, 64, data, 64)
PACKET(dst_packet_unchecked, 0, data, 64, from, 64)
PACKET(src_packet_unchecked, 0, to, 64, data, 64)
PACKET(dst_packet_too_long, 63, data, 64, from, 64)
PACKET(src_packet_too_long, 63, to, 64, data, 64)
PACKET(dst_packet_beyond, 64, data + 1, 64, from, 64)
PACKET(src_packet_beyond, 64, to, 64, data + 1, 64)
PACKET(dst_packet_end, 64, (void *)(long)ctx->data_end, 8, from, 8)
PACKET(src_packet_end, 64, to, 8, (void *)(long)ctx->data_end, 8)

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
TYPE(action, "action", struct __sk_buff *skb)
TYPE(flow_dissector, "flow_dissector", struct __sk_buff *skb)
TYPE(sk_reuseport, "sk_reuseport", struct sk_reuseport_md *md)

/* Those that they are for; bpf_native_copies() is for the first only */
TYPE(accepted_xdp, "xdp", struct xdp_md *ctx)
TYPE(accepted_tc, "tc", struct __sk_buff *skb)
TYPE(accepted_sk_skb, "sk_skb/stream_verdict", struct __sk_buff *skb)
TYPE(accepted_syscall, "syscall", void *ctx)

char _license[] SEC("license") = "GPL";
