// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: the driver's netdevs of mlx5sim's ports; lent to the bench, and given back */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compiler.h"
#include "device.h"
#include "ethtool.h"
#include "rtnl.h"
#include "run.h"

static int take_end(const struct net *n, struct net_end *e)
{
	unsigned int ifindex = if_nametoindex(e->name);
	int ret;

	if (!ifindex) {
		err("there is no %s in this network namespace", e->name);
		return -ENODEV;
	}
	ret = net_is_up(e->name, &e->was_up);
	return ret ?: rtnl_link_move(n->rtnl, ifindex, e->ns);
}

static int mlx5_take(struct net *n)
{
	int ret = net_leave(n);

	return ret ?: take_end(n, &n->a) ?: take_end(n, &n->b);
}

/* What is moved goes down and loses its addresses; it had none, but it may have been up */
static void give_end_back(const struct net *n, const struct net_end *e)
{
	unsigned int ifindex;

	if (e->rtnl < 0 || net_enter(e))
		return;
	/* not there if it was never taken */
	ifindex = if_nametoindex(e->name);
	if (!ifindex || rtnl_link_move(e->rtnl, ifindex, n->home) || !e->was_up)
		return;
	if (!net_leave(n))
		rtnl_link_up(n->rtnl, if_nametoindex(e->name));
}

static void mlx5_give_back(struct net *n)
{
	give_end_back(n, &n->a);
	give_end_back(n, &n->b);
	net_leave(n);
}

/* It never receives otherwise */
static int mlx5_napi(const struct net *n, bool on)
{
	return 0;
}

/* What XDP has taken is not among rx_packets; queues of AF_XDP sockets count apart */
static int mlx5_count(const struct net *n, struct net_count *c)
{
	static const char *const name[] = {
		"rx_xdp_drop", "rx_xsk_xdp_drop", "rx_packets", "rx_xdp_redirect",
		"rx_xdp_tx_xmit", "rx_xsk_packets", "rx_xsk_xdp_redirect",
	};
	uint64_t value[ARRAY_SIZE(name)];
	int ret = ethtool_counters(n->b.name, name, value, ARRAY_SIZE(name));
	size_t i;

	c->dropped = value[0] + value[1];
	c->received = c->dropped;
	for (i = 2; i < ARRAY_SIZE(name); i++)
		c->received += value[i];
	return ret;
}

const struct device_ops device_mlx5 = {
	.name = "mlx5",
	.driver = "mlx5_core",
	.take = mlx5_take,
	.give_back = mlx5_give_back,
	.napi = mlx5_napi,
	.count = mlx5_count,
};
