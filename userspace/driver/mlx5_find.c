// SPDX-License-Identifier: GPL-2.0-only
/* Which netdevs are mlx5sim's, and whether they can be used */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util.h"
#include "driver/driver.h"
#include "driver/mlx5.h"
#include "driver/mlx5sim.h"
#include "net/ethtool.h"

#define CLASS_NET	"/sys/class/net"

/* mlx5sim's bus is 40 in PCI domain 5150; UML has one domain only, and no other bus 40 */
static int port_of(const char *root, const char *name)
{
	char *path = xasprintf("%s" CLASS_NET "/%s/device", root, name), *slot;
	char target[256];
	int port = -1;
	ssize_t n;

	n = readlink(path, target, sizeof(target) - 1);
	free(path);
	if (n < 0)
		return -1;
	target[n] = '\0';
	slot = strrchr(target, '/');
	slot = slot ? slot + 1 : target;
	if (sscanf(slot, "5150:40:00.%d", &port) != 1)
		sscanf(slot, "0000:40:00.%d", &port);
	return port;
}

bool mlx5_is_sim(const char *name, const char *root)
{
	return port_of(root, name) >= 0;
}

/* The netdev of a port; false if this namespace has none */
static bool netdev_of(const char *root, int port, char name[IF_NAMESIZE])
{
	char *path = xasprintf("%s" CLASS_NET, root);
	DIR *dir = opendir(path);
	struct dirent *e;
	bool found = false;

	free(path);
	while (dir && !found) {
		e = readdir(dir);
		if (!e)
			break;
		found = e->d_name[0] != '.' && strlen(e->d_name) < IF_NAMESIZE &&
			port_of(root, e->d_name) == port;
		if (found)
			snprintf(name, IF_NAMESIZE, "%.*s", IF_NAMESIZE - 1, e->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool has_module(const char *root)
{
	char *path = xasprintf("%s/sys/module/mlx5sim", root);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

int mlx5_find(const char *name, const char *root, struct device *d, char *why, size_t len)
{
	int port = name ? port_of(root, name) : 1;
	bool striding;

	device_clear(d, &driver_mlx5);
	if (port < 0)
		return -EAGAIN;
	if (!has_module(root)) {
		snprintf(why, len, "mlx5sim is not loaded: modprobe mlx5_core, insmod mlx5sim.ko");
		return -ENODEV;
	}
	if (!mlx5sim_has(root, port)) {
		snprintf(why, len, geteuid() ? "mlx5sim's debugfs is for root only; run as root" :
			 "mlx5sim has no port %d in debugfs; is that mounted?", port);
		return -ENODEV;
	}
	d->port = port;
	if (!netdev_of(root, port, d->rx) || !netdev_of(root, port ^ 1, d->tx)) {
		snprintf(why, len,
			 "mlx5sim's ports %d and %d have no netdevs in this network namespace",
			 port, port ^ 1);
		return -ENODEV;
	}
	if (!ethtool_flag(d->rx, "rx_striding_rq", &striding))
		d->striding = striding;
	return device_in_use(d->rx, INUSE_MOVED, why, len) ||
	       device_in_use(d->tx, INUSE_MOVED, why, len) ? -EBUSY : 0;
}
