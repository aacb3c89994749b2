// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/util.h"
#include "measure/counter.h"

static const char *reason(int error)
{
	if (access("/proc/sys/kernel/perf_event_paranoid", F_OK))
		return "the kernel lacks CONFIG_PERF_EVENTS";
	switch (error) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		return "the CPU has no such counter, or its hypervisor keeps it";
	case EACCES:
	case EPERM:
		return "kernel.perf_event_paranoid forbids it; run as root";
	default:
		return strerror(error);
	}
}

int counter_open(struct counter *c, uint32_t type, uint64_t config, char *why, size_t len)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
		.exclude_hv = 1,
	};
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	int fd, ret = -ENODEV;

	c->n = 0;
	c->fd = xcalloc(cpus > 0 ? cpus : 1, sizeof(*c->fd));
	for (cpu = 0; cpu < cpus; cpu++) {
		fd = syscall(SYS_perf_event_open, &attr, -1, (int)cpu, -1, PERF_FLAG_FD_CLOEXEC);
		/* one that is not on has nothing to count */
		if (fd < 0 && errno == ENODEV)
			continue;
		if (fd < 0) {
			ret = -errno;
			break;
		}
		c->fd[c->n++] = fd;
		ret = 0;
	}
	if (ret) {
		snprintf(why, len, "no hardware counter: %s", reason(-ret));
		counter_close(c);
	}
	return ret;
}

int counter_open_l1(struct counter *c, char *why, size_t len)
{
	return counter_open(c, PERF_TYPE_HW_CACHE,
			    PERF_COUNT_HW_CACHE_L1D | PERF_COUNT_HW_CACHE_OP_READ << 8 |
			    PERF_COUNT_HW_CACHE_RESULT_MISS << 16, why, len);
}

int counter_read(const struct counter *c, double *value)
{
	struct {
		uint64_t value, enabled, running;
	} r;
	size_t i;

	*value = 0;
	for (i = 0; i < c->n; i++) {
		ssize_t n = read(c->fd[i], &r, sizeof(r));

		if (n != sizeof(r))
			return n < 0 ? -errno : -EIO;
		if (r.running)
			*value += (double)r.value * ((double)r.enabled / (double)r.running);
	}
	return 0;
}

void counter_close(struct counter *c)
{
	while (c->n)
		close(c->fd[--c->n]);
	free(c->fd);
	c->fd = NULL;
}
