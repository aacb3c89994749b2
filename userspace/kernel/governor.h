/* SPDX-License-Identifier: GPL-2.0-only */
/* The CPUs' frequency governor: performance while benches run, if that is asked for */
#ifndef HOOKCOST_GOVERNOR_H
#define HOOKCOST_GOVERNOR_H

#include <stddef.h>

/*
 * All CPUs' to performance; root as in env_collect(). What is done is said in text, one
 * sentence. 0, or -errno with err() said; a machine without governors is no error.
 */
int governor_set(const char *root, char *text, size_t len);
/* As they were */
void governor_restore(void);

#endif /* HOOKCOST_GOVERNOR_H */
