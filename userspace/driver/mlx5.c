// SPDX-License-Identifier: GPL-2.0-only
/* mlx5: the driver's netdevs of mlx5sim's ports; lent to the bench, and given back */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/compiler.h"
#include "core/guard.h"
#include "core/run.h"
#include "driver/driver.h"
#include "driver/generators.h"
#include "driver/mlx5.h"
#include "driver/mlx5sim.h"
#include "driver/mlx5sim_replies.h"
#include "driver/nic.h"
#include "net/ethtool.h"
#include "net/keep.h"
#include "net/rtnl.h"

/* A namespace's end is the work of a kernel thread; who waits for the tool waits for this, too */
#define BACK_TRIES	400
#define BACK_US		10000

/* There is one pair at a time, as it was found */
static struct lent {
	char name[IF_NAMESIZE];
	bool was_up;
	struct keep keep;
} lent[2];
static int lent_port;
static struct guard guard;

/*
 * Here again, but down, and with settings as if it was new. The kernel has moved it back itself
 * where this process was killed, somewhat later, if the first namespace is where it was.
 */
static void end_as_it_was(const struct lent *l)
{
	unsigned int ifindex = if_nametoindex(l->name);
	int tries, fd;

	for (tries = 0; !ifindex && tries < BACK_TRIES; tries++) {
		usleep(BACK_US);
		ifindex = if_nametoindex(l->name);
	}
	if (!ifindex)
		return;
	keep_back(&l->keep);
	if (!l->was_up)
		return;
	fd = rtnl_open();
	if (fd < 0)
		return;
	rtnl_link_up(fd, ifindex);
	close(fd);
}

static void as_they_were(void *arg)
{
	size_t i;

	/* with a sink on, the other port's netdev would get nothing */
	if (mlx5sim_has("", lent_port))
		mlx5sim_sink(lent_port ^ 1, false);
	for (i = 0; i < ARRAY_SIZE(lent); i++)
		if (*lent[i].name)
			end_as_it_was(&lent[i]);
}

static void forget(struct lent *l)
{
	keep_forget(&l->keep);
	l->name[0] = '\0';
}

static int look_at_end(const struct net_end *e, struct lent *l)
{
	char why[300];

	forget(l);
	if (!if_nametoindex(e->name)) {
		err("there is no %s in this network namespace", e->name);
		return -ENODEV;
	}
	/* since it was chosen, another bench may have run for a long time */
	if (device_in_use(e->name, INUSE_MOVED, why, sizeof(why))) {
		err("%s", why);
		return -EBUSY;
	}
	keep_sysctls(&l->keep, e->name);
	snprintf(l->name, sizeof(l->name), "%s", e->name);
	return net_is_up(e->name, &l->was_up);
}

static int move_end(const struct net *n, const struct net_end *e)
{
	return rtnl_link_move(n->rtnl, if_nametoindex(e->name), e->ns);
}

static int mlx5_take(struct net *n)
{
	int ret;

	lent_port = n->dev->port;
	ret = net_leave(n) ?: look_at_end(&n->a, &lent[0]) ?: look_at_end(&n->b, &lent[1]);
	return ret ?: guard_begin(&guard, as_they_were, NULL) ?: move_end(n, &n->a) ?:
	       move_end(n, &n->b);
}

static void give_end_back(const struct net *n, const struct net_end *e)
{
	unsigned int ifindex;

	if (e->rtnl < 0 || net_enter(e))
		return;
	/* not there if it was never taken */
	ifindex = if_nametoindex(e->name);
	if (ifindex)
		rtnl_link_move(e->rtnl, ifindex, n->home);
}

static void mlx5_give_back(struct net *n)
{
	give_end_back(n, &n->a);
	give_end_back(n, &n->b);
	net_leave(n);
	guard_end(&guard);
	forget(&lent[0]);
	forget(&lent[1]);
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

static void mlx5_text(const struct device *d, char *text, size_t len)
{
	static const char *const queue[] = {
		"", ", with a cyclic receive queue", ", with a striding receive queue",
	};

	snprintf(text, len,
		 "mlx5: %s, driven by mlx5_core, port %d of the software ConnectX mlx5sim%s; its peer is %s",
		 d->rx, d->port, queue[d->striding + 1], d->tx);
}

/* As a NIC: what XDP has of its frames is not among rx_packets */
static const char *const nic_received[] = {
	"rx_packets", "rx_xdp_drop", "rx_xdp_redirect", "rx_xdp_tx_xmit", NULL
};

static const char *const nic_dropped[] = { "rx_xdp_drop", NULL };
static const char *const nic_missed[] = { "rx_discards_phy", NULL };

const struct nic_driver nic_mlx5 = {
	.driver = "mlx5_core",
	.whole = true,
	.narrow = true,
	.received = nic_received,
	.dropped = nic_dropped,
	.missed = nic_missed,
};

const struct driver_ops driver_mlx5 = {
	.name = "mlx5",
	.driver = "mlx5_core",
	.model = true,
	.bytes = "rx_bytes",
	.generator = &generator_mlx5,
	.find = mlx5_find,
	.text = mlx5_text,
	.plan = plans_nothing,
	.take = mlx5_take,
	.give_back = mlx5_give_back,
	.refused = refuses_nothing,
	.napi = always_napi,
	.checksums = makes_checksums,
	.count = mlx5_count,
	.counts_drops = counts_drops,
};
