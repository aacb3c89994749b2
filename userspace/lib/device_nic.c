// SPDX-License-Identifier: GPL-2.0-only
/*
 * nic: one netdev of this machine, whose traffic comes from another. It stays where it
 * is; what is changed on it is put back, also if this process is killed.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cpu.h"
#include "ethtool.h"
#include "guard.h"
#include "nic.h"
#include "rtnl.h"
#include "run.h"

/* There is one at a time. Interrupts are guarded apart: they are others with one channel. */
static struct nic found, tuned;
static struct guard found_guard, irq_guard;

static bool needs_gro(const struct nic *nic)
{
	/* veth has NAPI, without an XDP program, for GRO's sake only */
	return !strcmp(nic->driver, "veth") && !nic->gro;
}

static void put_back(void *arg)
{
	const struct nic *nic = arg;
	unsigned int ifindex = if_nametoindex(nic->name);
	struct nic_channels one;
	int fd;

	/* who pulls a NIC out has taken all this with it */
	if (!ifindex)
		return;
	fd = rtnl_open();
	if (fd < 0)
		return;
	if (nic_one_channel(nic, &one))
		nic_set_channels(nic->name, &nic->channels);
	if (needs_gro(nic))
		ethtool_set_gro(nic->name, false);
	if (!nic->has_addr)
		rtnl_addr_del(fd, ifindex, nic->addr, NIC_PREFIX);
	if (!nic->up)
		rtnl_link_down(fd, ifindex);
	close(fd);
}

static void irqs_back(void *arg)
{
	nic_irqs_back(arg);
}

static int tune(const struct net *n)
{
	unsigned int ifindex = if_nametoindex(found.name);
	struct nic_channels one;
	int ret = 0;

	if (nic_one_channel(&found, &one)) {
		ret = nic_set_channels(found.name, &one);
		if (ret)
			info("%s: cannot change its channels: %s", found.name, strerror(-ret));
		ret = 0;
	}
	if (needs_gro(&found))
		ret = ethtool_set_gro(found.name, true);
	if (!ret && !found.up)
		ret = rtnl_link_up(n->rtnl, ifindex);
	if (!ret && !found.has_addr)
		ret = rtnl_addr_add(n->rtnl, ifindex, found.addr, NIC_PREFIX);
	return ret;
}

static int nic_take(struct net *n)
{
	int ret = net_leave(n) ?: nic_read(n->b.name, &found);
	size_t taken;

	if (ret)
		return ret;
	n->b.addr = found.addr;
	ret = guard_begin(&found_guard, put_back, &found) ?: tune(n);
	if (ret)
		return ret;
	tuned = found;
	nic_irqs(&tuned);
	if (!tuned.nirqs)
		return 0;
	ret = guard_begin(&irq_guard, irqs_back, &tuned);
	if (ret)
		return ret;
	taken = nic_irqs_to(&tuned, cpu_pinned());
	info("%s: %zu of %zu interrupts to CPU %d", found.name, taken, tuned.nirqs, cpu_pinned());
	return 0;
}

static void nic_give_back(struct net *n)
{
	net_leave(n);
	guard_end(&irq_guard);
	guard_end(&found_guard);
}

/* GRO is on since it was taken */
static int nic_napi(const struct net *n, bool on)
{
	return 0;
}

static int nic_counts(const struct net *n, struct net_count *c)
{
	bool own;

	return nic_count(n->b.name, found.driver, c, &own);
}

bool device_nic_counts_drops(const struct net *n)
{
	struct net_count c;
	bool own;

	return !nic_count(n->b.name, found.driver, &c, &own) && own;
}

void device_nic_plan(const struct device *d, FILE *out)
{
	struct nic nic;
	struct nic_channels one;

	if (nic_read(d->rx, &nic))
		return;
	fprintf(out, "%s (%s), while a bench runs over it, and then as it was:\n", nic.name,
		nic.driver);
	if (nic_one_channel(&nic, &one))
		fprintf(out, "  receive queues: %u -> 1 (ethtool -L)\n",
			nic.channels.combined ?: nic.channels.rx);
	nic_irqs(&nic);
	if (nic.nirqs)
		fprintf(out, "  its %zu interrupts: to the measured CPU\n", nic.nirqs);
	if (needs_gro(&nic))
		fprintf(out, "  GRO: off -> on, so that it receives in NAPI\n");
	if (!nic.up)
		fprintf(out, "  link: down -> up\n");
	if (!nic.has_addr)
		fprintf(out, "  address: none -> %s/%d\n", NIC_ADDR, NIC_PREFIX);
	fprintf(out, "  eBPF programs on it, some of which drop all that comes\n");
}

const struct device_ops device_nic = {
	.name = "nic",
	.driver = "",
	.outside = true,
	.take = nic_take,
	.give_back = nic_give_back,
	.napi = nic_napi,
	.count = nic_counts,
};
