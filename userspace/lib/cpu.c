// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#include "cpu.h"
#include "run.h"
#include "util.h"

#define STEP_READS	4096
#define STEP_MIN	5	/* shorter ones are within the one tick's play */
#define STEP_MAX	1000
#define LOOP_TRIES	20
#define RATE_NS		2e6	/* to know the counter's rate well enough for a step */

static cpu_set_t allowed;
static int pinned;

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
	pinned = cpu;
	if (!sched_setaffinity(0, sizeof(one), &one))
		return cpu;
	ret = -errno;
fail:
	err("cannot stay on one CPU: %s", strerror(-ret));
	return ret;
}

int cpu_pinned(void)
{
	return pinned;
}

void cpu_leave(void)
{
	cpu_set_t others = allowed;

	CPU_CLR(pinned, &others);
	if (CPU_COUNT(&others))
		sched_setaffinity(0, sizeof(others), &others);
}

void cpu_pin_thread(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(pinned, &one);
	sched_setaffinity(0, sizeof(one), &one);
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
