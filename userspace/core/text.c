// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "core/text.h"
#include "core/util.h"

int text_width(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

void text_plain(FILE *out, const char *s)
{
	for (; *s; s++)
		putc((unsigned char)*s < ' ' || *s == 0x7f ? '?' : *s, out);
}

size_t text_wrap(FILE *out, const char *s, int at, int indent, int width)
{
	static const char blank[] = { ' ', '\n', '\0' };
	bool fresh = true;
	size_t lines = 1;

	while (*s) {
		size_t bytes = strcspn(s, blank);
		char *word = xasprintf("%.*s", (int)bytes, s);
		int w = text_width(word);

		if (!fresh && at + 1 + w > width) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
			lines++;
		} else if (!fresh) {
			fputc(' ', out);
			at++;
		}
		text_plain(out, word);
		free(word);
		fresh = false;
		at += w;
		s += bytes;
		s += strspn(s, blank);
	}
	fputc('\n', out);
	return lines;
}
