// SPDX-License-Identifier: GPL-2.0-only
/* The native hook: a module's function in place of the driver's XDP program */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/run.h"
#include "hook/hook.h"
#include "hook/native.h"
#include "kernel/probe.h"

int native_run(const struct net *n, const char *prog, uint64_t arg)
{
	int ret;

	if (!strcmp(prog, "off"))
		return probe_native_off();
	/* the kernel looks the name up in the caller's namespace */
	ret = net_enter(&n->b);
	if (ret)
		return ret;
	ret = probe_set_native(prog, arg, n->b.name);
	return net_leave(n) ?: ret;
}

/* It takes the place of an eBPF program, which is there but does not run */
static int native_attach(struct hook *h, char *why, size_t len)
{
	int ret = hook_xdp.attach(h, why, len);

	if (ret)
		return ret;
	ret = native_run(h->net, h->native, 0);
	if (ret)
		snprintf(why, len, "%s", err_last());
	return ret;
}

static void native_detach(struct hook *h)
{
	probe_native_off();
	hook_xdp.detach(h);
}

static int native_needs(const char *program, char *why, size_t len)
{
	struct probe_native n = {};

	if (probe_available(why, len))
		return -ENODEV;
	why[0] = '\0';
	probe_read_native(&n);
	return probe_native_usable(&n, program, why, len) ? 0 : -ENODEV;
}

const struct hook_ops hook_native = {
	.name = "native",
	.label = "native hook",
	.place = "native",
	.place_label = "native hook",
	.paper = "hard-coded",
	.suffix = "xdp",
	.in_driver = true,
	.instead = true,
	.attach = native_attach,
	.detach = native_detach,
	.needs = native_needs,
};
