/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs of others: what they cost with the user's packets and maps */
#ifndef HOOKCOST_PROG_H
#define HOOKCOST_PROG_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "report/result.h"

#define SUBJECTS_MAX	16
#define LOADS_MAX	10

/* Strings as options have them, in their order */
struct words {
	const char **word;
	size_t n;
};

void words_add(struct words *w, const char *word);

struct device;

struct prog_opts {
	struct words files;		/* objects */
	struct words programs;		/* of each object; none: the only one that it has */
	struct words pinned, ids;	/* programs that are loaded already */
	const char *hook;		/* NULL: as the program's section says */
	struct words consts, maps;	/* NAME=... */
	const char *setup;
	const char *pcap;
	struct words frames;		/* templates */
	unsigned int flows;		/* 0: one */
	double zipf;
	bool stateful, caches, brief;
	double budget, max_regression;	/* NAN: not asked */
	/* What a request takes in user space, and its 95 % interval; NAN: not asked */
	double request_ns, request_low, request_high;
	const char *baseline;
	const struct device *device;	/* over it, too; NULL: by test_run only */
	/* What it is to be run by: batches of each, 0: as many as usual */
	unsigned int batches;
	bool quick;
};

/* One program that is measured */
struct subject {
	char *key, *label;		/* of its rows */
	const char *from;		/* file, pin or number, for messages */
	char *name;			/* the program's */
	struct bpf_object *obj;		/* NULL: it was loaded already */
	struct bpf_program *prog;
	int fd;
	/* loads.c: the same program, the first one is fd; its batches take them in turns */
	int fds[LOADS_MAX];
	struct bpf_object *again[LOADS_MAX];	/* whose they are, but of the first */
	unsigned int nloads;
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
	bool frags;			/* takes packets of several buffers */
	bool tail_calls;		/* it has a program array */
	double load_ns;			/* verified, JITed; NAN: not by us */
	struct expected *expected;	/* of each frame */
};

/* gate.c: how the limits ended */
enum gate {
	GATE_NONE,			/* there are none */
	GATE_KEPT,
	GATE_UNTOLD,
	GATE_EXCEEDED,
};

struct frames;
struct replay;

struct prog {
	const struct prog_opts *opts;
	struct result *res;
	struct subject *subject;
	size_t nsubjects;
	struct frames *frames;
	struct replay *replay;
	unsigned int batches;
	const struct subject *wrong;	/* one that had other verdicts than it must, or NULL */
	enum gate gate;
	char gate_text[512];
};

/* load.c: 0, or -errno with one line said */
int subjects_load(struct prog *p);
void subjects_unload(struct prog *p);
/* libbpf_set_print(): what it says on a failure becomes a part of that line */
int load_print(enum libbpf_print_level level, const char *fmt, va_list ap);

/* loads.c: so often that each of so many batches has one of its own, but at most LOADS_MAX */
void loads_begin(struct subject *s, unsigned int batches);
void loads_end(struct subject *s);

/* names.c */
const char *prog_type_name(enum bpf_prog_type type);
/* Of what a program may return: "XDP_DROP"; others as numbers, in buf */
const char *verdict_name(enum bpf_prog_type type, int verdict, char *buf, size_t len);

/* maps.c */
/* Before loading: those that are pinned; no pins are made; `constants` are set */
int maps_before(const struct prog_opts *o, struct bpf_object *obj, const char *from,
		bool *used);
/* After it */
int maps_fill(const struct prog_opts *o, struct bpf_object *obj, const char *from);
/* consts.c */
int consts_set(const struct prog_opts *o, struct bpf_object *obj, const char *from, bool *used);
/* setup.c: runs the user's command, with the maps pinned meanwhile */
int setup_run(const char *command, struct bpf_object *const *obj, size_t n);

/* pay.c: request_*, from a file with results of the bench drop; 0, or -errno with one line said */
int pay_measured(struct prog_opts *o, const char *path);
/* tables.c: measures, and adds the tables */
int prog_tables(struct prog *p);
/* inside.c: what the programs are made of */
void inside_table(struct prog *p);

/* run.c: as `hookcost prog` has it; exit status */
struct runner;
int prog_run(const struct prog_opts *o, struct runner *r);

#endif /* HOOKCOST_PROG_H */
