/* SPDX-License-Identifier: GPL-2.0-only */
/* Figures 14a and 14b: what their parts share */
#ifndef HOOKCOST_FIGURE14_H
#define HOOKCOST_FIGURE14_H

#include <stdbool.h>
#include <stdint.h>
#include "bench/bench.h"
#include "core/stats.h"
#include "measure/batch.h"
#include "report/paper.h"
#include "traffic/generator.h"

enum version {
	VERSION_NATIVE,		/* hookcost_native's function, called by the hook */
	VERSION_EBPF,
	VERSION_HARD,		/* compiled into the call site */
	VERSIONS
};

struct figure14 {
	const struct paper_figure *paper;
	const char *native, *hard;	/* their names at the native hook */
	const char *symbol;		/* of the native one, in hookcost_native.ko */
	const char *ebpf;		/* of its eBPF version, in xdp.bpf.c */
	uint64_t (*expected)(const uint8_t *frame, uint64_t x);

	const struct bench_opts *opts;
	struct result *res;
	struct table *model;		/* NULL: not over mlx5sim */
	struct net net;
	struct generator gen;
	struct bpf_program *prog;	/* the eBPF version */
	bool have[VERSIONS];
	char lacks[VERSIONS][256];		/* why not */
	unsigned int batches;

	bool of_frame;			/* the result depends on the frame */
	bool frames_unknown;		/* the result depends on frames of others */

	/* what the native hook runs now, NULL: nothing */
	const char *running;
	uint64_t arg;

	/* per x, NAN where there is none; diff: eBPF - native, give or take */
	double *native_ns, *diff_ns, *tolerance;
	uint64_t sent, received, missed;
	unsigned int unpaced;		/* x at which another machine was the limit */
};

/* One version at one x, while it is timed */
struct point {
	struct figure14 *f;
	enum version version;
	const char *name;		/* at the native hook; NULL: the eBPF version runs */
	uint64_t x;
	bool checked;			/* leaves a result that can be checked */
	uint64_t sent, received, dropped, missed;
	uint64_t excess;		/* nic: dropped, but not received */
	unsigned int wrong;		/* batches that another program ran */
};

/* At least one in a thousand frames found the NIC full: the receiver is the limit */
bool figure14_saturated(const struct point *p);

/* The far end runs the point's program with its x from now on */
int figure14_select(struct point *p);
/* A batch_fn: generates `units` frames and counts where they went */
double figure14_batch(void *point, uint64_t units);
/*
 * Weakens the row if frames were lost, or another program ran, or, at so many ns a frame
 * (0: none was taken), another machine did not send enough
 */
void figure14_judge(const struct point *p, struct row *row, double ns);

/* Second method: the hook's own time stamps against the difference of throughput */
int figure14_methods(struct figure14 *f);

/* Instructions in place of times */
int figure14_count(struct figure14 *f);

/* Instructions per repetition, from the disassembled machine code of both versions */
void figure14_instructions(struct figure14 *f);

/* What the numbers say, in words */
void figure14_notes(struct figure14 *f);

#endif /* HOOKCOST_FIGURE14_H */
