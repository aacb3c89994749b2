/* SPDX-License-Identifier: GPL-2.0-only */
/* A program against the empty one, with the same packets, in turns */
#ifndef HOOKCOST_CONTEST_H
#define HOOKCOST_CONTEST_H

#include "core/stats.h"
#include "prog/prog.h"
#include "prog/replay.h"

struct contest {
	const struct subject *s;
	struct sequence seq;
	struct turn turn, empty;
	double *more;			/* what the program takes more, ns per packet, by loads */
	size_t n;
	double *idle;			/* what the empty one takes in each of its batches */
	size_t nidle;
	struct stats stats, total;	/* of that, and of all that the program's batches took */
	double low, high;		/* 95 % interval of the median of `more` */
	double ratio;			/* twice the packets took so many times twice the time */
	bool linear;
	double waited;			/* % of the time that others had the CPU; NAN: not known */
};

/* Packets by their frames' places */
void contest_init(struct contest *c, struct prog *p, const struct subject *s,
		  const uint32_t *frames, size_t n);
void contest_free(struct contest *c);
/* All in turns; 0 or -errno */
int contest_run(struct prog *p, struct contest *c, size_t n, const char *what);
/*
 * What the batches of the two say, when c->turn.batches of the program's have been run; `step`: the
 * resolution of their times, in ns per packet
 */
struct variant;
void contest_evaluate(const struct prog *p, struct contest *c, const struct variant *empty,
		      const struct variant *prog, double step);
/* The columns "ns" and "iqr", raw batches, and what makes the row weaker */
void contest_row(const struct prog *p, struct row *row, const struct contest *c);
/* Whether each packet had the verdict of the reference run; of `passes` over the sequence */
void contest_judge(const struct prog *p, struct row *row, const struct contest *c,
		   const struct turn *t, uint64_t passes);
/* What kept a row from being measured */
void contest_failed(struct row *row, int error);

#endif /* HOOKCOST_CONTEST_H */
