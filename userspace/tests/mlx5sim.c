// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include "lib/mlx5sim.h"
#include "lib/util.h"
#include "unit.h"

static void status(void)
{
	static const char *const bad[] = {
		"", "running 0\nsent 5\ntaken 5\nwaits 0\n",
		"sent five\ntaken 5\nwaits 0\nns 1\n",
	};
	struct mlx5sim_run r = {};
	size_t i;

	CHECK_INT(mlx5sim_parse_status("running 0\nsent 512\ntaken 511\nwaits 3\nns 80000\n",
				       &r), 0);
	CHECK_INT(r.sent, 512);
	CHECK_INT(r.taken, 511);
	CHECK_INT(r.waits, 3);
	CHECK_INT(r.ns, 80000);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_capture();
		CHECK_INT(mlx5sim_parse_status(bad[i], &r), -EBADMSG);
		CHECK_HAS(unit_captured(), "one version");
	}
}

static void times(void)
{
	struct mlx5sim_run r = {};

	CHECK_INT(mlx5sim_parse_times("25600 256\n300 3\n", &r), 0);
	CHECK_INT(r.bursts, 2);
	CHECK_NEAR(r.burst_ns[0], 100, EPS);
	CHECK_NEAR(r.burst_ns[1], 100, EPS);
	free(r.burst_ns);
	CHECK_INT(mlx5sim_parse_times("", &r), 0);
	CHECK_INT(r.bursts, 0);
	free(r.burst_ns);
}

static void bad_times(void)
{
	static const char *const bad[] = {
		"25600 256\n300 0\n", "25600 256\n300\n", "25600 256", "1 2 3\n", "x\n", "\n",
	};
	struct mlx5sim_run r = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_capture();
		CHECK_INT(mlx5sim_parse_times(bad[i], &r), -EBADMSG);
		CHECK_HAS(unit_captured(), "burst");
		CHECK_INT(r.bursts, 0);
	}
}

const struct unit mlx5sim_units[] = {
	{ "mlx5sim: the generator's status", status },
	{ "mlx5sim: the times of its bursts", times },
	{ "mlx5sim: times that cannot be", bad_times },
	{ NULL }
};
