// SPDX-License-Identifier: GPL-2.0-only
/* A driver of no netdev's, for scripts/tests/additions.sh */
#include <errno.h>
#include <stdio.h>

#include "driver/driver.h"
#include "traffic/generator.h"

static int made_up_find(const char *name, const char *root, struct device *d, char *why,
			size_t len)
{
	if (name)
		return -EAGAIN;
	snprintf(why, len, "no netdev has a driver that is made up");
	return -ENODEV;
}

static void made_up_text(const struct device *d, char *text, size_t len)
{
	snprintf(text, len, "made up: there is none");
}

static int made_up_take(struct net *n)
{
	return -ENODEV;
}

static void made_up_give_back(struct net *n)
{
}

static int made_up_count(const struct net *n, struct net_count *c)
{
	return -ENODEV;
}

static int made_up_setup(struct generator *g)
{
	return -ENODEV;
}

static const struct generator_ops frames = {
	.what = "none",
	.setup = made_up_setup,
};

const struct driver_ops driver_made_up = {
	.name = "made_up",
	.driver = "made_up",
	.bytes = "rx_bytes",
	.generator = &frames,
	.find = made_up_find,
	.text = made_up_text,
	.plan = plans_nothing,
	.take = made_up_take,
	.give_back = made_up_give_back,
	.refused = refuses_nothing,
	.napi = always_napi,
	.checksums = makes_checksums,
	.count = made_up_count,
	.counts_drops = counts_drops,
};
