// SPDX-License-Identifier: GPL-2.0-only
/* Whether a netdev can be measured with traffic from another machine */
#include <errno.h>
#include <linux/netdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "nic.h"
#include "util.h"

#define CLASS_NET	"/sys/class/net"
#define ARPHRD_ETHER	1

static bool is_ethernet(const char *root, const char *name)
{
	char *path = xasprintf("%s" CLASS_NET "/%s/type", root, name), type[16];
	bool known = read_line(path, type, sizeof(type));

	free(path);
	/* no such file: not for this to say */
	return !known || atoi(type) == ARPHRD_ETHER;
}

static bool has_master(const char *root, const char *name)
{
	char *path = xasprintf("%s" CLASS_NET "/%s/master", root, name);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

/* An XDP program that drops would take this machine off its network */
static bool has_default_route(const char *root, const char *name)
{
	char *path = xasprintf("%s/proc/net/route", root), *text = slurp(path, NULL), *line, *rest;
	bool found = false;

	free(path);
	for (line = text; line && !found; line = rest) {
		char dev[IF_NAMESIZE];
		unsigned int to, mask;

		rest = strchr(line, '\n');
		rest = rest ? rest + 1 : NULL;
		found = sscanf(line, "%15s %x %*x %*x %*d %*d %*d %x", dev, &to, &mask) == 3 &&
			!to && !mask && !strcmp(dev, name);
	}
	free(text);
	return found;
}

/* XDP in the driver; an old kernel does not say, and then attaching it does */
static bool has_native_xdp(unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	if (bpf_xdp_query(ifindex, 0, &opts))
		return true;
	return !opts.feature_flags || (opts.feature_flags & NETDEV_XDP_ACT_BASIC);
}

/* Nothing with a /sys of a test's: there is no such netdev here */
static int check_xdp(const char *name, char *why, size_t len)
{
	unsigned int ifindex = if_nametoindex(name);
	__u32 prog = 0;

	if (!ifindex)
		return 0;
	if (!bpf_xdp_query_id(ifindex, 0, &prog) && prog) {
		snprintf(why, len,
			 "%s has an XDP program already (id %u): take it off, ip link set %s xdp off",
			 name, prog, name);
		return -EBUSY;
	}
	if (!has_native_xdp(ifindex)) {
		snprintf(why, len, "the driver of %s has no XDP hook", name);
		return -EOPNOTSUPP;
	}
	return 0;
}

int nic_find(const char *name, const char *root, struct device *d, char *why, size_t len)
{
	if (geteuid()) {
		snprintf(why, len, "a NIC's settings are for root to change; run as root");
		return -EPERM;
	}
	if (!is_ethernet(root, name)) {
		snprintf(why, len, "%s is no Ethernet device", name);
		return -EOPNOTSUPP;
	}
	if (has_master(root, name)) {
		snprintf(why, len, "%s is in use: it belongs to a bridge or a bond", name);
		return -EBUSY;
	}
	if (has_default_route(root, name)) {
		snprintf(why, len,
			 "%s is in use: this machine's default route goes over it, and a program that drops would cut it off",
			 name);
		return -EBUSY;
	}
	d->ops = &device_nic;
	d->port = -1;
	d->striding = -1;
	d->tx[0] = '\0';
	snprintf(d->rx, sizeof(d->rx), "%s", name);
	return check_xdp(name, why, len);
}
