// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

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
