// SPDX-License-Identifier: GPL-2.0-only
/* A netdev's features and its driver's own counters, in the caller's netns */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ethtool.h"
#include "run.h"

static int ethtool_ioctl(const char *dev, void *cmd)
{
	struct ifreq ifr = {};
	int fd, ret = 0;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	ifr.ifr_data = cmd;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCETHTOOL, &ifr) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

static int ethtool_set(const char *dev, uint32_t cmd, bool on, const char *what)
{
	struct ethtool_value v = { .cmd = cmd, .data = on };
	int ret = ethtool_ioctl(dev, &v);

	if (ret)
		err("cannot turn %s %s on %s: %s", what, on ? "on" : "off", dev, strerror(-ret));
	return ret;
}

int ethtool_set_gro(const char *dev, bool on)
{
	return ethtool_set(dev, ETHTOOL_SGRO, on, "GRO");
}

int ethtool_set_tso(const char *dev, bool on)
{
	return ethtool_set(dev, ETHTOOL_STSO, on, "TSO");
}

int ethtool_link(const char *dev, bool *up)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GLINK };
	int ret = ethtool_ioctl(dev, &v);

	*up = !ret && v.data;
	if (ret)
		err("cannot read the link state of %s: %s", dev, strerror(-ret));
	return ret;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strnlen(s, ETH_GSTRING_LEN), len = strlen(end);

	return n >= len && !memcmp(s + n - len, end, len) &&
	       (n == len || s[n - len - 1] == '_');
}

int ethtool_counter(const char *dev, const char *name, uint64_t *value)
{
	struct ethtool_drvinfo drv = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_gstrings *names = NULL;
	struct ethtool_stats *stats = NULL;
	unsigned int i, found = 0;
	int ret;

	*value = 0;
	ret = ethtool_ioctl(dev, &drv);
	if (ret)
		goto out;
	names = calloc(1, sizeof(*names) + (size_t)drv.n_stats * ETH_GSTRING_LEN);
	stats = calloc(1, sizeof(*stats) + (size_t)drv.n_stats * sizeof(stats->data[0]));
	ret = -ENOMEM;
	if (!names || !stats)
		goto out;
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = drv.n_stats;
	stats->cmd = ETHTOOL_GSTATS;
	stats->n_stats = drv.n_stats;
	ret = ethtool_ioctl(dev, names) ?: ethtool_ioctl(dev, stats);
	if (ret)
		goto out;
	for (i = 0; i < drv.n_stats; i++) {
		if (!ends_in((char *)names->data + i * ETH_GSTRING_LEN, name))
			continue;
		*value += stats->data[i];
		found++;
	}
	ret = found ? 0 : -ENOENT;
out:
	free(names);
	free(stats);
	if (ret)
		err("cannot read counter %s of %s: %s", name, dev, strerror(-ret));
	return ret;
}
