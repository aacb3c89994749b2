/* SPDX-License-Identifier: GPL-2.0-only */
/* What can stand on a command line, for completion in a shell */
#ifndef HOOKCOST_LIST_NAMES_H
#define HOOKCOST_LIST_NAMES_H

#include <stdbool.h>

/* To standard output, one in a line. False: there is no such kind. */
bool list_names(const char *kind);
/* The kinds, "a, b, c" */
const char *list_names_kinds(void);

#endif /* HOOKCOST_LIST_NAMES_H */
