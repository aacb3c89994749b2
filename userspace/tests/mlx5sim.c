// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "core/util.h"
#include "driver/mlx5sim.h"
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

	CHECK_INT(mlx5sim_parse_times("25600 256 51200\n300 3 0\n", &r), 0);
	CHECK_INT(r.bursts, 2);
	CHECK_NEAR(r.burst_ns[0], 100, EPS);
	CHECK_NEAR(r.burst_ns[1], 100, EPS);
	CHECK_NEAR(r.burst_ticks[0], 200, EPS);
	CHECK_NEAR(r.burst_ticks[1], 0, EPS);
	mlx5sim_run_free(&r);
	CHECK_INT(mlx5sim_parse_times("", &r), 0);
	CHECK_INT(r.bursts, 0);
	mlx5sim_run_free(&r);
}

static void bad_times(void)
{
	static const char *const bad[] = {
		"25600 256 1\n300 0 1\n", "25600 256 1\n300 3\n", "25600 256 1", "1 2 3 4\n",
		"x\n", "\n",
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

static const char account_text[] =
	"tsc 4000\nns 2000\nloop 10 1\nframes 100 20\nevents 30 2\numr 40 3\nsend 50 4\n"
	"commands 60 5\nrequests 70 6\nmmio 80 7\nmapping 90 8\naccount 5 9\n";

static void account(void)
{
	struct mlx5sim_account from = {}, to;
	double work[MLX5SIM_WORKS];

	CHECK_INT(mlx5sim_parse_account(account_text, &to), 0);
	CHECK_INT(to.tsc, 4000);
	CHECK_INT(to.ns, 2000);
	CHECK_INT(to.ticks[MLX5SIM_FRAMES], 100);
	CHECK_INT(to.count[MLX5SIM_FRAMES], 20);
	CHECK_INT(to.ticks[MLX5SIM_ACCOUNT], 5);
	CHECK_NEAR(mlx5sim_tick_ns(&from, &to), 0.5, EPS);
	/* neither commands and requests, nor the account's, which is in the others */
	CHECK_NEAR(mlx5sim_model_ns(&from, &to, work), 200, EPS);
	CHECK_NEAR(work[MLX5SIM_UMR], 20, EPS);
	CHECK_NEAR(work[MLX5SIM_ACCOUNT], 2.5, EPS);
	/* one moment twice */
	CHECK_NEAR(mlx5sim_model_ns(&to, &to, work), 0, EPS);
}

static void bad_account(void)
{
	static const char *const bad[] = {
		"", "tsc 1\n", "tsc 1\nns 1\nloop 1\n", "tsc 1\nns 1\nloop 1 x\n",
	};
	struct mlx5sim_account a;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_capture();
		CHECK_INT(mlx5sim_parse_account(bad[i], &a), -EBADMSG);
		CHECK_HAS(unit_captured(), "one version");
	}
}

const struct unit mlx5sim_units[] = {
	{ "mlx5sim: the generator's status", status },
	{ "mlx5sim: the times of its bursts", times },
	{ "mlx5sim: times that cannot be", bad_times },
	{ "mlx5sim: the account of its time", account },
	{ "mlx5sim: an account that cannot be", bad_account },
	{ NULL }
};
