/* SPDX-License-Identifier: GPL-2.0-only */
/* What somebody may have meant by a name that there is not */
#ifndef HOOKCOST_NEAR_H
#define HOOKCOST_NEAR_H

#include <stddef.h>

struct near {
	const char *word;
	char name[64];			/* the nearest so far; "": none is near */
	size_t distance;
};

/* near_begin(), each name that there is, and then ", did you mean NAME?" or "" */
void near_begin(struct near *n, const char *word);
void near_add(struct near *n, const char *name);
const char *near_text(struct near *n, char *buf, size_t len);

#endif /* HOOKCOST_NEAR_H */
