// SPDX-License-Identifier: GPL-2.0-only
/* Table 6: copying memory, native and from eBPF, from 8 bytes to 4 KB */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/memcpy/copies.h"
#include "core/cpu.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "report/paper.h"
#include "report/shift.h"
#include "memcpy.bpf.h"

#define BATCHES_OTHER	6	/* at other sizes than the paper's */
#define SHORT_ROUNDS	40	/* of a twentieth of a batch, for comparisons */
#define SHORT_PARTS	20
#define PAPER_SIZE	1024
#define RATIO_LIMIT	1.10
#define GAP_LIMIT_NS	2.0

static const unsigned int sizes[] = { 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 };

#define NR_SIZES ARRAY_SIZE(sizes)

struct table6 {
	const struct bench_opts *opts;
	struct result *res;
	struct table *ladder;
	char *why[COPY_NR_WAYS];
	struct row *row[COPY_NR_WAYS];
	/* Of many short batches, as what disturbs one only lengthens it. NAN: not measured */
	double fastest[COPY_NR_WAYS][NR_SIZES];
	struct stats paper_size[COPY_NR_WAYS];
};

static const struct {
	enum copy_way way;
	const char *label, *paper;
} summary[] = {
	{ COPY_NATIVE_REP_MOVS, "kernel module, rep movsb", "kernel module" },
	{ COPY_NATIVE_MEMCPY, "kernel module, memcpy()", "kernel module" },
	{ COPY_EBPF_UNALIGNED, "eBPF, __builtin_memcpy, unaligned", "eBPF" },
	{ COPY_EBPF_BUILTIN, "eBPF, __builtin_memcpy, aligned", "eBPF" },
	{ COPY_KFUNC_REP_MOVS, "eBPF, bpf_memcpy_rep_movs()", "eBPF with memcpy wrapper" },
	{ COPY_KFUNC_MEMCPY, "eBPF, bpf_memcpy()", "eBPF with memcpy wrapper" },
};

static size_t batches(const struct bench_opts *opts, unsigned int size)
{
	return size == PAPER_SIZE || opts->batches_asked || opts->quick ? opts->batches :
	       BATCHES_OTHER;
}

static void size_name(char *name, size_t len, unsigned int size)
{
	if (size < 1024)
		snprintf(name, len, "%u B", size);
	else
		snprintf(name, len, "%u KB", size / 1024);
}

static void make_ladder(struct table6 *b)
{
	char key[16], head[16];
	size_t i;

	b->ladder = result_table(b->res, "ladder", "Time per copy, by the size of what is copied");
	for (i = 0; i < NR_SIZES; i++) {
		snprintf(key, sizeof(key), "%u", sizes[i]);
		size_name(head, sizeof(head), sizes[i]);
		table_column(b->ladder, key, head, "ns", 1);
	}
	for (i = 0; i < COPY_NR_WAYS; i++) {
		b->row[i] = table_row(b->ladder, copies_key(i), copies_label(i));
		if (b->why[i])
			row_weaken(b->row[i], VALIDITY_NOT_MEASURED, "%s", b->why[i]);
	}
}

/* Batches to nanoseconds per copy; the row keeps them */
static void keep(struct table6 *b, const struct variant *v, size_t n, enum copy_way way,
		 size_t size)
{
	double *ns = xcalloc(n, sizeof(*ns));
	char name[16];
	struct stats s;
	size_t i;

	for (i = 0; i < n; i++)
		ns[i] = v->ns[i] / COPY_COUNT;
	snprintf(name, sizeof(name), "%u", sizes[size]);
	row_raw(b->row[way], name, "ns per copy", ns, n);
	stats_of(ns, n, &s);
	free(ns);

	row_set_median(b->row[way], name, &s);
	row_spread_validity(b->row[way], &s);
	bench_linear(b->row[way], VALIDITY_INDICATIVE, name, "runs", v);
	if (sizes[size] == PAPER_SIZE)
		b->paper_size[way] = s;
}

/* Short enough that some are not disturbed, on however busy a machine */
static int find_fastest(struct table6 *b, const struct variant *v, size_t nv,
			const enum copy_way *way, size_t size)
{
	unsigned int round;
	size_t i;

	for (round = 0; round < SHORT_ROUNDS; round++) {
		for (i = 0; i < nv; i++) {
			uint64_t units = v[i].plan.units / SHORT_PARTS + 1;
			double *fastest = &b->fastest[way[i]][size], ns;

			if (interrupted())
				return -EINTR;
			if (!copies_is_compared(way[i]))
				continue;
			ns = v[i].fn(v[i].arg, units);
			if (ns < 0)
				return (int)ns;
			*fastest = fmin(*fastest, ns / units / COPY_COUNT);
		}
	}
	return 0;
}

static int measure_size(struct table6 *b, size_t size)
{
	size_t n = batches(b->opts, sizes[size]), nv = 0, i;
	struct variant v[COPY_NR_WAYS] = {};
	enum copy_way way[COPY_NR_WAYS];
	struct copies c[COPY_NR_WAYS];
	char what[32];
	int ret;

	ret = copies_load(c, b->why, sizes[size]);
	if (ret)
		return ret;
	for (i = 0; i < COPY_NR_WAYS; i++) {
		if (b->why[i] || (copies_is_loop(i) && sizes[size] != PAPER_SIZE))
			continue;
		ret = copies_check(&c[i], sizes[size]);
		if (ret) {
			row_reason(b->row[i], VALIDITY_INVALID, "order",
				   "copies of %u bytes come out wrong: %s", sizes[size],
				   strerror(-ret));
			continue;
		}
		way[nv] = i;
		v[nv].name = copies_label(i);
		v[nv].fn = copies_batch;
		v[nv].arg = &c[i];
		v[nv].plan.units = testrun_units(copies_batch, &c[i]);
		if (!v[nv].plan.units) {
			row_reason(b->row[i], VALIDITY_INVALID, "program",
				   "copies of %u bytes do not run",
				   sizes[size]);
			continue;
		}
		nv++;
	}

	snprintf(what, sizeof(what), "table6, %u bytes", sizes[size]);
	/* it has found at the paper's size that time is linear in the units */
	ret = sizes[size] == PAPER_SIZE ? batch_compare(v, nv, n, what) :
					  batch_rounds(v, nv, n, what);
	if (!ret)
		ret = find_fastest(b, v, nv, way, size);
	for (i = 0; i < nv; i++) {
		if (!ret)
			keep(b, &v[i], n, way[i], size);
	}
	variants_free(v, nv);
	copies_unload(c);
	return ret;
}

static size_t size_index(unsigned int size)
{
	size_t i;

	for (i = 0; i < NR_SIZES && sizes[i] != size; i++)
		;
	return i;
}

static void summarise(struct table6 *b)
{
	struct table *t = result_table(b->res, "1024", "Copying 1 KB");
	size_t i;

	table_column(t, "median", "median", "ns", 1);
	table_column(t, "iqr", "IQR", "ns", 2);
	table_column(t, "n", "n", "batches", 0);
	for (i = 0; i < ARRAY_SIZE(summary); i++) {
		enum copy_way way = summary[i].way;
		const struct stats *s = &b->paper_size[way];
		struct row *row = table_row(t, copies_key(way), summary[i].label);

		row_paper(row, "median", paper_value("table6", summary[i].paper, "median"));
		row_paper(row, "iqr", paper_value("table6", summary[i].paper, "spread"));
		if (b->why[way]) {
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", b->why[way]);
			continue;
		}
		if (!s->n) {
			row_weaken(row, VALIDITY_NOT_MEASURED, "not reached");
			continue;
		}
		row_set_median(row, "median", s);
		row_set(row, "iqr", s->iqr);
		row_set(row, "n", (double)s->n);
		row_spread_validity(row, s);
	}
}

/* By the whole interval of the ratio */
static const char *kept(const struct shift *more)
{
	double limit = 100 * (RATIO_LIMIT - 1);

	if (more->has_interval && more->high <= limit)
		return "kept";
	return more->has_interval && more->low > limit ? "EXCEEDED" : "not told";
}

static void note_ratio(struct table6 *b)
{
	const struct stats *kfunc = &b->paper_size[COPY_KFUNC_REP_MOVS];
	const struct stats *native = &b->paper_size[COPY_NATIVE_REP_MOVS];
	struct shift more;
	double ratio;

	if (!kfunc->n || !native->n)
		return;
	shift_of_stats(native, kfunc, &more);
	ratio = kfunc->median / native->median;
	result_fact_times(b->res, "kfunc_ratio", json_object_new_double(ratio));
	result_fact(b->res, "kfunc_ratio_limit", json_object_new_double(RATIO_LIMIT));
	result_note_times(b->res,
			  "bpf_memcpy_rep_movs() takes %.2f of the module's rep movsb at 1 KB (at most %.2f: %s).",
			  ratio, RATIO_LIMIT, kept(&more));
}

/* Smallest size from which on the kfunc is faster */
static void note_crossing(struct table6 *b)
{
	const double *kfunc = b->fastest[COPY_KFUNC_REP_MOVS];
	const double *builtin = b->fastest[COPY_EBPF_BUILTIN];
	size_t i = NR_SIZES;
	char name[16];

	if (isnan(kfunc[NR_SIZES - 1]) || isnan(builtin[NR_SIZES - 1]))
		return;
	while (i && kfunc[i - 1] < builtin[i - 1])
		i--;
	if (i == NR_SIZES) {
		result_note_times(b->res,
				  "bpf_memcpy_rep_movs() beats the compiler's inlined copy at no size up to 4 KB.");
		return;
	}
	size_name(name, sizeof(name), sizes[i]);
	result_fact_times(b->res, "kfunc_wins_from", json_object_new_int((int)sizes[i]));
	result_note_times(b->res,
			  "bpf_memcpy_rep_movs() beats the compiler's inlined copy from %s on, each at its fastest.",
			  name);
}

static void note_gap(struct table6 *b)
{
	double worst = -INFINITY;
	size_t i, at = 0;
	char name[16];

	for (i = 0; i < NR_SIZES; i++) {
		double best = fmin(b->fastest[COPY_KFUNC_REP_MOVS][i],
				   b->fastest[COPY_KFUNC_MEMCPY_ONLY][i]);
		double gap = b->fastest[COPY_KFUNC_MEMCPY][i] - best;

		if (isnan(gap))
			return;
		if (gap > worst) {
			worst = gap;
			at = i;
		}
	}
	size_name(name, sizeof(name), sizes[at]);
	result_fact_times(b->res, "memcpy_gap_ns", json_object_new_double(worst));
	result_fact_times(b->res, "memcpy_gap_size", json_object_new_int((int)sizes[at]));
	result_fact(b->res, "memcpy_gap_limit_ns", json_object_new_double(GAP_LIMIT_NS));
	result_note_times(b->res,
			  "bpf_memcpy() is at worst %.1f ns behind the better of rep movsb and memcpy(), at %s, each at its fastest (at most %.1f: %s).",
			  worst, name, GAP_LIMIT_NS, worst <= GAP_LIMIT_NS ? "kept" : "EXCEEDED");
}

static int table6_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct table6 b = { .opts = opts, .res = res };
	size_t paper = size_index(PAPER_SIZE), i, j;
	int ret;

	for (i = 0; i < COPY_NR_WAYS; i++)
		for (j = 0; j < NR_SIZES; j++)
			b.fastest[i][j] = NAN;

	ret = copies_probe(b.why);
	if (ret)
		goto out;
	make_ladder(&b);

	/* the paper's size first, should the run be interrupted */
	ret = measure_size(&b, paper);
	for (i = 0; i < NR_SIZES && !ret; i++)
		if (i != paper)
			ret = measure_size(&b, i);
	summarise(&b);
	note_ratio(&b);
	note_crossing(&b);
	note_gap(&b);
	result_note(res,
		    "%d contiguous elements per run, the mean of %d copies; the loop around them is part of every time and stands in rows of its own, at 1 KB.",
		    COPY_COUNT, COPY_COUNT);
	result_note(res,
		    "builtin: __builtin_memcpy(), aligned to 8 bytes or of unknown alignment; iterator: what counts the byte loop's elements, as the verifier cannot walk through them; bpf_xdp_load_bytes() reads the packet each time.");
out:
	for (i = 0; i < COPY_NR_WAYS; i++)
		free(b.why[i]);
	return ret;
}

const struct bench bench_table6 = {
	.name	= "table6",
	.title	= "Copying 8 bytes to 4 KB: kernel module, eBPF, eBPF with a kfunc",
	.seconds = 30,
	.seconds_quick = 8,
	.needs	= "hookcost_kfunc, hookcost_native",
	.wants = WANT_PATCHES,
	.headline =
		"1024 median: native_memcpy=module ebpf_unaligned=eBPF ebpf_builtin=eBPF,+aligned kfunc_memcpy=eBPF+by+kfunc",
	.sentence =
		"1024 ebpf_unaligned median / 1024 native_memcpy median: eBPF copies 1 KB that it does not know to be aligned in @x the kernel's time",
	.batches = 30,
	.batches_quick = 6,
	.run	= table6_run,
};
