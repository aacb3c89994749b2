// SPDX-License-Identifier: GPL-2.0-only
/* Where a bench runs that wants this and that */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/target.h"
#include "core/util.h"
#include "unit.h"

/* Those of the targets ("uml host") that are best, in their order */
static void check(const char *targets, unsigned int host_has, unsigned int wants,
		  const char *best)
{
	char *list = xstrdup(targets), *save, *one, got[64] = "";
	struct target p[4];
	size_t i, n = 0;

	for (one = strtok_r(list, " ", &save); one; one = strtok_r(NULL, " ", &save))
		CHECK(target_find(one, host_has, &p[n++]));
	n = targets_sort(p, n, wants);
	for (i = 0; i < n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i ? " " : "",
			 p[i].name);
	CHECK_STR(got, best);
	free(list);
}

static void places(void)
{
	const unsigned int two = WANT_CALLS | WANT_CPUS;
	struct target p;

	/* time stamps: the patches weigh more than cheap system calls */
	check("uml host", two, WANT_PATCHES, "uml");
	check("uml host", two, WANT_PATCHES | WANT_CALLS, "uml");
	check("uml host vm", two, WANT_PATCHES | WANT_CALLS, "vm");
	check("uml host", two | WANT_PATCHES, WANT_PATCHES | WANT_CALLS, "host");
	/* maps from user space */
	check("uml host", two, WANT_CALLS, "host");
	check("uml host vm", two, WANT_CALLS, "host vm");
	check("uml vm", two, WANT_CALLS, "vm");
	check("uml", two, WANT_CALLS, "uml");
	/* a host with one CPU has cheap system calls at least */
	check("uml host", WANT_CALLS, WANT_CALLS | WANT_CPUS, "host");
	check("uml host vm", WANT_CALLS, WANT_CALLS | WANT_CPUS, "vm");
	/* nothing: anywhere, and in UML first */
	check("uml host vm", two, 0, "uml host vm");
	check("host uml", two, 0, "host uml");
	CHECK(!target_find("best", two, &p));
	CHECK_INT(targets_sort(&p, 0, two), 0);
	CHECK_STR(want_name(WANT_CALLS), "system calls");
}

const struct unit target_units[] = {
	{ "target: where a bench runs", places },
	{ 0 }
};
