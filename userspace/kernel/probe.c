// SPDX-License-Identifier: GPL-2.0-only
/* Controls of the kernel's debugfs tables */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "kernel/probe_priv.h"

#define DEBUGFS "/sys/kernel/debug"

const char *probe_root(void)
{
	const char *root = getenv("HOOKCOST_DEBUGFS");

	return root && *root ? root : DEBUGFS "/hookcost";
}

int probe_available(char *why, size_t len)
{
	char *path = xasprintf("%s/enable", probe_root());
	int ret = access(path, R_OK) ? -errno : 0;
	struct statfs fs;

	free(path);
	if (!ret)
		return 0;
	if (getenv("HOOKCOST_DEBUGFS")) {
		snprintf(why, len, "HOOKCOST_DEBUGFS=%s: %s", probe_root(), strerror(-ret));
	} else if (geteuid()) {
		ret = -EACCES;
		snprintf(why, len, "debugfs is for root only; run as root");
	} else if (statfs(DEBUGFS, &fs) || fs.f_type != DEBUGFS_MAGIC) {
		ret = -ENODEV;
		snprintf(why, len,
			 "debugfs is not mounted; run: mount -t debugfs none " DEBUGFS);
	} else {
		ret = -ENOENT;
		snprintf(why, len,
			 "the running kernel lacks the hookcost patches (CONFIG_HOOKCOST)");
	}
	return ret;
}

static int set(const char *file, const char *value)
{
	char *path = xasprintf("%s/%s", probe_root(), file);
	int ret = write_text(path, value);

	if (ret)
		err("cannot write \"%s\" to %s: %s; see hookcost doctor", value, path,
		    strerror(-ret));
	free(path);
	return ret;
}

/* Whole text of a table; NULL with err() said and *ret set */
static char *get(const char *file, size_t *len, int *ret)
{
	char *path = xasprintf("%s/%s", probe_root(), file);
	char *text = slurp(path, len);

	*ret = text ? 0 : -errno;
	if (!text)
		err("cannot read %s: %s; see hookcost doctor", path, strerror(-*ret));
	free(path);
	return text;
}

static int refuse(const char *file, int ret, const char *why)
{
	if (ret)
		err("corrupt table %s/%s: %s; kernel and tool must be of one version",
		    probe_root(), file, why);
	return ret;
}

int probe_enable(const char *hooks)
{
	return set("enable", hooks);
}

int probe_enabled(char *hooks, size_t len)
{
	size_t size;
	char *text;
	int ret;

	text = get("enable", &size, &ret);
	if (!text)
		return ret;
	text[strcspn(text, "\n")] = '\0';
	if (!*text || strlen(text) >= len)
		ret = refuse("enable", -EBADMSG, "no list of hooks");
	else
		snprintf(hooks, len, "%s", text);
	free(text);
	return ret;
}

int probe_reset(void)
{
	return set("reset", "1");
}

int probe_set_clock(const char *mode)
{
	return set("clock", mode);
}

int probe_set_device(const char *name)
{
	return set("device", name);
}

int probe_set_native(const char *prog, uint64_t arg, const char *devices)
{
	char *value = xasprintf("%s %llu dev %s", prog, (unsigned long long)arg, devices);
	int ret = set("native", value);

	free(value);
	return ret;
}

int probe_native_off(void)
{
	return set("native", "off");
}

int probe_read_clock(struct probe_clock *c)
{
	char why[256];
	size_t len;
	char *text;
	int ret;

	memset(c, 0, sizeof(*c));
	text = get("clock", &len, &ret);
	if (text)
		ret = refuse("clock", probe_parse_clock(text, len, c, why, sizeof(why)), why);
	free(text);
	return ret;
}

int probe_read_native(struct probe_native *n)
{
	char why[256];
	size_t len;
	char *text;
	int ret;

	memset(n, 0, sizeof(*n));
	text = get("native", &len, &ret);
	if (text)
		ret = refuse("native", probe_parse_native(text, len, n, why, sizeof(why)), why);
	free(text);
	/* half a table is none */
	if (ret)
		memset(n, 0, sizeof(*n));
	return ret;
}

bool probe_has_native(const struct probe_native *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->nprograms; i++)
		if (!strcmp(n->program[i], name))
			return true;
	return false;
}

bool probe_native_usable(const struct probe_native *n, const char *name, char *why, size_t len)
{
	if (probe_has_native(n, name))
		return true;
	else if (!strncmp(name, "hard_", strlen("hard_")))
		snprintf(why, len, "the kernel is built without CONFIG_HOOKCOST_HARDCODED");
	else
		snprintf(why, len, "no program %s at the native hook; load hookcost_native.ko",
			 name);
	return false;
}

int probe_read_hook(const char *hook, struct probe_hook *h)
{
	char why[256], file[32];
	size_t len;
	size_t i;
	char *text;
	int ret;

	memset(h, 0, sizeof(*h));
	snprintf(file, sizeof(file), "hooks/%s", hook);
	text = get(file, &len, &ret);
	if (text)
		ret = refuse(file, probe_parse_hook(text, len, hook, h, why, sizeof(why)), why);
	for (i = 0; i < h->nphases; i++)
		h->phase[i].step = cpu_tsc_step();
	free(text);
	return ret;
}

void probe_all_off(void)
{
	char why[256];

	if (probe_available(why, sizeof(why)))
		return;
	/* each on its own: one that fails has said so and must not keep the rest on */
	probe_enable("none");
	probe_native_off();
	probe_set_device("any");
	probe_set_clock("plain");
}

static void all_off(void *arg)
{
	probe_all_off();
}

int probe_off_at_end(void)
{
	return cleanup_push(all_off, NULL);
}
