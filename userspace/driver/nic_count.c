// SPDX-License-Identifier: GPL-2.0-only
/* What a NIC's driver has counted, under the names that drivers have for it */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/run.h"
#include "core/util.h"
#include "driver/nic.h"
#include "net/ethtool.h"

#define NAMES_MAX	16

/*
 * Frames that XDP has dropped: mlx4, ena; others. A later name may end as an earlier one does.
 * Frames that came when the receive queue was full: ixgbe; e1000e, igb.
 */
static const char *const dropped[] = {
	"rx_xdp_drop", "rx_xdp_drops", "xdp_drops", "xdp_drop", NULL
};

static const char *const seen[] = { "rx_xdp_packets", "xdp_packets", NULL };
static const char *const missed[] = {
	"rx_discards_phy", "rx_no_dma_resources", "rx_no_buffer_count", NULL
};

const struct nic_driver nic_other = { .dropped = dropped, .seen = seen, .missed = missed };

#define NIC_DRIVER(name) (&nic_##name)

const struct nic_driver *const all_nic_drivers[NIC_DRIVERS] = {
#include "driver/nic_drivers.def"
};

const struct nic_driver *nic_driver_of(const char *driver)
{
	size_t i = 0;

	while (all_nic_drivers[i]->driver && strcmp(all_nic_drivers[i]->driver, driver))
		i++;
	return all_nic_drivers[i];
}

/* Of /sys/class/net/NAME/statistics */
static int statistic(const char *name, const char *what, uint64_t *value)
{
	char *path = xasprintf("/sys/class/net/%s/statistics/%s", name, what), text[32];
	bool ok = read_line(path, text, sizeof(text)) && parse_u64(text, value);

	free(path);
	if (ok)
		return 0;
	err("%s is gone, or /sys does not show its %s", name, what);
	return -ENODEV;
}

/* All names that there are, for one reading of them; where each list begins */
static size_t add_names(const char **all, size_t n, const char *const *some)
{
	while (some && *some)
		all[n++] = *some++;
	return n;
}

static uint64_t sum(const uint64_t *value, size_t from, size_t to)
{
	uint64_t all = 0;

	while (from < to)
		all += value[from++];
	return all;
}

/* The first that there is; to: none */
static size_t first(const bool *has, size_t from, size_t to)
{
	while (from < to && !has[from])
		from++;
	return from;
}

/* What is counted in 32 bits: in 64 */
static uint64_t wide(const char *name, uint32_t now)
{
	static char of[IF_NAMESIZE];
	static uint32_t last;
	static uint64_t all;

	if (strcmp(of, name)) {
		snprintf(of, sizeof(of), "%s", name);
		last = now;
		all = now;
	}
	all += now - last;
	last = now;
	return all;
}

int nic_count(const char *name, const char *driver, struct net_count *c, bool *own)
{
	const struct nic_driver *d = nic_driver_of(driver);
	uint64_t value[NAMES_MAX], errors;
	const char *all[NAMES_MAX];
	size_t drop, miss, see, n, i;
	bool has[NAMES_MAX];
	int ret;

	drop = add_names(all, 0, d->received);
	miss = add_names(all, drop, d->dropped);
	see = add_names(all, miss, d->missed);
	n = add_names(all, see, d->seen);
	ret = ethtool_some_counters(name, all, value, has, n);
	if (ret)
		return ret;

	memset(c, 0, sizeof(*c));
	c->whole = d->whole;
	c->received = sum(value, 0, drop);
	if (!d->received)
		ret = statistic(name, "rx_packets", &c->received);
	i = first(has, drop, miss);
	*own = i < miss;
	c->dropped = *own ? value[i] : c->received;
	i = first(has, see, n);
	c->xdp = i < n ? value[i] : c->dropped;
	c->missed = sum(value, miss, see);
	ret = ret ?: statistic(name, "rx_missed_errors", &errors);
	if (ret)
		return ret;
	c->missed += d->narrow ? wide(name, errors) : errors;
	return 0;
}
