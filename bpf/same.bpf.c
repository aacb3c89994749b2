// SPDX-License-Identifier: GPL-2.0-only
/* Programs that do nothing but return what another does: what is left is the path's time */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

int verdict;

SEC("?xdp")
int same_xdp(struct xdp_md *ctx)
{
	return verdict;
}

SEC("?tc")
int same_tc(struct __sk_buff *skb)
{
	return verdict;
}

char _license[] SEC("license") = "GPL";
