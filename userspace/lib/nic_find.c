// SPDX-License-Identifier: GPL-2.0-only
/* Whether a netdev can be measured with traffic from another machine */
#include <errno.h>
#include <glob.h>
#include <linux/netdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <bpf/libbpf.h>

#include "attached.h"
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

/* A line of /proc/net/route: whose default route it is */
static bool default_of(const char *line, char dev[IF_NAMESIZE])
{
	unsigned int to, mask;

	return sscanf(line, "%15s %x %*x %*x %*d %*d %*d %x", dev, &to, &mask) == 3 && !to && !mask;
}

/* The same of ipv6_route: to, its length, from, its length, by, metric, two counts, flags */
static bool default6_of(const char *line, char dev[IF_NAMESIZE])
{
	static const char format[] = "%*32s %x %*32s %*x %*32s %*x %*x %*x %*x %15s";
	unsigned int len;

	return sscanf(line, format, &len, dev) == 2 && !len;
}

static bool routes_over(const char *root, const char *file, const char *name,
			bool (*parse)(const char *line, char dev[IF_NAMESIZE]))
{
	char *path = xasprintf("%s/proc/net/%s", root, file), *text = slurp(path, NULL);
	char *line, *rest, dev[IF_NAMESIZE];
	bool found = false;

	free(path);
	for (line = text; line && !found; line = rest) {
		rest = strchr(line, '\n');
		rest = rest ? rest + 1 : NULL;
		found = parse(line, dev) && !strcmp(dev, name);
	}
	free(text);
	return found;
}

/* An XDP program that drops would take this machine off its network */
static bool has_default_route(const char *root, const char *name)
{
	return routes_over(root, "route", name, default_of) ||
	       routes_over(root, "ipv6_route", name, default6_of);
}

/* And what is on top of it, a VLAN's netdev for one; upper: its name */
static bool has_upper(const char *root, const char *name, char *upper, size_t len)
{
	char *pattern = xasprintf("%s" CLASS_NET "/%s/upper_*", root, name);
	glob_t found;
	bool has = !glob(pattern, 0, NULL, &found);

	free(pattern);
	if (!has)
		return false;
	snprintf(upper, len, "%s", strrchr(found.gl_pathv[0], '/') + strlen("/upper_"));
	globfree(&found);
	return true;
}

/* Linux 6.3 and newer says what a driver can do with XDP, older ones when they try */
static bool says_features(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	return !uname(&u) && sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
	       (major > 6 || (major == 6 && minor >= 3));
}

/* XDP in the driver; the generic one, which would be taken instead, is another thing */
static bool has_native_xdp(unsigned int ifindex)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, opts);

	if (bpf_xdp_query(ifindex, 0, &opts))
		return true;
	return (opts.feature_flags & NETDEV_XDP_ACT_BASIC) ||
	       (!opts.feature_flags && !says_features());
}

/* Nothing with a /sys of a test's: there is no such netdev here */
static int check_xdp(const char *name, char *why, size_t len)
{
	unsigned int ifindex = if_nametoindex(name);
	char program[160];
	__u32 prog = 0;

	if (!ifindex)
		return 0;
	if (!bpf_xdp_query_id(ifindex, 0, &prog) && prog) {
		snprintf(why, len,
			 "%s has an XDP program already (id %u): take it off, ip link set %s xdp off",
			 name, prog, name);
		return -EBUSY;
	}
	/* its time would be measured, and it may take what ours is to see */
	if (attached_others_at(name, program, sizeof(program))) {
		snprintf(why, len, "%s is in use: %s; take it off (bpftool net)", name, program);
		return -EBUSY;
	}
	if (!has_native_xdp(ifindex)) {
		snprintf(why, len,
			 "the driver of %s has no XDP hook, or none with LRO or GRO in hardware: ethtool -K %s lro off rx-gro-hw off",
			 name, name);
		return -EOPNOTSUPP;
	}
	return 0;
}

int nic_find(const char *name, const char *root, struct device *d, char *why, size_t len)
{
	char upper[IF_NAMESIZE];

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
	if (has_upper(root, name, upper, sizeof(upper))) {
		snprintf(why, len, "%s is in use: %s is on top of it", name, upper);
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
