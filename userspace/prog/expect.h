/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program makes of each frame as it came */
#ifndef HOOKCOST_EXPECT_H
#define HOOKCOST_EXPECT_H

#include <stdbool.h>
#include <stdint.h>
#include "prog/prog.h"

struct expected {
	int32_t verdict;
	bool changed;			/* the packet is not what it was */
	bool resized;			/* nor of its length */
};

/* Each frame once, for each program. 0, or -errno with one line said. */
int expect_all(struct prog *p);

#endif /* HOOKCOST_EXPECT_H */
