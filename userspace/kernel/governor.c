// SPDX-License-Identifier: GPL-2.0-only
/* The CPUs' frequency governor: performance while benches run, if that is asked for */
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/guard.h"
#include "core/util.h"
#include "kernel/governor.h"

#define WANTED	"performance"
#define NAME_MAX_LEN	32

static struct {
	glob_t files;
	char (*was)[NAME_MAX_LEN];
	struct guard guard;
} governor;

static void put_back(void *arg)
{
	size_t i;

	for (i = 0; i < governor.files.gl_pathc; i++)
		if (strcmp(governor.was[i], WANTED))
			write_text(governor.files.gl_pathv[i], governor.was[i]);
}

static int change(size_t *changed)
{
	size_t i;
	int ret;

	*changed = 0;
	for (i = 0; i < governor.files.gl_pathc; i++) {
		const char *path = governor.files.gl_pathv[i];

		if (!strcmp(governor.was[i], WANTED))
			continue;
		ret = write_text(path, WANTED);
		if (ret) {
			err("cannot write %s to %s: %s", WANTED, path, strerror(-ret));
			return ret;
		}
		++*changed;
	}
	return 0;
}

int governor_set(const char *root, char *text, size_t len)
{
	char *pattern = xasprintf("%s/sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor",
				  root);
	size_t i, n, changed;
	int ret;

	glob(pattern, 0, NULL, &governor.files);
	free(pattern);
	n = governor.files.gl_pathc;
	if (!n) {
		globfree(&governor.files);
		snprintf(text, len, "no CPU here has a frequency governor");
		return 0;
	}
	governor.was = xcalloc(n, sizeof(*governor.was));
	for (i = 0; i < n; i++)
		read_line(governor.files.gl_pathv[i], governor.was[i], NAME_MAX_LEN);
	ret = guard_begin(&governor.guard, put_back, NULL);
	if (ret)
		return ret;
	ret = change(&changed);
	if (ret)
		governor_restore();
	else if (changed)
		snprintf(text, len, "frequency governor of %zu CPUs: %s -> %s", changed,
			 governor.was[0], WANTED);
	else
		snprintf(text, len, "frequency governor: %s already", WANTED);
	return ret;
}

void governor_restore(void)
{
	guard_end(&governor.guard);
	globfree(&governor.files);
	free(governor.was);
	governor.was = NULL;
}
