// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include "core/util.h"
#include "traffic/zipf.h"

#define SEED		0x9e3779b97f4a7c15ULL
#define FIT_MIN		-1.0
#define FIT_MAX		6.0
#define FIT_STEPS	40
/* Chi-square wants that many expected in each class; what has fewer is put together */
#define CLASS_MIN	5.0
/* zipf_distinct_likely(): -log of its chance to be wrong; the limit where the normal law holds */
#define UNLIKELY	20.7
#define SIGMAS		6
/* That many flows of either kind, and their numbers follow the normal law */
#define MANY		100

/* Shares, which add up to 1; to be freed */
static double *shares(uint32_t n, double s)
{
	double *share = xcalloc(n, sizeof(*share)), sum = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		share[i] = s ? exp(-s * log(i + 1.0)) : 1;
		sum += share[i];
	}
	for (i = 0; i < n; i++)
		share[i] /= sum;
	return share;
}

/* xorshift64*: the upper bits are good */
static double next_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return (double)((x * 0x2545f4914f6cdd1dULL) >> 11) / (1ULL << 53);
}

void zipf_draw(uint32_t *draw, size_t draws, uint32_t n, double s)
{
	double *below = shares(n, s), sum = 0;
	uint64_t state = SEED;
	uint32_t i;
	size_t k;

	/* below[i]: the shares of all flows up to this one */
	for (i = 0; i < n; i++) {
		sum += below[i];
		below[i] = sum;
	}
	for (k = 0; k < draws; k++) {
		double r = next_random(&state) * sum;
		uint32_t lo = 0, hi = n - 1;

		while (lo < hi) {
			uint32_t mid = lo + (hi - lo) / 2;

			if (r < below[mid])
				hi = mid;
			else
				lo = mid + 1;
		}
		draw[k] = lo;
	}
	free(below);
}

/* Mean of a rank's logarithm under the exponent s; it falls as s grows */
static double mean_log(const double *log_rank, uint32_t n, double s)
{
	double sum = 0, weighted = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		double share = exp(-s * log_rank[i]);

		sum += share;
		weighted += share * log_rank[i];
	}
	return weighted / sum;
}

double zipf_fit(const uint64_t *count, uint32_t n)
{
	double *log_rank = xcalloc(n, sizeof(*log_rank));
	double all = 0, mean = 0, lo = FIT_MIN, hi = FIT_MAX;
	uint32_t i;
	int step;

	for (i = 0; i < n; i++) {
		log_rank[i] = log(i + 1.0);
		all += (double)count[i];
		mean += (double)count[i] * log_rank[i];
	}
	/* likeliest where the mean expected is the mean counted */
	for (step = 0; step < FIT_STEPS && n > 1 && all > 0; step++) {
		double mid = (lo + hi) / 2;

		if (mean_log(log_rank, n, mid) > mean / all)
			lo = mid;
		else
			hi = mid;
	}
	free(log_rank);
	return n > 1 && all > 0 ? (lo + hi) / 2 : NAN;
}

double zipf_repeat(uint64_t frames, uint64_t ring)
{
	double rounds, part;

	if (!ring || frames <= ring)
		return 1;
	rounds = (double)(frames / ring);
	part = (double)(frames % ring) / (double)ring;
	return ((rounds + 1) * (rounds + 1) * part + rounds * rounds * (1 - part)) /
	       (rounds + part);
}

double zipf_deviation(const uint64_t *count, uint32_t n, double s, double repeat)
{
	double *share = shares(n, s), all = 0, chi = 0, rest = 0, rest_count = 0, shift;
	uint32_t i, classes = 0;

	for (i = 0; i < n; i++)
		all += (double)count[i];
	for (i = 0; i < n; i++) {
		double expected = all * share[i], off = (double)count[i] - expected;

		if (expected < CLASS_MIN * repeat) {
			rest += expected;
			rest_count += (double)count[i];
			continue;
		}
		chi += off * off / expected;
		classes++;
	}
	free(share);
	if (rest >= CLASS_MIN * repeat) {
		chi += (rest_count - rest) * (rest_count - rest) / rest;
		classes++;
	}
	if (classes < 2)
		return 0;
	/* Wilson and Hilferty: the cube root is nearly normal, also for few classes */
	chi /= repeat;
	shift = 2.0 / (9.0 * (classes - 1));
	return (cbrt(chi / (classes - 1)) - (1 - shift)) / sqrt(shift);
}

double zipf_distinct(uint32_t n, double s, uint64_t draws, double *deviation)
{
	double *share = shares(n, s), mean = 0, variance = 0;
	uint32_t i;

	for (i = 0; i < n; i++) {
		/* log1p(): shares are small, draws are many */
		double missed = exp((double)draws * log1p(-share[i]));

		mean += 1 - missed;
		variance += missed * (1 - missed);
	}
	free(share);
	*deviation = sqrt(variance);
	return mean;
}

/*
 * Chernoff's bound: that a sum of independent events, mean of them expected, is this far from it
 * or farther has a chance of exp(-surprise()) at most
 */
static double surprise(double events, double mean)
{
	if (events <= 0)
		return mean;
	return mean > 0 ? events * log(events / mean) - events + mean : INFINITY;
}

bool zipf_distinct_likely(uint32_t seen, uint32_t n, double expected, double deviation)
{
	double unseen = fmax(n - expected, 0);

	if (expected > MANY && unseen > MANY)
		return fabs(seen - expected) <= SIGMAS * deviation;
	return surprise(seen, expected) <= UNLIKELY &&
	       surprise((double)n - seen, unseen) <= UNLIKELY;
}
