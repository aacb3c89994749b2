/* SPDX-License-Identifier: GPL-2.0-only */
/* A result file on one screen */
#ifndef HOOKCOST_SUMMARY_H
#define HOOKCOST_SUMMARY_H

#include <json-c/json.h>
#include <stdio.h>

#define SUMMARY_WIDTH	100
#define SUMMARY_LINES	34	/* with a few for where the rest is: a screen */

/*
 * Each bench's headline numbers with the paper's, which of them are to be believed, and its
 * sentence. In at most `lines` lines: where they are too few, first titles, then sentences,
 * then benches are left out, and that is said.
 */
void summary_print(FILE *out, struct json_object *results, int width, size_t lines);

#endif /* HOOKCOST_SUMMARY_H */
