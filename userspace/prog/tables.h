/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables, each in a file of its name */
#ifndef HOOKCOST_TABLES_H
#define HOOKCOST_TABLES_H

#include "prog/contest.h"
#include "prog/prog.h"

/* What each frame takes, by itself, again and again: of one program */
struct each {
	double *ns;			/* of frames; NAN: it is in no packet */
	double p99, mean;		/* of packets */
	uint64_t wrong;			/* verdicts, that are not those of the reference run */
};

/* 0 or -errno */
int each_measure(struct prog *p, const struct subject *s, struct each *e);
void each_free(struct each *e);

/* cost.c: c[] has one contest for each program, from cost_measure() on until contest_free() */
int cost_measure(struct prog *p, struct contest *c);
void cost_table(struct prog *p, const struct contest *c, const struct each *e, int error);
/* classes.c: by verdict, and by protocol and length */
int verdict_table(struct prog *p, const struct contest *c);
int class_table(struct prog *p, const struct contest *c);
/* costliest.c */
void costliest_table(struct prog *p, const struct each *e);
/* caches.c */
int cache_table(struct prog *p, const struct contest *c, const struct each *e);
/* over.c: on the way of a device's packets */
int over_table(struct prog *p);
/* Where programs of that kind are on it */
const struct hook_ops *prog_hook(const struct prog *p);
/* live.c: with those that another machine sends */
int live_table(struct prog *p);
/* redirects.c: where to, of programs that redirect */
void redirects_notes(struct prog *p);
/* netdevs.c: texts of the netdevs that it names itself, to be put */
struct json_object *redirects_by_name(const struct subject *s);
/* messages.c: in place of all of these, of SK_SKB programs; all[]: one for each, to be freed */
int messages_tables(struct prog *p, struct contest *all);
/* gate.c, pay.c */
void gate_judge(struct prog *p, const struct contest *c);
/* The same where times are what is said, and why */
void gate_judge_times(struct prog *p, const struct contest *c, enum validity times,
		      const char *why);
void pay_table(struct prog *p, const struct contest *c);

#endif /* HOOKCOST_TABLES_H */
