// SPDX-License-Identifier: GPL-2.0-only
/* XDP: in the driver, before there is an sk_buff */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/run.h"
#include "hook/hook.h"
#include "net/xdp.h"
#include "xdp.skel.h"

static void unload(void *skel)
{
	xdp_bpf__destroy(skel);
}

static int xdp_least(struct hook *h)
{
	struct xdp_bpf *skel = xdp_bpf__open();
	char why[256];
	int ret;

	h->skel = skel;
	h->unload = unload;
	if (!skel) {
		ret = hook_fail("open xdp.bpf.o", why, sizeof(why));
	} else {
		h->prog = skel->progs.xdp_empty;
		bpf_program__set_autoload(h->prog, true);
		ret = xdp_bpf__load(skel) ?
		      hook_fail("load the XDP program", why, sizeof(why)) : 0;
	}
	if (ret)
		err("%s", why);
	return ret;
}

static int xdp_attach(struct hook *h, char *why, size_t len)
{
	int ret = 0;

	if (h->gen)
		ret = generator_target(h->gen, h->prog);
	else
		h->link = attach_xdp(h->net, h->prog);
	if (!ret && !h->gen && !h->link)
		ret = -EIO;
	if (ret)
		snprintf(why, len, "%s", err_last());
	return ret;
}

static const struct hook_reach reach = {
	.table = { XDP_TABLE, XDP_TABLE },
	.traffic = { TRAFFIC_UDP_BURST, TRAFFIC_TCP_BURST },
	.frames = true,
	.least = xdp_least,
};

const struct hook_ops hook_xdp = {
	.name = "xdp",
	.label = "XDP",
	.place = "xdp",
	.place_label = "XDP",
	.paper = "XDP",
	.suffix = "xdp",
	.in_driver = true,
	.reach = &reach,
	.attach = xdp_attach,
	.detach = link_detach,
	.needs = hook_needs_nothing,
};
