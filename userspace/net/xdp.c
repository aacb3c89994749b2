// SPDX-License-Identifier: GPL-2.0-only
/* An XDP program at an end of the test network */
#include <errno.h>
#include <linux/if_ether.h>
#include <string.h>

#include "core/run.h"
#include "net/device.h"
#include "net/xdp.h"

/* In its namespace. Drivers take frames that fit into a page, and say in dmesg what they do not. */
static void xdp_fail(const struct net *n, const struct net_end *e)
{
	int error = errno;
	unsigned int mtu;

	if (!net_mtu(e->name, &mtu) && mtu > ETH_DATA_LEN)
		err("%s takes no XDP program: %s; its MTU is %u, try: ip link set %s mtu %d",
		    e->name, strerror(error), mtu, e->name, ETH_DATA_LEN);
	else
		err("cannot attach an XDP program to %s: %s%s", e->name, strerror(error),
		    n->dev->ops->remote ? "; dmesg says why" : "");
}

struct bpf_link *attach_xdp_at(const struct net *n, const struct net_end *e,
			       const struct bpf_program *prog)
{
	struct bpf_link *link;

	if (net_enter(e))
		return NULL;
	/* a driver that has a hook for XDP is never given the generic one by a link */
	link = bpf_program__attach_xdp(prog, e->ifindex);
	if (!link)
		xdp_fail(n, e);
	net_leave(n);
	return link;
}

struct bpf_link *attach_xdp(const struct net *n, const struct bpf_program *prog)
{
	return attach_xdp_at(n, &n->b, prog);
}
