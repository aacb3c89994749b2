// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "core/util.h"
#include "driver/mlx5sim_replies.h"
#include "unit.h"

#define COUNTS	"compared 5\nwrong 6\nwrong_length 1\nwrong_bytes 2\nwrong_template 3\ntwice 7\n" \
		"unknown 8\nother 9\n"

static void status(void)
{
	static const char *const bad[] = { "", "arrived 1\n", "arrived x\n" COUNTS };
	struct replies r;
	size_t i;

	CHECK_INT(mlx5sim_parse_sink("arrived 40\nright_0 4\nright_15 6\n" COUNTS, &r), 0);
	CHECK_INT(r.arrived, 40);
	CHECK_INT(r.right[0], 4);
	CHECK_INT(r.right[1], 0);
	CHECK_INT(r.right[15], 6);
	CHECK_INT(replies_right(&r), 10);
	CHECK_INT(r.compared, 5);
	CHECK_INT(r.wrong, 6);
	CHECK_INT(r.wrong_length, 1);
	CHECK_INT(r.wrong_bytes, 2);
	CHECK_INT(r.wrong_template, 3);
	CHECK_INT(r.twice, 7);
	CHECK_INT(r.unknown, 8);
	CHECK_INT(r.other, 9);
	CHECK_INT(mlx5sim_parse_sink("arrived 0\n" COUNTS, &r), 0);
	CHECK_INT(replies_right(&r), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_capture();
		CHECK_INT(mlx5sim_parse_sink(bad[i], &r), -EBADMSG);
		CHECK_HAS(unit_captured(), "one version");
	}
}

static void sums(void)
{
	struct replies sum = {}, r = { .arrived = 3, .right = { [15] = 2 }, .other = 1 };

	replies_add(&sum, &r, -1);
	r.arrived = 10;
	r.right[15] = 7;
	replies_add(&sum, &r, 1);
	CHECK_INT(sum.arrived, 7);
	CHECK_INT(sum.right[15], 5);
	CHECK_INT(sum.other, 0);
}

static void residence(void)
{
	struct reply_times t = {};

	CHECK_INT(mlx5sim_parse_residence("0 100 110 10\n0 200 220 30\n3 50 60 5\n", &t), 0);
	CHECK_INT(t.n, 3);
	CHECK_INT(t.bin[2].kind, 3);
	CHECK_INT(t.bin[1].count, 30);
	CHECK_NEAR(reply_quantile(&t, 0, 0), 100, EPS);
	CHECK_NEAR(reply_quantile(&t, 0, 0.25), 110, EPS);
	CHECK_NEAR(reply_quantile(&t, 0, 0.5), 200 + 20 / 3.0, EPS);
	CHECK_NEAR(reply_quantile(&t, 0, 1), 220, EPS);
	CHECK_NEAR(reply_quantile(&t, 3, 0.5), 55, EPS);
	/* of all, by time and not by kind */
	CHECK_NEAR(reply_quantile(&t, -1, 5 / 45.0), 60, EPS);
	CHECK_NEAR(reply_quantile(&t, -1, 1), 220, EPS);
	CHECK_INT(isnan(reply_quantile(&t, 1, 0.5)), 1);
	reply_times_free(&t);
	CHECK_INT(mlx5sim_parse_residence("", &t), 0);
	CHECK_INT(isnan(reply_quantile(&t, -1, 0.5)), 1);
	reply_times_free(&t);
}

static void bad_residence(void)
{
	static const char *const bad[] = {
		"0 100 110 0\n", "16 100 110 1\n", "0 110 100 1\n", "0 100 110\n",
		"0 100 110 1", "0 100 110 1 2\n", "\n",
	};
	struct reply_times t = {};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_capture();
		CHECK_INT(mlx5sim_parse_residence(bad[i], &t), -EBADMSG);
		CHECK_HAS(unit_captured(), "residence");
		CHECK_INT(t.n, 0);
	}
}

const struct unit replies_units[] = {
	{ "replies: mlx5sim's counts", status },
	{ "replies: what there is between two looks", sums },
	{ "replies: their times, and quantiles", residence },
	{ "replies: times that cannot be", bad_residence },
	{ NULL }
};
