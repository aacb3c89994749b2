// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "core/ledger.h"

bool frames_exact(const struct frame_count *f)
{
	return f->received == f->sent && f->dropped == f->sent;
}

bool ledger_exact(const struct ledger *l, char *text, size_t len)
{
	uint64_t first = l->is;
	bool exact = true;
	size_t n = 0;

	text[0] = '\0';
	for (; l->what; l++) {
		exact &= l->is == l->must_be;
		if (n < len)
			n += snprintf(text + n, len - n, "%s%llu %s", n ? ", " : "",
				      (unsigned long long)l->is, l->what);
		if (n < len && l->is != l->must_be && l->must_be != first)
			n += snprintf(text + n, len - n, " instead of %llu",
				      (unsigned long long)l->must_be);
	}
	return exact;
}
