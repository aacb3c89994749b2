/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of two curves is lower where, in words */
#ifndef HOOKCOST_CROSSING_H
#define HOOKCOST_CROSSING_H

#include <stddef.h>

struct curves {
	const char *xname;
	const char *a, *b;		/* names of the two */
	size_t n;
	const double *x;
	const double *ns_a, *ns_b;	/* per packet; NAN: no value, the point is left out */
	const double *tolerance;	/* differences up to this one are none; NAN: as no value */
};

/* "at n = 0 native is faster by 3.1 ns (4 %), ..., they cross between ..." */
void curves_describe(const struct curves *c, char *text, size_t len);

#endif /* HOOKCOST_CROSSING_H */
