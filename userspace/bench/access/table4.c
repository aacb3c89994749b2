// SPDX-License-Identifier: GPL-2.0-only
/* Table 4: what it costs user space to get at an entry */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/access/access.h"
#include "bench/bench.h"
#include "bench/guest.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "report/paper.h"

#define BATCHES		60
#define BATCHES_QUICK	6
#define MIN_CALLS	64

static const struct access_ops *const kinds[] = {
	&access_loop, &access_getppid, &access_refused,
	&access_array, &access_hash, &access_lru_hash,
	&access_percpu_array, &access_percpu_hash, &access_lru_percpu_hash,
	&access_ringbuf, &access_mmap, &access_xsk,
};

#define KINDS	ARRAY_SIZE(kinds)

struct table4 {
	const struct bench_opts *opts;
	struct result *res;
	struct table *table;
	uint32_t keys[ACCESS_KEYS];
	struct access access[KINDS];
	struct variant variant[KINDS];	/* of those that could be opened, in their order */
	size_t at[KINDS], used;		/* whose they are */
	double median[KINDS];		/* 0: not measured */
	unsigned int batches;
};

static void columns(struct table4 *t4)
{
	struct table *t = result_table(t4->res, "access",
				       "Access from user space to an entry of 64 bytes, 4-byte key");

	table_column(t, "mean", "mean", "ns", 1);
	table_column(t, "median", "median", "ns", 1);
	table_column(t, "iqr", "IQR", "ns", 1);
	table_column(t, "share", "system call", "% of it", 0);
	table_column(t, "n", "n", "batches", 0);
	t4->table = t;
}

static void open_all(struct table4 *t4)
{
	size_t i;

	/* the same keys in every run, so that two runs can be compared */
	srandom(1);
	for (i = 0; i < ACCESS_KEYS; i++)
		t4->keys[i] = random() % ACCESS_ENTRIES;
	for (i = 0; i < KINDS; i++) {
		struct variant *v = &t4->variant[t4->used];

		if (access_open(&t4->access[i], kinds[i], t4->keys, t4->opts->device))
			continue;
		v->name = kinds[i]->label;
		v->fn = access_batch;
		v->arg = &t4->access[i];
		/* a pass of a ring; system calls take long on some machines */
		v->plan.units = kinds[i]->paper && !kinds[i]->call ? ACCESS_ENTRIES : MIN_CALLS;
		t4->at[t4->used++] = i;
	}
}

static void fill(struct table4 *t4, struct row *row, size_t kind, const struct variant *v)
{
	const struct access *a = &t4->access[kind];
	double *ns = xcalloc(t4->batches, sizeof(*ns));
	struct stats s;

	row_raw(row, "batches", "ns per access", v->ns, t4->batches);
	memcpy(ns, v->ns, t4->batches * sizeof(*ns));
	stats_of(ns, t4->batches, &s);
	free(ns);
	row_set(row, "mean", s.mean);
	row_set_median(row, "median", &s);
	row_set(row, "iqr", s.iqr);
	row_set(row, "n", t4->batches);
	row_spread_validity(row, &s);
	t4->median[kind] = s.median;
	guest_share(row, &(struct guest_work){ .calls = a->ops->call }, s.median);
	if (!v->plan.linear)
		row_weaken(row, VALIDITY_INDICATIVE, "twice the accesses took %.2f times as long",
			   2 * v->plan.ratio);
	if (a->wrong)
		row_weaken(row, VALIDITY_INVALID,
			   "of %llu accesses, %llu did not find what was put there",
			    (unsigned long long)a->done, (unsigned long long)a->wrong);
}

static double median_of(const struct table4 *t4, const struct access_ops *ops)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (kinds[i] == ops)
			return t4->median[i];
	return 0;
}

static void report(struct table4 *t4, int failed)
{
	double call = 0;
	size_t i, used = 0;

	for (i = 0; i < KINDS; i++) {
		struct row *row = table_row(t4->table, kinds[i]->key, kinds[i]->label);
		bool have = used < t4->used && t4->at[used] == i;

		if (kinds[i]->paper)
			row_paper(row, "mean", paper_value("table4", kinds[i]->paper, "mean"));
		if (!have)
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", t4->access[i].why);
		else if (failed)
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", failed == -EINTR ?
				    "interrupted" : strerror(-failed));
		else
			fill(t4, row, i, &t4->variant[used]);
		used += have;
		call = median_of(t4, &access_refused);
		if (kinds[i]->call && call && t4->median[i])
			row_set(row, "share", 100 * call / t4->median[i]);
	}
}

/* What the table says, in sentences; those for which there are both numbers */
static void compare(struct table4 *t4, const struct access_ops *a, const struct access_ops *b)
{
	double x = median_of(t4, a), y = median_of(t4, b);

	if (x && y)
		result_note_times(t4->res, "%s takes %.2f times as long as %s; paper %.2f times.",
				  a->label, x / y, b->label,
				  paper_value("table4", a->paper, "mean") /
				  paper_value("table4", b->paper, "mean"));
}

static void notes(struct table4 *t4)
{
	int cpus = libbpf_num_possible_cpus();

	compare(t4, &access_hash, &access_array);
	compare(t4, &access_percpu_array, &access_array);
	compare(t4, &access_ringbuf, &access_mmap);
	compare(t4, &access_array, &access_ringbuf);
	result_note(t4->res,
		    "Look-ups of the per-CPU kinds bring a value for each CPU that there can be: %d here, 24 in the paper.",
		    cpus);
	result_note(t4->res,
		    "%d entries, random keys; rings in their order, the consumer's index put back after each pass. Times contain the loop and the check of one word.",
		    ACCESS_ENTRIES);
	guest_note(t4->res);
}

static int table4_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct table4 *t4 = xcalloc(1, sizeof(*t4));
	size_t i;
	int ret;

	t4->opts = opts;
	t4->res = res;
	t4->batches = opts->batches ?: opts->quick ? BATCHES_QUICK : BATCHES;
	bench_device(res, opts->device);
	columns(t4);
	ret = cpu_pin();
	ret = ret < 0 ? ret : 0;
	if (!ret) {
		open_all(t4);
		ret = batch_compare(t4->variant, t4->used, t4->batches, "table4");
	}
	report(t4, ret);
	notes(t4);
	/* the cleanup stack has pointers to t4 */
	cleanup_all();
	for (i = 0; i < KINDS; i++)
		free(t4->variant[i].ns);
	free(t4);
	return ret;
}

const struct bench bench_table4 = {
	.name = "table4",
	.title = "access from user space: maps, ring buffer, mapped array, AF_XDP RX ring",
	.seconds = 20,
	.seconds_quick = 8,
	.needs = "root",
	.wants = WANT_CALLS,
	.headline = "access mean: array hash percpu_array ringbuf mmap xsk",
	.sentence =
		"access array mean / access ringbuf mean: A look-up in ARRAY by a system call takes @x as long as an entry of the ring buffer",
	.run = table4_run,
};
