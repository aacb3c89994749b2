/* SPDX-License-Identifier: GPL-2.0-only */
/* Text into HTML: nothing that a string holds becomes markup */
#ifndef HOOKCOST_HTML_H
#define HOOKCOST_HTML_H

#include <stdio.h>

/* Escaped; good in an attribute's value as well. Control characters become U+FFFD */
void html_text(FILE *out, const char *s);
/* For an id or a fragment: letters, digits, "-" and "_" stay, the rest is "-" */
void html_id(FILE *out, const char *s);

#endif /* HOOKCOST_HTML_H */
