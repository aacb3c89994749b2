/* SPDX-License-Identifier: GPL-2.0-only */
/* uprobe: what the parts of the bench share */
#ifndef HOOKCOST_BENCH_UPROBE_H
#define HOOKCOST_BENCH_UPROBE_H

#include <stddef.h>
#include <stdint.h>
#include "bench/bench.h"
#include "uprobe.bpf.h"

/* bpftime's: a[b] + c */
typedef uint64_t (*victim_fn)(const char *a, int b, uint64_t c);

/* A function that is probed, and one of the same code that is not */
struct victim {
	const char *key, *label;	/* its first instruction */
	victim_fn probed, twin;
	bool emulated;			/* by the kernel, if it is replaced by a breakpoint */
	bool returns;			/* the sum: not where the first one is the return */
	const char *paper;		/* suffix of the rows of published numbers, or NULL */
};

/* victims.c, ends with an empty one */
extern const struct victim victims[];
/* What the kernel has made of the first instruction: "system call", "trap", "trap + step" */
const char *victim_how(const struct victim *v);
/* Where it is in the tool's file; 0 or -errno */
int victim_offset(const struct victim *v, size_t *offset);

struct uprobe {
	const struct bench_opts *opts;
	struct result *res;
	struct uprobe_bpf *skel;
	struct bpf_link *link[2];
	int null;			/* /dev/null */
};

/* Loads one program of the object; NULL with a reason in why */
struct bpf_program *uprobe_load(struct uprobe *u, const char *const *names, char *why, size_t len);
void uprobe_unload(struct uprobe *u);
uint64_t uprobe_hits(const struct uprobe *u, enum uprobe_hit hit);

/* The tables; 0, -EINTR or -errno with err() said */
int uprobe_probes(struct uprobe *u);		/* probes.c: "probes" */
bool uprobe_probe_row(size_t i, struct row_def *def);
int uprobe_calls(struct uprobe *u);		/* calls.c: "calls" */

#endif /* HOOKCOST_BENCH_UPROBE_H */
