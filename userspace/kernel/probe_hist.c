// SPDX-License-Identifier: GPL-2.0-only
/* Histograms of ticks: difference, quantiles, nanoseconds */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "kernel/probe.h"

const struct probe_phase *probe_phase(const struct probe_hook *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->nphases; i++)
		if (!strcmp(h->phase[i].name, name))
			return &h->phase[i];
	return NULL;
}

void probe_hook_free(struct probe_hook *h)
{
	size_t i;

	for (i = 0; i < h->nphases; i++)
		free(h->phase[i].bucket);
	memset(h, 0, sizeof(*h));
}

void probe_hook_copy(struct probe_hook *to, const struct probe_hook *from)
{
	size_t i;

	*to = *from;
	for (i = 0; i < from->nphases; i++) {
		const struct probe_phase *p = &from->phase[i];

		to->phase[i].bucket = xcalloc(p->nbuckets, sizeof(*p->bucket));
		if (p->nbuckets)
			memcpy(to->phase[i].bucket, p->bucket,
			       p->nbuckets * sizeof(*p->bucket));
	}
}

/*
 * The multiple of the clock's step that a bucket's samples are a reading of; -1 if
 * the bucket is wider than a step, or lies between two of them. A reading may be a
 * tick off.
 */
static int64_t multiple(const struct probe_phase *p, const struct probe_bucket *b)
{
	uint64_t value;

	if (p->step < 2 || b->hi - b->lo >= p->step)
		return -1;
	value = (b->lo + b->hi + p->step) / 2;
	value -= value % p->step;
	return value + 1 < b->lo || value > b->hi + 1 ? -1 : (int64_t)value;
}

/*
 * The rank-th smallest sample, from 0. A bucket's samples lie evenly in it. A clock
 * that counts in steps shows an interval up to one step too short or too long; all
 * readings of a multiple then lie evenly in what is nearer to it than to the next.
 */
static double at_rank(const struct probe_phase *p, uint64_t rank)
{
	const struct probe_bucket *b = p->bucket, *end = b + p->nbuckets;

	for (;;) {
		int64_t value = multiple(p, b);
		uint64_t n = b->count;
		double lo = b->lo > p->min ? b->lo : p->min;
		double hi = b->hi < p->max ? b->hi : p->max;

		if (value >= 0) {
			for (; b + 1 < end && multiple(p, b + 1) == value; b++)
				n += b[1].count;
			lo = value - p->step / 2.0;
			hi = value + p->step / 2.0;
		}
		if (rank < n || b + 1 == end)
			return lo + (hi - lo) * ((double)rank + 0.5) / (double)n;
		rank -= n;
		b++;
	}
}

double probe_quantile(const struct probe_phase *p, double q)
{
	double at, part, v;
	uint64_t rank;

	if (!p->count)
		return 0;
	if (q <= 0)
		return (double)p->min;
	if (q >= 1)
		return (double)p->max;
	at = q * (double)(p->count - 1);
	rank = (uint64_t)at;
	part = at - (double)rank;
	v = at_rank(p, rank);
	if (part > 0 && rank + 1 < p->count)
		v += part * (at_rank(p, rank + 1) - v);
	return v;
}

static const struct probe_bucket *find_bucket(const struct probe_phase *p, uint64_t lo)
{
	size_t i;

	for (i = 0; i < p->nbuckets; i++)
		if (p->bucket[i].lo == lo)
			return &p->bucket[i];
	return NULL;
}

static bool grew(const struct probe_phase *now, const struct probe_phase *then)
{
	size_t i;

	if (strcmp(now->name, then->name) || now->sum < then->sum)
		return false;
	for (i = 0; i < then->nbuckets; i++) {
		const struct probe_bucket *b = find_bucket(now, then->bucket[i].lo);

		if (!b || b->hi != then->bucket[i].hi || b->count < then->bucket[i].count)
			return false;
	}
	return true;
}

static void subtract(struct probe_phase *now, const struct probe_phase *then)
{
	uint64_t min = now->min, max = now->max;
	size_t i, n = 0;

	for (i = 0; i < now->nbuckets; i++) {
		struct probe_bucket b = now->bucket[i];
		const struct probe_bucket *old = find_bucket(then, b.lo);

		if (old)
			b.count -= old->count;
		if (b.count)
			now->bucket[n++] = b;
	}
	now->nbuckets = n;
	now->count -= then->count;
	now->sum -= then->sum;
	now->min = 0;
	now->max = 0;
	if (!n)
		return;
	/* the interval's own extremes are known no better than their buckets */
	now->min = now->bucket[0].lo > min ? now->bucket[0].lo : min;
	now->max = now->bucket[n - 1].hi < max ? now->bucket[n - 1].hi : max;
}

bool probe_hook_since(struct probe_hook *h, const struct probe_hook *earlier)
{
	size_t i;

	if (h->nphases != earlier->nphases || h->unstamped < earlier->unstamped ||
	    h->unsited < earlier->unsited || h->backward < earlier->backward)
		return false;
	for (i = 0; i < h->nphases; i++)
		if (!grew(&h->phase[i], &earlier->phase[i]))
			return false;
	for (i = 0; i < h->nphases; i++)
		subtract(&h->phase[i], &earlier->phase[i]);
	h->unstamped -= earlier->unstamped;
	h->unsited -= earlier->unsited;
	h->backward -= earlier->backward;
	return true;
}

int probe_stats(const struct probe_hook *h, const struct probe_phase *p,
		const struct probe_phase *floor, struct stats *s)
{
	double off = 0, ns;
	size_t lo, hi;

	memset(s, 0, sizeof(*s));
	if (!p || !p->count || h->khz <= 0)
		return -1;
	if (floor) {
		if (!floor->count)
			return -1;
		off = p->reads * probe_quantile(floor, 0.5);
	}

	ns = 1e6 / h->khz;
	s->n = p->count;
	s->mean = ((double)p->sum / (double)p->count - off) * ns;
	s->min = ((double)p->min - off) * ns;
	s->max = ((double)p->max - off) * ns;
	s->median = (probe_quantile(p, 0.5) - off) * ns;
	s->p1 = (probe_quantile(p, 0.01) - off) * ns;
	s->p25 = (probe_quantile(p, 0.25) - off) * ns;
	s->p75 = (probe_quantile(p, 0.75) - off) * ns;
	s->p99 = (probe_quantile(p, 0.99) - off) * ns;
	s->iqr = s->p75 - s->p25;
	s->spread = NAN;
	s->ci_lo = NAN;
	s->ci_hi = NAN;
	if (!stats_ci_ranks(s->n, &lo, &hi))
		return 0;
	s->ci_lo = (at_rank(p, lo) - off) * ns;
	s->ci_hi = (at_rank(p, hi) - off) * ns;
	return 0;
}

/*
 * The exact sum is what makes a mean finer than the buckets; only what is taken off it,
 * the samples with an interrupt, is known no better than its bucket.
 */
double probe_mean(const struct probe_hook *h, const struct probe_phase *p, double beyond,
		  uint64_t *left_out)
{
	double limit = probe_quantile(p, 0.5) + beyond * h->khz / 1e6;
	double sum = p->sum;
	uint64_t out = 0;
	size_t i;

	for (i = 0; i < p->nbuckets; i++) {
		const struct probe_bucket *b = &p->bucket[i];
		double high = b->hi < p->max ? b->hi : p->max;

		if (b->lo < limit)
			continue;
		sum -= b->count * (b->lo + high) / 2;
		out += b->count;
	}
	if (left_out)
		*left_out = out;
	return p->count > out ? sum / (p->count - out) * 1e6 / h->khz : NAN;
}
