// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "cpu.h"
#include "run.h"

static cpu_set_t allowed;

static void cpu_unpin(void *arg)
{
	(void)arg;
	sched_setaffinity(0, sizeof(allowed), &allowed);
}

int cpu_pin(void)
{
	cpu_set_t one;
	int cpu, ret;

	if (sched_getaffinity(0, sizeof(allowed), &allowed)) {
		ret = -errno;
		goto fail;
	}
	/* the last one: the first takes most machines' interrupts */
	for (cpu = CPU_SETSIZE - 1; cpu > 0 && !CPU_ISSET(cpu, &allowed); cpu--)
		;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	ret = cleanup_push(cpu_unpin, NULL);
	if (ret)
		return ret;
	if (!sched_setaffinity(0, sizeof(one), &one))
		return cpu;
	ret = -errno;
fail:
	err("cannot stay on one CPU: %s", strerror(-ret));
	return ret;
}
