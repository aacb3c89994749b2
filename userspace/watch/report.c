// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "watch/report.h"

/* A run that takes no longer than the probe itself is shown as none at all */
static double without(double ns, double floor)
{
	return isnan(ns) ? NAN : fmax(ns - floor, 0);
}

void watch_row_fill(struct watch_row *r, const struct watch_sample *grown,
		    const struct watch_floor *floor)
{
	double of = floor ? floor->median : 0, mean = floor ? floor->mean : 0;
	double step = floor ? floor->step : 0, low, high, sum;

	r->runs = grown->runs;
	r->median = NAN;
	r->low = NAN;
	r->high = NAN;
	r->p90 = NAN;
	r->p99 = NAN;
	r->p999 = NAN;
	r->max = NAN;
	if (!r->timed) {
		r->mean = grown->runs && !grown->jiffies ?
			(double)grown->ns / (double)grown->runs : NAN;
		r->per_second = (double)grown->runs / r->seconds;
		r->share = grown->jiffies ? NAN : (double)grown->ns / 1e9 / r->seconds;
		return;
	}
	watch_hist_interval(&r->since, &low, &high);
	r->median = without(watch_hist_quantile(&r->since, 0.5), of);
	/* a clock that counts in steps shows a time up to one too short or too long */
	r->low = without(low - step, of);
	r->high = without(high + step, of);
	r->p90 = without(watch_hist_quantile(&r->since, 0.9), of);
	r->p99 = without(watch_hist_quantile(&r->since, 0.99), of);
	r->p999 = without(watch_hist_quantile(&r->since, 0.999), of);
	r->max = without(watch_hist_quantile(&r->since, 1), of);
	sum = fmax((double)r->since.sum - (double)r->since.runs * mean, 0);
	r->mean = r->since.runs ? sum / (double)r->since.runs : NAN;
	/* those that could not be timed have run all the same, and as long as others */
	r->per_second = (double)(r->since.runs + r->since.lost) / r->seconds;
	r->share = isnan(r->mean) ? 0 : r->mean * r->per_second / 1e9;
}

void watch_print_header(FILE *out)
{
	fprintf(out, "%7s %6s %-24s %-12s %10s %8s %5s %8s %8s %8s %8s %8s %6s %6s\n", "time", "id",
		"program", "type", "runs", "median", "+-", "p90", "p99", "p99.9", "max", "mean",
		"CPU", "lost");
	fprintf(out, "%7s %6s %-24s %-12s %10s %8s %5s %8s %8s %8s %8s %8s %6s %6s\n", "s", "",
		"", "", "/s", "ns", "ns", "ns", "ns", "ns", "ns", "ns", "%", "");
}

static void put(FILE *out, int width, double ns)
{
	if (isnan(ns))
		fprintf(out, " %*s", width, "-");
	else
		fprintf(out, " %*.1f", width, ns);
}

static void print_row(FILE *out, double at, const struct watch_row *r, enum validity v)
{
	double half = fmax(r->high - r->median, r->median - r->low);

	fprintf(out, "%7.1f %6u %-24.24s %-12.12s %10.1f", at, r->program->id, r->program->name,
		r->program->type, r->per_second);
	if (v >= VALIDITY_EMULATED) {
		fprintf(out, " %8s\n", validity_name(v));
		return;
	}
	put(out, 8, r->median);
	put(out, 5, isnan(half) ? NAN : stats_round_up(fmax(half, 0), 1));
	put(out, 8, r->p90);
	put(out, 8, r->p99);
	put(out, 8, r->p999);
	put(out, 8, r->max);
	put(out, 8, r->mean);
	if (isnan(r->share))
		fprintf(out, " %6s", "-");
	else
		fprintf(out, " %6.2f", 100 * r->share);
	fprintf(out, " %6llu\n", (unsigned long long)r->since.lost);
}

void watch_print(FILE *out, double at, const struct watch_row *rows, size_t n, enum validity v)
{
	size_t i;

	for (i = 0; i < n; i++)
		print_row(out, at, &rows[i], v);
}

static void add_times(struct json_object *o, const struct watch_row *r)
{
	const struct { const char *key; double ns; } time[] = {
		{ "median", r->median }, { "p90", r->p90 }, { "p99", r->p99 },
		{ "p999", r->p999 }, { "max", r->max }, { "mean", r->mean },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(time); i++)
		json_object_object_add(o, time[i].key, json_number(time[i].ns));
	json_object_object_add(o, "interval", json_bounds(r->low, r->high));
	json_object_object_add(o, "cpu_share", json_number(r->share));
}

static struct json_object *row_json(const struct watch_row *r, enum validity v)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "id", json_object_new_int64(r->program->id));
	json_add_string(o, "name", r->program->name);
	json_add_string(o, "type", r->program->type);
	json_add_string(o, "where", r->program->where);
	json_add_string(o, "method", r->timed ? "probe" : "bpf_stats");
	json_add_string(o, "reason", r->timed ? "" : r->program->why);
	json_object_object_add(o, "runs_per_second", json_number(r->per_second));
	json_object_object_add(o, "runs", json_object_new_uint64(r->timed ? r->since.runs :
								 r->runs));
	json_object_object_add(o, "lost", json_object_new_uint64(r->since.lost));
	if (r->timed && r->runs)
		json_object_object_add(o, "stats_runs", json_object_new_uint64(r->runs));
	if (v < VALIDITY_EMULATED)
		add_times(o, r);
	return o;
}

struct json_object *watch_json(double at, const struct watch_row *rows, size_t n,
			       const struct watch_floor *floor, enum validity v, const char *why)
{
	struct json_object *list = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; i < n; i++)
		json_object_array_add(list, row_json(&rows[i], v));
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_add_string(o, "unit", "ns");
	json_add_string(o, "validity", validity_name(v));
	json_add_string(o, "reason", why);
	json_object_object_add(o, "time", json_number(at));
	json_object_object_add(o, "floor_removed",
			       floor && v < VALIDITY_EMULATED ? json_number(floor->median) : NULL);
	json_object_object_add(o, "clock_step", floor ? json_number(floor->step) : NULL);
	json_object_object_add(o, "added", floor && v < VALIDITY_EMULATED ?
			       json_number(floor->added) : NULL);
	json_object_object_add(o, "programs", list);
	return o;
}

/* A name may have what ends a label's value: it is an ELF symbol of somebody's */
static void label(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if (*text != '\n')
			fputc(*text, out);
	}
}

static void metric(FILE *out, const char *name, const struct watch_row *r, const char *more,
		   double value)
{
	fprintf(out, "hookcost_program_%s{id=\"%u\",name=\"", name, r->program->id);
	label(out, r->program->name);
	fprintf(out, "\",type=\"%s\"%s} ", r->program->type, more);
	fprintf(out, isnan(value) ? "NaN\n" : "%.9g\n", value);
}

static bool have(const struct watch_row *rows, size_t n, bool timed)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (rows[i].timed == timed)
			return true;
	return false;
}

static void lost_metrics(FILE *out, const struct watch_row *rows, size_t n)
{
	size_t i;

	if (have(rows, n, true))
		fputs("# HELP hookcost_program_lost_total Runs that could not be timed.\n"
		      "# TYPE hookcost_program_lost_total counter\n", out);
	for (i = 0; i < n; i++)
		if (rows[i].timed)
			metric(out, "lost_total", &rows[i], "", (double)rows[i].total.lost);
}

static void time_metrics(FILE *out, const struct watch_row *rows, size_t n, double floor,
			 bool times)
{
	size_t i;

	if (have(rows, n, true))
		fputs("# HELP hookcost_program_run_seconds Quantiles are the last interval's.\n"
		      "# TYPE hookcost_program_run_seconds summary\n", out);
	for (i = 0; i < n; i++) {
		const struct watch_row *r = &rows[i];
		double sum = (double)r->total.sum - (double)r->total.runs * floor;

		if (!r->timed)
			continue;
		if (times) {
			metric(out, "run_seconds", r, ",quantile=\"0.5\"", r->median / 1e9);
			metric(out, "run_seconds", r, ",quantile=\"0.9\"", r->p90 / 1e9);
			metric(out, "run_seconds", r, ",quantile=\"0.99\"", r->p99 / 1e9);
			metric(out, "run_seconds", r, ",quantile=\"0.999\"", r->p999 / 1e9);
			metric(out, "run_seconds_sum", r, "", fmax(sum, 0) / 1e9);
		}
		metric(out, "run_seconds_count", r, "", (double)r->total.runs);
	}
}

/* Where no probe can be had */
static void mean_metrics(FILE *out, const struct watch_row *rows, size_t n)
{
	size_t i;

	if (have(rows, n, false))
		fputs("# HELP hookcost_program_mean_seconds By bpf_stats, in the last interval.\n"
		      "# TYPE hookcost_program_mean_seconds gauge\n", out);
	for (i = 0; i < n; i++)
		if (!rows[i].timed)
			metric(out, "mean_seconds", &rows[i], "", rows[i].mean / 1e9);
}

char *watch_prometheus(const struct watch_row *rows, size_t n, const struct watch_floor *floor,
		       enum validity v)
{
	double of = floor ? floor->mean : 0;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	lost_metrics(out, rows, n);
	time_metrics(out, rows, n, of, v < VALIDITY_EMULATED);
	if (v < VALIDITY_EMULATED)
		mean_metrics(out, rows, n);
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}
