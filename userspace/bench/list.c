// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include "bench/bench.h"

const struct bench *const benches[] = {
	&bench_table1,
	&bench_table2,
	&bench_table3,
	&bench_table4,
	&bench_table6,
	&bench_figure3,
	&bench_figure13,
	&bench_figure14a,
	&bench_figure14b,
	&bench_figure10,
	&bench_figure11,
	&bench_figure12,
	&bench_drop,
	&bench_mlx5sim,
	&bench_jitcheck,
	&bench_truth,
	&bench_probe,
	&bench_off,
	NULL
};
