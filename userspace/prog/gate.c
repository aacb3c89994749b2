// SPDX-License-Identifier: GPL-2.0-only
/* Limits that a program must keep: --budget, and --max-regression against --baseline */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "prog/tables.h"
#include "report/results.h"
#include "report/shift.h"

/* Of the time of all batches, that others had the CPU: these are longer by it */
#define WAITED_MAX_PERCENT 2
#define WAITED "; others had the CPU %.0f %% of the time"

#define MACHINE "; the machine itself: an empty program takes %+.1f %%"

static const char *const words[] = {
	[GATE_NONE] = "none", [GATE_KEPT] = "kept", [GATE_UNTOLD] = "not told",
	[GATE_EXCEEDED] = "exceeded",
};

static bool has_limits(const struct prog_opts *o)
{
	return !isnan(o->budget) || !isnan(o->max_regression);
}

/* The worst counts, and of those that are as bad the first one's text */
static void say(struct prog *p, enum gate g, const char *text)
{
	/* a baseline alone is no limit */
	if (g <= p->gate || !has_limits(p->opts))
		return;
	p->gate = g;
	snprintf(p->gate_text, sizeof(p->gate_text), "%s", text);
}

static enum gate judge(double low, double high, double limit)
{
	if (isnan(low) || isnan(high))
		return GATE_UNTOLD;
	return high <= limit ? GATE_KEPT : low > limit ? GATE_EXCEEDED : GATE_UNTOLD;
}

/* What is longer than the program itself exceeds nothing, but keeps what it keeps */
static enum gate judge_now(const struct contest *c, double low, double high, double limit)
{
	enum gate g = judge(low, high, limit);

	return g == GATE_EXCEEDED && c->waited > WAITED_MAX_PERCENT ? GATE_UNTOLD : g;
}

static void say_waited(char *text, size_t len, double waited)
{
	size_t n = strlen(text);

	if (waited > WAITED_MAX_PERCENT)
		snprintf(text + n, len - n, WAITED, waited);
}

static void judge_budget(struct prog *p, const struct contest *c)
{
	double limit = p->opts->budget;
	enum gate g = judge_now(c, c->low, c->high, limit);
	char text[384];

	if (isnan(c->low))
		snprintf(text, sizeof(text),
			 "budget of %g ns: not told: %s was measured too few times for an interval",
			 limit, c->s->label);
	else
		snprintf(text, sizeof(text),
			 "budget of %g ns: %s: %s takes %.1f ns, 95 %% interval %.1f to %.1f ns",
			 limit, words[g], c->s->label, c->stats.median, c->low, c->high);
	say_waited(text, sizeof(text), c->waited);
	say(p, g, text);
}

/* The batches that the program had then; NULL: none */
static struct json_object *baseline_row(struct json_object *file, const char *key)
{
	struct json_object *bench, *table;

	bench = json_find(json_array_of(file, "benches"), "name", "prog");
	table = json_find(json_array_of(bench, "tables"), "key", "cost");
	return json_find(json_array_of(table, "rows"), "key", key);
}

static bool row_can_be_used(struct json_object *row)
{
	const char *v = json_validity(row);

	return !strcmp(v, "valid") || !strcmp(v, "indicative");
}

/* % of the time; 0: not known */
static double baseline_waited(struct json_object *file)
{
	struct json_object *bench = json_find(json_array_of(file, "benches"), "name", "prog");
	double waited = json_double(json_object_of(bench, "facts"), "waited");

	return isnan(waited) ? 0 : waited;
}

/* From what the baseline's row has of that to v[]; -1: there is none, or no interval of it */
static int shift_from(struct json_object *row, const char *raw, const double *v, size_t nv,
		      struct shift *s)
{
	struct json_object *values;
	size_t n, i;
	double *a;
	int ret;

	values = json_array_of(json_object_of(json_object_of(row, "raw"), raw), "values");
	n = json_length(values);
	/* few batches are of one load, and alike, where those of the other side are of several */
	if (n < STATS_FEW || nv < STATS_FEW)
		return -1;
	a = xcalloc(n, sizeof(*a));
	for (i = 0; i < n; i++)
		a[i] = json_object_get_double(json_object_array_get_idx(values, i));
	ret = shift_of(a, n, v, nv, s);
	free(a);
	return ret ?: s->has_interval ? 0 : -1;
}

static double less_percent(double percent, double speed)
{
	return 100 * ((100 + percent) / (100 + speed) - 1);
}

/*
 * What shares a core with a program slows a loop more than it slows an empty program, most of whose
 * time is the call: beside three busy threads on two CPUs one of 60 ns took 2.5 times as long, an
 * empty one 1.32 times, its third to fourth power
 */
#define MACHINE_POWER 4

/*
 * The empty program, in turns with this one, says how fast the machine itself was then and is
 * now. Where that is not the same the program's part in the difference is not known: the interval
 * holds what it is without that and with all that it may be. 0: it is the same, or not known.
 */
static double machine_shift(struct json_object *row, const struct contest *c, struct shift *s)
{
	struct shift speed;
	double most;

	if (shift_from(row, "empty", c->idle, c->nidle, &speed) ||
	    fabs(speed.percent) <= SPREAD_MAX_PERCENT)
		return 0;
	most = 100 * (pow(1 + speed.percent / 100, MACHINE_POWER) - 1);
	s->low = fmin(s->low, less_percent(s->low, most));
	s->high = fmax(s->high, less_percent(s->high, most));
	return speed.percent;
}

static void add_against(struct table *t, const struct contest *c, const struct shift *s,
			struct json_object *row)
{
	struct row *r = table_row(t, c->s->key, c->s->label);

	row_set(r, "before", json_double(json_object_of(row, "cells"), "ns"));
	row_set(r, "ns", c->stats.median);
	row_set_interval(r, "percent", s->percent, s->low, s->high);
	row_text(r, "change", s->low > 0 ? "slower" : s->high < 0 ? "faster" : "no difference");
}

static void judge_regression(struct prog *p, const struct contest *c, struct json_object *file,
			     struct table *t)
{
	struct json_object *row = baseline_row(file, c->s->key);
	double limit = p->opts->max_regression;
	enum gate g = GATE_UNTOLD;
	double speed;
	struct shift s;
	double then = baseline_waited(file);
	char text[512];
	size_t n;

	if (!row) {
		snprintf(text, sizeof(text), "%s has no %s", p->opts->baseline, c->s->label);
	} else if (!row_can_be_used(row)) {
		snprintf(text, sizeof(text), "%s was %s in %s", c->s->label, json_validity(row),
			 p->opts->baseline);
	} else if (shift_from(row, "ns", c->more, c->n, &s)) {
		snprintf(text, sizeof(text),
			 "%s takes too little, or was measured too few times, to be compared",
			 c->s->label);
	} else {
		speed = machine_shift(row, c, &s);
		add_against(t, c, &s, row);
		g = isnan(limit) ? GATE_NONE : judge_now(c, s.low, s.high, limit);
		/* nor is it kept against a baseline that is longer */
		if (g == GATE_KEPT && then > WAITED_MAX_PERCENT)
			g = GATE_UNTOLD;
		snprintf(text, sizeof(text),
			 "regression of %g %%: %s: %s takes %+.1f %%, 95 %% interval %+.1f to %+.1f %%",
			 limit, words[g], c->s->label, s.percent, s.low, s.high);
		n = strlen(text);
		if (speed)
			snprintf(text + n, sizeof(text) - n, MACHINE, speed);
		say_waited(text, sizeof(text), fmax(c->waited, then));
		say(p, g, text);
		return;
	}
	if (isnan(limit)) {
		result_note(p->res, "Against %s: %s.", p->opts->baseline, text);
	} else {
		char *whole = xasprintf("regression of %g %%: not told: %s", limit, text);

		say(p, GATE_UNTOLD, whole);
		free(whole);
	}
}

static void judge_baseline(struct prog *p, const struct contest *c)
{
	struct json_object *file = results_load(p->opts->baseline);
	struct table *t;
	size_t i;

	if (!file) {
		say(p, GATE_UNTOLD, "regression: not told: the baseline cannot be read any more");
		return;
	}
	t = result_table(p->res, "against", "Against the baseline");
	table_column(t, "before", "baseline", "ns/packet", 1);
	table_column(t, "ns", "median", "ns/packet", 1);
	table_column(t, "percent", "more", "%", 1);
	table_column(t, "change", "", "", 0);
	for (i = 0; i < p->nsubjects; i++)
		judge_regression(p, &c[i], file, t);
	json_object_put(file);
}

/* Where times are none, or packets had other verdicts, nothing can be told */
static bool told(struct prog *p, enum validity times, const char *why)
{
	char text[512];

	if (times >= VALIDITY_EMULATED) {
		snprintf(text, sizeof(text), "limits: not told: %s", why);
		say(p, GATE_UNTOLD, text);
		return false;
	}
	if (!p->wrong)
		return true;
	snprintf(text, sizeof(text),
		 "limits: not told: packets of %s had other verdicts than in the reference run",
		 p->wrong->label);
	say(p, GATE_UNTOLD, text);
	return false;
}

static void find_wrong(struct prog *p, const struct contest *c)
{
	size_t i;

	for (i = 0; i < p->nsubjects && !p->wrong; i++)
		if (c[i].turn.failed || (c[i].turn.wrong && !p->opts->stateful))
			p->wrong = c[i].s;
}

void gate_judge_times(struct prog *p, const struct contest *c, enum validity times,
		      const char *why)
{
	const struct prog_opts *o = p->opts;
	bool limits = has_limits(o);
	struct json_object *fact;
	size_t i;

	find_wrong(p, c);
	if (!limits && !o->baseline)
		return;
	if (told(p, times, why)) {
		for (i = 0; i < p->nsubjects && !isnan(o->budget); i++)
			judge_budget(p, &c[i]);
		if (o->baseline)
			judge_baseline(p, c);
	}
	if (!limits)
		return;
	fact = json_object_new_object();
	json_add_string(fact, "gate", words[p->gate]);
	json_add_string(fact, "text", p->gate_text);
	result_fact(p->res, "limits", fact);
}

void gate_judge(struct prog *p, const struct contest *c)
{
	enum validity times;
	char why[256];

	times = env_validity_times(TIMED_BY_SYSTEM, why, sizeof(why));
	gate_judge_times(p, c, times, why);
}
