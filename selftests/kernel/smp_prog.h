/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs of smp_prog.bpf.c note, and what is in a message */
#ifndef HOOKCOST_SMP_PROG_H
#define HOOKCOST_SMP_PROG_H

#define SMP_CPUS	64		/* a power of two; more CPUs share */
#define SMP_MAGIC	0x686f6f6b636f7374ULL

struct smp_message {
	__u64 magic;
	__u64 sent;			/* CLOCK_MONOTONIC, ns */
	__u64 rest[6];
};

/* Of one CPU. Times in ns, by a clock that hookcost has nothing to do with */
struct smp_note {
	__u64 runs;
	__u64 foreign;			/* runs for what is no message */
	__u64 late_sum, late_max;	/* sent until the program's beginning */
	__u64 own_sum, own_max;		/* within the program: less than a run takes */
};

#endif /* HOOKCOST_SMP_PROG_H */
