/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: from histograms to rows */
#ifndef HOOKCOST_TABLE1_ROWS_H
#define HOOKCOST_TABLE1_ROWS_H

#include <stdbool.h>
#include "bench/hooks/measure.h"
#include "bench/hooks/table1.h"

/* Packets sent = the driver's count = samples in every phase = runs of the program */
bool table1_exact(const struct run *r);
/* What was measured, its counts and verdict, and the rows of its phases */
void table1_fill(struct table1 *t1, const struct run *r, struct row *row);

#endif /* HOOKCOST_TABLE1_ROWS_H */
