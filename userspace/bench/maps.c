// SPDX-License-Identifier: GPL-2.0-only
/* Table 3: what a look-up in a map costs an eBPF program */
#include <errno.h>
#include <string.h>
#include <bpf/bpf.h>

#include "bench/bench.h"
#include "bench/maps.h"
#include "core/run.h"
#include "core/stats.h"
#include "measure/testrun.h"
#include "maps.bpf.h"
#include "maps.skel.h"

/* A variant is a row: the loop alone, then of each map its look-up not inlined, and inlined */
#define NVARIANTS	7
#define IS_INLINED(v)	((v) % 2 == 0)

static const struct column_def columns[] = {
	{ "median", "median", "ns", 2, "median" },
	{ "iqr", "IQR", "ns", 2, "spread" },
	{ "with_loop", "with loop", "ns", 2 },
	{ "gain", "inlining", "% less", 0, "inlining_gain" },
	{ "n", "n", "", 0 },
	{ }
};

/* A program has its row's key as its name */
static const struct row_def rows[NVARIANTS + 1] = {
	{ "loop", "loop alone" },
	{ "array_helper", "ARRAY, not inlined" }, { "array_inlined", "ARRAY", "ARRAY" },
	{ "hash_helper", "HASH, not inlined" }, { "hash_inlined", "HASH", "HASH" },
	{ "lru_hash_helper", "LRU_HASH, not inlined" },
	{ "lru_hash_inlined", "LRU_HASH", "LRU_HASH" },
};

static const struct table_def tables[] = {
	{
		.key = "lookup",
		.title = "Look-up in a map and read of its value, 4-byte key",
		.paper = "table3",
		.columns = columns,
		.rows = rows,
	},
	{ }
};

struct table3 {
	struct maps_bpf *skel;
	struct testrun run[NVARIANTS];
	struct variant variant[NVARIANTS];
};

static void unload(void *arg)
{
	struct table3 *t = arg;

	variants_free(t->variant, NVARIANTS);
	maps_bpf__destroy(t->skel);
}

static int fill(const struct bpf_map *map)
{
	__u64 value = 0;
	__u32 key = 0;
	int ret = 0;

	for (; key < MAPS_ENTRIES && !ret; value = ++key)
		ret = bpf_map__update_elem(map, &key, sizeof(key), &value, sizeof(value), BPF_ANY);
	if (ret)
		err("cannot fill map %s: %s", bpf_map__name(map), strerror(-ret));
	return ret;
}

/* Every look-up must find its value, through the helper or in its place as named */
static void check(const struct table3 *t, size_t v, struct row *row, struct json_object *calls)
{
	if (bench_runs(row, &t->run[v]))
		row_ledger(row, "program", NULL, (const struct ledger[]){
			{ "look-ups found a value", t->skel->bss->found, MAPS_LOOKUPS }, { }
		});
	bench_calls(row, rows[v].key, t->run[v].prog_fd, "bpf_map_lookup_elem", !IS_INLINED(v),
		    calls);
}

static void report(const struct table3 *t, size_t n, struct result *res)
{
	struct json_object *calls = json_object_new_object();
	struct stats loop, with_loop, alone = { }, helper;
	size_t v;

	for (v = 0; v < NVARIANTS; v++) {
		struct row *row = result_row(res, "lookup", rows[v].key);

		bench_batches(row, "with_loop", "ns per look-up, loop included", t->variant[v].ns,
			      n, &with_loop);
		bench_linear(row, VALIDITY_INDICATIVE, NULL, "runs", &t->variant[v]);
		if (!v) {
			loop = with_loop;
			continue;
		}
		helper = alone;
		stats_less(&with_loop, &loop, &alone);
		row_set_median(row, "median", &alone);
		if (IS_INLINED(v))
			row_set(row, "gain", 100 * (1 - alone.median / helper.median));
		check(t, v, row, calls);
	}
	result_fact(res, "helper_calls", calls);
	result_fact_times(res, "loop_ns", json_object_new_double(loop.median));
	result_note(res,
		    "%d look-ups of random keys per run, %d entries, all present; median is without the loop.",
		    MAPS_LOOKUPS, MAPS_ENTRIES);
}

static int load(struct table3 *t)
{
	int ret;

	t->skel = maps_bpf__open_and_load();
	if (!t->skel)
		return -errno;
	ret = fill(t->skel->maps.array) ?: fill(t->skel->maps.hash) ?:
	      fill(t->skel->maps.lru_hash);
	bench_keys(t->skel->bss->keys, MAPS_LOOKUPS, MAPS_ENTRIES);
	return ret;
}

static int prepare(struct table3 *t, size_t row, size_t at)
{
	return testrun_variant(t->skel->obj, rows[row].key, MAPS_LOOKUPS, &t->run[at],
			       &t->variant[at]);
}

/* As the table's inlined rows */
static const struct {
	enum bpf_map_type type;
	size_t row;
} prices[MAP_PRICES] = {
	{ BPF_MAP_TYPE_ARRAY, 2 }, { BPF_MAP_TYPE_HASH, 4 }, { BPF_MAP_TYPE_LRU_HASH, 6 },
};

int map_prices(struct map_price *price, size_t batches)
{
	struct table3 t = { };
	struct stats loop, with_loop, alone;
	size_t i;
	int ret = load(&t);

	ret = ret ?: prepare(&t, 0, 0);
	for (i = 0; i < MAP_PRICES && !ret; i++)
		ret = prepare(&t, prices[i].row, i + 1);
	ret = ret ?: batch_compare(t.variant, MAP_PRICES + 1, batches, "look-ups");
	for (i = 0; i < MAP_PRICES && !ret; i++) {
		stats_of(t.variant[0].ns, batches, &loop);
		stats_of(t.variant[i + 1].ns, batches, &with_loop);
		stats_less(&with_loop, &loop, &alone);
		price[i] = (struct map_price){ .type = prices[i].type, .ns = alone.median,
					       .low = alone.ci_lo, .high = alone.ci_hi };
	}
	if (t.skel)
		unload(&t);
	return ret;
}

static int table3_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct table3 *t = state;
	size_t i;
	int ret = load(t);

	if (!t->skel)
		return bench_lacks_programs(res, -ret);
	ret = cleanup_push(unload, t) ?: ret;
	for (i = 0; i < NVARIANTS && !ret; i++)
		ret = prepare(t, i, i);
	ret = ret ?: batch_compare(t->variant, NVARIANTS, opts->batches, "table3");
	if (!ret)
		report(t, opts->batches, res);
	return ret;
}

const struct bench bench_table3 = {
	.name	= "table3",
	.title	= "Look-up in ARRAY, HASH and LRU_HASH maps, inlined and not",
	.seconds = 12,
	.seconds_quick = 5,
	.needs	= "",
	.headline = "lookup median: array_inlined hash_inlined lru_hash_inlined",
	.sentence =
		"lookup hash_inlined median / lookup array_inlined median: A look-up in HASH takes @x as long as one in ARRAY",
	.batches = 30,
	.batches_quick = 10,
	.state	= sizeof(struct table3),
	.tables	= tables,
	.run	= table3_run,
};
