// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include "core/stats.h"
#include "watch/hist.h"

/* The smallest time in it; that of the next one is above the largest */
static double begins(size_t i)
{
	size_t power = i / WATCH_SUB;

	if (!power)
		return (double)i;
	return ldexp((double)(WATCH_SUB + i % WATCH_SUB), (int)power - 1);
}

void watch_hist_add(struct watch_hist *h, const struct watch_cpu *c)
{
	size_t i;

	h->runs += c->runs;
	h->lost += c->lost;
	h->sum += c->sum;
	if (c->max > h->max)
		h->max = c->max;
	for (i = 0; i < WATCH_BUCKETS; i++)
		h->bucket[i] += c->bucket[i];
}

void watch_hist_since(struct watch_hist *h, const struct watch_hist *before)
{
	size_t i, highest = 0;

	h->runs -= before->runs;
	h->lost -= before->lost;
	h->sum -= before->sum;
	for (i = 0; i < WATCH_BUCKETS; i++) {
		h->bucket[i] -= before->bucket[i];
		if (h->bucket[i])
			highest = i;
	}
	/* the longest of all is of an earlier time */
	if (h->max == before->max && highest + 1 < WATCH_BUCKETS &&
	    (double)h->max >= begins(highest + 1))
		h->max = (uint64_t)begins(highest + 1) - 1;
	if (!h->runs)
		h->max = 0;
}

/* The time of the rank-th smallest, from 0 */
static double at_rank(const struct watch_hist *h, double rank)
{
	double below = 0;
	size_t i;

	for (i = 0; i < WATCH_BUCKETS; i++) {
		double n = (double)h->bucket[i], low = begins(i), high = begins(i + 1);

		if (rank >= below + n) {
			below += n;
			continue;
		}
		/* times are whole ns: a bucket of one value has no width */
		high = fmin(high - 1, (double)h->max);
		return fmin(low + (high - low) * (rank - below + 0.5) / n, (double)h->max);
	}
	return (double)h->max;
}

double watch_hist_quantile(const struct watch_hist *h, double q)
{
	if (!h->runs)
		return NAN;
	return q >= 1 ? (double)h->max : at_rank(h, floor(q * (double)(h->runs - 1) + 0.5));
}

double watch_hist_mean(const struct watch_hist *h, double q)
{
	double left = floor(q * (double)h->runs), sum = 0, n = left;
	size_t i;

	for (i = 0; i < WATCH_BUCKETS && left > 0; i++) {
		double take = fmin((double)h->bucket[i], left);

		sum += take * (begins(i) + begins(i + 1) - 1) / 2;
		left -= take;
	}
	return n > 0 ? sum / n : NAN;
}

void watch_hist_interval(const struct watch_hist *h, double *low, double *high)
{
	size_t lo, hi;

	*low = NAN;
	*high = NAN;
	if (h->runs < STATS_FEW || !stats_ci_ranks(h->runs, &lo, &hi))
		return;
	*low = at_rank(h, (double)lo);
	*high = at_rank(h, (double)hi);
}
