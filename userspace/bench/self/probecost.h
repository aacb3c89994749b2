/* SPDX-License-Identifier: GPL-2.0-only */
/* What a probe costs while it is on: what measurement, rows and sizes share */
#ifndef HOOKCOST_PROBECOST_H
#define HOOKCOST_PROBECOST_H

#include <stdbool.h>
#include <stdint.h>
#include "bench/bench.h"
#include "core/run.h"
#include "measure/batch.h"
#include "measure/estimate.h"
#include "traffic/generator.h"

/* The states that the same frames, dropped by the same program, are timed in */
enum state {
	STATE_OFF,
	STATE_STATS,			/* bpf_stats */
	STATE_PLAIN,			/* the XDP hook is on, plain reads of the clock */
	STATE_ORDERED,
	STATE_RECORD,			/* off, but a native program records one sample */
	STATE_RECORDS,			/* the same, PROBE_RECORDS samples */
	STATE_ELSEWHERE,		/* a native program is on for another device */
	/* the generator without a receiver: where it is an eBPF program, it has a mean, too */
	STATE_IDLE,
	STATE_IDLE_STATS,
	STATES
};

#define PROBE_RECORDS	17

struct probecost;

/* One state, while it is timed: what the counters say of its batches */
struct probe_point {
	struct probecost *pc;
	enum state state;
	struct frame_count count;
	uint64_t samples;		/* in the hook's histograms */
	uint64_t runs;			/* of the eBPF program, as bpf_stats counts them */
	bool linear;
	double ratio;
	struct variant v;
	double *ns;			/* its, per frame, one per batch; NULL: not measured */
};

struct probecost {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	unsigned int batches;
	bool patched;
	char lacks[STATES][256];	/* why a state is not there */
	struct probe_point point[STATES];
	/* as it is now */
	int stats;			/* BPF_ENABLE_STATS, while they are on; else -1 */
	bool hook_on, ordered;
	enum state native;		/* whose native program is on; STATE_OFF: none */
	/* of a sample, from the hook's table */
	unsigned int reads, histograms;
};

/* Of one frame or one sample, ns; NAN: not known */
struct costs {
	struct estimate stats, plain, ordered, elsewhere;	/* more than with all off */
	struct estimate generator;			/* what bpf_stats adds to it, taken off */
	struct estimate record;			/* of a sample, without the clock */
	struct estimate read, ordered_read;		/* of the clock */
};

extern const struct table_def probecost_tables[];

/* Fills the tables, and says the sentences; ret: how the measurement ended */
void probecost_report(struct probecost *pc, int ret);
void probecost_notes(struct probecost *pc, const struct costs *c);

/* Sizes from the running kernel's BTF; 0 where it has none, or not such a type */
struct probe_sizes {
	unsigned int bank, hist, buckets;	/* struct hookcost_bank, one histogram of it */
	unsigned int histograms;
	unsigned int stats;			/* struct bpf_prog_stats */
};

void probecost_sizes(struct probe_sizes *s, unsigned int histograms);

#endif /* HOOKCOST_PROBECOST_H */
