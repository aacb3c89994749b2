// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"

#define CPUS_MAX	1048576
#define STEP_READS	4096
#define STEP_MIN	5	/* shorter ones are within the one tick's play */
#define STEP_MAX	1000
#define LOOP_TRIES	20
#define RATE_NS		2e6	/* to know the counter's rate well enough for a step */

/* As it was before; NULL: it may run where it likes */
static cpu_set_t *allowed;
static size_t allowed_size;		/* bytes */
static int pinned;

/* The kernel refuses a set that is shorter than its own, which has no limit of 1024 */
static int read_allowed(void)
{
	int cpus, ret = -EINVAL;

	for (cpus = CPU_SETSIZE; cpus <= CPUS_MAX && ret == -EINVAL; cpus *= 2) {
		CPU_FREE(allowed);
		allowed_size = CPU_ALLOC_SIZE(cpus);
		allowed = CPU_ALLOC(cpus);
		if (!allowed)
			return -ENOMEM;
		CPU_ZERO_S(allowed_size, allowed);
		ret = sched_getaffinity(0, allowed_size, allowed) ? -errno : 0;
	}
	return ret;
}

/* The next allowed one below, or -1 */
static int allowed_below(int cpu)
{
	do {
		cpu--;
	} while (cpu >= 0 && !CPU_ISSET_S(cpu, allowed_size, allowed));
	return cpu;
}

cpu_set_t *cpu_set_of(int cpu, size_t *size)
{
	cpu_set_t *set = CPU_ALLOC(cpu + 1);

	if (!set) {
		err("out of memory");
		exit(1);
	}
	*size = CPU_ALLOC_SIZE(cpu + 1);
	CPU_ZERO_S(*size, set);
	CPU_SET_S(cpu, *size, set);
	return set;
}

static int pin_to(int cpu)
{
	size_t size;
	cpu_set_t *one = cpu_set_of(cpu, &size);
	int ret = sched_setaffinity(0, size, one) ? -errno : 0;

	CPU_FREE(one);
	return ret;
}

static void cpu_unpin(void *arg)
{
	sched_setaffinity(0, allowed_size, allowed);
}

int cpu_pin(void)
{
	int cpu, ret = read_allowed();

	if (ret)
		goto fail;
	/* the last one: the first takes most machines' interrupts */
	cpu = allowed_below(8 * (int)allowed_size);
	ret = cleanup_push(cpu_unpin, NULL);
	if (ret)
		return ret;
	pinned = cpu;
	ret = pin_to(cpu);
	if (!ret)
		return cpu;
fail:
	err("cannot stay on one CPU: %s", strerror(-ret));
	return ret;
}

int cpu_below(int cpu)
{
	return allowed_below(cpu);
}

int cpu_below_pinned(void)
{
	return cpu_below(pinned);
}

int cpu_pinned(void)
{
	return pinned;
}

void cpu_leave(void)
{
	CPU_CLR_S(pinned, allowed_size, allowed);
	if (CPU_COUNT_S(allowed_size, allowed))
		sched_setaffinity(0, allowed_size, allowed);
	CPU_SET_S(pinned, allowed_size, allowed);
}

void cpu_pin_thread(void)
{
	pin_to(pinned);
}

static double stolen_ns(void)
{
	unsigned long long steal;
	char line[256], name[24];
	FILE *f = fopen("/proc/stat", "re");
	double ns = 0;

	snprintf(name, sizeof(name), "cpu%d ", pinned);
	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)) &&
		    sscanf(line + strlen(name), "%*u %*u %*u %*u %*u %*u %*u %llu", &steal) == 1)
			ns = 1e9 * (double)steal / (double)sysconf(_SC_CLK_TCK);
	if (f)
		fclose(f);
	return ns;
}

double cpu_waited_ns(void)
{
	unsigned long long waited;
	char line[96];

	if (!read_line("/proc/thread-self/schedstat", line, sizeof(line)) ||
	    sscanf(line, "%*u %llu", &waited) != 1)
		return NAN;
	return (double)waited + stolen_ns();
}

unsigned int cpu_count(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

/* Whether nearly all intervals are a multiple of the step, or one tick off it */
static bool in_steps(const unsigned int *interval, unsigned int step)
{
	unsigned int i, fit = 0;

	for (i = 0; i < STEP_READS; i++) {
		unsigned int rest = interval[i] % step;

		fit += rest < 2 || step - rest < 2;
	}
	return fit > STEP_READS - STEP_READS / 50;
}

/*
 * Reads within a step differ by one tick, on CPUs that never return a value
 * twice, and where a hypervisor scales the counter a step need not be a whole
 * number of ticks.
 */
unsigned int cpu_tsc_step(void)
{
	static unsigned int step;
	unsigned int interval[STEP_READS], count[STEP_MAX] = {};
	unsigned int i, j;

	if (step)
		return step;
	for (i = 0; i < STEP_READS; i++) {
		uint64_t from = __rdtsc();

		/* intervals of many lengths */
		for (j = 0; j < i % 64; j++)
			asm volatile("");
		interval[i] = __rdtsc() - from;
		if (interval[i] < STEP_MAX)
			count[interval[i]]++;
	}
	for (i = STEP_MIN; i < STEP_MAX; i++)
		if (count[i] > STEP_READS / 50 && in_steps(interval, i))
			return step = i;
	return step = 1;
}

double cpu_tsc_step_ns(void)
{
	static double ns_per_tick;
	double begin = now_ns();
	uint64_t ticks = __rdtsc();

	if (cpu_tsc_step() < 2)
		return 0;
	if (!ns_per_tick) {
		while (now_ns() - begin < RATE_NS)
			;
		ns_per_tick = (now_ns() - begin) / (double)(__rdtsc() - ticks);
	}
	return cpu_tsc_step() * ns_per_tick;
}

/* Ticks of a loop of two instructions; the fewest, as interrupts only add to them */
static uint64_t loop_ticks(uint64_t times)
{
	uint64_t best = UINT64_MAX;
	int i;

	for (i = 0; i < LOOP_TRIES; i++) {
		uint64_t n = times, from = __rdtsc(), took;

		asm volatile("1: dec %0\n\tjnz 1b" : "+r" (n));
		took = __rdtsc() - from;
		if (took < best)
			best = took;
	}
	return best;
}

/* Short loops, so that some fall between two interrupts */
bool cpu_tsc_counts_instructions(void)
{
	static const uint64_t times[] = { 10, 137, 3000 };
	uint64_t base = loop_ticks(1);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++)
		if (loop_ticks(times[i]) - base != 2 * (times[i] - 1))
			return false;
	return true;
}
