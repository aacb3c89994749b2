// SPDX-License-Identifier: GPL-2.0-only
/* Many programs one after the other at TC ingress */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "hook/chain.h"
#include "hook/hook.h"

#define HANDLE	1

static struct bpf_tc_hook tc_hook(const struct net *n)
{
	return (struct bpf_tc_hook){
		.sz = sizeof(struct bpf_tc_hook),
		.ifindex = n->b.ifindex,
		.attach_point = BPF_TC_INGRESS,
	};
}

/* One more before the last link, or the first one */
static int add_link(struct hook_chain *c, int prog, char *why, size_t len)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts);
	int fd;

	if (c->n) {
		opts.flags = BPF_F_BEFORE | BPF_F_LINK;
		opts.tcx.relative_fd = c->link[c->n - 1];
	}
	fd = bpf_link_create(prog, (int)c->net->b.ifindex, BPF_TCX_INGRESS, &opts);
	if (fd < 0)
		return hook_fail("attach a TC program (tcx)", why, len);
	/* the last one stays the last */
	if (c->n) {
		c->link[c->n] = c->link[c->n - 1];
		c->link[c->n - 1] = fd;
	} else {
		c->link[0] = fd;
	}
	c->n++;
	return 0;
}

/*
 * A link waits for RCU when it is made and when it goes, and not when its program is exchanged:
 * links stay, and there are only more of them. The last program is the same one each time.
 */
static int attach_tcx(struct hook_chain *c, const int *prog, size_t n, char *why, size_t len)
{
	size_t had = c->n, i;
	int ret = 0;

	if (n > TCX_PROGRAMS) {
		snprintf(why, len, "tcx has room for %d programs, not %zu", TCX_PROGRAMS, n);
		return -ERANGE;
	}
	if (!had)
		ret = add_link(c, prog[n - 1], why, len);
	for (i = 0; !ret && had && i + 1 < had; i++)
		if (bpf_link_update(c->link[i], prog[i], NULL))
			ret = hook_fail("exchange a TC program (tcx)", why, len);
	while (!ret && c->n < n)
		ret = add_link(c, prog[c->n - 1], why, len);
	return ret;
}

/* A filter for each, by priority */
static int attach_cls(struct hook_chain *c, const int *prog, size_t n, char *why, size_t len)
{
	struct bpf_tc_hook hook = tc_hook(c->net);
	int ret = bpf_tc_hook_create(&hook);

	/* one that was there belongs to somebody, and so do its filters */
	c->clsact = !ret;
	if (ret == -EEXIST) {
		snprintf(why, len, "%s has a clsact qdisc already: tc qdisc del dev %s clsact",
			 c->net->b.name, c->net->b.name);
		return ret;
	}
	for (; !ret && c->n < n; c->n += !ret) {
		LIBBPF_OPTS(bpf_tc_opts, opts, .handle = HANDLE, .priority = (__u32)c->n + 1,
			    .prog_fd = prog[c->n]);

		ret = bpf_tc_attach(&hook, &opts);
	}
	if (ret) {
		errno = -ret;
		return hook_fail("attach a TC program (cls_bpf)", why, len);
	}
	return 0;
}

int hook_chain_attach(struct hook_chain *c, const int *prog, size_t n, char *why, size_t len)
{
	int ret, left;

	if (!c->tcx || n < c->n || c->gap)
		hook_chain_detach(c);
	ret = net_enter(&c->net->b);
	if (ret) {
		snprintf(why, len, "cannot enter the far end's namespace");
		return ret;
	}
	ret = (c->tcx ? attach_tcx : attach_cls)(c, prog, n, why, len);
	left = net_leave(c->net);
	if (ret)
		hook_chain_detach(c);
	return ret ?: left;
}

int hook_chain_detach_one(struct hook_chain *c, size_t i)
{
	LIBBPF_OPTS(bpf_tc_opts, opts, .handle = HANDLE, .priority = (__u32)i + 1);
	struct bpf_tc_hook hook = tc_hook(c->net);
	int ret;

	c->gap = true;
	if (c->tcx) {
		ret = close(c->link[i]);
		c->link[i] = -1;
		return ret ? -errno : 0;
	}
	ret = net_enter(&c->net->b);
	if (ret)
		return ret;
	ret = bpf_tc_detach(&hook, &opts);
	return net_leave(c->net) ?: ret;
}

void hook_chain_detach(struct hook_chain *c)
{
	struct bpf_tc_hook hook;
	size_t i;

	for (i = 0; c->tcx && i < c->n; i++)
		if (c->link[i] >= 0)
			close(c->link[i]);
	c->n = 0;
	c->gap = false;
	if (!c->clsact)
		return;
	hook = tc_hook(c->net);
	/* both directions: the qdisc itself goes, and with it its filters */
	hook.attach_point = BPF_TC_INGRESS | BPF_TC_EGRESS;
	net_enter(&c->net->b);
	bpf_tc_hook_destroy(&hook);
	net_leave(c->net);
	c->clsact = false;
}
