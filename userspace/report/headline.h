/* SPDX-License-Identifier: GPL-2.0-only */
/* Of a bench's result what is seen first: a few of its numbers, and one sentence */
#ifndef HOOKCOST_HEADLINE_H
#define HOOKCOST_HEADLINE_H

#include <json-c/json.h>
#include <stdbool.h>

/*
 * Adds "headline" and "sentence" to a bench's JSON, from what is in its tables, where a
 * number that its validity hides is none.
 *
 * rows: "TABLE COLUMN: ROW=NAME ROW ...; TABLE COLUMN: ...". A plus in NAME is a
 * space; without NAME it is the row's label. What is not in the result is left out. NULL: nothing.
 *
 * sentence: "TABLE ROW COLUMN: TEXT", or two of them with "/" between for what the first is
 * of the second. In TEXT "@x" becomes "2.5 times", "@%" becomes "40 %", "@" alone the
 * number with its unit. The paper's, if it has them, follows. NULL: nothing.
 */
void headline_add(struct json_object *bench, const char *rows, const char *sentence);

/* Whether both are well-formed. For tests */
bool headline_is_sound(const char *rows, const char *sentence);

#endif /* HOOKCOST_HEADLINE_H */
