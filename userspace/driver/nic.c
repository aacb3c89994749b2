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

#include "core/cpu.h"
#include "core/guard.h"
#include "core/run.h"
#include "driver/generators.h"
#include "driver/nic.h"
#include "net/ethtool.h"
#include "net/keep.h"
#include "net/rtnl.h"

/* There is one at a time, as it was found; with one channel; interrupts that it had not before */
static struct nic found, tuned, fresh;
static struct keep queues;
static struct guard guard, fresh_guard;
/* What it refused */
static int channels_error;
static size_t moved;

static bool needs_gro(const struct nic *nic)
{
	return nic_driver_of(nic->driver)->gro_napi && !nic->gro;
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
	if (nic_one_channel(nic, &one)) {
		nic_set_channels(nic->name, &nic->channels);
		keep_back(&queues);
	}
	/* after that, as some drivers set them anew for other channels */
	nic_irqs_back(nic);
	if (needs_gro(nic))
		ethtool_set_gro(nic->name, false);
	if (!nic->has_addr)
		rtnl_addr_del(fd, ifindex, nic->addr, NIC_PREFIX);
	if (!nic->up)
		rtnl_link_down(fd, ifindex);
	close(fd);
}

static void fresh_back(void *arg)
{
	nic_irqs_back(arg);
}

static int tune(const struct net *n)
{
	unsigned int ifindex = if_nametoindex(found.name);
	struct nic_channels one;
	int ret = 0;

	channels_error = 0;
	if (nic_one_channel(&found, &one))
		channels_error = nic_set_channels(found.name, &one);
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
	char why[300];

	if (ret)
		return ret;
	/* since it was chosen, another bench may have run for a long time */
	if (device_in_use(found.name, INUSE_STAYS, why, sizeof(why))) {
		err("%s", why);
		return -EBUSY;
	}
	keep_queues(&queues, found.name);
	nic_irqs(&found);
	n->b.addr = found.addr;
	ret = guard_begin(&guard, put_back, &found) ?: tune(n);
	if (ret)
		return ret;
	snprintf(tuned.name, sizeof(tuned.name), "%s", found.name);
	/* some drivers ask for theirs when the link goes up */
	nic_irqs(&tuned);
	nic_irqs_since(&fresh, &tuned, &found);
	ret = fresh.nirqs ? guard_begin(&fresh_guard, fresh_back, &fresh) : 0;
	if (!ret)
		moved = nic_irqs_to(&tuned, cpu_pinned());
	return ret;
}

static void nic_give_back(struct net *n)
{
	net_leave(n);
	guard_end(&fresh_guard);
	guard_end(&guard);
	keep_forget(&queues);
	nic_forget(&fresh);
	nic_forget(&tuned);
	nic_forget(&found);
}

static bool nic_refused(char *text, size_t len)
{
	size_t n = 0;

	if (channels_error)
		n = snprintf(text, len,
			     "%s keeps its %u receive queues (%s), of which one is to be measured",
			     found.name, found.channels.combined ?: found.channels.rx,
			     strerror(-channels_error));
	if (moved < tuned.nirqs && n < len)
		n += snprintf(text + n, len - n,
			      "%s%zu of %zu interrupts of %s went to the measured CPU",
			      n ? "; " : "", moved, tuned.nirqs, found.name);
	return n;
}

static int nic_counts(const struct net *n, struct net_count *c)
{
	bool own;

	return nic_count(n->b.name, found.driver, c, &own);
}

static bool nic_counts_drops(const struct net *n)
{
	struct net_count c;
	bool own;

	return !nic_count(n->b.name, found.driver, &c, &own) && own;
}

static void nic_plan(const struct device *d, FILE *out)
{
	struct nic nic;
	struct nic_channels one;

	if (nic_read(d->rx, &nic))
		return;
	nic_irqs(&nic);
	fprintf(out, "%s (%s), while a bench runs over it, and then as it was:\n", nic.name,
		nic.driver);
	if (nic_one_channel(&nic, &one))
		fprintf(out, "  receive queues: %u -> 1 (ethtool -L)\n",
			nic.channels.combined ?: nic.channels.rx);
	if (nic.nirqs)
		fprintf(out, "  its %zu interrupts: to the measured CPU\n", nic.nirqs);
	if (needs_gro(&nic))
		fprintf(out, "  GRO: off -> on, so that it receives in NAPI\n");
	if (!nic.up)
		fprintf(out, "  link: down -> up\n");
	if (!nic.has_addr)
		fprintf(out, "  address: none -> %s/%d\n", NIC_ADDR, NIC_PREFIX);
	fprintf(out, "  eBPF programs on it, some of which drop all that comes\n");
	nic_forget(&nic);
}

static void nic_text(const struct device *d, char *text, size_t len)
{
	char driver[32];

	snprintf(text, len, "nic: %s, driven by %s; its traffic comes from another machine", d->rx,
		 ethtool_driver(d->rx, driver, sizeof(driver)) ? "unknown" : driver);
}

const struct driver_ops driver_nic = {
	.name = "nic",
	.driver = "",
	.remote = true,
	.bytes = "rx_bytes",
	.generator = &generator_nic,
	.find = nic_find,
	.text = nic_text,
	.plan = nic_plan,
	.take = nic_take,
	.give_back = nic_give_back,
	.refused = nic_refused,
	/* GRO is on since it was taken */
	.napi = always_napi,
	.checksums = makes_checksums,
	.count = nic_counts,
	.counts_drops = nic_counts_drops,
};
