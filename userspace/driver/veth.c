// SPDX-License-Identifier: GPL-2.0-only
/* veth: the pair is made for the bench, and removed */
#include <errno.h>
#include <stdio.h>

#include "core/util.h"
#include "driver/driver.h"
#include "driver/generators.h"
#include "driver/nic.h"
#include "net/ethtool.h"
#include "net/rtnl.h"

static int veth_take(struct net *n)
{
	const uint8_t mac_a[6] = { 0x02, 0x68, 0x63, 0, 0, 1 };
	const uint8_t mac_b[6] = { 0x02, 0x68, 0x63, 0, 0, 2 };
	struct rtnl_veth a = { n->a.name, mac_a, n->a.ns };
	struct rtnl_veth b = { n->b.name, mac_b, n->b.ns };

	return rtnl_veth_add(n->a.rtnl, &a, &b);
}

static void veth_give_back(struct net *n)
{
	/* namespaces die later, in a kernel worker; the devices go now */
	if (n->a.rtnl >= 0 && n->a.ifindex)
		rtnl_link_del(n->a.rtnl, n->a.ifindex);
	n->a.ifindex = 0;
}

/*
 * GRO on at the receiver, TSO off at the sender: veth bypasses NAPI for what it
 * need not aggregate
 */
static int veth_napi(const struct net *n, bool on)
{
	const struct net_end *const end[] = { &n->a, &n->b };
	size_t i;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(end) && !ret; i++)
		ret = net_enter(end[i]) ?: ethtool_set_tso(end[i]->name, !on) ?:
		      ethtool_set_gro(end[i]->name, on);
	return net_leave(n) ?: ret;
}

static int veth_count(const struct net *n, struct net_count *c)
{
	return ethtool_counter(n->b.name, "xdp_packets", &c->received) ?:
	       ethtool_counter(n->b.name, "xdp_drops", &c->dropped);
}

static int veth_find(const char *name, const char *root, struct device *d, char *why,
		     size_t len)
{
	/* one of somebody's is a netdev as any other */
	if (name)
		return -EAGAIN;
	device_clear(d, &driver_veth);
	snprintf(d->tx, sizeof(d->tx), "hc0");
	snprintf(d->rx, sizeof(d->rx), "hc1");
	return 0;
}

static void veth_text(const struct device *d, char *text, size_t len)
{
	snprintf(text, len, "veth: a pair that is made for the bench");
}

/* Hardware, and its model, finish them */
static int veth_checksums(const struct net *n)
{
	int ret = net_enter(&n->a) ?: ethtool_set_tx_csum(n->a.name, false) ?:
		  net_enter(&n->b) ?: ethtool_set_tx_csum(n->b.name, false);

	return net_leave(n) ?: ret;
}

/* As a NIC, one of somebody's */
static const char *const nic_dropped[] = { "xdp_drops", NULL };
static const char *const nic_seen[] = { "xdp_packets", NULL };

const struct nic_driver nic_veth = {
	.driver = "veth",
	.whole = true,
	.gro_napi = true,
	.dropped = nic_dropped,
	.seen = nic_seen,
};

const struct driver_ops driver_veth = {
	.name = "veth",
	.driver = "veth",
	.made = true,
	.peer_program = true,
	.bytes = "xdp_bytes",
	.how =
		"The receiver is in NAPI mode for every row (GRO on there, TSO off at the sender; the XDP rows have their program besides). veth copies each sk_buff into a page before XDP sees it, a frame it does not.",
	.generator = &generator_veth,
	.find = veth_find,
	.text = veth_text,
	.plan = plans_nothing,
	.take = veth_take,
	.give_back = veth_give_back,
	.refused = refuses_nothing,
	.napi = veth_napi,
	.checksums = veth_checksums,
	.count = veth_count,
	.counts_drops = counts_drops,
};
