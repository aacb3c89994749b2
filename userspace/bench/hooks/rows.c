// SPDX-License-Identifier: GPL-2.0-only
/* Table 1: from histograms to rows */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/hooks/rows.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "report/paper.h"

/* What a driver counts at the end of a poll, and a socket's queue holds */
#define REMOTE_APART	512
/* Of the messages that come one by one, for how many their reader must have slept */
#define SLEPT_MIN	0.99
/* Of the samples, how many runs the program has counted, over a NIC */
#define RUNS_MIN	0.9

/* Samples so far in the hook's main phase, the one that every stamped packet has */
static uint64_t reached(const struct probe_hook *h)
{
	const struct probe_phase *p = probe_phase(h, "reach");

	return p ? p->count : 0;
}

static struct json_object *histogram(const struct probe_hook *h)
{
	struct json_object *o = json_object_new_object();
	size_t i, j;

	json_object_object_add(o, "khz", json_number(h->khz));
	json_add_string(o, "clock", h->clock_mode);
	for (i = 0; i < h->nphases; i++) {
		const struct probe_phase *p = &h->phase[i];
		struct json_object *ph = json_object_new_object();
		struct json_object *buckets = json_object_new_array();

		for (j = 0; j < p->nbuckets; j++) {
			struct json_object *b = json_object_new_array_ext(3);

			json_object_array_add(b, json_object_new_uint64(p->bucket[j].lo));
			json_object_array_add(b, json_object_new_uint64(p->bucket[j].hi));
			json_object_array_add(b, json_object_new_uint64(p->bucket[j].count));
			json_object_array_add(buckets, b);
		}
		json_object_object_add(ph, "reads", json_object_new_int(p->reads));
		json_object_object_add(ph, "count", json_object_new_uint64(p->count));
		json_object_object_add(ph, "sum", json_object_new_uint64(p->sum));
		json_object_object_add(ph, "min", json_object_new_uint64(p->min));
		json_object_object_add(ph, "max", json_object_new_uint64(p->max));
		json_object_object_add(ph, "buckets", buckets);
		json_object_object_add(o, p->name, ph);
	}
	return o;
}

/* A socket sees messages; the hooks below it also bare ACKs and the like */
static bool per_message(const struct site *site)
{
	return hook_on_sockets(site->hook);
}

/* Of the phases all must have the samples; the count of one that has not */
static uint64_t samples(const struct run *r, uint64_t expected)
{
	const struct probe_phase *redirect = probe_phase(&r->hook, "redirect");
	size_t i;

	for (i = 0; i < r->hook.nphases; i++)
		if (&r->hook.phase[i] != redirect && r->hook.phase[i].count != expected)
			return r->hook.phase[i].count;
	return r->hook.nphases ? expected : 0;
}

static uint64_t expected_samples(const struct run *r)
{
	return per_message(r->site) ? r->messages : r->packets - r->merged;
}

#define COUNTS	7

static void ledger_of(const struct run *r, struct ledger l[COUNTS])
{
	const struct probe_phase *redirect = probe_phase(&r->hook, "redirect");
	uint64_t expected = expected_samples(r);
	const struct ledger all[COUNTS] = {
		{ "messages", r->messages, r->messages },
		{ "packets sent", r->packets, r->packets },
		{ "in the driver", r->driver, r->packets },
		{ "merged by GRO", r->merged, r->merged },
		{ "samples", samples(r, expected), expected },
		/* the programs pass all on */
		{ "redirected", redirect ? redirect->count : 0, 0 },
	};

	memcpy(l, all, sizeof(all));
}

bool table1_exact(const struct run *r)
{
	struct ledger l[COUNTS];
	char text[256];

	ledger_of(r, l);
	return ledger_exact(l, text, sizeof(text)) &&
	       (!r->runs_known || r->runs == expected_samples(r));
}

/* Between what was counted for less, and for more than the histogram's time */
static bool within(uint64_t n, uint64_t inner, uint64_t outer)
{
	return n + REMOTE_APART >= inner && n <= outer + REMOTE_APART;
}

/*
 * Nobody here knows what was sent. Below the socket every packet is sampled that the
 * driver has counted; a row's samples are of its messages, unless other traffic came as
 * well. TCP has acknowledgements, and GRO, which this machine counts for all its netdevs.
 */
static void judge_remote(const struct run *r, struct row *row)
{
	bool udp = !r->site->frames && r->site->traffic != TRAFFIC_TCP_BURST &&
		   r->site->traffic != TRAFFIC_TCP_WAKE;
	uint64_t n = reached(&r->hook);

	if (!per_message(r->site) && !within(n + r->merged, r->inner_driver, r->driver + r->merged))
		row_reason(row, VALIDITY_INVALID, "driver",
			   "%llu to %llu packets in the driver, %llu merged by GRO, %llu samples",
			   (unsigned long long)r->inner_driver, (unsigned long long)r->driver,
			   (unsigned long long)r->merged, (unsigned long long)n);
	else if (!per_message(r->site) && !within(n, r->inner_driver, r->driver))
		row_reason(row, VALIDITY_INDICATIVE, "driver",
			   "%llu to %llu packets in the driver, %llu samples: GRO has merged %llu, of all that came to this machine",
			   (unsigned long long)r->inner_driver, (unsigned long long)r->driver,
			   (unsigned long long)n, (unsigned long long)r->merged);
	if (udp && !within(n, r->inner_messages, r->messages))
		row_reason(row, VALIDITY_INDICATIVE, "end",
			   "%llu samples, %llu to %llu messages: other traffic came, too, or messages were lost",
			   (unsigned long long)n, (unsigned long long)r->inner_messages,
			   (unsigned long long)r->messages);
}

static void keep_counts(struct table1 *t1, const struct run *r)
{
	struct json_object *o = json_object_new_object();
	bool exact = table1_exact(r);

	json_object_object_add(o, "messages", json_object_new_uint64(r->messages));
	json_object_object_add(o, "packets_sent", json_object_new_uint64(r->packets));
	json_object_object_add(o, "packets_in_driver", json_object_new_uint64(r->driver));
	json_object_object_add(o, "merged", json_object_new_uint64(r->merged));
	json_object_object_add(o, "samples", json_object_new_uint64(reached(&r->hook)));
	json_object_object_add(o, "unstamped", json_object_new_uint64(r->hook.unstamped));
	json_object_object_add(o, "unsited", json_object_new_uint64(r->hook.unsited));
	json_object_object_add(o, "backward", json_object_new_uint64(r->hook.backward));
	if (r->runs_known)
		json_object_object_add(o, "program_runs", json_object_new_uint64(r->runs));
	if (r->sleeps_known)
		json_object_object_add(o, "sleeps", json_object_new_uint64(r->sleeps));
	json_object_object_add(o, "seconds", json_number(r->seconds));
	json_object_object_add(t1->counts, r->site->key, o);
	if (r->remote)
		return;
	json_object_object_add(o, "exact", json_object_new_boolean(exact));
	t1->counted++;
	t1->exact += exact;
}

static void judge_counts(const struct run *r, struct row *row)
{
	struct ledger l[COUNTS];

	ledger_of(r, l);
	if (r->remote)
		judge_remote(r, row);
	else
		row_ledger(row, "driver", NULL, l);
}

/*
 * The program that was to be measured ran each time that the hook took a sample: nobody else's
 * came before it and kept packets. Over several queues of a NIC's its count, which is not
 * atomic, may miss some.
 */
static void judge_runs(const struct run *r, struct row *row)
{
	uint64_t n = reached(&r->hook);

	if (!r->runs_known || r->runs == n)
		return;
	if (r->remote && r->runs >= RUNS_MIN * n && r->runs <= n + n / 10 + REMOTE_APART)
		return;
	row_reason(row, VALIDITY_INVALID, "program",
		   "%llu samples, but the eBPF program has run %llu times",
		   (unsigned long long)n, (unsigned long long)r->runs);
}

/* It is woken up for each message, or it is not its wake-up that was measured */
static void judge_sleeps(const struct run *r, struct row *row)
{
	if (r->sleeps_known && r->sleeps < SLEPT_MIN * r->messages)
		row_reason(row, VALIDITY_INVALID, "end",
			   "the server has slept %llu times, with %llu messages one by one",
			   (unsigned long long)r->sleeps, (unsigned long long)r->messages);
}

/* What is shorter than the clock's step is not seen, only that it is so short */
static void judge_step(const struct run *r, struct row *row)
{
	static const char *const phases[] = { "reach", "prep" };
	double step = cpu_tsc_step() * 1e6 / r->hook.khz;
	struct stats s;
	size_t i;

	if (cpu_tsc_step() < 2)
		return;
	for (i = 0; i < ARRAY_SIZE(phases); i++)
		if (!probe_stats(&r->hook, probe_phase(&r->hook, phases[i]),
				 probe_phase(&r->hook, "floor"), &s) && s.median < step)
			row_reason(row, VALIDITY_INDICATIVE, "machine",
				   "%s is shorter than the clock's step of %.1f ns",
				   phases[i], step);
}

/* The parts' medians of a phase that the hook has */
static const double *medians(const struct run *r, const struct probe_phase *p)
{
	return r->median[p - r->hook.phase];
}

static void put_raw(const struct run *r, struct row *row, const char *name, const char *phase)
{
	const struct probe_phase *p = probe_phase(&r->hook, phase);

	if (p)
		row_raw(row, name, "ns", medians(r, p), r->parts);
}

/* Of the medians of the parts: of prep, or of reach where there is none */
static void judge_spread(const struct run *r, struct row *row)
{
	const struct probe_phase *p = probe_phase(&r->hook, "prep") ?:
				      probe_phase(&r->hook, "reach");
	struct stats s;

	if (!p || !r->parts)
		return;
	stats_less_each(medians(r, p), NULL, r->parts, &s);
	row_spread_validity(row, &s);
}

static void phase_rows(struct table1 *t1, const struct run *r)
{
	const struct probe_phase *floor = probe_phase(&r->hook, "floor");
	char key[64], label[64];
	struct stats s;
	size_t i;

	for (i = 0; i < r->hook.nphases; i++) {
		const struct probe_phase *p = &r->hook.phase[i];
		struct row *row;

		/* the floor itself stays as measured */
		if (probe_stats(&r->hook, p, p == floor ? NULL : floor, &s))
			continue;
		snprintf(key, sizeof(key), "%s_%s", r->site->key, p->name);
		snprintf(label, sizeof(label), "%s: %s", r->site->label, p->name);
		row = table_row(result_find(t1->res, "phases"), key, label);
		t1->negative |= s.median < 0;
		stats_repeated(&s, r->median[i], r->parts);
		row_set_median(row, "median", &s);
		row_set(row, "iqr", s.iqr);
		row_set(row, "p1", s.p1);
		row_set(row, "p99", s.p99);
		row_set(row, "samples", s.n);
		row_detail(row, "hook", json_string(r->site->key));
		judge_counts(r, row);
		judge_runs(r, row);
	}
}

static void set_median(struct row *row, const char *median, const char *iqr,
		       const struct run *r, const char *phase)
{
	const struct probe_phase *p = probe_phase(&r->hook, phase);
	const struct probe_phase *floor = probe_phase(&r->hook, "floor");
	struct stats s;

	if (probe_stats(&r->hook, p, p == floor ? NULL : floor, &s))
		return;
	stats_repeated(&s, medians(r, p), r->parts);
	row_set_median(row, median, &s);
	if (iqr)
		row_set(row, iqr, s.iqr);
}

void table1_fill(struct table1 *t1, const struct run *r, struct row *row)
{
	const struct probe_hook *h = &r->hook;

	set_median(row, "reach", "reach_iqr", r, "reach");
	set_median(row, "prep", "prep_iqr", r, "prep");
	set_median(row, "scope", NULL, r, "total");
	set_median(row, "floor", NULL, r, "floor");
	row_set(row, "samples", reached(h));
	put_raw(r, row, "reach_median", "reach");
	put_raw(r, row, "prep_median", "prep");
	row_detail(row, "histogram", histogram(h));
	judge_spread(r, row);
	judge_step(r, row);
	judge_counts(r, row);
	judge_runs(r, row);
	judge_sleeps(r, row);
	keep_counts(t1, r);
	phase_rows(t1, r);
}
