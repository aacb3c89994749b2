// SPDX-License-Identifier: GPL-2.0-only
/* Netdevs that exist, as the ends of a test's network: hc0a and hc0b until they are given back */
#include <linux/ethtool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kselftest.h"
#include "hookcost_test.h"

#define WAIT_MS		10000

static int take(const struct hc_net *n, const char *name, int ns, const char *as,
		const char *address)
{
	return hc_shell(n->home, "ip link set %s netns /proc/%d/fd/%d name %s", name, getpid(), ns,
			as) ?:
	       hc_shell(ns, "ip addr add %s/24 dev %s && ip link set %s up", address, as, as);
}

static bool has_link(int ns, const char *dev)
{
	struct ethtool_value link = { .cmd = ETHTOOL_GLINK };

	return !hc_ethtool(ns, dev, &link) && link.data;
}

/* The link comes up when both ends are, and each driver is told so */
static int await_link(const struct hc_net *n)
{
	struct timespec step = { .tv_nsec = 1000000 };
	int tries = WAIT_MS;

	while (!has_link(n->a, "hc0a") || !has_link(n->b, "hc0b")) {
		if (!tries--) {
			ksft_print_msg("the link between hc0a and hc0b does not come up\n");
			return -1;
		}
		nanosleep(&step, NULL);
	}
	return 0;
}

int hc_borrow(const struct hc_net *n, const char *a, const char *b)
{
	return take(n, a, n->a, "hc0a", "10.203.0.1") ?: take(n, b, n->b, "hc0b", "10.203.0.2") ?:
	       await_link(n) ?: hc_neighbour(n->a, "hc0a", n->b, "hc0b", "10.203.0.2") ?:
	       hc_neighbour(n->b, "hc0b", n->a, "hc0a", "10.203.0.1");
}

static void give_back(const struct hc_net *n, int ns, const char *as, const char *name)
{
	if (hc_ifindex(ns, as))
		hc_shell(ns, "ip link set %s netns /proc/%d/fd/%d name %s", as, getpid(),
			 n->home, name);
}

void hc_give_back(const struct hc_net *n, const char *a, const char *b)
{
	give_back(n, n->a, "hc0a", a);
	give_back(n, n->b, "hc0b", b);
}
