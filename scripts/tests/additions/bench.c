// SPDX-License-Identifier: GPL-2.0-only
/* A bench of one row, for scripts/tests/additions.sh */
#include "bench/bench.h"

static int made_up_run(const struct bench_opts *opts, struct result *res)
{
	struct table *t = result_table(res, "made_up", "What is made up");

	table_column(t, "rows", "rows", "", 0);
	row_set(table_row(t, "one", "the only one"), "rows", 1);
	return 0;
}

const struct bench bench_made_up = {
	.name = "made_up",
	.title = "A bench that is made up",
	.seconds = 1,
	.seconds_quick = 1,
	.needs = "",
	.headline = "made_up rows one",
	.sentence = "",
	.run = made_up_run,
};
