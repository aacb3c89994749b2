/* SPDX-License-Identifier: GPL-2.0-only */
/* Two result files, row by row */
#ifndef HOOKCOST_COMPARE_H
#define HOOKCOST_COMPARE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include "report/shift.h"

enum change {
	CHANGE_NONE,		/* the interval contains 0 */
	CHANGE_FASTER,
	CHANGE_SLOWER,
	CHANGE_UNKNOWN,		/* no interval, or no percentage */
};

/* A series of batches, or a cell, that both have */
struct pair {
	const char *bench, *table, *table_title, *row, *label;
	const char *what, *unit;	/* the series, or the column's heading */
	size_t na, nb;			/* batches; 0: a cell */
	double a, b;			/* medians, or the cells */
	double a_low, a_high, b_low, b_high;	/* their 95 % intervals; NAN: none */
	bool has_percent;
	struct shift shift;
	enum change change;
	double regression;		/* percent slower, at least; 0 if not significantly */
};

/* A bench that the two files have from different targets */
struct left_out {
	const char *bench, *a, *b;
};

struct comparison {
	struct pair *pair;		/* strings belong to the files */
	size_t npairs;
	size_t unlike;			/* rows that one has not, or without a number there */
	struct left_out *left_out;
	size_t nleft_out;
};

/*
 * 1: a rate, of which more is better; 0: a time ("ns", "ns/packet", "us per message");
 * -1: neither (counts, instructions, percent), which is not compared
 */
int unit_kind(const char *unit);
/* Whether they may be compared at all; says why not (one line, without a newline) */
bool compare_allowed(struct json_object *a, struct json_object *b, char *why, size_t len);
void compare_results(struct json_object *a, struct json_object *b, struct comparison *c);
void compare_free(struct comparison *c);
const char *change_name(enum change c);
/* By how much the worst row got slower, at the near end of its interval; NULL: none did */
const struct pair *compare_worst(const struct comparison *c);

#endif /* HOOKCOST_COMPARE_H */
