// SPDX-License-Identifier: GPL-2.0-only
/* chain: CPUs that write to one map at the same time */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/chain/race.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"

enum { ARRAY_1, ARRAY_K, PERCPU_1, PERCPU_K, SIDES };

static const char *const side_key[SIDES] = { "array_1", "array_k", "percpu_1", "percpu_k" };
static const char *const side_name[SIDES] = {
	"ARRAY, one CPU", "ARRAY, all CPUs", "PERCPU_ARRAY, one CPU", "PERCPU_ARRAY, all CPUs",
};

static const uint32_t entries[] = { 1, 16, 1024 };

static void key_of(char *key, size_t len, uint32_t n, size_t cpus)
{
	snprintf(key, len, "entries_%u_cpus_%zu", n, cpus);
}

/* A machine of one CPU has the rows of two, which say why they have no number */
static size_t most_cpus(void)
{
	int cpu[RACE_CPUS];
	size_t n = race_cpus(cpu);

	return n > 1 ? n : 2;
}

void chain_conflicts_rows(struct chain *c)
{
	struct table *t = result_find(c->res, "conflicts");
	char key[48], label[64];
	size_t i, k;

	for (i = 0; i < ARRAY_SIZE(entries); i++)
		for (k = 2; k <= most_cpus(); k++) {
			key_of(key, sizeof(key), entries[i], k);
			snprintf(label, sizeof(label), "%u, %zu CPUs", entries[i], k);
			table_row(t, key, label);
		}
}

static void put_side(const struct race *r, struct row *row, const char *key, const double *ns,
		     size_t n, struct stats *s)
{
	size_t i;

	row_raw(row, key, "ns", ns, n);
	stats_less_each(ns, NULL, n, s);
	row_set_median(row, key, s);
	row_spread_validity(row, s);
	for (i = 0; i < r->n; i++)
		row_ledger(row, "program", r->name, (const struct ledger[]){
			{ "runs on a CPU", r->runs[i], r->runs[i] },
			{ "counted there", r->counted[i], r->runs[i] },
			{ }
		});
	if (r->apart)
		row_reason(row, VALIDITY_INDICATIVE, "disturbed",
			   "%s: in %zu batches the CPUs did not run for 95 %% of the time together",
			   r->name, r->apart);
}

static int measure_sides(struct chain *c, struct race *r, struct row *row)
{
	size_t n = c->opts->batches, side, i;
	double *ns[SIDES];
	struct stats s[SIDES];
	int ret = 0;

	for (side = 0; side < SIDES; side++) {
		ns[side] = xcalloc(n, sizeof(*ns[side]));
		ret = ret ?: race_begin(&r[side]);
	}
	for (i = 0; i < n && !ret; i++) {
		progress("conflicts", (unsigned int)i, (unsigned int)n);
		for (side = 0; side < SIDES && !ret; side++) {
			ns[side][i] = race_batch(&r[side]);
			ret = ns[side][i] < 0 ? (int)ns[side][i] : 0;
		}
	}
	for (side = 0; side < SIDES; side++) {
		if (!ret)
			put_side(&r[side], row, side_key[side], ns[side], n, &s[side]);
		free(ns[side]);
	}
	if (!ret) {
		row_set(row, "array_ratio", s[ARRAY_K].median / s[ARRAY_1].median);
		row_set(row, "percpu_ratio", s[PERCPU_K].median / s[PERCPU_1].median);
	}
	return ret;
}

static int measure(struct chain *c, const int *cpu, uint32_t n, size_t k)
{
	struct race r[SIDES] = { };
	struct chain_set *set = c->more;
	char key[48], why[256];
	size_t side;
	int ret = 0;

	for (side = 0; side < SIDES; side++) {
		set[side] = (struct chain_set)CHAIN_SET_INIT("chain_10x1", ARRAY, CHAIN_ONCE);
		set[side].entries = n;
		if (side >= PERCPU_1)
			set[side].type = BPF_MAP_TYPE_PERCPU_ARRAY;
		r[side].set = &set[side];
		r[side].name = side_name[side];
		r[side].cpu = cpu;
		r[side].n = side % 2 ? k : 1;
		net_frame(&c->net, r[side].frame, sizeof(r[side].frame));
		ret = ret ?: chain_set_grow(&set[side], 1, why, sizeof(why));
	}
	if (ret)
		err("%s", why);
	key_of(key, sizeof(key), n, k);
	ret = ret ?: measure_sides(c, r, result_row(c->res, "conflicts", key));
	for (side = 0; side < SIDES; side++)
		chain_set_free(&set[side]);
	return ret;
}

/* Which of the CPUs share a core, and so its L1: they have no conflict over a line in it */
static void say_siblings(struct chain *c, const int *cpu, size_t n)
{
	struct json_object *o = json_object_new_object();
	char path[96], name[16], text[128];
	size_t i;

	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu[i]);
		snprintf(name, sizeof(name), "%d", cpu[i]);
		if (read_line(path, text, sizeof(text)))
			json_add_string(o, name, text);
	}
	result_fact(c->res, "siblings", o);
}

static int measure_line(struct chain *c, const int *cpu)
{
	struct row *row = result_row(c->res, "line", "line");
	size_t n = c->opts->batches, i;
	double *ns = xcalloc(n, sizeof(*ns));
	struct stats s;
	int ret = 0;

	for (i = 0; i < n && !ret; i++) {
		ns[i] = interrupted() ? -EINTR : race_line(cpu);
		ret = ns[i] < 0 ? (int)ns[i] : 0;
	}
	if (!ret)
		bench_batches(row, "ns", "ns", ns, n, &s);
	free(ns);
	return ret;
}

int chain_conflicts(struct chain *c)
{
	int cpu[RACE_CPUS], ret;
	size_t n = race_cpus(cpu), i, k;

	if (n < 2) {
		row_reason(result_row(c->res, "line", "line"), VALIDITY_NOT_MEASURED, "machine",
			   "one CPU");
		for (i = 0; i < ARRAY_SIZE(entries); i++) {
			char key[48];

			key_of(key, sizeof(key), entries[i], 2);
			row_reason(result_row(c->res, "conflicts", key), VALIDITY_NOT_MEASURED,
				   "machine", "one CPU");
		}
		return 0;
	}
	say_siblings(c, cpu, n);
	ret = measure_line(c, cpu);
	for (k = 2; k <= n; k++)
		for (i = 0; i < ARRAY_SIZE(entries) && !ret; i++)
			ret = measure(c, cpu, entries[i], k);
	return ret;
}
