// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a turn of prog_costs.bpf.c's loop takes, in ns, without eBPF and without hookcost: the
 * instructions that the x86-64 JIT makes of it, each of which waits for the one before; the least
 * and the 90th percentile of some rounds
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TURNS	1000000
#define ROUNDS	300

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static int cmp(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
#ifdef __x86_64__
	unsigned long i, sum = 1;
	double took[ROUNDS];
	int round;

	for (round = 0; round < ROUNDS; round++) {
		took[round] = now();
		for (i = 0; i < TURNS; i++)
			asm volatile("imul $3, %0, %0\n\tadd %1, %0" : "+r"(sum) : "r"(i));
		took[round] = now() - took[round];
	}
	qsort(took, ROUNDS, sizeof(*took), cmp);
	printf("%.4f %.4f\n", took[0] / TURNS, took[ROUNDS * 9 / 10] / TURNS);
	return 0;
#else
	return 4;
#endif
}
