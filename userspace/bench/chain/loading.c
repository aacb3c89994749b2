// SPDX-License-Identifier: GPL-2.0-only
/* chain: what it takes to load its programs, to attach them, and to take them away */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/chain/chain.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"

enum { LOAD, ATTACH, DETACH, TIMES };

static const char *const column[TIMES] = { "load", "attach", "detach" };

static const struct loading {
	enum chain_place place;
	size_t n;
	bool quick;
} loadings[] = {
	{ CHAIN_CLS_BPF, 1, true }, { CHAIN_CLS_BPF, 63, true }, { CHAIN_CLS_BPF, 1024, false },
	{ CHAIN_TCX, 1, true }, { CHAIN_TCX, 16, true }, { CHAIN_TCX, 62, false },
};

static void key_of(const struct loading *l, char *key, size_t len)
{
	snprintf(key, len, "%s_%zu", l->place == CHAIN_TCX ? "tcx" : "cls_bpf", l->n);
}

void chain_loading_rows(struct chain *c)
{
	struct table *t = result_find(c->res, "loading");
	char key[32], label[48];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loadings); i++) {
		const struct loading *l = &loadings[i];

		if (c->opts->quick && !l->quick)
			continue;
		key_of(l, key, sizeof(key));
		snprintf(label, sizeof(label), "%s, %zu program%s",
			 l->place == CHAIN_TCX ? "tcx" : "cls_bpf", l->n, l->n == 1 ? "" : "s");
		table_row(t, key, label);
	}
}

/* Once: fresh programs with one map; the end is loaded before */
static int once(struct chain *c, const struct loading *l, double ms[TIMES])
{
	struct chain_set *s = &c->more[0];
	struct chain_point p = {
		.c = c, .set = s, .n = l->n, .place = l->place, .name = "loading",
	};
	char why[256];
	double at;
	int ret;

	*s = (struct chain_set)CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_SHARED);
	ret = chain_set_grow(&c->end, 1, why, sizeof(why));
	at = now_ns();
	ret = ret ?: chain_set_grow(s, l->n, why, sizeof(why));
	ms[LOAD] = (now_ns() - at) / 1e6 / (double)l->n;
	at = now_ns();
	ret = ret ?: chain_place(&p, why, sizeof(why));
	ms[ATTACH] = (now_ns() - at) / 1e6 / (double)(l->n + 1);
	at = now_ns();
	chain_clear(c);
	ms[DETACH] = (now_ns() - at) / 1e6;
	chain_set_free(s);
	if (ret)
		err("%s", why);
	return ret;
}

static int measure(struct chain *c, const struct loading *l)
{
	size_t n = c->opts->batches, i, t;
	double *ms[TIMES], now[TIMES];
	struct stats s;
	struct row *row;
	char key[32];
	int ret = 0;

	/* a long one takes seconds */
	if (l->n > CHAIN_LONGEST / 2 && n > STATS_FEW)
		n = STATS_FEW;
	for (t = 0; t < TIMES; t++)
		ms[t] = xcalloc(n, sizeof(*ms[t]));
	for (i = 0; i < n && !ret; i++) {
		progress("loading", (unsigned int)i, (unsigned int)n);
		ret = interrupted() ? -EINTR : once(c, l, now);
		for (t = 0; t < TIMES; t++)
			ms[t][i] = now[t];
	}
	key_of(l, key, sizeof(key));
	row = result_row(c->res, "loading", key);
	for (t = 0; t < TIMES; t++) {
		if (!ret) {
			row_raw(row, column[t], "ms", ms[t], n);
			stats_of(ms[t], n, &s);
			row_set_median(row, column[t], &s);
			row_spread_validity(row, &s);
		}
		free(ms[t]);
	}
	return ret;
}

int chain_loading(struct chain *c)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(loadings) && !ret; i++)
		if (!c->opts->quick || loadings[i].quick)
			ret = measure(c, &loadings[i]);
	return ret;
}
