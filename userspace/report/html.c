// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include "report/html.h"

void html_text(FILE *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		switch (c) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
				fputs("\xef\xbf\xbd", out);
			else
				putc(c, out);
		}
	}
}

void html_id(FILE *out, const char *s)
{
	for (; *s; s++)
		putc(isascii((unsigned char)*s) && (isalnum((unsigned char)*s) || *s == '_') ?
		     *s : '-', out);
}
