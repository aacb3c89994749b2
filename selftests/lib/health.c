// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "health.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define CACHES		"/sys/kernel/slab"
#define SHOWN		12	/* lines of the log, from the splat's first on */
#define SETTLE_US	20000
#define SETTLE_TRIES	25

static int kmsg = -1;

void hc_log_begin(void)
{
	if (kmsg >= 0)
		close(kmsg);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (kmsg >= 0)
		lseek(kmsg, 0, SEEK_END);
}

static bool is_splat(const char *text)
{
	static const char *const words[] = {
		"WARNING:", "BUG:", "Oops", "Call Trace:", "general protection", "UBSAN:",
		"KASAN:", "possible circular locking", "suspicious RCU", "INFO: task",
		"ODEBUG:", "Kernel panic", "list_add corruption", "list_del corruption",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

unsigned int hc_log_splats(void)
{
	unsigned int splats = 0, show = 0;
	char record[8192], *text;
	ssize_t n;

	if (kmsg < 0) {
		ksft_print_msg("cannot read /dev/kmsg\n");
		return 1;
	}
	/* a record is "level,number,time,flags;text\n"; EPIPE: some have been overwritten */
	while ((n = read(kmsg, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue;
		record[n] = '\0';
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = '\0';
		if (is_splat(text)) {
			splats++;
			show = SHOWN;
		}
		if (show) {
			ksft_print_msg("kernel: %s\n", text);
			show--;
		}
	}
	return splats;
}

static void read_once(struct hc_memory *m)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128], name[32];
	uint64_t kb;

	memset(m, 0, sizeof(*m));
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%31[^:]: %" SCNu64, name, &kb) != 2)
			continue;
		if (!strcmp(name, "SUnreclaim"))
			m->slab = kb;
		else if (!strcmp(name, "VmallocUsed"))
			m->vmalloc = kb;
		else if (!strcmp(name, "Percpu"))
			m->percpu = kb;
	}
	if (f)
		fclose(f);
}

/*
 * Slabs without an object in use are given back, and so are freed objects that KASAN keeps
 * in its quarantine, which may hold a 32nd of the memory
 */
static void shrink_caches(void)
{
	DIR *caches = opendir(CACHES);
	struct dirent *cache;
	char path[512];
	int fd;

	while (caches && (cache = readdir(caches))) {
		/* a link is another name of a cache */
		if (cache->d_type == DT_LNK || cache->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CACHES "/%s/shrink", cache->d_name);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (write(fd, "1", 1) != 1)
			ksft_print_msg("%s: %s\n", path, strerror(errno));
		close(fd);
	}
	if (caches)
		closedir(caches);
}

void hc_memory_read(struct hc_memory *m)
{
	struct hc_memory last;
	int tries;

	shrink_caches();
	read_once(m);
	/* until it no longer shrinks */
	for (tries = 0; tries < SETTLE_TRIES; tries++) {
		last = *m;
		usleep(SETTLE_US);
		read_once(m);
		if (m->slab >= last.slab && m->vmalloc >= last.vmalloc && tries > 3)
			return;
	}
}

static uint64_t more(uint64_t now, uint64_t then)
{
	return now > then ? now - then : 0;
}

uint64_t hc_memory_grown(const struct hc_memory *since)
{
	struct hc_memory now;

	hc_memory_read(&now);
	return more(now.slab, since->slab) + more(now.vmalloc, since->vmalloc) +
	       more(now.percpu, since->percpu);
}

static int kmemleak(const char *command)
{
	int fd = open(KMEMLEAK, O_WRONLY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : 0;

	if (!ret && write(fd, command, strlen(command)) < 0)
		ret = -1;
	if (fd >= 0)
		close(fd);
	return ret;
}

void hc_leaks_begin(void)
{
	if (!kmemleak("scan"))
		kmemleak("clear");
}

int hc_leaks(void)
{
	char line[256];
	int leaks = 0;
	FILE *f;

	/* an object is reported when a second scan has not found it either */
	if (kmemleak("scan") || kmemleak("scan"))
		return -1;
	f = fopen(KMEMLEAK, "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		leaks += !strncmp(line, "unreferenced object", 19);
		ksft_print_msg("kmemleak: %s", line);
	}
	fclose(f);
	return leaks;
}
