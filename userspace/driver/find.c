// SPDX-License-Identifier: GPL-2.0-only
/* Netdevs by name */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/near.h"
#include "core/util.h"
#include "driver/driver.h"

#define CLASS_NET	"/sys/class/net"

static bool exists(const char *root, const char *name)
{
	char *path = xasprintf("%s" CLASS_NET "/%s", root, name);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

bool device_in_use(const char *name, enum inuse_for what_for, char *why, size_t len)
{
	unsigned int ifindex = if_nametoindex(name);
	char use[256];

	if (!ifindex || !netdev_in_use(ifindex, what_for, use, sizeof(use)))
		return false;
	snprintf(why, len, "%s is in use: %s", name, use);
	return true;
}

bool device_exists(const char *name, const char *root)
{
	return *name && strlen(name) < IF_NAMESIZE && !strchr(name, '/') &&
	       exists(root, name);
}

int device_absent(const char *name, char *why, size_t len)
{
	struct if_nameindex *list = if_nameindex();
	struct near near;
	char text[96];
	size_t i;

	near_begin(&near, name);
	for (i = 0; i < DRIVERS; i++)
		if (!all_drivers[i]->remote)
			near_add(&near, all_drivers[i]->name);
	for (i = 0; list && list[i].if_index; i++)
		near_add(&near, list[i].if_name);
	if_freenameindex(list);
	snprintf(why, len, "there is no netdev \"%.64s\"%s (ip link names them)", name,
		 near_text(&near, text, sizeof(text)));
	return -ENODEV;
}
