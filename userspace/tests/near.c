// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "core/near.h"
#include "core/util.h"
#include "unit.h"

/* Which of these is near */
static void check_near(const char *word, const char *want)
{
	static const char *const names[] = { "table1", "table2", "figure14a", "drop", "" };
	struct near near;
	char text[96];
	size_t i;

	near_begin(&near, word);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		near_add(&near, names[i]);
	near_text(&near, text, sizeof(text));
	CHECK_STR(near.name, want);
	if (*want)
		CHECK_HAS(text, want);
	else
		CHECK_STR(text, "");
}

static void near_names(void)
{
	char endless[500];

	check_near("tabel1", "table1");
	check_near("tabel2", "table2");
	check_near("figure14", "figure14a");
	check_near("fig14a", "");
	check_near("drpo", "drop");
	check_near("nonsense", "");
	check_near("", "");
	check_near("x", "");
	memset(endless, 't', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	check_near(endless, "");
	/* as long as is looked at, and one more */
	endless[63] = '\0';
	check_near(endless, "");
}

const struct unit near_units[] = {
	{ "near: names that may be meant", near_names },
	{ NULL }
};
