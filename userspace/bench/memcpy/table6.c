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

/* The same as sizes[] */
static const struct column_def columns[NR_SIZES + 1] = {
	{ "8", "8 B", "ns", 1 }, { "16", "16 B", "ns", 1 }, { "32", "32 B", "ns", 1 },
	{ "64", "64 B", "ns", 1 }, { "128", "128 B", "ns", 1 }, { "256", "256 B", "ns", 1 },
	{ "512", "512 B", "ns", 1 }, { "1024", "1 KB", "ns", 1 }, { "2048", "2 KB", "ns", 1 },
	{ "4096", "4 KB", "ns", 1 },
};

/* Those for any size */
#define NR_WAYS COPY_EBPF_HEADER

static bool row_of(size_t i, struct row_def *def)
{
	if (i < NR_WAYS)
		*def = (struct row_def){ copies_key(i), copies_label(i) };
	return i < NR_WAYS;
}

static const unsigned int header_sizes[] = { 6, 14, 20, 40 };

static const struct column_def header_columns[] = {
	{ "6", "6 B", "ns", 1 }, { "14", "14 B", "ns", 1 }, { "20", "20 B", "ns", 1 },
	{ "40", "40 B", "ns", 1 }, { }
};

static bool header_row_of(size_t i, struct row_def *def)
{
	enum copy_way way;

	for (way = 0; way < COPY_NR_WAYS; way++)
		if (copies_is_for_headers(way) && !i--) {
			*def = (struct row_def){ copies_key(way), copies_label(way) };
			return true;
		}
	return false;
}

static const struct column_def summary_columns[] = {
	{ "median", "median", "ns", 1, "median" },
	{ "iqr", "IQR", "ns", 2, "spread" },
	{ "n", "n", "batches", 0 },
	{ }
};

/* Of the paper's size */
static const struct {
	enum copy_way way;
	const char *label, *paper;
} summary[] = {
	{ COPY_NATIVE_REP_MOVS, "kernel module, rep movsb", "kernel module" },
	{ COPY_NATIVE_MEMCPY, "kernel module, memcpy()", "kernel module" },
	{ COPY_EBPF_UNALIGNED, "eBPF, __builtin_memcpy, unaligned", "eBPF" },
	{ COPY_EBPF_BUILTIN, "eBPF, __builtin_memcpy, aligned", "eBPF" },
	{ COPY_KERNEL, "eBPF, the kernel's bpf_memcpy()", "eBPF with memcpy wrapper" },
	{ COPY_KFUNC_REP_MOVS, "eBPF, bpf_memcpy_rep_movs()", "eBPF with memcpy wrapper" },
	{ COPY_KFUNC_MEMCPY, "eBPF, bpf_memcpy_by_size()", "eBPF with memcpy wrapper" },
};

static bool summary_row_of(size_t i, struct row_def *def)
{
	if (i < ARRAY_SIZE(summary))
		*def = (struct row_def){
			copies_key(summary[i].way), summary[i].label, summary[i].paper
		};
	return i < ARRAY_SIZE(summary);
}

static const struct table_def tables[] = {
	{
		.key = "ladder",
		.title = "Time per copy, by the size of what is copied",
		.columns = columns,
		.row = row_of,
	}, {
		.key = "1024",
		.title = "Copying 1 KB",
		.paper = "table6",
		.columns = summary_columns,
		.row = summary_row_of,
	}, {
		.key = "headers",
		.title = "Time per copy of a header: MAC address, Ethernet, IPv4, IPv6",
		.columns = header_columns,
		.row = header_row_of,
	}, { }
};

/* What is copied in these sizes, a table of its own */
struct ladder {
	const char *table;
	const unsigned int *size;
	const struct column_def *columns;
	size_t n;
	bool headers;
	struct row *row[COPY_NR_WAYS];
};

struct table6 {
	const struct bench_opts *opts;
	struct result *res;
	char *why[COPY_NR_WAYS];
	struct ladder sizes, headers;
	/* Of many short batches, as what disturbs one only lengthens it. NAN: not measured */
	double fastest[COPY_NR_WAYS][NR_SIZES];
	struct stats paper_size[COPY_NR_WAYS];
};

static size_t batches(const struct bench_opts *opts, unsigned int size)
{
	return size == PAPER_SIZE || opts->batches_asked || opts->quick ? opts->batches :
	       BATCHES_OTHER;
}

static bool is_in(const struct ladder *l, enum copy_way way)
{
	return l->headers ? copies_is_for_headers(way) : way < NR_WAYS;
}

/* What cannot be copied says so in each table */
static void find_rows(const struct table6 *b, struct ladder *l)
{
	size_t i;

	for (i = 0; i < COPY_NR_WAYS; i++) {
		if (!is_in(l, i))
			continue;
		l->row[i] = result_row(b->res, l->table, copies_key(i));
		if (b->why[i])
			row_weaken(l->row[i], VALIDITY_NOT_MEASURED, "%s", b->why[i]);
	}
}

/* Batches to nanoseconds per copy; the row keeps them */
static void keep(struct table6 *b, const struct ladder *l, const struct variant *v, size_t n,
		 enum copy_way way, size_t size)
{
	double *ns = xcalloc(n, sizeof(*ns));
	const char *name = l->columns[size].key;
	struct stats s;
	size_t i;

	for (i = 0; i < n; i++)
		ns[i] = v->ns[i] / COPY_COUNT;
	row_raw(l->row[way], name, "ns per copy", ns, n);
	stats_of(ns, n, &s);
	free(ns);

	row_set_median(l->row[way], name, &s);
	row_spread_validity(l->row[way], &s);
	bench_linear(l->row[way], VALIDITY_INDICATIVE, name, "runs", v);
	if (l->size[size] == PAPER_SIZE)
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

static int measure_size(struct table6 *b, const struct ladder *l, size_t size)
{
	unsigned int bytes = l->size[size];
	size_t n = batches(b->opts, bytes), nv = 0, i;
	struct variant v[COPY_NR_WAYS] = {};
	enum copy_way way[COPY_NR_WAYS];
	struct copies c[COPY_NR_WAYS];
	char what[32];
	int ret;

	ret = copies_load(c, b->why, bytes);
	if (ret)
		return ret;
	for (i = 0; i < COPY_NR_WAYS; i++) {
		if (b->why[i] || !is_in(l, i))
			continue;
		if (copies_is_loop(i) && !l->headers && bytes != PAPER_SIZE)
			continue;
		ret = copies_check(&c[i], bytes);
		if (ret) {
			row_reason(l->row[i], VALIDITY_INVALID, "order",
				   "copies of %u bytes come out wrong: %s", bytes,
				   strerror(-ret));
			continue;
		}
		way[nv] = i;
		v[nv].name = copies_label(i);
		v[nv].fn = copies_batch;
		v[nv].arg = &c[i];
		v[nv].plan.units = testrun_units(copies_batch, &c[i]);
		if (!v[nv].plan.units) {
			row_reason(l->row[i], VALIDITY_INVALID, "program",
				   "copies of %u bytes do not run", bytes);
			continue;
		}
		nv++;
	}

	snprintf(what, sizeof(what), "table6, %u bytes", bytes);
	/* it has found at the paper's size that time is linear in the units */
	ret = bytes == PAPER_SIZE ? batch_compare(v, nv, n, what) : batch_rounds(v, nv, n, what);
	if (!ret && !l->headers)
		ret = find_fastest(b, v, nv, way, size);
	for (i = 0; i < nv; i++) {
		if (!ret)
			keep(b, l, &v[i], n, way[i], size);
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
	size_t i;

	for (i = 0; i < ARRAY_SIZE(summary); i++) {
		enum copy_way way = summary[i].way;
		const struct stats *s = &b->paper_size[way];
		struct row *row = result_row(b->res, "1024", copies_key(way));

		if (b->why[way])
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", b->why[way]);
		if (b->why[way] || !s->n)
			continue;
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

	if (isnan(kfunc[NR_SIZES - 1]) || isnan(builtin[NR_SIZES - 1]))
		return;
	while (i && kfunc[i - 1] < builtin[i - 1])
		i--;
	if (i == NR_SIZES) {
		result_note_times(b->res,
				  "bpf_memcpy_rep_movs() beats the compiler's inlined copy at no size up to 4 KB.");
		return;
	}
	result_fact_times(b->res, "kfunc_wins_from", json_object_new_int((int)sizes[i]));
	result_note_times(b->res,
			  "bpf_memcpy_rep_movs() beats the compiler's inlined copy from %s on, each at its fastest.",
			  columns[i].head);
}

static void note_gap(struct table6 *b)
{
	double worst = -INFINITY;
	size_t i, at = 0;

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
	result_fact_times(b->res, "memcpy_gap_ns", json_object_new_double(worst));
	result_fact_times(b->res, "memcpy_gap_size", json_object_new_int((int)sizes[at]));
	result_fact(b->res, "memcpy_gap_limit_ns", json_object_new_double(GAP_LIMIT_NS));
	result_note_times(b->res,
			  "bpf_memcpy_by_size() is at worst %.1f ns behind the better of rep movsb and memcpy(), at %s, each at its fastest (at most %.1f: %s).",
			  worst, columns[at].head, GAP_LIMIT_NS,
			  worst <= GAP_LIMIT_NS ? "kept" : "EXCEEDED");
}

static int table6_run(const struct bench_opts *opts, struct result *res, void *state)
{
	size_t paper = size_index(PAPER_SIZE), i, j;
	struct table6 *b = state;
	int ret;

	for (i = 0; i < COPY_NR_WAYS; i++)
		for (j = 0; j < NR_SIZES; j++)
			b->fastest[i][j] = NAN;

	b->opts = opts;
	b->res = res;
	ret = copies_probe(b->why);
	if (ret)
		goto out;
	b->sizes = (struct ladder){ "ladder", sizes, columns, NR_SIZES };
	b->headers = (struct ladder){
		"headers", header_sizes, header_columns, ARRAY_SIZE(header_sizes), true
	};
	find_rows(b, &b->sizes);
	find_rows(b, &b->headers);

	/* the paper's size first, should the run be interrupted */
	ret = measure_size(b, &b->sizes, paper);
	for (i = 0; i < NR_SIZES && !ret; i++)
		if (i != paper)
			ret = measure_size(b, &b->sizes, i);
	for (i = 0; i < b->headers.n && !ret; i++)
		ret = measure_size(b, &b->headers, i);
	summarise(b);
	note_ratio(b);
	note_crossing(b);
	note_gap(b);
	result_note(res,
		    "%d contiguous elements per run, the mean of %d copies; the loop around them is part of every time and stands in rows of its own, at 1 KB.",
		    COPY_COUNT, COPY_COUNT);
	result_note(res,
		    "structure: what the compiler makes of an assignment: a byte at a time of addresses and Ethernet headers, which may lie anywhere, 4 bytes of IP's.");
	result_note(res,
		    "builtin: __builtin_memcpy(), aligned to 8 bytes or of unknown alignment; iterator: what counts the byte loop's elements, as the verifier cannot walk through them; bpf_xdp_load_bytes() reads the packet each time.");
out:
	for (i = 0; i < COPY_NR_WAYS; i++)
		free(b->why[i]);
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
	.state	= sizeof(struct table6),
	.tables	= tables,
	.run	= table6_run,
};
