// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/util.h"
#include "net/keep.h"

/* One that cannot be read, as a secret that is not set, has no value */
static void keep_file(struct keep *k, const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name), *text = slurp(path, NULL);

	if (!text) {
		free(path);
		return;
	}
	k->file = xrealloc(k->file, k->n + 1, sizeof(*k->file));
	k->file[k->n++] = (struct kept){ path, text };
}

static void keep_dir(struct keep *k, const char *path, const char *const *only, size_t n)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	size_t i;

	while (dir && (e = readdir(dir))) {
		for (i = 0; i < n && strcmp(e->d_name, only[i]); i++)
			;
		if (e->d_name[0] != '.' && (i < n || !n))
			keep_file(k, path, e->d_name);
	}
	if (dir)
		closedir(dir);
}

void keep_sysctls(struct keep *k, const char *netdev)
{
	static const char *const where[] = { "ipv4/conf", "ipv6/conf", "ipv4/neigh", "ipv6/neigh" };
	char *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(where); i++) {
		path = xasprintf("/proc/sys/net/%s/%s", where[i], netdev);
		keep_dir(k, path, NULL, 0);
		free(path);
	}
}

void keep_queues(struct keep *k, const char *netdev)
{
	static const char *const file[] = { "rps_cpus", "rps_flow_cnt", "xps_cpus", "xps_rxqs" };
	char *path = xasprintf("/sys/class/net/%s/queues", netdev), *queue;
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		queue = xasprintf("%s/%s", path, e->d_name);
		keep_dir(k, queue, file, ARRAY_SIZE(file));
		free(queue);
	}
	if (dir)
		closedir(dir);
	free(path);
}

void keep_back(const struct keep *k)
{
	char *now;
	size_t i;

	for (i = 0; i < k->n; i++) {
		now = slurp(k->file[i].path, NULL);
		if (now && strcmp(now, k->file[i].text))
			write_text(k->file[i].path, k->file[i].text);
		free(now);
	}
}

void keep_forget(struct keep *k)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		free(k->file[i].path);
		free(k->file[i].text);
	}
	free(k->file);
	memset(k, 0, sizeof(*k));
}
