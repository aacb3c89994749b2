// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "bench/channels/turns.h"
#include "core/stats.h"
#include "core/util.h"

double turns_middle(const struct turns *t, size_t from)
{
	size_t kept = t->n - from < TURNS_KEPT ? t->n - from : TURNS_KEPT, i;
	double *ns = xcalloc(kept, sizeof(*ns)), middle;

	for (i = 0; i < kept; i++)
		ns[i] = t->ns[(t->n - kept + i) % TURNS_KEPT];
	middle = stats_middle(ns, kept);
	free(ns);
	return middle;
}
