// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#include "cpu.h"
#include "run.h"

#define STEP_READS	4096
#define STEP_MAX	1000

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

unsigned int cpu_count(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

unsigned int cpu_tsc_step(void)
{
	static unsigned int step;
	uint64_t common = 0;
	unsigned int i, j;

	for (i = 0; !step && i < STEP_READS && common != 1; i++) {
		uint64_t from = __rdtsc();

		/* intervals of many lengths */
		for (j = 0; j < i % 64; j++)
			asm volatile("");
		common = common_divisor(common, __rdtsc() - from);
	}
	if (!step)
		step = common && common <= STEP_MAX ? common : 1;
	return step;
}
