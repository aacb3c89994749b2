// SPDX-License-Identifier: GPL-2.0-only
/* What a probe costs: from batches to rows, and to sentences */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/self/clock.h"
#include "bench/self/delays.h"
#include "bench/self/probecost.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"

#define CLOCK_BATCHES	10

static const struct column_def columns[] = {
	{ "ns", "time", "ns/packet", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "mpps", "rate", "Mpps", 2 },
	{ "", "", .kind = COLUMN_MODEL },
	{ "more", "more", "ns", 1, .kind = COLUMN_ESTIMATE },
	{ "frames", "frames", "", 0 },
	{ }
};

static const struct row_def rows[] = {
	{ "off", "all off" },
	{ "stats", "bpf_stats" },
	{ "plain", "probe at XDP" },
	{ "ordered", "probe at XDP, ordered reads" },
	{ "elsewhere", "native hook on, another netdev" },
	{ }
};

/* Those of the rows */
static const enum state states[] = {
	STATE_OFF, STATE_STATS, STATE_PLAIN, STATE_ORDERED, STATE_ELSEWHERE,
};

static const struct column_def parts_columns[] = {
	{ "one", "one", "ns", 2, .kind = COLUMN_ESTIMATE },
	{ "count", "times", "", 0 },
	{ "all", "together", "ns", 1 },
	{ }
};

static const struct row_def parts_rows[] = {
	{ "read", "read of the clock" },
	{ "update", "update of a histogram" },
	{ "rest", "rest: stores, branches, overlap" },
	{ }
};

static const struct column_def memory_columns[] = {
	{ "bytes", "bytes", "", 0 },
	{ "histograms", "histograms", "", 0 },
	{ "buckets", "buckets each", "", 0 },
	{ }
};

static const struct row_def memory_rows[] = {
	{ "probe", "a hook's histograms, per CPU" },
	{ "stats", "a program's bpf_stats, per CPU" },
	{ }
};

const struct table_def probecost_tables[] = {
	{
		.key = "probe",
		.title = "XDP_DROP of the shortest frames, by what is on",
		.columns = columns,
		.rows = rows,
	}, {
		.key = "parts",
		.title = "What the probe at XDP consists of, plain reads",
		.columns = parts_columns,
		.rows = parts_rows,
		.by_tsc = true,
	}, {
		.key = "memory",
		.title = "Memory, by the kernel's own types",
		.columns = memory_columns,
		.rows = memory_rows,
	}, { }
};

static double *differences(const struct probecost *pc, enum state a, enum state b)
{
	double *d = xcalloc(pc->batches, sizeof(*d));
	unsigned int k;

	for (k = 0; k < pc->batches; k++)
		d[k] = pc->point[a].ns[k] - pc->point[b].ns[k];
	return d;
}

static struct estimate difference(const struct probecost *pc, enum state a, enum state b)
{
	struct estimate r = { NAN, NAN };
	double *d;

	if (!pc->point[a].ns || !pc->point[b].ns)
		return r;
	d = differences(pc, a, b);
	r = estimate_rate(d, pc->batches, pc->gen.ops->block);
	free(d);
	return r;
}

/* Where the generator is an eBPF program its own mean is not the receiver's */
static struct estimate stats_cost(const struct probecost *pc)
{
	struct estimate all = difference(pc, STATE_STATS, STATE_OFF);
	struct estimate own = difference(pc, STATE_IDLE_STATS, STATE_IDLE);

	if (isnan(own.ns))
		return all;
	return estimate_less(all, own);
}

static struct estimate record_cost(const struct probecost *pc)
{
	return estimate_times(difference(pc, STATE_RECORDS, STATE_RECORD),
			      1.0 / (PROBE_RECORDS - 1));
}

static void put_more(struct row *row, struct estimate r)
{
	if (!isfinite(r.ns))
		return;
	estimate_set(row, "more", r);
	estimate_judge_width(row, r, delays_limit());
}

/* Every frame is there, and everything that is on has seen it, and nothing else has */
static void judge_counts(const struct probe_point *p, struct row *row)
{
	bool stats = p->state == STATE_STATS;
	bool hook = p->state == STATE_PLAIN || p->state == STATE_ORDERED;
	uint64_t samples = hook ? p->count.sent :
			   p->state == STATE_RECORD ? p->count.sent :
			   p->state == STATE_RECORDS ? p->count.sent * PROBE_RECORDS : 0;

	row_ledger(row, "program", NULL, (const struct ledger[]){
		{ "frames sent", p->count.sent, p->count.sent },
		{ "received", p->count.received, p->count.sent },
		{ "dropped", p->count.dropped, p->count.sent },
		{ "samples", p->samples, samples },
		{ "runs counted", p->runs, stats ? p->count.sent : 0 },
		{ NULL }
	});
	if (!p->linear)
		row_reason(row, VALIDITY_INDICATIVE, "linear",
			   "twice the frames took %.2f times the time",
			   2 * p->ratio);
}

static void not_measured(const struct probecost *pc, struct row *row, enum state state, int ret)
{
	if (ret)
		bench_not_measured(row, ret, pc->opts->device, PEER_FRAMES);
	else
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", pc->lacks[state]);
}

static void path_table(struct probecost *pc, const struct costs *c, int ret)
{
	const struct estimate more[] = {
		{ NAN, NAN }, c->stats, c->plain, c->ordered, c->elsewhere,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		const struct probe_point *p = &pc->point[states[i]];
		struct row *row = result_row(pc->res, "probe", rows[i].key);

		if (!p->ns) {
			not_measured(pc, row, states[i], ret);
			continue;
		}
		bench_rate(row, p->ns, pc->batches);
		bench_model(row, &p->v, pc->batches, "", "");
		put_more(row, more[i]);
		row_set(row, "frames", p->count.sent);
		judge_counts(p, row);
	}
}

static struct row *put_part(struct probecost *pc, const char *key, double count,
			    struct estimate r)
{
	struct row *row = result_row(pc->res, "parts", key);
	double all = count * r.ns;

	estimate_set(row, "one", r);
	row_set(row, "count", count);
	row_set(row, "all", all);
	row_raw(row, "mean", "ns", &r.ns, 1);
	estimate_judge_width(row, r, delays_limit());
	return row;
}

static void no_part(struct probecost *pc, const char *key, const char *why)
{
	row_weaken(result_row(pc->res, "parts", key), VALIDITY_NOT_MEASURED, "%s", why);
}

/* Of the probe with plain reads: its clock, its histograms, and what is left */
static void parts_table(struct probecost *pc, const struct costs *c, int ret)
{
	const char *why = ret == -EINTR ? "interrupted" : strerror(-ret);
	struct estimate one = estimate_times(c->record, 1.0 / pc->histograms);
	struct row *row;

	if (!pc->patched || ret) {
		const char *lacks = ret ? why : pc->lacks[STATE_PLAIN];

		no_part(pc, "read", lacks);
		no_part(pc, "update", lacks);
		no_part(pc, "rest", lacks);
		return;
	}
	put_part(pc, "read", pc->reads, c->read);
	if (isnan(c->record.ns)) {
		no_part(pc, "update", pc->lacks[STATE_RECORDS]);
		no_part(pc, "rest", pc->lacks[STATE_RECORDS]);
		return;
	}
	row = put_part(pc, "update", pc->histograms, one);
	row_raw(row, "record", "ns", pc->point[STATE_RECORD].ns, pc->batches);
	row_raw(row, "records", "ns", pc->point[STATE_RECORDS].ns, pc->batches);
	judge_counts(&pc->point[STATE_RECORD], row);
	judge_counts(&pc->point[STATE_RECORDS], row);
	put_part(pc, "rest", 1,
		 estimate_less(estimate_less(c->plain, estimate_times(c->read, pc->reads)),
			       c->record));
}

static void put_bytes(struct row *row, double bytes)
{
	row_set(row, "bytes", bytes);
	row_raw(row, "bytes", "bytes", &bytes, 1);
}

static void memory_table(struct probecost *pc)
{
	struct row *row = result_row(pc->res, "memory", "probe");
	struct probe_sizes s;

	probecost_sizes(&s, pc->histograms);
	if (s.bank) {
		put_bytes(row, s.bank);
		row_set(row, "histograms", s.histograms);
		row_set(row, "buckets", s.buckets);
	} else {
		row_weaken(row, VALIDITY_NOT_MEASURED,
			   "the kernel's BTF (/sys/kernel/btf/vmlinux) has no struct hookcost_bank");
	}
	row = result_row(pc->res, "memory", "stats");
	if (s.stats)
		put_bytes(row, s.stats);
	else
		row_weaken(row, VALIDITY_NOT_MEASURED,
			   "the kernel's BTF (/sys/kernel/btf/vmlinux) has no struct bpf_prog_stats");
	if (s.bank && s.stats)
		result_note(pc->res,
			    "Memory: a hook that has been on keeps %.1f KB on each possible CPU, whatever runs there; bpf_stats has %u bytes there for each program, on or off.",
			    s.bank / 1024.0, s.stats);
}

void probecost_report(struct probecost *pc, int ret)
{
	struct costs c = {
		.stats = stats_cost(pc),
		.generator = difference(pc, STATE_IDLE_STATS, STATE_IDLE),
		.plain = difference(pc, STATE_PLAIN, STATE_OFF),
		.ordered = difference(pc, STATE_ORDERED, STATE_OFF),
		.elsewhere = difference(pc, STATE_ELSEWHERE, STATE_OFF),
		.record = record_cost(pc),
		.read = { NAN, NAN },
		.ordered_read = { NAN, NAN },
	};

	if (!ret) {
		c.read = clock_counter(CLOCK_BATCHES, false);
		c.ordered_read = clock_counter(CLOCK_BATCHES, true);
	}
	path_table(pc, &c, ret);
	parts_table(pc, &c, ret);
	memory_table(pc);
	if (!ret)
		probecost_notes(pc, &c);
}
