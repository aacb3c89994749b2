// SPDX-License-Identifier: GPL-2.0-only
/* A NIC's channels and interrupts */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/types.h>
#include <linux/ethtool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "driver/nic.h"
#include "net/ethtool.h"

static bool first_addr(const char *name, struct in_addr *addr)
{
	struct ifaddrs *list, *a;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (a = list; a && !found; a = a->ifa_next) {
		found = a->ifa_addr && a->ifa_addr->sa_family == AF_INET &&
			!strcmp(a->ifa_name, name);
		if (found)
			*addr = ((struct sockaddr_in *)a->ifa_addr)->sin_addr;
	}
	freeifaddrs(list);
	return found;
}

int nic_read(const char *name, struct nic *nic)
{
	struct ethtool_channels ch = { .cmd = ETHTOOL_GCHANNELS };
	int ret;

	memset(nic, 0, sizeof(*nic));
	snprintf(nic->name, sizeof(nic->name), "%s", name);
	if (!if_nametoindex(name)) {
		err("there is no %s in this network namespace", name);
		return -ENODEV;
	}
	ret = net_is_up(name, &nic->up) ?: net_mac(name, nic->mac) ?:
	      ethtool_driver(name, nic->driver, sizeof(nic->driver)) ?:
	      ethtool_gro(name, &nic->gro);
	if (ret)
		return ret;
	nic->has_channels = !ethtool_command(name, &ch);
	nic->channels = (struct nic_channels){
		ch.rx_count, ch.tx_count, ch.combined_count
	};
	nic->has_addr = first_addr(name, &nic->addr);
	if (!nic->has_addr)
		inet_aton(NIC_ADDR, &nic->addr);
	return 0;
}

bool nic_one_channel(const struct nic *nic, struct nic_channels *one)
{
	*one = nic->channels;
	if (one->combined) {
		one->combined = 1;
		one->rx = 0;
	} else if (one->rx) {
		one->rx = 1;
	}
	return nic->has_channels && memcmp(one, &nic->channels, sizeof(*one));
}

int nic_set_channels(const char *name, const struct nic_channels *c)
{
	struct ethtool_channels ch = { .cmd = ETHTOOL_GCHANNELS };
	int ret = ethtool_command(name, &ch);

	if (ret)
		return ret;
	ch.cmd = ETHTOOL_SCHANNELS;
	ch.rx_count = c->rx;
	ch.tx_count = c->tx;
	ch.combined_count = c->combined;
	return ethtool_command(name, &ch);
}

static char *irq_path(unsigned int number)
{
	return xasprintf("/proc/irq/%u/smp_affinity_list", number);
}

/* A list of CPUs may be long */
static void add_irq(struct nic *nic, unsigned int number, char *cpus)
{
	nic->irq = xrealloc(nic->irq, nic->nirqs + 1, sizeof(*nic->irq));
	nic->irq[nic->nirqs++] = (struct nic_irq){ number, cpus };
}

/* One that nobody has asked for has no such file */
static void find_irq(struct nic *nic, unsigned int number)
{
	char *path = irq_path(number), *cpus = slurp(path, NULL);

	free(path);
	if (cpus)
		add_irq(nic, number, cpus);
}

static int by_number(const void *a, const void *b)
{
	const struct nic_irq *one = a, *other = b;

	return one->number < other->number ? -1 : one->number > other->number;
}

void nic_forget(struct nic *nic)
{
	size_t i;

	for (i = 0; i < nic->nirqs; i++)
		free(nic->irq[i].cpus);
	free(nic->irq);
	nic->irq = NULL;
	nic->nirqs = 0;
}

void nic_irqs(struct nic *nic)
{
	/* virtio's netdev is on a virtio device, and that on the PCI one */
	static const char *const where[] = {
		"/sys/class/net/%s/device/msi_irqs", "/sys/class/net/%s/device/../msi_irqs",
	};
	struct dirent *e;
	uint64_t number;
	char path[128];
	DIR *dir = NULL;
	size_t i;

	nic_forget(nic);
	for (i = 0; i < ARRAY_SIZE(where) && !dir; i++) {
		snprintf(path, sizeof(path), where[i], nic->name);
		dir = opendir(path);
	}
	while (dir && (e = readdir(dir)))
		if (parse_u64(e->d_name, &number))
			find_irq(nic, number);
	if (dir)
		closedir(dir);
	/* a CPU has room for so many, and the receive queues' come first */
	if (nic->nirqs)
		qsort(nic->irq, nic->nirqs, sizeof(*nic->irq), by_number);
}

void nic_irqs_since(struct nic *fresh, const struct nic *now, const struct nic *before)
{
	size_t i;

	nic_forget(fresh);
	for (i = 0; i < now->nirqs; i++)
		if (!before->nirqs || !bsearch(&now->irq[i], before->irq, before->nirqs,
					       sizeof(*before->irq), by_number))
			add_irq(fresh, now->irq[i].number, xstrdup(now->irq[i].cpus));
}

size_t nic_irqs_to(const struct nic *nic, int cpu)
{
	char cpus[16], *path;
	size_t i, taken = 0;

	snprintf(cpus, sizeof(cpus), "%d", cpu);
	for (i = 0; i < nic->nirqs; i++) {
		path = irq_path(nic->irq[i].number);
		/* some are the kernel's own business */
		taken += !write_text(path, cpus);
		free(path);
	}
	return taken;
}

void nic_irqs_back(const struct nic *nic)
{
	char *path;
	size_t i;

	for (i = 0; i < nic->nirqs; i++) {
		path = irq_path(nic->irq[i].number);
		write_text(path, nic->irq[i].cpus);
		free(path);
	}
}
