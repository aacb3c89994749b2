// SPDX-License-Identifier: GPL-2.0-only
/* Table 3: what a look-up in a map costs an eBPF program */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>

#include "bench/bench.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "measure/testrun.h"
#include "report/paper.h"
#include "maps.bpf.h"
#include "maps.skel.h"

#define BATCHES		30
#define BATCHES_QUICK	10
#define HELPER		"bpf_map_lookup_elem"

enum { NONE, NVARIANTS = 7 };

static const struct {
	const char *map, *paper;
} kinds[] = {
	{ "array", "ARRAY" },
	{ "hash", "HASH" },
	{ "lru_hash", "LRU_HASH" },
};

struct lookups {
	struct maps_bpf *skel;
	struct testrun run[NVARIANTS];
	struct variant variant[NVARIANTS];
};

/* Variants: the loop alone, then each map with its look-up inlined and not */
static size_t variant_of(size_t kind, bool helper)
{
	return 1 + 2 * kind + helper;
}

static struct bpf_program *program(struct lookups *l, size_t v)
{
	char name[32];

	if (v == NONE)
		return l->skel->progs.lookup_none;
	snprintf(name, sizeof(name), "%s_%s", kinds[(v - 1) / 2].map,
		 (v - 1) % 2 ? "helper" : "inlined");
	return bpf_object__find_program_by_name(l->skel->obj, name);
}

static int fill(struct lookups *l)
{
	struct bpf_map *map;
	__u32 key;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		map = bpf_object__find_map_by_name(l->skel->obj, kinds[i].map);
		for (key = 0; key < MAPS_ENTRIES; key++) {
			__u64 value = key;

			if (bpf_map__update_elem(map, &key, sizeof(key), &value,
						 sizeof(value), BPF_ANY)) {
				err("cannot fill map %s: %s", kinds[i].map, strerror(errno));
				return -errno;
			}
		}
	}

	/* the same keys in every run, so that two runs can be compared */
	srandom(1);
	for (i = 0; i < MAPS_LOOKUPS; i++)
		l->skel->bss->keys[i] = random() % MAPS_ENTRIES;
	return 0;
}

static int load(struct lookups *l)
{
	size_t v;
	int ret;

	l->skel = maps_bpf__open();
	if (!l->skel) {
		ret = -errno;
		err("cannot open the look-up programs: %s", strerror(-ret));
		return ret;
	}
	for (v = 0; v < NVARIANTS; v++)
		bpf_program__set_autoload(program(l, v), true);
	ret = maps_bpf__load(l->skel);
	if (ret)
		return ret;
	for (v = 0; v < NVARIANTS; v++) {
		l->run[v].prog_fd = bpf_program__fd(program(l, v));
		l->variant[v].name = bpf_program__name(program(l, v));
		l->variant[v].fn = testrun_batch;
		l->variant[v].arg = &l->run[v];
	}
	return fill(l);
}

/* Every look-up must find its value, through the helper or in its place as named */
static void check(struct lookups *l, size_t v, struct row *row, struct json_object *calls)
{
	bool helper = (v - 1) % 2;
	int n, ret;

	ret = testrun_once(&l->run[v]);
	if (ret < 0)
		row_weaken(row, VALIDITY_INVALID, "the program does not run: %s",
			   strerror(-ret));
	else if (l->skel->bss->found != MAPS_LOOKUPS)
		row_weaken(row, VALIDITY_INVALID, "only %llu of %u look-ups found a value",
			   (unsigned long long)l->skel->bss->found, MAPS_LOOKUPS);

	n = testrun_calls(l->run[v].prog_fd, HELPER);
	if (n < 0) {
		row_weaken(row, VALIDITY_INDICATIVE,
			   "the kernel does not show whether " HELPER "() is called: %s",
			    strerror(-n));
		return;
	}
	json_object_object_add(calls, l->variant[v].name, json_object_new_int(n));
	if (n != helper)
		row_weaken(row, VALIDITY_INVALID, "%d calls of " HELPER "() instead of %d",
			   n, helper);
}

static double median_of(const double *ns, size_t n, struct stats *s)
{
	double *v = xcalloc(n, sizeof(*v));
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = ns[i] / MAPS_LOOKUPS;
	stats_of(v, n, s);
	free(v);
	return s->median;
}

static void raw(struct row *row, const struct variant *v, size_t n)
{
	double *ns = xcalloc(n, sizeof(*ns));
	size_t i;

	for (i = 0; i < n; i++)
		ns[i] = v->ns[i] / MAPS_LOOKUPS;
	row_raw(row, "batches", "ns per look-up, loop included", ns, n);
	free(ns);
	if (!v->plan.linear)
		row_weaken(row, VALIDITY_INDICATIVE,
			   "twice the runs took %.2f times as long, not 2",
			    2 * v->plan.ratio);
}

static void report(struct lookups *l, size_t batches, struct result *res)
{
	struct json_object *calls = json_object_new_object();
	double loop, median[2];
	struct table *t;
	struct stats s, none, alone;
	struct row *row;
	size_t i;
	int helper;

	t = result_table(res, "lookup", "Look-up in a map and read of its value, 4-byte key");
	table_column(t, "median", "median", "ns", 2);
	table_column(t, "iqr", "IQR", "ns", 2);
	table_column(t, "with_loop", "with loop", "ns", 2);
	table_column(t, "gain", "inlining", "% less", 0);
	table_column(t, "n", "n", "", 0);

	loop = median_of(l->variant[NONE].ns, batches, &s);
	row = table_row(t, "loop", "loop alone");
	row_set_median(row, "with_loop", &s);
	row_set(row, "iqr", s.iqr);
	row_set(row, "n", (double)batches);
	row_spread_validity(row, &s);
	raw(row, &l->variant[NONE], batches);
	none = s;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (helper = 1; helper >= 0; helper--) {
			size_t v = variant_of(i, helper);
			char label[64];

			snprintf(label, sizeof(label), "%s%s", kinds[i].paper,
				 helper ? ", not inlined" : "");
			row = table_row(t, l->variant[v].name, label);
			median_of(l->variant[v].ns, batches, &s);
			stats_less(&s, &none, &alone);
			median[helper] = alone.median;
			row_set_median(row, "median", &alone);
			row_set(row, "iqr", s.iqr);
			row_set_median(row, "with_loop", &s);
			row_set(row, "n", (double)batches);
			row_spread_validity(row, &s);
			raw(row, &l->variant[v], batches);
			check(l, v, row, calls);
		}
		row_paper(row, "median", paper_value("table3", kinds[i].paper, "median"));
		row_paper(row, "iqr", paper_value("table3", kinds[i].paper, "spread"));
		row_set(row, "gain", 100 * (1 - median[0] / median[1]));
		row_paper(row, "gain",
			  paper_value("table3", kinds[i].paper, "inlining_gain"));
	}

	result_fact(res, "helper_calls", calls);
	result_fact_times(res, "loop_ns", json_object_new_double(loop));
	result_note(res,
		    "%d look-ups of random keys per run, %d entries, all present; median is without the loop.",
		    MAPS_LOOKUPS, MAPS_ENTRIES);
}

static void not_measured(struct result *res, int error)
{
	struct table *t = result_table(res, "lookup", "Look-up in a map");
	size_t i;

	table_column(t, "median", "median", "ns", 2);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		row_weaken(table_row(t, kinds[i].map, kinds[i].paper), VALIDITY_NOT_MEASURED,
			   "the kernel does not load the programs: %s%s", strerror(-error),
			    error == -EPERM ? "; run as root" : "");
}

static int table3_run(const struct bench_opts *opts, struct result *res)
{
	size_t batches = opts->batches ? opts->batches :
			 opts->quick ? BATCHES_QUICK : BATCHES;
	struct lookups l = {};
	size_t v;
	int ret;

	ret = load(&l);
	if (ret) {
		not_measured(res, ret);
		maps_bpf__destroy(l.skel);
		return 0;
	}
	ret = cpu_pin();
	ret = ret < 0 ? ret : 0;
	for (v = 0; v < NVARIANTS && !ret; v++)
		l.variant[v].plan.units = testrun_units(testrun_batch, &l.run[v]);
	if (!ret)
		ret = batch_compare(l.variant, NVARIANTS, batches, "table3");
	if (!ret)
		report(&l, batches, res);
	for (v = 0; v < NVARIANTS; v++)
		free(l.variant[v].ns);
	maps_bpf__destroy(l.skel);
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
	.run	= table3_run,
};
