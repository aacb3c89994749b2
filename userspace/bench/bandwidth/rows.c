// SPDX-License-Identifier: GPL-2.0-only
/* Table 2: rows, what the checks found, and what follows from them */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bandwidth/table2.h"
#include "bench/guest.h"
#include "core/cpu.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "report/paper.h"
#include "report/shift.h"

#define IPERF_BYTES	131072.0

static const struct column_def columns[] = {
	{ "gbps", "median", "Gbps", 2, "median" },
	{ "iqr", "IQR", "Gbps", 2, "spread" },
	{ "loss", "loss", "%", 1, "loss" },
	{ "gigabytes", "carried", "GB", 2 },
	{ "n", "n", "", 0 },
	{ }
};

static bool row_of(size_t i, struct row_def *def)
{
	const struct hook_ops *list[HOOKS];
	bool is = i <= pass_hooks(list);

	if (is)
		*def = i ? hook_row(list[i - 1]) : table2_none;
	return is;
}

const struct row_def table2_none = { "none", "no eBPF", "No eBPF" };

const struct table_def table2_tables[] = {
	{
		.key = "table2",
		.title = "Bandwidth of 48 TCP connections on one receive queue",
		.paper = "table2",
		.columns = columns,
		.row = row_of,
		.plot = { PLOT_BARS, "", "bandwidth (Gbps)", "gbps" },
	},
	{ }
};

struct loss {
	double percent;
	double low, high;		/* 95 % interval; NAN: too few repetitions */
	bool clear;			/* it does not hold 0 */
};

/* False without a number for one of the two */
static bool loss(const struct table2 *t, const struct side *s, struct loss *l)
{
	const struct side *none = &t->side[0];
	struct stats without, with;
	struct shift shift;

	if (!none->n || !s->n || *none->invalid || *s->invalid)
		return false;
	stats_less_each(none->gbps, NULL, none->n, &without);
	stats_less_each(s->gbps, NULL, s->n, &with);
	l->percent = 100 - 100 * with.median / without.median;
	l->low = NAN;
	l->high = NAN;
	l->clear = false;
	if (!shift_of_stats(&without, &with, &shift) && shift.has_interval) {
		l->low = -shift.high;
		l->high = -shift.low;
		l->clear = l->low > 0 || l->high < 0;
	}
	return without.median > 0;
}

static void fill(struct table2 *t, const struct side *s, struct row *row)
{
	/* a write and a read, which are iperf's own 128 KB at most */
	static const struct guest_work work = { .calls = 2 };
	struct stats st;
	struct loss l;

	if (!s->n) {
		if (*s->failed)
			row_weaken(row, VALIDITY_NOT_MEASURED, "%s", s->failed);
		return;
	}
	stats_less_each(s->gbps, NULL, s->n, &st);
	row_raw(row, "gbps", "Gbps", s->gbps, s->n);
	row_set_median(row, "gbps", &st);
	row_set(row, "iqr", st.iqr);
	row_set(row, "gigabytes", s->payload / 1e9);
	row_set(row, "n", s->n);
	if (s->hook && loss(t, s, &l))
		row_set_interval(row, "loss", l.percent, l.low, l.high);
	row_spread_validity(row, &st);
	guest_share(row, &work, IPERF_BYTES * 8 / st.median);
	if (*s->invalid)
		row_reason(row, VALIDITY_INVALID, s->code, "%s", s->invalid);
	else if (s->n < t->reps)
		row_reason(row, VALIDITY_INDICATIVE, "few",
			   "%u of %u repetitions%s%s", s->n, t->reps,
			   *s->failed ? ": " : "", s->failed);
}

static struct json_object *number(uint64_t v)
{
	return json_object_new_uint64(v);
}

static void facts(struct table2 *t)
{
	struct json_object *counts = json_object_new_object();
	size_t i;

	for (i = 0; i < t->nsides; i++) {
		const struct side *s = &t->side[i];
		struct json_object *o;

		if (!s->n)
			continue;
		o = json_object_new_object();
		json_object_object_add(o, "segments_sent", number(s->carried.sent));
		json_object_object_add(o, "segments_resent", number(s->carried.resent));
		json_object_object_add(o, "segments_dropped", number(s->carried.dropped));
		json_object_object_add(o, "packets_in_driver", number(s->carried.received));
		json_object_object_add(o, "bytes_in_driver", number(s->carried.bytes));
		json_object_object_add(o, "bytes_read", number(s->payload));
		if (s->hook)
			json_object_object_add(o, hook_on_sockets(s->hook) ? "program_bytes" :
					       "program_packets", number(s->counted));
		json_object_object_add(o, "exact", json_object_new_boolean(!*s->invalid));
		json_object_object_add(counts, s->key, o);
	}
	result_fact(t->res, "counts", counts);
}

static void shape(struct table2 *t)
{
	char text[384] = "";
	size_t used = 0, i;
	struct loss l;

	for (i = 1; i < t->nsides; i++)
		if (loss(t, &t->side[i], &l))
			used += snprintf(text + used, sizeof(text) - used,
					 "%s %s %.1f %%%s (paper: %.1f %%)", used ? "," : "",
					 t->side[i].label, l.percent,
					 l.clear ? "" : ", which is not told from nothing",
					 paper_value("table2", t->side[i].paper, "loss"));
	if (used)
		result_note_times(t->res,
				  "Of the bandwidth without a program an empty one takes, at%s.",
				  text);
}

static void lost(struct table2 *t)
{
	uint64_t sent = 0, received = 0;
	size_t i;

	for (i = 0; i < t->nsides; i++) {
		sent += t->side[i].carried.sent + t->side[i].carried.resent;
		received += t->side[i].carried.received;
	}
	if (sent > received)
		result_note(t->res, "%llu of %llu segments were lost on the way, and sent again.",
			    (unsigned long long)(sent - received), (unsigned long long)sent);
}

void table2_fill(struct table2 *t)
{
	size_t i;

	for (i = 0; i < t->nsides; i++)
		fill(t, &t->side[i], result_row(t->res, "table2", t->side[i].key));
	facts(t);
	shape(t);
	lost(t);
	guest_note(t->res);
	result_note(t->res,
		    "iperf 2 sends over %d connections, in turns; a process of hookcost's own reads. The programs pass everything, and count it; SK_SKB's is on a sockmap with the server's %d sockets.",
		    CONNECTIONS, CONNECTIONS);
	if (cpu_count() == 1)
		result_note(t->res,
			    "Sender, receiver and network share one CPU, so what a hook costs is a smaller part of the whole than in the paper, where the receiver has a machine to itself.");
}
