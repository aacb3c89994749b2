// SPDX-License-Identifier: GPL-2.0-only
/* ethtool's requests in a namespace: private flags, features, counters */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest.h"
#include "hookcost_test.h"

int hc_ethtool(int ns, const char *dev, void *command)
{
	struct ifreq ifr = { .ifr_data = command };
	int home = hc_this_ns(), sock, ret, error;

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	hc_enter(ns);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = ioctl(sock, SIOCETHTOOL, &ifr);
	error = errno;
	close(sock);
	hc_enter(home);
	close(home);
	errno = error;
	return ret;
}

static int set_feature(int ns, const char *dev, uint32_t command, bool on)
{
	struct ethtool_value value = { .cmd = command, .data = on };
	int ret = hc_ethtool(ns, dev, &value);

	if (ret)
		ksft_print_msg("cannot set GRO or TSO of %s: %s\n", dev, strerror(errno));
	return ret;
}

int hc_gro(int ns, const char *dev, bool on)
{
	return set_feature(ns, dev, ETHTOOL_SGRO, on);
}

int hc_tso(int ns, const char *dev, bool on)
{
	return set_feature(ns, dev, ETHTOOL_STSO, on);
}

/* 0: there is no such flag */
static uint32_t private_bit(int ns, const char *dev, const char *name)
{
	struct ethtool_gstrings *names = calloc(1, sizeof(*names) + 32 * ETH_GSTRING_LEN);
	uint32_t i, bit = 0;

	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_PRIV_FLAGS;
	/* len 0: as many as there are */
	if (!hc_ethtool(ns, dev, names))
		for (i = 0; i < names->len && i < 32; i++)
			if (!strcmp((char *)names->data + i * ETH_GSTRING_LEN, name))
				bit = 1U << i;
	free(names);
	return bit;
}

int hc_private_flag(int ns, const char *dev, const char *name, bool on)
{
	struct ethtool_value flags = { .cmd = ETHTOOL_GPFLAGS };
	uint32_t bit = private_bit(ns, dev, name);
	int ret = bit ? hc_ethtool(ns, dev, &flags) : -1;

	if (!ret && !!(flags.data & bit) != on) {
		flags.cmd = ETHTOOL_SPFLAGS;
		flags.data ^= bit;
		ret = hc_ethtool(ns, dev, &flags);
	}
	if (ret)
		ksft_print_msg("cannot turn %s of %s %s: %s\n", name, dev, on ? "on" : "off",
			       strerror(errno));
	return ret ? -1 : 0;
}

uint64_t hc_counters(int ns, const char *dev, bool (*wanted)(const char *name, const void *arg),
		     const void *arg)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_gstrings *names;
	struct ethtool_stats *stats;
	uint64_t sum = UINT64_MAX;
	unsigned int i;

	if (hc_ethtool(ns, dev, &info))
		return sum;
	names = calloc(1, sizeof(*names) + (size_t)info.n_stats * ETH_GSTRING_LEN);
	stats = calloc(1, sizeof(*stats) + info.n_stats * sizeof(stats->data[0]));
	names->cmd = ETHTOOL_GSTRINGS;
	names->string_set = ETH_SS_STATS;
	names->len = info.n_stats;
	stats->cmd = ETHTOOL_GSTATS;
	stats->n_stats = info.n_stats;
	if (!hc_ethtool(ns, dev, names) && !hc_ethtool(ns, dev, stats))
		for (i = 0; i < info.n_stats; i++)
			if (wanted((char *)names->data + i * ETH_GSTRING_LEN, arg))
				sum = (sum == UINT64_MAX ? 0 : sum) + stats->data[i];
	free(names);
	free(stats);
	return sum;
}

/* A queue's, by veth's names, and virtio_net's */
static bool of_queue(const char *have, const void *name)
{
	unsigned int queue;
	int end = 0;

	return (sscanf(have, "rx_queue_%u_%n", &queue, &end) == 1 ||
		sscanf(have, "rx%u_%n", &queue, &end) == 1) && end && !strcmp(have + end, name);
}

uint64_t hc_counter(int ns, const char *dev, const char *name)
{
	return hc_counters(ns, dev, of_queue, name);
}
