// SPDX-License-Identifier: GPL-2.0-only
/* chain: what a write costs by the size of the map, and by how it is written */
#include <stdio.h>
#include <stdlib.h>

#include "bench/chain/chain.h"
#include "core/cache.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"

#define MEMBERS		64
#define FILTER		0		/* of the points, and of the sets; the others follow */
#define KINDS		5

static const uint32_t sizes[] = { 1, 4, 16, 64, 128, 256, 1024, 4096, 16384, 65536 };
static const uint32_t sizes_quick[] = { 1, 1024, 16384 };

static const char *const size_key[KINDS] = {
	"filter", "array_10x1", "array_1x10", "percpu_10x1", "percpu_1x10",
};

static const char *const write_key[KINDS] = {
	"filter", "array_update", "array_pointer", "percpu_update", "percpu_pointer",
};

static const char *const write_name[KINDS] = {
	"filter", "ARRAY, update", "ARRAY, pointer", "PERCPU_ARRAY, update",
	"PERCPU_ARRAY, pointer",
};

static size_t nsizes(const struct chain *c)
{
	return c->opts->quick ? ARRAY_SIZE(sizes_quick) : ARRAY_SIZE(sizes);
}

static uint32_t size(const struct chain *c, size_t i)
{
	return (c->opts->quick ? sizes_quick : sizes)[i];
}

void chain_sizes_rows(struct chain *c)
{
	struct table *t = result_find(c->res, "size"), *write = result_find(c->res, "write");
	char key[32], label[32];
	struct row *row;
	size_t i;

	for (i = 0; i < nsizes(c); i++) {
		snprintf(key, sizeof(key), "entries_%u", size(c, i));
		snprintf(label, sizeof(label), "%u", size(c, i));
		row = table_row(t, key, label);
		row_x(row, size(c, i));
	}
	for (i = FILTER + 1; i < KINDS; i++)
		table_row(write, write_key[i], write_name[i]);
}

/* One program MEMBERS times, each kind in turns with the filter that it contains */
static int measure(struct chain *c, struct chain_point *p, const char *const *program,
		   const char *const *name, uint32_t entries, const char *what)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		c->more[i] = (struct chain_set)CHAIN_SET_INIT(program[i], ARRAY, CHAIN_ONCE);
		if (i > KINDS / 2)
			c->more[i].type = BPF_MAP_TYPE_PERCPU_ARRAY;
		c->more[i].entries = entries;
		p[i] = (struct chain_point){
			.set = &c->more[i],
			.n = MEMBERS,
			.place = CHAIN_CLS_BPF,
			.name = name[i],
		};
	}
	return chain_measure(c, p, KINDS, what);
}

static void end(struct chain *c, struct chain_point *p)
{
	size_t i;

	chain_points_free(p, KINDS);
	for (i = 0; i < KINDS; i++)
		chain_set_free(&c->more[i]);
}

/* What a write adds to the filter, from batches that ran in the same turn */
static void put(struct chain *c, const struct chain_point *p, size_t kind, struct row *row,
		const char *column, double writes)
{
	size_t n = c->opts->batches, i;
	double *each = xcalloc(n, sizeof(*each));
	struct stats s;

	for (i = 0; i < n; i++)
		each[i] = (p[kind].ns[i] - p[FILTER].ns[i]) / writes;
	row_raw(row, column, "ns", each, n);
	stats_less_each(each, NULL, n, &s);
	row_set_median(row, column, &s);
	free(each);
	/* a difference spreads by what the time does that it is taken from */
	stats_less_each(p[kind].ns, NULL, n, &s);
	row_spread_validity(row, &s);
	chain_judge(&p[kind], row);
	chain_judge(&p[FILTER], row);
}

static int measure_size(struct chain *c, size_t i)
{
	static const char *const program[KINDS] = {
		"chain_filter", "chain_10x1", "chain_1x10", "chain_10x1", "chain_1x10",
	};
	double writes = MEMBERS * CHAIN_WRITES, bytes;
	struct chain_point p[KINDS];
	char key[32], what[32], text[64];
	struct row *row;
	size_t kind;
	int ret;

	snprintf(key, sizeof(key), "entries_%u", size(c, i));
	snprintf(what, sizeof(what), "%u entries", size(c, i));
	row = result_row(c->res, "size", key);
	ret = measure(c, p, program, size_key, size(c, i), what);
	for (kind = FILTER + 1; kind < KINDS && !ret; kind++)
		put(c, p, kind, row, size_key[kind], writes);
	if (!ret) {
		bytes = chain_set_bytes(&c->more[1], 1);
		row_set(row, "memory", bytes / 1024);
		/* of PERCPU_ARRAY a CPU writes its own part, as large as the ARRAY */
		row_text(row, "fits", cache_that_holds(bytes, text, sizeof(text)));
	}
	end(c, p);
	return ret;
}

static int measure_write(struct chain *c)
{
	static const char *const program[KINDS] = {
		"chain_filter", "chain_write", "chain_pointer", "chain_write", "chain_pointer",
	};
	struct chain_point p[KINDS];
	size_t kind;
	int ret;

	ret = measure(c, p, program, write_name, CHAIN_ENTRIES, "one write");
	for (kind = FILTER + 1; kind < KINDS && !ret; kind++)
		put(c, p, kind, result_row(c->res, "write", write_key[kind]), "ns",
		    MEMBERS);
	end(c, p);
	return ret;
}

int chain_sizes(struct chain *c)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < nsizes(c) && !ret; i++)
		ret = measure_size(c, i);
	return ret ?: measure_write(c);
}
