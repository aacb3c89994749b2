/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures 14a and 14b: what their parts share */
#ifndef HOOKCOST_FIGURE14_H
#define HOOKCOST_FIGURE14_H

#include <stdbool.h>
#include <stdint.h>
#include "bench/bench.h"
#include "bench/versions/versions.h"

/* One of the two figures */
struct figure14_def {
	const char *program[VERSIONS];	/* at the native hook */
	const char *symbol;		/* of the native one, in hookcost_native.ko */
	const char *ebpf;		/* of its eBPF version, in xdp.bpf.c */
	uint64_t (*expected)(const uint8_t *frame, uint64_t x);
	bool of_frame;			/* the result depends on the frame */
};

#define FIGURE14_X	16		/* at most so many */

struct figure14 {
	const struct figure14_def *def;
	const struct bench_opts *opts;
	struct result *res;
	struct versions of;
	struct bpf_program *prog;	/* the eBPF version */
	size_t n;			/* x of the figure */
	const double *x;

	/* per x, NAN where there is none; diff: eBPF - native, give or take */
	double native_ns[FIGURE14_X], diff_ns[FIGURE14_X], tolerance[FIGURE14_X];
	unsigned int unpaced;		/* x at which another machine was the limit */
};

/* Second method: the hook's own time stamps against the difference of throughput */
int figure14_methods(struct figure14 *f);
/* Instructions in place of times */
int figure14_count(struct figure14 *f);
/* What the numbers say, in words */
void figure14_notes(struct figure14 *f);
/* Instructions per repetition, from the disassembled machine code of both versions */
void figure14_instructions(struct figure14 *f);

#endif /* HOOKCOST_FIGURE14_H */
