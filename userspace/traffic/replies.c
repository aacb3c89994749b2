// SPDX-License-Identifier: GPL-2.0-only
/* Requests of several kinds and the replies to them: what does not depend on the device */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/run.h"
#include "core/util.h"
#include "traffic/replies.h"

#define SETTLE_TRIES	1000
#define SETTLE_US	1000

bool generator_has_replies(const struct generator *g)
{
	return g->ops->replies;
}

int generator_requests(struct generator *g, const struct requests *r)
{
	return g->ops->replies->requests(g, r);
}

int generator_replies_begin(struct generator *g)
{
	return g->ops->replies->begin(g);
}

int generator_replies_end(struct generator *g)
{
	return g->ops->replies->end(g);
}

int generator_replies(struct generator *g, struct replies *r)
{
	return g->ops->replies->count(g, r);
}

int generator_reply_times(struct generator *g, struct reply_times *t)
{
	return g->ops->replies->times(g, t);
}

int generator_replies_settle(struct generator *g, uint64_t arrived)
{
	struct replies r;
	int i, ret = 0;

	for (i = 0; i < SETTLE_TRIES && !interrupted(); i++) {
		ret = generator_replies(g, &r);
		/* fewer than there should be: for the row's counts to say */
		if (ret || r.arrived >= arrived)
			return ret;
		usleep(SETTLE_US);
	}
	return interrupted() ? -EINTR : 0;
}

uint64_t replies_right(const struct replies *r)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < REQUEST_KINDS; i++)
		sum += r->right[i];
	return sum;
}

/* Counts only, one behind the other */
void replies_add(struct replies *sum, const struct replies *r, int sign)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)r;
	size_t i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += (uint64_t)sign * from[i];
}

void replies_judge(const struct replies *r, struct row *row)
{
	if (r->wrong)
		row_reason(row, VALIDITY_INVALID, "order",
			   "%llu replies were wrong: %llu by their length, %llu by their bytes, %llu to requests without one",
			   (unsigned long long)r->wrong, (unsigned long long)r->wrong_length,
			   (unsigned long long)r->wrong_bytes,
			   (unsigned long long)r->wrong_template);
	if (r->twice || r->unknown)
		row_reason(row, VALIDITY_INVALID, "end",
			   "%llu replies came twice, %llu were to no request",
			   (unsigned long long)r->twice, (unsigned long long)r->unknown);
}

static bool is_of(const struct reply_bin *b, int kind)
{
	return kind < 0 || b->kind == (unsigned int)kind;
}

static int by_time(const void *a, const void *b)
{
	const struct reply_bin *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

/* As if those of a bin were spread over it evenly */
double reply_quantile(const struct reply_times *t, int kind, double q)
{
	struct reply_bin *sorted = xcalloc(t->n + 1, sizeof(*sorted));
	double all = 0, before = 0, at = NAN;
	size_t i, n = 0;

	for (i = 0; i < t->n; i++) {
		if (!is_of(&t->bin[i], kind))
			continue;
		sorted[n++] = t->bin[i];
		all += t->bin[i].count;
	}
	qsort(sorted, n, sizeof(*sorted), by_time);
	for (i = 0; i < n; i++) {
		const struct reply_bin *b = &sorted[i];

		at = b->high;
		if (before + b->count >= q * all) {
			at = b->low + (b->high - b->low) * (q * all - before) / b->count;
			break;
		}
		before += b->count;
	}
	free(sorted);
	return at;
}

void reply_times_free(struct reply_times *t)
{
	free(t->bin);
	t->bin = NULL;
	t->n = 0;
}
