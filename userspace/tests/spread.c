// SPDX-License-Identifier: GPL-2.0-only
/* What a row is judged to be by the spread of its batches: of how many need not matter */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "report/result.h"
#include "unit.h"

#define BATCHES_MAX	1000
#define SEEDS		200

static double uniform(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return ((double)(*seed >> 11) + 0.5) / (double)(1ULL << 53);
}

static double normal(uint64_t *seed)
{
	double r = sqrt(-2 * log(uniform(seed)));

	return r * cos(2 * M_PI * uniform(seed));
}

/* A machine that does nothing else */
static double steady(uint64_t *seed)
{
	return 100 + normal(seed);
}

/* The same, of which one batch of 50 is disturbed: by as much again, or by any number of times */
static double disturbed(uint64_t *seed)
{
	double ns = steady(seed), u = uniform(seed);

	return uniform(seed) < 0.02 ? ns + 20 / u : ns;
}

static double wide(uint64_t *seed)
{
	return 100 * exp(0.15 * normal(seed));
}

/* Some neighbour has every other batch take longer, some of them very much so */
static double heavy(uint64_t *seed)
{
	double ns = wide(seed), u = uniform(seed);

	return uniform(seed) < 0.5 ? ns + 10 / u : ns;
}

static enum validity verdict_of(const double *batches, size_t n)
{
	struct result *res = result_new("b", "T");
	struct row *row = table_row(result_table(res, "t", ""), "r", "R");
	double *v = xcalloc(n, sizeof(*v));
	enum validity validity;
	struct stats s;

	memcpy(v, batches, n * sizeof(*v));
	stats_of(v, n, &s);
	row_spread_validity(row, &s);
	validity = result_validity(res);
	result_free(res);
	free(v);
	return validity;
}

/* The first n of the same batches, for every n */
static void every_count(double (*draw)(uint64_t *seed), enum validity want)
{
	double batch[BATCHES_MAX];
	uint64_t seed = 1;
	size_t n;

	for (n = 0; n < BATCHES_MAX; n++)
		batch[n] = draw(&seed);
	for (n = 1; n <= BATCHES_MAX; n++)
		if (verdict_of(batch, n) != (n < STATS_FEW ? VALIDITY_INDICATIVE : want))
			unit_fail(__FILE__, __LINE__, "%zu batches: %s", n,
				  validity_name(verdict_of(batch, n)));
}

/* Many runs of as many batches: nearly all of them come to the same, for few and for many */
static void every_run(double (*draw)(uint64_t *seed), enum validity want)
{
	static const size_t counts[] = { 6, 7, 8, 10, 20, 30, 100, 1000 };
	double batch[BATCHES_MAX];
	size_t i, n, right;
	uint64_t seed, run;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		for (run = 0, right = 0; run < SEEDS; run++) {
			seed = run * 7919;
			for (n = 0; n < counts[i]; n++)
				batch[n] = draw(&seed);
			right += verdict_of(batch, counts[i]) == want;
		}
		if (right < 0.95 * SEEDS)
			unit_fail(__FILE__, __LINE__, "%zu batches: %s in %zu of %d runs",
				  counts[i], validity_name(want), right, SEEDS);
	}
}

static void steady_batches(void)
{
	every_count(steady, VALIDITY_VALID);
	every_run(steady, VALIDITY_VALID);
}

static void disturbed_batches(void)
{
	every_count(disturbed, VALIDITY_VALID);
	every_run(disturbed, VALIDITY_VALID);
}

static void wide_batches(void)
{
	every_count(wide, VALIDITY_INDICATIVE);
	every_run(wide, VALIDITY_INDICATIVE);
}

static void heavy_batches(void)
{
	every_count(heavy, VALIDITY_INDICATIVE);
	every_run(heavy, VALIDITY_INDICATIVE);
}

const struct unit spread_units[] = {
	{ "spread: steady, of 1 to 1000 batches", steady_batches },
	{ "spread: some disturbed, of 1 to 1000 batches", disturbed_batches },
	{ "spread: wide, of 1 to 1000 batches", wide_batches },
	{ "spread: wide, with a heavy tail, of 1 to 1000 batches", heavy_batches },
	{ 0 }
};
