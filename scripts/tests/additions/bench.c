// SPDX-License-Identifier: GPL-2.0-only
/* A bench of one row, for scripts/tests/additions.sh */
#include "bench/bench.h"

static const struct column_def columns[] = { { "rows", "rows" }, { } };

static const struct row_def rows[] = { { "one", "the only one" }, { } };

static const struct table_def tables[] = {
	{ .key = "made_up", .title = "What is made up", .columns = columns, .rows = rows },
	{ }
};

static int made_up_run(const struct bench_opts *opts, struct result *res, void *state)
{
	row_set(result_row(res, "made_up", "one"), "rows", 1);
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
	.tables = tables,
	.run = made_up_run,
};
