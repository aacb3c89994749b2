// SPDX-License-Identifier: GPL-2.0-only
/* XDP behind the driver: generic, of any netdev, with an sk_buff */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <unistd.h>

#include "hook/hook.h"

static int generic_attach(struct hook *h, char *why, size_t len)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = XDP_FLAGS_SKB_MODE);
	int ret = net_enter(&h->net->b);

	if (ret)
		return ret;
	h->fd = bpf_link_create(bpf_program__fd(h->prog), h->net->b.ifindex, BPF_XDP, &opts);
	if (h->fd < 0) {
		ret = h->fd;
		snprintf(why, len, "cannot attach a generic XDP program: %s", strerror(-ret));
		h->fd = 0;
	}
	return net_leave(h->net) ?: ret;
}

static void generic_detach(struct hook *h)
{
	if (h->fd > 0)
		close(h->fd);
	h->fd = 0;
}

const struct hook_ops hook_xdp_generic = {
	.name = "xdp_generic",
	.label = "XDP, generic",
	.place = "xdp_generic",
	.place_label = "XDP, generic",
	.suffix = "generic",
	.attach = generic_attach,
	.detach = generic_detach,
	.needs = hook_needs_nothing,
};
