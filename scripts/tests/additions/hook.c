// SPDX-License-Identifier: GPL-2.0-only
/* A hook of no kernel's, for scripts/tests/additions.sh */
#include <errno.h>

#include "hook/hook.h"

static int made_up_least(struct hook *h)
{
	return -EOPNOTSUPP;
}

static int made_up_attach(struct hook *h, char *why, size_t len)
{
	errno = EOPNOTSUPP;
	return hook_fail("attach to a hook that is made up", why, len);
}

static const struct hook_reach reach = {
	.table = { "made_up", "made_up" },
	.traffic = { TRAFFIC_UDP_BURST, TRAFFIC_TCP_BURST },
	.least = made_up_least,
};

const struct hook_ops hook_made_up = {
	.name = "made_up",
	.label = "Made up",
	.place = "made_up",
	.place_label = "Made up",
	.suffix = "made_up",
	.reach = &reach,
	.attach = made_up_attach,
	.detach = link_detach,
	.needs = hook_needs_nothing,
};
