// SPDX-License-Identifier: GPL-2.0-only
#include <cpuid.h>
#include <stdio.h>

#include "core/cache.h"

#define LEVELS		4
#define SUBLEAVES	16
#define LEAF_INTEL	4
#define LEAF_AMD	0x8000001d

/* Types of a cache: 1 data, 2 instructions, 3 both */
static double of_leaf(unsigned int leaf, unsigned int level)
{
	unsigned int a, b, c, d, i;

	for (i = 0; i < SUBLEAVES && __get_cpuid_count(leaf, i, &a, &b, &c, &d); i++) {
		if (!(a & 31))
			break;
		if ((a & 31) == 2 || (a >> 5 & 7) != level)
			continue;
		/* ways, partitions, bytes of a line, sets: each less one */
		return ((b >> 22) + 1.0) * ((b >> 12 & 1023) + 1) * ((b & 4095) + 1) * (c + 1.0);
	}
	return 0;
}

double cache_size(unsigned int level)
{
	return of_leaf(LEAF_INTEL, level) ?: of_leaf(LEAF_AMD, level);
}

const char *cache_that_holds(double bytes, char *text, size_t len)
{
	unsigned int level;

	for (level = 1; level <= LEVELS && cache_size(level) < bytes; level++)
		;
	if (level <= LEVELS)
		snprintf(text, len, "L%u", level);
	else
		snprintf(text, len, "%s", cache_size(1) ? "memory" : "not known");
	return text;
}
