/* SPDX-License-Identifier: GPL-2.0-only */
/* chain: what the parts of the bench share */
#ifndef HOOKCOST_BENCH_CHAIN_H
#define HOOKCOST_BENCH_CHAIN_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>
#include "bench/bench.h"
#include "hook/chain.h"
#include "traffic/generator.h"
#include "chain.bpf.h"

#define CHAIN_FRAME	256		/* bytes, of which the programs write the last 200 */
#define CHAIN_LONGEST	1024

/* What the N programs of a chain have in common */
enum chain_share {
	CHAIN_ONCE,			/* all: it is one program, N times */
	CHAIN_SHARED,			/* the map; each has a machine code of its own */
	CHAIN_OWN,			/* nothing */
};

struct chain_prog {
	int fd;
	struct chain_slot *slot;	/* its counts by CPU, as the kernel writes them */
};

/* Programs of one kind, of which the first N are the members of a chain */
struct chain_set {
	const char *program;		/* of chain.bpf.c */
	enum bpf_map_type type;		/* of its map */
	enum chain_share share;
	uint32_t entries;
	int verdict;			/* of its members */
	struct chain_prog *prog;
	size_t n;			/* loaded so far */
	int values;			/* CHAIN_SHARED: the map; else 0 */
};

/* programs.c: so many members from now on; 0, or -errno with a reason in why */
int chain_set_grow(struct chain_set *s, size_t members, char *why, size_t len);
/* Bytes of the maps that so many members would have */
double chain_set_bytes(const struct chain_set *s, size_t members);
/* How many programs so many members are */
size_t chain_set_programs(const struct chain_set *s, size_t members);
/* Runs of the first so many members, on all CPUs, and of its first program on one CPU */
uint64_t chain_set_runs(const struct chain_set *s, size_t members);
uint64_t chain_cpu_runs(const struct chain_set *s, unsigned int cpu);
void chain_set_free(struct chain_set *s);

/* The columns of a chain's tables */
enum chain_column {
	CHAIN_EMPTY, CHAIN_FILTER,
	CHAIN_ARRAY_ONCE, CHAIN_ARRAY_SHARED, CHAIN_ARRAY_OWN,
	CHAIN_PERCPU_ONCE, CHAIN_PERCPU_SHARED, CHAIN_PERCPU_OWN,
	CHAIN_COLUMNS
};

enum chain_place { CHAIN_CLS_BPF, CHAIN_TCX, CHAIN_PLACES };

#define CHAIN_SET_INIT(prog, map, how) {				\
	.program = (prog), .type = BPF_MAP_TYPE_##map, .share = (how),	\
	.entries = CHAIN_ENTRIES, .verdict = -1 }

struct chain {
	const struct bench_opts *opts;
	struct result *res;
	struct net net;
	struct generator gen;
	struct hook_chain at;
	const struct chain_point *now;	/* whose programs are there */
	struct chain_set end;
	struct chain_set set[CHAIN_PLACES][CHAIN_COLUMNS];
	struct chain_set more[8];	/* of the table that is being measured */
};

/* A chain of n members and the end */
struct chain_point {
	struct chain *c;
	struct chain_set *set;
	size_t n;
	enum chain_place place;
	const char *name;		/* in reasons: its column */
	uint64_t sent, received;	/* frames: by the generator, by the driver */
	uint64_t ended, runs;		/* at the end; of all members */
	double *ns;			/* ns per frame, one per batch */
};

/* packets.c: all of them in turns, a batch each; 0, -EINTR or -errno with err() said */
int chain_measure(struct chain *c, struct chain_point *p, size_t n, const char *what);
void chain_points_free(struct chain_point *p, size_t n);
/* Each frame has come to each member, and to the end; else the row is invalid */
void chain_judge(const struct chain_point *p, struct row *row);
/* Detaches what is there */
void chain_clear(struct chain *c);
/* Attaches a point's chain; 0, or -errno with a reason in why */
int chain_place(struct chain_point *p, char *why, size_t len);

/* The tables; 0, -EINTR or -errno with err() said */
int chain_lengths(struct chain *c);		/* lengths.c: "cls_bpf", "tcx", "slope" */
void chain_lengths_rows(struct chain *c);
int chain_sizes(struct chain *c);		/* sizes.c: "size", "write" */
void chain_sizes_rows(struct chain *c);
int chain_loading(struct chain *c);		/* loading.c: "loading" */
void chain_loading_rows(struct chain *c);
int chain_conflicts(struct chain *c);		/* conflicts.c: "conflicts", "line" */
void chain_conflicts_rows(struct chain *c);

#endif /* HOOKCOST_BENCH_CHAIN_H */
