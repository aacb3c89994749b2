// SPDX-License-Identifier: GPL-2.0-only
/* Modules are loaded and removed by the system calls, without modprobe's ideas of its own */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hookcost_test.h"

static void file_of(const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s.ko", getenv("HOOKCOST_MODULES") ?: "/nonexistent", name);
}

bool hc_loaded(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return !access(path, F_OK);
}

bool hc_can_load(const char *name)
{
	char path[512];

	file_of(name, path, sizeof(path));
	return !access(path, R_OK);
}

int hc_load(const char *name)
{
	char path[512];
	int fd, ret;

	file_of(name, path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return ret;
}

int hc_unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
}

int hc_references(const char *name)
{
	char path[128];
	int refs = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	f = fopen(path, "r");
	if (!f)
		return -1;
	if (fscanf(f, "%d", &refs) != 1)
		refs = -1;
	fclose(f);
	return refs;
}
