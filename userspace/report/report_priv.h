/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a report, for report*.c only */
#ifndef HOOKCOST_REPORT_PRIV_H
#define HOOKCOST_REPORT_PRIV_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

extern const char report_style[];

struct report {
	FILE *out;
	struct json_object *results;
	unsigned int figures;		/* so far, for their ids */
	char no_plot[256];		/* why no figure can be drawn; "" if one can */
};

/* The machine, its kernel and the self-check */
void report_environment(struct report *r);
/* The picture at the top, if there is a table for it, which is no other figure then */
void report_path(struct report *r);
bool report_is_path(struct json_object *table);
/* A table with its validity; the bench's name makes its id unique */
void report_table(struct report *r, const char *bench, struct json_object *table);
/* The figure that the table is, if it is one */
void report_plot(struct report *r, const char *bench, struct json_object *table);
/* gnuplot's input for it, to be freed; NULL: there is no point to draw. For tests, too */
char *plot_script(struct json_object *table);
/* A validity's name, coloured */
void report_validity(FILE *out, const char *validity);
/* Nothing measured: the paper's alone */
bool report_hidden(struct json_object *row, struct json_object *cell);

#endif /* HOOKCOST_REPORT_PRIV_H */
