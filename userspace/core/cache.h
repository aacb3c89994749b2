/* SPDX-License-Identifier: GPL-2.0-only */
/* The CPU's data caches, by CPUID: a guest's sysfs may not have them */
#ifndef HOOKCOST_CACHE_H
#define HOOKCOST_CACHE_H

#include <stddef.h>

/* Bytes of the data cache of a level, from 1; 0: there is none, or it is not known */
double cache_size(unsigned int level);
/* "L2": the first that has room for so many bytes; "memory"; or "not known" */
const char *cache_that_holds(double bytes, char *text, size_t len);

#endif /* HOOKCOST_CACHE_H */
