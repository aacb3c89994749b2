/* SPDX-License-Identifier: GPL-2.0-only */
/* Result model: tables of rows and cells, printed as text and as JSON */
#ifndef HOOKCOST_RESULT_H
#define HOOKCOST_RESULT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <json-c/json.h>
#include "core/compiler.h"
#include "core/ledger.h"

/* Order matters: a larger value is a weaker claim */
enum validity {
	VALIDITY_VALID,
	VALIDITY_INDICATIVE,
	VALIDITY_EMULATED,
	VALIDITY_INVALID,
	VALIDITY_NOT_MEASURED,
};

enum plot_kind {
	PLOT_NONE,
	PLOT_LINES,
	PLOT_BARS,
	PLOT_PATH,
};

const char *validity_name(enum validity v);

struct table;
struct row;
struct result;
struct stats;

/* One bench's outcome; all strings are copied */
struct result *result_new(const char *bench, const char *title);
void result_free(struct result *res);
struct table *result_table(struct result *res, const char *key, const char *title);
/* The device that it ran over, in words and with its fields; takes the reference */
void result_device(struct result *res, const char *text, struct json_object *fields);
/* Whose numbers are in its columns "paper", where they are not the paper's */
void result_source(struct result *res, const char *source);
/* A sentence below the tables: what a check found, what the numbers mean */
void result_note(struct result *res, const char *fmt, ...)
	__printf(2, 3);
/* A fact that goes to the JSON only ("checks": {...}) */
void result_fact(struct result *res, const char *key, struct json_object *val);
/*
 * As these two, for what states or rests on times that were measured. result_hide_times()
 * takes it away again, where times are none (emulated CPU, debug kernel).
 */
void result_note_times(struct result *res, const char *fmt, ...)
	__printf(2, 3);
void result_fact_times(struct result *res, const char *key, struct json_object *val);
void result_hide_times(struct result *res);
/* Why nothing of it can be measured; NULL: it does not lack anything */
void result_lacks(struct result *res, const char *fmt, ...)
	__printf(2, 3);
const char *result_lack(const struct result *res);

/* decimals: digits after the point in the text; paper: the paper's column too */
void table_column(struct table *t, const char *key, const char *head,
		  const char *unit, int decimals);
struct row *table_row(struct table *t, const char *key, const char *label);
void row_set(struct row *r, const char *col, double value);
/* With its 95 % interval; NAN: it has none */
void row_set_interval(struct row *r, const char *col, double value, double low, double high);
/* The median with its interval */
void row_set_median(struct row *r, const char *col, const struct stats *s);
/*
 * A rate, `of` by the median time, with that one's interval; the text has it beside the
 * time, if the table has a column for that
 */
void row_set_rate(struct row *r, const char *col, double of, const struct stats *s);
void row_text(struct row *r, const char *col, const char *text);
/* The paper's own number for that cell; printed in a "paper" column beside; NAN: none */
void row_paper(struct row *r, const char *col, double value);
/*
 * The table is a figure too, for `hookcost report`: rows against those columns
 * (keys, separated by a space), of one unit. PLOT_LINES: at the rows' row_x();
 * PLOT_BARS: at their labels, xlabel is not used. PLOT_PATH: the picture that a report opens
 * with; of two columns, which follow each other, xlabel and ylabel are the names.
 */
void table_plot(struct table *t, enum plot_kind kind, const char *xlabel, const char *ylabel,
		const char *columns, bool log_x);
void row_x(struct row *r, double x);
/* Weakens the row's validity (never strengthens it) and says why */
void row_weaken(struct row *r, enum validity v, const char *fmt, ...)
	__printf(3, 4);
/*
 * Something that is true of a row and does not weaken it; `code` is for programs. Where its
 * validity hides its times there are none.
 */
void row_note(struct row *r, const char *code, const char *fmt, ...)
	__printf(3, 4);
/* As row_weaken(); `code` is for programs, see json.rst */
void row_reason(struct row *r, enum validity v, const char *code, const char *fmt, ...)
	__printf(4, 5);
/* Invalid, if counts are not what they must be; of: whose they are, or NULL. Whether they are. */
bool row_ledger(struct row *r, const char *code, const char *of, const struct ledger *l);
/* Weakens every row that has been measured, as row_weaken() */
void result_weaken(struct result *res, enum validity v, const char *why);
/* Those of tables by_tsc only, see table.h */
void result_weaken_by_tsc(struct result *res, enum validity v, const char *why);
/* Raw batches, kept in the JSON: one value per batch or repetition */
void row_raw(struct row *r, const char *name, const char *unit,
	     const double *v, size_t n);
/* As row_raw() for anything else, e.g. a histogram; takes the reference */
void row_detail(struct row *r, const char *name, struct json_object *val);

/* At most 100 columns; times under an emulated or invalid validity show as its name */
void result_print(const struct result *res, FILE *out);
struct json_object *result_json(const struct result *res);
/* As "validity", and as "verdict", which it was called */
void json_add_validity(struct json_object *o, enum validity v);
/* Weakest validity over the rows */
enum validity result_validity(const struct result *res);
/*
 * How many rows have numbers that their validity lets be seen: valid, indicative, and
 * of an emulated CPU's those that only count. How many are invalid.
 */
size_t result_measured(const struct result *res);
size_t result_invalid(const struct result *res);

#endif /* HOOKCOST_RESULT_H */
