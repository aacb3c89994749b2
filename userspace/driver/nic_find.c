// SPDX-License-Identifier: GPL-2.0-only
/* Whether a netdev can be measured with traffic from another machine */
#include <errno.h>
#include <linux/netdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "core/util.h"
#include "driver/mlx5.h"
#include "driver/nic.h"
#include "net/inuse.h"

#define NIC_MARK	"nic:"
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

/* XDP in the driver; the generic one, which would be taken instead, is another thing */
static bool has_native_xdp(unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	if (bpf_xdp_query(ifindex, 0, &opts))
		return true;
	return (opts.feature_flags & NETDEV_XDP_ACT_BASIC) ||
	       /* Linux 6.3 and newer says what a driver can do, older ones when they try */
	       (!opts.feature_flags && !kernel_since(6, 3));
}

/* Of a netdev that there is */
static int check(const char *name, const char *root, char *why, size_t len)
{
	/* none with a /sys of a test's: there is no such netdev here */
	unsigned int ifindex = if_nametoindex(name);

	if (geteuid()) {
		snprintf(why, len, "a NIC's settings are for root to change; run as root");
		return -EPERM;
	}
	if (!is_ethernet(root, name)) {
		snprintf(why, len, "%s is no Ethernet device", name);
		return -EOPNOTSUPP;
	}
	if (ifindex && device_in_use(name, INUSE_STAYS, why, len))
		return -EBUSY;
	if (ifindex && !has_native_xdp(ifindex)) {
		snprintf(why, len,
			 "the driver of %s has no XDP hook, or none with LRO or GRO in hardware: ethtool -K %s lro off rx-gro-hw off",
			 name, name);
		return -EOPNOTSUPP;
	}
	return 0;
}

int nic_find(const char *asked, const char *root, struct device *d, char *why, size_t len)
{
	bool marked = asked && !strncmp(asked, NIC_MARK, strlen(NIC_MARK));
	const char *name = marked ? asked + strlen(NIC_MARK) : asked;
	int ret;

	device_clear(d, &driver_nic);
	/* nobody's NIC is taken unasked */
	if (!name)
		return -EAGAIN;
	if (!device_exists(name, root))
		return device_absent(name, why, len);
	/* mlx5sim's gets its traffic from its peer, but if it is said to be a NIC */
	if (!marked && mlx5_is_sim(name, root))
		return -EAGAIN;
	ret = check(name, root, why, len);
	if (!ret)
		snprintf(d->rx, sizeof(d->rx), "%s", name);
	return ret;
}
