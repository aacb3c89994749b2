/* SPDX-License-Identifier: GPL-2.0-only */
/* Allocation that ends the program with one line, and small file reads */
#ifndef HOOKCOST_UTIL_H
#define HOOKCOST_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/compiler.h"

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __printf(1, 2);

/*
 * The whole of a small text file, NUL-terminated, to be freed; NULL and errno
 * when it cannot be read. *len (may be NULL) counts NUL bytes inside as well.
 */
char *slurp(const char *path, size_t *len);
/* Of a larger one; beyond max bytes EFBIG, as it may be an endless device */
char *slurp_upto(const char *path, size_t *len, size_t max);
/* First line without its newline into buf; false if the file cannot be read */
bool read_line(const char *path, char *buf, size_t len);
/* Writes s with one write(2); 0 or -errno */
int write_text(const char *path, const char *s);
/* Whether Linux here is that version or a newer one; not if it does not say */
bool kernel_since(unsigned int major, unsigned int minor);
/* Decimal digits only, the whole string, without overflow */
bool parse_u64(const char *s, uint64_t *val);

#endif /* HOOKCOST_UTIL_H */
