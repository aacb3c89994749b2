/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a program can meet a packet, and how it gets there. hooks.def has them all. */
#ifndef HOOKCOST_HOOK_H
#define HOOKCOST_HOOK_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "net/net.h"
#include "report/table.h"
#include "traffic/generator.h"
#include "traffic/traffic.h"

struct hook;

/* A hook's phases as lines that explain the paper's number for it; TC's and SK_SKB's are such */
struct hook_lines {
	const char *entry, *verdict;	/* what these two phases are */
	bool ordered;			/* so short that the clock is to be read in order */
	const char *more;		/* why the paper's is more; NULL: its CPU */
};

/* How the time to get there is measured, and what a program costs there; see table1 */
struct hook_reach {
	/* By UDP and by TCP: the table in debugfs hooks/, and who sends */
	const char *table[2];
	enum traffic_kind traffic[2];
	bool frames;			/* by the generator's frames, too */
	bool per_message;		/* a packet is a message there: it sees no bare ACKs */
	/* Loads the least program into h->prog (none at a socket); 0, or -errno with err() said */
	int (*least)(struct hook *h);
	const struct hook_lines *lines;	/* NULL: none, or others */
};

struct hook_ops {
	const char *name, *label;	/* "tcx", "TC (tcx)" */
	/* The same of the hook, where programs get to it by several ways: "tc", "TC" */
	const char *place, *place_label;
	bool other_way;			/* to the place of one before it in the list */
	const char *paper;		/* its row in the paper's tables */
	/* The programs for it are called VERB_this: drop_tc */
	const char *suffix;
	bool in_driver;			/* before the stack; the driver counts what is dropped */
	bool instead;			/* of an eBPF program, which is there and must not run */
	bool end;			/* packets get there if no program takes them */
	const struct hook_reach *reach;	/* NULL: the hook has no stamps of its own */

	/* h->prog is there from now on; 0, or -errno with a reason in why */
	int (*attach)(struct hook *h, char *why, size_t len);
	/* What attach() has done is undone, half of it too */
	void (*detach)(struct hook *h);
	/* 0, or -errno with the reason why that native program, or any other, cannot be there */
	int (*needs)(const char *native, char *why, size_t len);
};

/* A program at a hook of the test network's far end */
struct hook {
	const struct hook_ops *ops;
	const struct net *net;
	struct generator *gen;		/* what holds the driver's XDP program, or NULL */
	struct bpf_program *prog;
	int sock;			/* SK_SKB's, and that of a socket; -1: none */
	struct bpf_map *socks;		/* SK_SKB: the program's sockmap */
	bool stream;			/* SK_SKB: its sockets are TCP's only */
	const char *native;		/* the native program */

	/* a hook's own */
	void *skel;			/* of the least program */
	void (*unload)(void *skel);
	const __u64 *runs;		/* the least program's count, NULL: the driver counts */
	struct bpf_link *link;
	int fd;				/* a link that libbpf has no struct for; 0: none */
	bool clsact, verdict;
};

#define HOOK(name) HOOK_NR_##name
enum {
#include "hook/hooks.def"
	HOOKS
};

#undef HOOK
#define HOOK(name) hook_##name
extern const struct hook_ops
#include "hook/hooks.def"
	*const all_hooks[HOOKS];
#undef HOOK

/* The n-th table of debugfs that hooks have, each once; NULL: there are no more */
const char *hook_table(size_t n);
/* All of them: "xdp, tc, sk_skb, udp, tcp" */
const char *hook_tables(char *text, size_t len);
/* XDP's */
#define XDP_TABLE	"xdp"
/* Its place in all_hooks[] */
size_t hook_nr(const struct hook_ops *ops);
/* Of an object, the program VERB_SUFFIX for a hook; NULL: it has none */
struct bpf_program *hook_program(const struct bpf_object *obj, const char *verb,
				 const struct hook_ops *ops);

/* Whether a bench puts an eBPF program VERB_SUFFIX of that object there, by the first way to it */
bool hook_has(const struct bpf_object *obj, const char *verb, const struct hook_ops *ops);

/* Its row in a table, and the paper's */
struct row_def hook_row(const struct hook_ops *ops);

/* Whether it is at a socket, and sees its messages; ops may be NULL */
bool hook_on_sockets(const struct hook_ops *ops);

/*
 * Puts h->prog there. An XDP program in the driver is put there by the generator, if there is
 * one, and for a hook behind the driver taken away. 0, or -errno with a reason in why.
 */
int hook_try(struct hook *h, char *why, size_t len);
/* The same with err() said */
int hook_attach(struct hook *h);
void hook_detach(struct hook *h);
/*
 * The least program there. Pushes the detachment on the cleanup stack first. 0, or -errno with
 * err() said.
 */
int hook_least(struct hook *h, const struct hook_ops *ops, const struct net *n, int sock);
/*
 * How often the least program has run. XDP's is not counted: the kernel has but one at a netdev,
 * which nobody can exchange while a link of ours holds it, and the driver counts.
 */
bool hook_runs(const struct hook *h, uint64_t *runs);

/* For a hook's own file: 0, or -errno with "cannot WHAT: errno" in why */
int hook_fail(const char *what, char *why, size_t len);
/* Whatever a kernel that has BPF has */
int hook_needs_nothing(const char *native, char *why, size_t len);

/* A detach(): what is there is h->link */
void link_detach(struct hook *h);

#endif /* HOOKCOST_HOOK_H */
