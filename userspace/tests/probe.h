/* SPDX-License-Identifier: GPL-2.0-only */
/* A hook's table for tests of the readers of debugfs */
#ifndef HOOKCOST_TESTS_PROBE_H
#define HOOKCOST_TESTS_PROBE_H

#include "kernel/probe.h"

/* 1000 MHz: a tick is a nanosecond */
extern const char probe_good[];
int probe_parse_text(const char *text, const char *hook, struct probe_hook *h, char *why);
/* The text with its first `from` replaced, or NULL; to be freed */
char *probe_replaced(const char *text, const char *from, const char *to);

#endif /* HOOKCOST_TESTS_PROBE_H */
