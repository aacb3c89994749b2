// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "core/near.h"
#include "core/util.h"

#define NAME_MAX_LEN 63

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters that are wrong, missing, too many, or two that are exchanged */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][NAME_MAX_LEN + 1], *now = row[0], *last = row[1], *before = row[2], *next;
	size_t n = strlen(a), m = strlen(b), i, j;

	for (j = 0; j <= m; j++)
		last[j] = j;
	for (i = 1; i <= n; i++) {
		now[0] = i;
		for (j = 1; j <= m; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		next = before;
		before = last;
		last = now;
		now = next;
	}
	return last[m];
}

void near_begin(struct near *n, const char *word)
{
	n->word = word;
	n->name[0] = '\0';
	/* a third of the letters at most, or it is another word */
	n->distance = strlen(word) / 3 + 1;
}

void near_add(struct near *n, const char *name)
{
	size_t d;

	if (strlen(n->word) > NAME_MAX_LEN || strlen(name) > NAME_MAX_LEN)
		return;
	d = distance(n->word, name);
	if (d >= n->distance)
		return;
	n->distance = d;
	snprintf(n->name, sizeof(n->name), "%s", name);
}

const char *near_text(struct near *n, char *buf, size_t len)
{
	buf[0] = '\0';
	if (*n->name)
		snprintf(buf, len, ", did you mean %s?", n->name);
	return buf;
}
