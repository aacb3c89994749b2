// SPDX-License-Identifier: GPL-2.0-only
/* TC ingress by cls_bpf, a filter of the qdisc clsact */
#include <errno.h>
#include <stdio.h>

#include "hook/hook.h"
#include "hook/tc.h"

static struct bpf_tc_hook tc_hook(const struct net *n)
{
	return (struct bpf_tc_hook){
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = n->b.ifindex,
		.attach_point = BPF_TC_INGRESS,
	};
}

static int cls_bpf_attach(struct hook *h, char *why, size_t len)
{
	LIBBPF_OPTS(bpf_tc_opts, opts);
	struct bpf_tc_hook hook = tc_hook(h->net);
	int ret = net_enter(&h->net->b);

	if (ret)
		return ret;
	opts.prog_fd = bpf_program__fd(h->prog);
	ret = bpf_tc_hook_create(&hook);
	/* one that was there belongs to somebody, and so do its filters */
	h->clsact = !ret;
	if (ret == -EEXIST)
		snprintf(why, len, "%s has a clsact qdisc already: tc qdisc del dev %s clsact",
			 h->net->b.name, h->net->b.name);
	else if (ret || bpf_tc_attach(&hook, &opts))
		ret = hook_fail("attach a TC program (cls_bpf)", why, len);
	return net_leave(h->net) ?: ret;
}

static void cls_bpf_detach(struct hook *h)
{
	struct bpf_tc_hook hook = tc_hook(h->net);

	if (!h->clsact)
		return;
	/* both directions: the qdisc itself goes */
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	net_enter(&h->net->b);
	bpf_tc_hook_destroy(&hook);
	net_leave(h->net);
	h->clsact = false;
}

static const struct hook_reach reach = {
	.table = { "tc", "tc" },
	.traffic = { TRAFFIC_UDP_BURST, TRAFFIC_TCP_BURST },
	.least = tc_least,
};

const struct hook_ops hook_cls_bpf = {
	.name = "cls_bpf",
	.label = "TC (cls_bpf)",
	.place = "tc",
	.place_label = "TC",
	.other_way = true,
	.paper = "TC",
	.suffix = "tc",
	.reach = &reach,
	.attach = cls_bpf_attach,
	.detach = cls_bpf_detach,
	.needs = hook_needs_nothing,
};
