// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "core/target.h"

const char *const target_names[] = { "uml", "vm", "host", NULL };

const char *want_name(enum want w)
{
	switch (w) {
	case WANT_CPUS:
		return "cpus";
	case WANT_CALLS:
		return "system calls";
	case WANT_PATCHES:
		return "patches";
	}
	return "";
}

bool target_find(const char *target, unsigned int host_has, struct target *p)
{
	const unsigned int has[] = {
		WANT_PATCHES, WANT_PATCHES | WANT_CALLS | WANT_CPUS, host_has
	};
	size_t i;

	for (i = 0; target_names[i]; i++) {
		if (strcmp(target_names[i], target))
			continue;
		p->name = target_names[i];
		p->has = has[i];
		return true;
	}
	return false;
}

size_t targets_sort(struct target *p, size_t n, unsigned int wants)
{
	size_t i, j, same;

	for (i = 1; i < n; i++) {
		struct target one = p[i];

		for (j = i; j && (wants & ~p[j - 1].has) > (wants & ~one.has); j--)
			p[j] = p[j - 1];
		p[j] = one;
	}
	for (same = 1; same < n; same++)
		if ((wants & ~p[same].has) != (wants & ~p[0].has))
			break;
	return n ? same : 0;
}
