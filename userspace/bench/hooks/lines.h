/* SPDX-License-Identifier: GPL-2.0-only */
/* Table 1: the paper's 38, 35 and 1350 ns, line by line */
#ifndef HOOKCOST_TABLE1_LINES_H
#define HOOKCOST_TABLE1_LINES_H

#include "bench/hooks/methods.h"
#include "bench/hooks/table1.h"

/* Of the hooks whose means there are: 0 or -EINTR */
int table1_lines(struct table1 *t1, const struct table1_xdp *xdp);

#endif /* HOOKCOST_TABLE1_LINES_H */
