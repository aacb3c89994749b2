// SPDX-License-Identifier: GPL-2.0-only
/*
 * What SIGKILL leaves behind. Programs, links, namespaces and their netdevs, and
 * processes go with the one that was killed, as nothing is pinned; what was set in
 * debugfs stays.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/if_link.h>
#include <bpf/libbpf.h>

#include "core/run.h"
#include "core/util.h"
#include "kernel/lock.h"
#include "kernel/probe.h"
#include "kernel/session.h"
#include "net/ethtool.h"

static void name(char *list, size_t len, const char *what, const char *value)
{
	size_t n = strlen(list);

	snprintf(list + n, len - n, "%s%s %s", n ? ", " : "", what, value);
}

int session_begin(void)
{
	struct probe_native native;
	struct probe_clock clock;
	char hooks[64], device[64], left[256] = "", why[256], *path;
	int ret;

	ret = lock_state(LOCK_STATE_WRITE);
	if (ret)
		return ret;
	if (probe_available(why, sizeof(why)))
		return 0;
	/* a table that cannot be read is the benches' affair */
	path = xasprintf("%s/device", probe_root());
	if (!probe_enabled(hooks, sizeof(hooks)) && strcmp(hooks, "none"))
		name(left, sizeof(left), "hooks", hooks);
	if (!probe_read_native(&native) && strcmp(native.active, "off"))
		name(left, sizeof(left), "native program", native.active);
	if (read_line(path, device, sizeof(device)) && strcmp(device, "any"))
		name(left, sizeof(left), "device", device);
	if (!probe_read_clock(&clock) && strcmp(clock.mode, "plain"))
		name(left, sizeof(left), "clock", clock.mode);
	free(path);
	if (*left) {
		err("turned off what was left on: %s", left);
		probe_all_off();
	}
	return 0;
}
