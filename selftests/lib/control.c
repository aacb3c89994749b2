// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "hookcost_test.h"

void hc_need_root(void)
{
	if (geteuid())
		ksft_exit_skip("needs root\n");
}

void hc_need_patches(void)
{
	hc_need_root();
	if (access(HC_ROOT "/enable", F_OK))
		ksft_exit_skip("no " HC_ROOT ": no CONFIG_HOOKCOST, or debugfs is not mounted\n");
}

void hc_need_module(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	if (access(path, F_OK))
		ksft_exit_skip("module %s is not loaded\n", name);
}

int hc_write(const char *file, const void *buf, size_t len)
{
	char path[128];
	ssize_t n;
	int fd, ret;

	snprintf(path, sizeof(path), HC_ROOT "/%s", file);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	n = write(fd, buf, len);
	ret = n < 0 ? -errno : 0;
	close(fd);
	if (n >= 0 && (size_t)n != len) {
		ksft_print_msg("%s took %zd bytes of %zu\n", file, n, len);
		return -EIO;
	}
	return ret;
}

int hc_set(const char *file, const char *text)
{
	return hc_write(file, text, strlen(text));
}

const char *hc_get(const char *file)
{
	static char text[1024 * 1024];
	char path[128];
	size_t len = 0;
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), HC_ROOT "/%s", file);
	fd = open(path, O_RDONLY);
	while (fd >= 0 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += n;
	if (n)
		ksft_print_msg("cannot read %s: %s\n", path, n < 0 ? strerror(errno) : "too long");
	if (fd >= 0)
		close(fd);
	text[n ? 0 : len] = '\0';
	return text;
}

int hc_all_off(void)
{
	int ret;

	ret = hc_set("enable", "none");
	if (!ret)
		ret = hc_native_off();
	if (!ret)
		ret = hc_set("device", "any");
	if (!ret)
		ret = hc_set("clock", "plain");
	if (!ret)
		ret = hc_set("reset", "1");
	return ret;
}

int hc_native(const struct hc_net *n, const char *choice)
{
	char text[128];
	int ret;

	snprintf(text, sizeof(text), "%s dev hc0b", choice);
	/* names are looked up in the writer's namespace */
	hc_enter(n->b);
	ret = hc_set("native", text);
	hc_enter(n->home);
	return ret;
}

int hc_native_off(void)
{
	return hc_set("native", "off");
}

int hc_set_native(const struct hc_net *n, const char *name, uint64_t arg)
{
	char text[64];

	snprintf(text, sizeof(text), "%s %" PRIu64, name, arg);
	return hc_native(n, text);
}

int hc_read_native(struct hc_native *n)
{
	const char *pos = hc_get("native");
	int end = 0;

	memset(n, 0, sizeof(*n));
	if (sscanf(pos, "hookcost 2 native\nactive %31s\narg %" SCNu64 "\n%n", n->active, &n->arg,
		   &end) != 2 || !end) {
		ksft_print_msg("native: head \"%.60s\"\n", pos);
		return -EBADMSG;
	}
	for (pos += end; !strncmp(pos, "device ", strlen("device ")); pos += end) {
		end = 0;
		if (sscanf(pos, "device %15s %u %u\n%n", n->device, &n->ifindex, &n->netns,
			   &end) != 3 || !end) {
			ksft_print_msg("native: \"%.60s\" is no device\n", pos);
			return -EBADMSG;
		}
		n->ndevices++;
	}
	for (; *pos; pos += end) {
		size_t i = n->nprograms;

		end = 0;
		if (i == HC_PROGRAMS ||
		    sscanf(pos, "program %31s max %" SCNu64 " owner %31s\n%n", n->program[i].name,
			   &n->program[i].max, n->program[i].owner, &end) != 3 || !end) {
			ksft_print_msg("native: \"%.60s\" is no program\n", pos);
			return -EBADMSG;
		}
		n->nprograms++;
	}
	return 0;
}
