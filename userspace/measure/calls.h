/* SPDX-License-Identifier: GPL-2.0-only */
/* What a loaded program calls, after the verifier has rewritten it */
#ifndef HOOKCOST_CALLS_H
#define HOOKCOST_CALLS_H

/*
 * How often it calls a function of the kernel, by name as in /proc/kallsyms; NULL: calls of any.
 * -errno when the kernel does not show them.
 */
int calls_count(int prog_fd, const char *function);
/*
 * The functions, "a, b", each once, "" if there are none; to be freed. NULL: the kernel does not
 * show them, which is for those with CAP_PERFMON and CAP_SYSLOG (kptr_restrict).
 */
char *calls_list(int prog_fd);
/* Adds a name to such a list, unless it is there */
void calls_add(char **list, const char *name);

#endif /* HOOKCOST_CALLS_H */
