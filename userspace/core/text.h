/* SPDX-License-Identifier: GPL-2.0-only */
/* Text for a terminal: widths and lines */
#ifndef HOOKCOST_TEXT_H
#define HOOKCOST_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Printed width: a UTF-8 character counts once */
int text_width(const char *s);
/* As it is, but for what a terminal would obey */
void text_plain(FILE *out, const char *s);
/*
 * Words of s from column `at` on, further lines indented by `indent`, each at most `width`
 * wide but for a word that is longer, with a newline at the end; how many lines it took
 */
size_t text_wrap(FILE *out, const char *s, int at, int indent, int width);

#endif /* HOOKCOST_TEXT_H */
