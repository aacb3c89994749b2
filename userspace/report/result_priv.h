/* SPDX-License-Identifier: GPL-2.0-only */
/* The result model's insides, for result*.c only */
#ifndef HOOKCOST_RESULT_PRIV_H
#define HOOKCOST_RESULT_PRIV_H

#include <stdbool.h>
#include "report/result.h"

struct column {
	char *key, *head, *unit;
	int decimals;
};

struct cell {
	bool is_number, has_paper;
	bool has_interval;
	bool is_rate;			/* of a time that may be beside it, as its interval is */
	double value, paper;
	double low, high;		/* 95 % interval */
	char *text;
};

struct row {
	char *key, *label, *reason;
	enum validity validity;
	struct table *table;
	struct cell *cells;
	size_t ncells;			/* cells beyond are empty */
	struct json_object *raw, *detail;
	struct json_object *reasons;	/* the same as reason, each with its code, as notes */
	struct json_object *notes;	/* array of {"code", "text"} */
	bool has_x;
	double x;
};

struct plot {
	enum plot_kind kind;
	char *xlabel, *ylabel, *columns;
	bool log_x;
};

struct table {
	char *key, *title;
	const char *old_key;		/* what it was called, or NULL */
	const struct table_def *def;	/* of which it is made, or NULL ... */
	unsigned int is;		/* ... and what is so in this run, see table.h */
	struct plot plot;
	bool by_tsc;
	struct column *columns;
	size_t ncolumns;
	struct row **rows;
	size_t nrows;
};

struct result {
	char *bench, *title;
	char *source;			/* of the published numbers; NULL: the paper */
	char *device_text;		/* NULL: none is used */
	char *lacks;			/* why nothing can be measured, or NULL */
	struct json_object *device;
	struct table **tables;
	size_t ntables;
	struct note {
		char *text;
		bool times;		/* it states some */
	} *notes;
	size_t nnotes;
	struct json_object *facts;
	char **time_facts;		/* the keys of those that are */
	size_t ntime_facts;
};

void table_free(struct table *t);
/* NULL when the row has nothing there */
const struct cell *row_cell(const struct row *r, size_t column);
/* Whether the row's validity forbids to show the column's numbers as a result */
bool row_hides(const struct row *r, const struct column *c);

#endif /* HOOKCOST_RESULT_PRIV_H */
