/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef HOOKCOST_CPU_H
#define HOOKCOST_CPU_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Keeps the process, and the threads it starts, on one CPU: veth's NAPI runs
 * where the packet is sent. Undone from the cleanup stack. CPU or -errno.
 */
int cpu_pin(void);
/* The CPU that it is kept on */
int cpu_pinned(void);
/* The next lower one that the process could use before it was pinned, -1: none */
int cpu_below_pinned(void);
int cpu_below(int cpu);
/* Onto the other ones that it may use, if there are any: the pinned CPU is left to interrupts */
void cpu_leave(void);
/* The calling thread onto it, wherever the others are */
void cpu_pin_thread(void);
/* A set of that CPU alone, of *size bytes, for CPU_FREE(): a cpu_set_t ends with CPU 1023 */
cpu_set_t *cpu_set_of(int cpu, size_t *size);
/*
 * So long the calling thread could have run while its CPU was given to others: by this kernel,
 * and by the hypervisor to other guests (in steps of 10 ms). ns since boot; NAN: the kernel does
 * not say
 */
double cpu_waited_ns(void);
/* CPUs that are on */
unsigned int cpu_count(void);

/* Ticks between two neighbouring values of the time stamp counter: some CPUs count in tens */
unsigned int cpu_tsc_step(void);
/* The same in nanoseconds, or 0 where it counts each tick */
double cpu_tsc_step_ns(void);

/* Whether the time stamp counter advances by one with each instruction (QEMU -icount shift=0) */
bool cpu_tsc_counts_instructions(void);

#endif /* HOOKCOST_CPU_H */
