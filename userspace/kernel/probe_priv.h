/* SPDX-License-Identifier: GPL-2.0-only */
/* Parsers of the debugfs tables' text, for probe*.c and their tests */
#ifndef HOOKCOST_PROBE_PRIV_H
#define HOOKCOST_PROBE_PRIV_H

#include "kernel/probe.h"

/*
 * text is changed while it is read. 0, or -EBADMSG with the line and what is
 * wrong there in why; h then holds nothing that needs to be freed.
 */
int probe_parse_hook(char *text, size_t len, const char *hook, struct probe_hook *h,
		     char *why, size_t why_len);
int probe_parse_clock(char *text, size_t len, struct probe_clock *c,
		      char *why, size_t why_len);
int probe_parse_native(char *text, size_t len, struct probe_native *n,
		       char *why, size_t why_len);

#endif /* HOOKCOST_PROBE_PRIV_H */
