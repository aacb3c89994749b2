// SPDX-License-Identifier: GPL-2.0-only
/* TC ingress by tcx, since Linux 6.6 */
#include <errno.h>

#include "core/util.h"
#include "hook/hook.h"
#include "hook/tc.h"

static int tcx_attach(struct hook *h, char *why, size_t len)
{
	int ret = net_enter(&h->net->b);

	if (ret)
		return ret;
	h->link = bpf_program__attach_tcx(h->prog, h->net->b.ifindex, NULL);
	if (!h->link)
		ret = hook_fail("attach a TC program (tcx)", why, len);
	return net_leave(h->net) ?: ret;
}

static const struct hook_reach reach = {
	.table = { "tc", "tc" },
	.traffic = { TRAFFIC_UDP_BURST, TRAFFIC_TCP_BURST },
	.least = tc_least,
	.lines = &(const struct hook_lines){
		.entry = "ingress entry",
		.verdict = "verdict (pass)",
		.ordered = true,
	},
};

const struct hook_ops hook_tcx = {
	.name = "tcx",
	.label = "TC (tcx)",
	.place = "tc",
	.place_label = "TC",
	.paper = "TC",
	.suffix = "tc",
	.reach = &reach,
	.attach = tcx_attach,
	.detach = link_detach,
	.needs = hook_needs_nothing,
};
