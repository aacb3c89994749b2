/* SPDX-License-Identifier: GPL-2.0-only */
/* A result file as one HTML page */
#ifndef HOOKCOST_REPORT_H
#define HOOKCOST_REPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * results: as results_load() gives it. A figure that gnuplot cannot draw is left out,
 * with a line in its place, and err() says it once. -EINTR, or 0.
 */
int report_html(FILE *out, struct json_object *results);

#endif /* HOOKCOST_REPORT_H */
