// SPDX-License-Identifier: GPL-2.0-only
/* Table 4: what it costs user space to get at an entry */

#include "bench/access/access.h"
#include "bench/bench.h"
#include "bench/guest.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "measure/batch.h"
#include "report/paper.h"

#define MIN_CALLS	64

static const struct access_ops *const kinds[] = {
	&access_loop, &access_getppid, &access_refused,
	&access_array, &access_hash, &access_lru_hash,
	&access_percpu_array, &access_percpu_hash, &access_lru_percpu_hash,
	&access_ringbuf, &access_mmap, &access_xsk,
};

#define KINDS	ARRAY_SIZE(kinds)

static const struct column_def columns[] = {
	{ "mean", "mean", "ns", 1, "mean" },
	{ "median", "median", "ns", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "share", "system call", "% of it", 0 },
	{ "n", "n", "batches", 0 },
	{ }
};

static bool row_of(size_t i, struct row_def *def)
{
	if (i < KINDS)
		*def = (struct row_def){ kinds[i]->key, kinds[i]->label, kinds[i]->paper };
	return i < KINDS;
}

static const struct table_def tables[] = {
	{
		.key = "access",
		.title = "Access from user space to an entry of 64 bytes, 4-byte key",
		.paper = "table4",
		.columns = columns,
		.row = row_of,
	},
	{ }
};

struct table4 {
	uint32_t keys[ACCESS_KEYS];
	struct access access[KINDS];
	struct variant variant[KINDS];	/* of those that could be opened, in their order */
	size_t at[KINDS], used;		/* whose they are */
	double median[KINDS];		/* 0: not measured */
};

/* What cannot be opened is a row that says why */
static void open_all(struct table4 *t4, const struct bench_opts *opts, struct result *res)
{
	size_t i;

	bench_keys(t4->keys, ACCESS_KEYS, ACCESS_ENTRIES);
	for (i = 0; i < KINDS; i++) {
		struct variant *v = &t4->variant[t4->used];

		if (access_open(&t4->access[i], kinds[i], t4->keys, opts->device)) {
			row_weaken(result_row(res, "access", kinds[i]->key),
				   VALIDITY_NOT_MEASURED, "%s", t4->access[i].why);
			continue;
		}
		v->name = kinds[i]->label;
		v->fn = access_batch;
		v->arg = &t4->access[i];
		/* a pass of a ring; system calls take long on some machines */
		v->plan.units = kinds[i]->paper && !kinds[i]->call ? ACCESS_ENTRIES : MIN_CALLS;
		t4->at[t4->used++] = i;
	}
}

static void fill(struct table4 *t4, struct row *row, const struct variant *v, size_t n)
{
	const struct access *a = v->arg;
	struct stats s;

	bench_batches(row, "median", "ns per access", v->ns, n, &s);
	row_set(row, "mean", s.mean);
	t4->median[a - t4->access] = s.median;
	guest_share(row, &(struct guest_work){ .calls = a->ops->call }, s.median);
	bench_linear(row, VALIDITY_INDICATIVE, NULL, "accesses", v);
	if (a->wrong)
		row_reason(row, VALIDITY_INVALID, "order",
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

static void report(struct table4 *t4, size_t n, struct result *res)
{
	double call;
	size_t i;

	for (i = 0; i < t4->used; i++)
		fill(t4, result_row(res, "access", kinds[t4->at[i]]->key), &t4->variant[i], n);
	call = median_of(t4, &access_refused);
	for (i = 0; i < KINDS; i++)
		if (kinds[i]->call && call && t4->median[i])
			row_set(result_row(res, "access", kinds[i]->key), "share",
				100 * call / t4->median[i]);
}

/* What the table says, in sentences; those for which there are both numbers */
static void compare(const struct table4 *t4, struct result *res, const struct access_ops *a,
		    const struct access_ops *b)
{
	double x = median_of(t4, a), y = median_of(t4, b);

	if (x && y)
		result_note_times(res, "%s takes %.2f times as long as %s; paper %.2f times.",
				  a->label, x / y, b->label,
				  paper_value("table4", a->paper, "mean") /
				  paper_value("table4", b->paper, "mean"));
}

static void notes(const struct table4 *t4, struct result *res)
{
	int cpus = libbpf_num_possible_cpus();

	compare(t4, res, &access_hash, &access_array);
	compare(t4, res, &access_percpu_array, &access_array);
	compare(t4, res, &access_ringbuf, &access_mmap);
	compare(t4, res, &access_array, &access_ringbuf);
	result_note(res,
		    "Look-ups of the per-CPU kinds bring a value for each CPU that there can be: %d here, 24 in the paper.",
		    cpus);
	result_note(res,
		    "%d entries, random keys; rings in their order, the consumer's index put back after each pass. Times contain the loop and the check of one word.",
		    ACCESS_ENTRIES);
	guest_note(res);
}

static int table4_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct table4 *t4 = state;
	int ret;

	open_all(t4, opts, res);
	ret = batch_compare(t4->variant, t4->used, opts->batches, "table4");
	if (!ret)
		report(t4, opts->batches, res);
	notes(t4, res);
	variants_free(t4->variant, t4->used);
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
	.batches = 60,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct table4),
	.tables = tables,
	.run = table4_run,
};
