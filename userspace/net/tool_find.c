// SPDX-License-Identifier: GPL-2.0-only
/* Other programs (iperf, sockperf): where they are, and what to install */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util.h"
#include "net/tool.h"

static const struct {
	const char *tool, *package;
} packages[] = {
	{ "gnuplot", "gnuplot-nox" },
	{ "iperf", "iperf" },
	{ "sockperf", "sockperf" },
};

char *tool_path(const char *name)
{
	const char *dir = getenv("PATH") ?: "/usr/bin:/bin";
	size_t len;

	if (strchr(name, '/'))
		return access(name, X_OK) ? NULL : xstrdup(name);
	for (; *dir; dir += len + (dir[len] == ':')) {
		char *path;

		len = strcspn(dir, ":");
		path = xasprintf("%.*s/%s", (int)len, dir, name);
		if (len && !access(path, X_OK))
			return path;
		free(path);
	}
	return NULL;
}

bool tool_find(const char *name, char *why, size_t len)
{
	char *path = tool_path(name);
	const char *package = name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(packages); i++)
		if (!strcmp(packages[i].tool, name))
			package = packages[i].package;
	if (path)
		why[0] = '\0';
	else
		snprintf(why, len, "there is no %s in PATH; install it (Debian: package %s)",
			 name, package);
	free(path);
	return path;
}
