// SPDX-License-Identifier: GPL-2.0-only
/* Somebody's programs, at hooks that a bench measures or that are on its packets' way */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

#define TURNS 1000

/* A time that is to be seen */
static __always_inline void work(void)
{
	int i;

	for (i = 0; i < TURNS; i++)
		asm volatile("" ::: "memory");
}

SEC("tc")
int tc_pass(struct __sk_buff *skb)
{
	work();
	return TC_ACT_UNSPEC;
}

/* No other program at the hook sees it */
SEC("tc")
int tc_end(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}

SEC("xdp")
int xdp_pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("flow_dissector")
int dissector(struct __sk_buff *skb)
{
	/* the kernel's own goes on */
	return BPF_FLOW_DISSECTOR_CONTINUE;
}

SEC("sk_lookup")
int lookup(struct bpf_sk_lookup *ctx)
{
	return SK_PASS;
}

SEC("cgroup_skb/ingress")
int cgroup_in(struct __sk_buff *skb)
{
	return 1;
}

SEC("sockops")
int sock_events(struct bpf_sock_ops *ops)
{
	return 1;
}

char _license[] SEC("license") = "GPL";
