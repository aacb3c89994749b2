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

/*
 * Frames that XDP has dropped: mlx5, mlx4, ena; virtio_net, which has its queues' as well;
 * veth; others. The first that there is, since a later name may end as an earlier one does.
 */
static const char *const drop_names[] = {
	"rx_xdp_drop", "rx_xdp_drops", "xdp_drops", "xdp_drop",
};

/*
 * Frames that came when the receive queue was full, where rx_missed_errors does not
 * have them: mlx5's port; ixgbe; e1000e, igb
 */
static const char *const missed_names[] = {
	"rx_discards_phy", "rx_no_dma_resources", "rx_no_buffer_count",
};

/* Frames that XDP has seen, where that is not the sum of what it did: virtio_net; veth */
static const char *const xdp_names[] = { "rx_xdp_packets", "xdp_packets" };
/* What XDP has of mlx5's is not among rx_packets */
static const char *const mlx5_names[] = {
	"rx_packets", "rx_xdp_drop", "rx_xdp_redirect", "rx_xdp_tx_xmit",
};

enum {
	NAMES = ARRAY_SIZE(drop_names) + ARRAY_SIZE(missed_names) + ARRAY_SIZE(xdp_names) +
		ARRAY_SIZE(mlx5_names),
};

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

static size_t add_names(const char **all, size_t n, const char *const *some, size_t count)
{
	memcpy(all + n, some, count * sizeof(*some));
	return n + count;
}

/* mlx5's firmware counts what found no buffer in 32 bits, a matter of a minute: in 64 */
static uint64_t wide(const char *name, uint32_t now)
{
	static char of[IF_NAMESIZE];
	static uint32_t last;
	static uint64_t sum;

	if (strcmp(of, name)) {
		snprintf(of, sizeof(of), "%s", name);
		last = now;
		sum = now;
	}
	sum += now - last;
	last = now;
	return sum;
}

int nic_count(const char *name, const char *driver, struct net_count *c, bool *own)
{
	bool mlx5 = !strcmp(driver, "mlx5_core"), has[NAMES];
	size_t first_drop, first_missed, first_xdp, n, i;
	const char *all[NAMES];
	uint64_t value[NAMES], errors;
	int ret;

	first_drop = mlx5 ? add_names(all, 0, mlx5_names, ARRAY_SIZE(mlx5_names)) : 0;
	first_missed = add_names(all, first_drop, drop_names, ARRAY_SIZE(drop_names));
	first_xdp = add_names(all, first_missed, missed_names, ARRAY_SIZE(missed_names));
	n = add_names(all, first_xdp, xdp_names, ARRAY_SIZE(xdp_names));
	ret = ethtool_some_counters(name, all, value, has, n);
	if (ret)
		return ret;

	memset(c, 0, sizeof(*c));
	c->whole = mlx5 || !strcmp(driver, "virtio_net") || !strcmp(driver, "veth");
	for (i = 0; i < first_drop; i++)
		c->received += value[i];
	if (!first_drop)
		ret = statistic(name, "rx_packets", &c->received);
	for (i = first_drop; i < first_missed && !has[i]; i++)
		;
	*own = i < first_missed;
	c->dropped = *own ? value[i] : c->received;
	for (i = first_xdp; i < n && !has[i]; i++)
		;
	c->xdp = i < n ? value[i] : c->dropped;
	for (i = first_missed; i < first_xdp; i++)
		c->missed += value[i];
	ret = ret ?: statistic(name, "rx_missed_errors", &errors);
	if (ret)
		return ret;
	c->missed += mlx5 ? wide(name, errors) : errors;
	return 0;
}
