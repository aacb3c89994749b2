// SPDX-License-Identifier: GPL-2.0-only
/* Many runs, in turns, of two kernels: which belong together, and what they say */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/stats.h"
#include "core/util.h"
#include "report/compare.h"
#include "report/result.h"
#include "report/results.h"
#include "report/versus.h"

#define BASE(release)	((int)strcspn(release, "-+"))

static struct json_object *env_of(const struct versus_run *r)
{
	return json_object_of(r->o, "environment");
}

static const char *which(bool with)
{
	return with ? "with hookcost" : "without hookcost";
}

/* ISO dates in UTC are sorted as text; those of one second as they were given */
static int by_date(const void *a, const void *b)
{
	const struct versus_run *x = a, *y = b;

	return strcmp(json_text(x->o, "date"), json_text(y->o, "date"));
}

static bool same(struct json_object *a, struct json_object *b, const char *const *fields,
		 size_t n, const char **field)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct json_object *va = NULL, *vb = NULL;

		json_object_object_get_ex(a, fields[i], &va);
		json_object_object_get_ex(b, fields[i], &vb);
		*field = fields[i];
		if (!json_object_equal(va, vb))
			return false;
	}
	return true;
}

/* Everything but the kernel */
static bool same_machine(const struct versus_run *a, const struct versus_run *b, char *why,
			 size_t len)
{
	static const char *const machine[] = {
		"target", "cpu", "microcode", "hypervisor_name", "emulated", "smt", "governor",
		"mitigations", "clocksource", "bpf_jit_enable", "bpf_jit_harden", "compiler",
	};
	static const char *const run[] = { "tool_version", "quick", "ordered", "asked" };
	const char *field;

	if (!same(env_of(a), env_of(b), machine, ARRAY_SIZE(machine), &field)) {
		snprintf(why, len, "%s and %s are not of one machine in one state: \"%s\" differs",
			 a->path, b->path, field);
		return false;
	}
	if (!same(a->o, b->o, run, ARRAY_SIZE(run), &field)) {
		snprintf(why, len, "%s and %s are not of the same command: \"%s\" differs",
			 a->path, b->path, field);
		return false;
	}
	return true;
}

static bool same_benches(const struct versus_run *a, const struct versus_run *b, char *why,
			 size_t len)
{
	struct json_object *ba = json_array_of(a->o, "benches");
	struct json_object *bb = json_array_of(b->o, "benches");
	size_t i;

	for (i = 0; i < json_length(ba) || i < json_length(bb); i++) {
		const char *na = i < json_length(ba) ?
			json_text(json_object_array_get_idx(ba, i), "name") : "";
		const char *nb = i < json_length(bb) ?
			json_text(json_object_array_get_idx(bb, i), "name") : "";

		if (!strcmp(na, nb))
			continue;
		snprintf(why, len, "%s and %s are of different benches: %s, %s", a->path, b->path,
			 *na ? na : "none", *nb ? nb : "none");
		return false;
	}
	return compare_allowed(a->o, b->o, why, len);
}

static bool same_kernel(const struct versus_run *a, const struct versus_run *b, char *why,
			size_t len)
{
	static const char *const kernel[] = { "kernel", "kernel_version", "config_hash" };
	const char *field;

	if (same(env_of(a), env_of(b), kernel, ARRAY_SIZE(kernel), &field))
		return true;
	snprintf(why, len, "%s and %s are of two kernels, both %s: \"%s\" differs", a->path,
		 b->path, which(a->with), field);
	return false;
}

static bool related(const struct versus_run *a, const struct versus_run *b, char *why, size_t len)
{
	const char *ra = json_text(env_of(a), "kernel"), *rb = json_text(env_of(b), "kernel");

	if (BASE(ra) == BASE(rb) && !strncmp(ra, rb, BASE(ra)))
		return true;
	snprintf(why, len, "Linux %.40s and %.40s: there is more than the patches between them",
		 ra, rb);
	return false;
}

const struct versus_run *versus_first(const struct versus *v, bool with)
{
	size_t i;

	for (i = 0; i < v->nruns; i++)
		if (v->run[i].with == with)
			return &v->run[i];
	return NULL;
}

static bool check(const struct versus *v, char *why, size_t len)
{
	const struct versus_run *first[2] = { versus_first(v, false), versus_first(v, true) };
	size_t i;

	for (i = 0; i < v->nruns; i++) {
		const struct versus_run *r = &v->run[i];

		if (json_flag(r->o, "interrupted")) {
			snprintf(why, len, "%s is of a run that was interrupted", r->path);
			return false;
		}
		if (json_array_of(r->o, "environments")) {
			snprintf(why, len,
				 "%s is merged from several targets: give the files of one",
				 r->path);
			return false;
		}
		if (i && !by_date(r - 1, r)) {
			snprintf(why, len, "%s and %s begin in the same second: one run twice?",
				 r[-1].path, r->path);
			return false;
		}
		if (!same_machine(v->run, r, why, len) || !same_benches(v->run, r, why, len) ||
		    !same_kernel(first[r->with], r, why, len))
			return false;
	}
	for (i = 0; i < 2; i++) {
		if (first[i])
			continue;
		snprintf(why, len, "the same kernel in all %zu runs: none is of one %s", v->nruns,
			 which(i));
		return false;
	}
	return related(first[0], first[1], why, len);
}

bool versus_pair(struct versus *v, char *why, size_t len)
{
	size_t i;

	for (i = 0; i < v->nruns; i++)
		v->run[i].with = json_flag(env_of(&v->run[i]), "patched");
	qsort(v->run, v->nruns, sizeof(*v->run), by_date);
	if (!check(v, why, len))
		return false;
	for (i = 0; i + 1 < v->nruns; i += 2) {
		if (v->run[i].with != v->run[i + 1].with)
			continue;
		snprintf(why, len,
			 "not in turns: by date, %s and %s are the runs %zu and %zu, both of the kernel %s",
			 v->run[i].path, v->run[i + 1].path, i + 1, i + 2, which(v->run[i].with));
		return false;
	}
	v->npairs = v->nruns / 2;
	return true;
}

static bool is_count(const char *unit)
{
	return !strcmp(unit, "instructions");
}

/* Those are exact on an emulated CPU, too */
static bool has_number(const char *validity, const char *unit)
{
	return !strcmp(validity, validity_name(VALIDITY_VALID)) ||
	       !strcmp(validity, validity_name(VALIDITY_INDICATIVE)) ||
	       (!strcmp(validity, validity_name(VALIDITY_EMULATED)) && is_count(unit));
}

/* The row's number in one run; NAN if it has none, and why */
static double number(const struct versus_run *run, const struct versus_row *r, const char *column,
		     const char **lacks)
{
	struct json_object *o = json_find(json_array_of(run->o, "benches"), "name", r->bench);
	double v;

	o = json_find(json_array_of(o, "tables"), "key", r->table);
	o = json_find(json_array_of(o, "rows"), "key", r->row);
	v = json_double(json_object_of(o, "cells"), column);
	if (v > 0 && has_number(json_validity(o), r->unit))
		return v;
	if (!*lacks)
		*lacks = !o ? "one run has no such row" : *json_text(o, "reason") ?
			 json_text(o, "reason") : "one run has no number";
	return NAN;
}

static double median(const double *v, size_t n)
{
	double *copy = xcalloc(n, sizeof(*copy));
	struct stats s;

	memcpy(copy, v, n * sizeof(*v));
	stats_of(copy, n, &s);
	free(copy);
	return s.median;
}

/*
 * Geometric means of one group's runs, without and with; NAN: no pair has numbers. How many
 * pairs have none.
 */
static size_t group_mean(const struct versus *v, size_t first, const double *value,
			 double mean[2])
{
	double sum[2] = { 0, 0 };
	size_t lacking = 0, i;

	for (i = first; i < first + v->group; i++) {
		const double *x = &value[2 * i];

		if (isnan(x[0]) || isnan(x[1])) {
			lacking++;
			continue;
		}
		sum[v->run[2 * i].with] += log(x[0]);
		sum[v->run[2 * i + 1].with] += log(x[1]);
	}
	for (i = 0; i < 2; i++)
		mean[i] = lacking < v->group ? exp(sum[i] / (double)(v->group - lacking)) : NAN;
	return lacking;
}

/* value: the numbers of all runs */
static void compare_kernels(const struct versus *v, struct versus_row *r, const double *value,
			    double limit, size_t least)
{
	double *pair[2];
	size_t i;

	for (i = 0; i < 2; i++)
		pair[i] = xcalloc(v->npairs, sizeof(double));
	r->ratio = xcalloc(v->npairs, sizeof(double));
	for (i = 0; i + v->group <= v->npairs; i += v->group) {
		double mean[2];

		r->lacking += group_mean(v, i, value, mean);
		if (isnan(mean[0]))
			continue;
		pair[0][r->n] = mean[0];
		pair[1][r->n] = mean[1];
		r->ratio[r->n++] = mean[1] / mean[0];
	}
	paired_of(pair[0], pair[1], r->n, limit, &r->difference);
	if (r->n < least) {
		r->difference.has_interval = false;
		r->difference.verdict = PAIRED_NOT_SHOWN;
		r->difference.enough = 0;
		r->difference.p = NAN;
	}
	r->without = median(pair[0], r->n);
	r->with = median(pair[1], r->n);
	free(pair[0]);
	free(pair[1]);
}

static void compare_neighbours(const struct versus *v, struct versus_row *r, const double *value,
			       double limit)
{
	double *earlier = xcalloc(v->nruns, sizeof(double));
	double *later = xcalloc(v->nruns, sizeof(double));
	size_t i, n = 0;

	for (i = 1; i < v->nruns; i++) {
		if (v->run[i].with != v->run[i - 1].with || isnan(value[i]) ||
		    isnan(value[i - 1]))
			continue;
		/* both are of one group, if it is the same one that has either's pair */
		r->across += i / (2 * v->group) != (i - 1) / (2 * v->group);
		earlier[n] = value[i - 1];
		later[n++] = value[i];
	}
	paired_of(earlier, later, n, limit, &r->control);
	free(earlier);
	free(later);
}

static void judge_row(struct versus *v, const struct versus_row *row, const char *column,
		      double limit, size_t least)
{
	double *value = xcalloc(v->nruns, sizeof(*value));
	struct versus_row r = *row;
	size_t i;

	for (i = 0; i < v->nruns; i++)
		value[i] = number(&v->run[i], &r, column, &r.lacks);
	compare_kernels(v, &r, value, limit, least);
	compare_neighbours(v, &r, value, limit);
	free(value);
	v->row = xrealloc(v->row, v->nrows + 1, sizeof(*v->row));
	v->row[v->nrows++] = r;
}

static void judge_table(struct versus *v, const char *bench, struct json_object *t, double limit,
			size_t least)
{
	struct json_object *columns = json_array_of(t, "columns"), *rows = json_array_of(t, "rows");
	struct versus_row r = { .bench = bench, .table = json_text(t, "key") };
	const char *column = NULL;
	size_t i;

	for (i = 0; i < 2 * json_length(columns) && !column; i++) {
		/* instructions, if there is no time and no rate */
		bool counts = i >= json_length(columns);
		struct json_object *c = json_object_array_get_idx(columns,
								  i % json_length(columns));
		const char *unit = json_text(c, "unit");

		if (counts ? !is_count(unit) : unit_kind(unit) < 0)
			continue;
		column = json_text(c, "key");
		r.what = json_text(c, "head");
		r.unit = unit;
	}
	for (i = 0; i < json_length(rows) && column; i++) {
		r.row = json_text(json_object_array_get_idx(rows, i), "key");
		r.label = json_text(json_object_array_get_idx(rows, i), "label");
		judge_row(v, &r, column, limit, least);
	}
}

static void correct(struct versus *v)
{
	struct paired **all = xcalloc(v->nrows, sizeof(*all));
	size_t i;

	for (i = 0; i < v->nrows; i++)
		all[i] = &v->row[i].difference;
	paired_correct(all, v->nrows);
	free(all);
}

void versus_judge(struct versus *v, double limit, size_t least)
{
	struct json_object *benches = json_array_of(v->run[0].o, "benches");
	size_t i, j;

	for (i = 0; i < json_length(benches); i++) {
		struct json_object *b = json_object_array_get_idx(benches, i);
		struct json_object *tables = json_array_of(b, "tables");

		for (j = 0; j < json_length(tables); j++)
			judge_table(v, json_text(b, "name"),
				    json_object_array_get_idx(tables, j), limit, least);
	}
	correct(v);
}

enum paired_verdict versus_verdict(const struct versus *v)
{
	bool all = v->nrows;
	size_t i;

	for (i = 0; i < v->nrows; i++) {
		if (v->row[i].difference.verdict == PAIRED_DIFFERS)
			return PAIRED_DIFFERS;
		all &= v->row[i].difference.verdict == PAIRED_EQUIVALENT;
	}
	return all ? PAIRED_EQUIVALENT : PAIRED_NOT_SHOWN;
}

void versus_free(struct versus *v)
{
	size_t i;

	for (i = 0; i < v->nrows; i++)
		free(v->row[i].ratio);
	free(v->row);
	v->row = NULL;
	v->nrows = 0;
}
