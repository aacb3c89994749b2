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

#include "core/run.h"
#include "core/util.h"
#include "net/ethtool.h"

int ethtool_command(const char *dev, void *cmd)
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
	int ret = ethtool_command(dev, &v);

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

int ethtool_set_tx_csum(const char *dev, bool on)
{
	return ethtool_set(dev, ETHTOOL_STXCSUM, on, "checksumming by the device");
}

int ethtool_link(const char *dev, bool *up)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GLINK };
	int ret = ethtool_command(dev, &v);

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

static int read_counters(const char *dev, struct ethtool_gstrings **names,
			 struct ethtool_stats **stats)
{
	struct ethtool_drvinfo drv = { .cmd = ETHTOOL_GDRVINFO };
	int ret = ethtool_command(dev, &drv);

	if (ret)
		return ret;
	*names = xcalloc(1, sizeof(**names) + (size_t)drv.n_stats * ETH_GSTRING_LEN);
	*stats = xcalloc(1, sizeof(**stats) + (size_t)drv.n_stats * sizeof((*stats)->data[0]));
	(*names)->cmd = ETHTOOL_GSTRINGS;
	(*names)->string_set = ETH_SS_STATS;
	(*names)->len = drv.n_stats;
	(*stats)->cmd = ETHTOOL_GSTATS;
	(*stats)->n_stats = drv.n_stats;
	return ethtool_command(dev, *names) ?: ethtool_command(dev, *stats);
}

/* False if there is none such */
static bool sum_counters(const struct ethtool_gstrings *names, const struct ethtool_stats *stats,
			 const char *name, uint64_t *value)
{
	unsigned int i, found = 0;

	*value = 0;
	for (i = 0; i < names->len && i < stats->n_stats; i++) {
		if (!ends_in((const char *)names->data + i * ETH_GSTRING_LEN, name))
			continue;
		*value += stats->data[i];
		found++;
	}
	return found;
}

int ethtool_counters(const char *dev, const char *const *name, uint64_t *value, size_t n)
{
	struct ethtool_gstrings *names = NULL;
	struct ethtool_stats *stats = NULL;
	int ret = read_counters(dev, &names, &stats);
	size_t i;

	memset(value, 0, n * sizeof(*value));
	if (ret)
		err("cannot read the counters of %s: %s", dev, strerror(-ret));
	for (i = 0; i < n && !ret; i++) {
		if (sum_counters(names, stats, name[i], &value[i]))
			continue;
		ret = -ENOENT;
		err("%s has no counter %s", dev, name[i]);
	}
	free(names);
	free(stats);
	return ret;
}

int ethtool_some_counters(const char *dev, const char *const *name, uint64_t *value, bool *has,
			  size_t n)
{
	struct ethtool_gstrings *names = NULL;
	struct ethtool_stats *stats = NULL;
	int ret = read_counters(dev, &names, &stats);
	size_t i;

	/* a driver may have no counters at all */
	if (ret && ret != -EOPNOTSUPP)
		err("cannot read the counters of %s: %s", dev, strerror(-ret));
	for (i = 0; i < n; i++)
		has[i] = !ret && sum_counters(names, stats, name[i], &value[i]);
	for (i = 0; i < n; i++)
		if (!has[i])
			value[i] = 0;
	free(names);
	free(stats);
	return ret == -EOPNOTSUPP ? 0 : ret;
}

int ethtool_driver(const char *dev, char *driver, size_t len)
{
	struct ethtool_drvinfo drv = { .cmd = ETHTOOL_GDRVINFO };
	int ret = ethtool_command(dev, &drv);

	snprintf(driver, len, "%.*s", (int)sizeof(drv.driver), drv.driver);
	return ret;
}

int ethtool_gro(const char *dev, bool *on)
{
	struct ethtool_value v = { .cmd = ETHTOOL_GGRO };
	int ret = ethtool_command(dev, &v);

	*on = v.data;
	return ret;
}

int ethtool_counter(const char *dev, const char *name, uint64_t *value)
{
	return ethtool_counters(dev, &name, value, 1);
}

/* The flag's bit in *mask, among those that are set in *flags */
static int find_flag(const char *dev, const char *name, uint32_t *flags, uint32_t *mask)
{
	struct ethtool_drvinfo drv = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_value v = { .cmd = ETHTOOL_GPFLAGS };
	struct ethtool_gstrings *names;
	unsigned int i;
	int ret = ethtool_command(dev, &drv);

	if (ret)
		return ret;
	names = xcalloc(1, sizeof(*names) + (size_t)drv.n_priv_flags * ETH_GSTRING_LEN);
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_PRIV_FLAGS;
	names->len = drv.n_priv_flags;
	ret = drv.n_priv_flags ? ethtool_command(dev, names) ?: ethtool_command(dev, &v) : -ENOENT;
	*flags = v.data;
	*mask = 0;
	for (i = 0; i < names->len && i < 32 && !ret; i++)
		if (!strncmp((char *)names->data + i * ETH_GSTRING_LEN, name, ETH_GSTRING_LEN))
			*mask = 1U << i;
	free(names);
	return ret ?: *mask ? 0 : -ENOENT;
}

int ethtool_flag(const char *dev, const char *name, bool *on)
{
	uint32_t flags = 0, mask = 0;
	int ret = find_flag(dev, name, &flags, &mask);

	*on = flags & mask;
	return ret;
}

int ethtool_set_flag(const char *dev, const char *name, bool on)
{
	struct ethtool_value v = { .cmd = ETHTOOL_SPFLAGS };
	uint32_t flags = 0, mask = 0;
	int ret = find_flag(dev, name, &flags, &mask);

	v.data = on ? flags | mask : flags & ~mask;
	if (!ret && v.data != flags)
		ret = ethtool_command(dev, &v);
	if (ret)
		err("cannot turn %s %s on %s: %s", name, on ? "on" : "off", dev, strerror(-ret));
	return ret;
}
