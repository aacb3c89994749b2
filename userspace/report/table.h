/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables as data: their columns, their rows, and where the paper's numbers for them are */
#ifndef HOOKCOST_TABLE_H
#define HOOKCOST_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include "report/result.h"

/* What a column or a table is there for; those of a bench's own begin with IF_OWN */
enum table_if {
	IF_MODEL = 1,			/* the device's time contains a model's */
	IF_ALONE = 2,			/* there is one CPU */
	IF_STEPS = 4,			/* the time stamp counter counts in steps */
	IF_TIMES = 8,			/* times are taken ... */
	IF_INSTRUCTIONS = 16,		/* ... or instructions counted */
	IF_OWN = 32,
};

enum column_kind {
	COLUMN_NUMBER,
	/* Over a model two: its time, and on one CPU the rate without; key is their prefix */
	COLUMN_MODEL,
	/* A mean; where the clock counts in steps a second one, of what they may add to it */
	COLUMN_ESTIMATE,
};

struct column_def {
	const char *key, *head, *unit;
	int decimals;			/* in the text */
	const char *paper;		/* the column of the paper's table, or the figure's curve */
	unsigned int when;		/* all of these enum table_if must be so */
	enum column_kind kind;
};

struct row_def {
	const char *key, *label;
	const char *paper;		/* the row of the paper's table */
};

/* A figure of the paper, with a row for each of its x */
struct figure_def {
	const char *key, *title;	/* those of a table without, too */
	const char *xname;		/* the label of its x axis */
	const char *x_key, *x_label;	/* "n_%g" and "n = %g" */
	bool log_x;			/* of its own table's plot */
};

/* A list of columns or rows ends with an empty one, as does one of tables */
struct table_def {
	const char *key, *title;	/* key "": the figure's */
	const char *old_key;		/* what its key was before */
	const char *paper;		/* "table3", see paper.h; with each_x it is the figure */
	const struct column_def *columns;
	/* Rows: a list; or a function, false at their end; or one for each x of the figure */
	const struct row_def *rows;
	bool (*row)(size_t i, struct row_def *def);
	bool each_x;
	bool each_device;		/* those rows once for each: "veth_KEY", "veth, LABEL" */
	bool by_tsc;			/* its times are, though the bench's others are not */
	/* See table_plot(); xlabel NULL: the figure's xname; of the columns those that are there */
	struct {
		enum plot_kind kind;
		const char *xlabel, *ylabel, *columns;
	} plot;
	unsigned int when;		/* as a column's */
};

/*
 * The tables and rows with the paper's numbers; `is`: which of enum table_if are so; devices: the
 * names of those that it runs over, a list that NULL ends
 */
void tables_make(struct result *res, const struct table_def *defs,
		 const struct figure_def *figure, unsigned int is, const char *const *devices);
/* NULL: there is none */
struct table *result_find(const struct result *res, const char *table);
/* A row of them, which must be there */
struct row *result_row(const struct result *res, const char *table, const char *row);
/* The one whose key is of two parts, as with each_device: "veth" and "xdp" */
struct row *result_row_over(const struct result *res, const char *table, const char *over,
			    const char *row);
/* The one at that x of a figure */
struct row *result_row_at(const struct result *res, const char *table, double x);
/* A further row of such a table, with the paper's numbers */
struct row *table_add_row(struct table *t, const struct row_def *def);
/*
 * At the end: rows that have no number, and no reason for it, have not been measured; tables
 * without a row are taken out
 */
void result_not_measured(struct result *res, const char *code, const char *why);

#endif /* HOOKCOST_TABLE_H */
