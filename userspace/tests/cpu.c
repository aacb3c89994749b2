// SPDX-License-Identifier: GPL-2.0-only
/* The CPU that a bench stays on, and a kernel with room for 4096 of them */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "core/cpu.h"
#include "core/run.h"
#include "unit.h"

#define KERNEL_BYTES	(4096 / 8)

static bool pretend;
static uint8_t now[KERNEL_BYTES];	/* what the process may use there */

/* In place of the C library's, for lib/ as well: as the kernel has it, sched_getaffinity(2) */
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	long n;

	if (pretend) {
		if (size < KERNEL_BYTES) {
			errno = EINVAL;
			return -1;
		}
		memcpy(set, now, KERNEL_BYTES);
		return 0;
	}
	n = syscall(SYS_sched_getaffinity, pid, size, set);
	if (n < 0)
		return -1;
	memset((uint8_t *)set + n, 0, size - n);
	return 0;
}

int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	if (!pretend)
		return syscall(SYS_sched_setaffinity, pid, size, set);
	memset(now, 0, sizeof(now));
	memcpy(now, set, size < KERNEL_BYTES ? size : KERNEL_BYTES);
	return 0;
}

static void allow(unsigned int cpu)
{
	now[cpu / 8] |= 1 << cpu % 8;
}

static bool allowed(unsigned int cpu)
{
	return now[cpu / 8] & 1 << cpu % 8;
}

static unsigned int count(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < 8 * KERNEL_BYTES; i++)
		n += allowed(i);
	return n;
}

static void beyond_1024(void)
{
	size_t mark = cleanup_mark();

	memset(now, 0, sizeof(now));
	allow(3);
	allow(1500);
	allow(3000);
	pretend = true;
	CHECK_INT(cpu_pin(), 3000);
	CHECK_INT(cpu_pinned(), 3000);
	CHECK_INT(cpu_below_pinned(), 1500);
	CHECK(count() == 1 && allowed(3000));
	cpu_leave();
	CHECK(count() == 2 && allowed(3) && allowed(1500));
	cpu_pin_thread();
	CHECK(count() == 1 && allowed(3000));
	cleanup_to(mark);
	CHECK(count() == 3 && allowed(3) && allowed(1500) && allowed(3000));
	pretend = false;
}

static void one_alone(void)
{
	size_t mark = cleanup_mark();

	memset(now, 0, sizeof(now));
	allow(0);
	pretend = true;
	CHECK_INT(cpu_pin(), 0);
	CHECK_INT(cpu_below_pinned(), -1);
	/* there is no other one to leave it for */
	cpu_leave();
	CHECK(count() == 1 && allowed(0));
	cleanup_to(mark);
	pretend = false;
}

static void here(void)
{
	size_t mark = cleanup_mark(), size;
	cpu_set_t *set;
	int cpu = cpu_pin();

	CHECK(cpu >= 0);
	CHECK_INT(sched_getcpu(), cpu);
	cleanup_to(mark);
	set = cpu_set_of(cpu, &size);
	CHECK_INT(CPU_COUNT_S(size, set), 1);
	CHECK(CPU_ISSET_S(cpu, size, set));
	CPU_FREE(set);
}

const struct unit cpu_units[] = {
	{ "cpu: one beyond the 1024th", beyond_1024 },
	{ "cpu: one alone", one_alone },
	{ "cpu: of this machine", here },
	{ 0 }
};
