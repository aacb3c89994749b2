// SPDX-License-Identifier: GPL-2.0-only
/* Rates over mlx5sim: how much of them is the model, and what they are without */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "driver/mlx5sim.h"
#include "measure/batch.h"

/* Of a packet's time; with more than that the row says so */
#define MOSTLY	0.5
/* Of it: what is left is the clocks' resolution, as of the generator alone */
#define NOTHING	0.05

bool bench_has_model(const struct device *d)
{
	return d->ops->model;
}

/* Not among the raw values, which are what runs are compared by */
static struct json_object *parts(const struct variant *v, size_t n)
{
	struct json_object *o = json_object_new_object(), *kinds = json_object_new_object();
	struct json_object *values = json_object_new_array_ext((int)n);
	size_t i;

	for (i = 0; i < n; i++)
		json_object_array_add(values, json_number(v->aside[i]));
	for (i = 0; i < MLX5SIM_WORKS; i++)
		json_object_object_add(kinds, mlx5sim_work_name[i], json_number(v->kinds[i]));
	json_object_object_add(o, "values", values);
	json_object_object_add(o, "kinds", kinds);
	return o;
}

void bench_model(struct row *row, const struct variant *v, size_t n, const char *prefix,
		 const char *name)
{
	bench_model_rate(row, v, n, prefix, name, 1000);
}

void bench_model_rate(struct row *row, const struct variant *v, size_t n, const char *prefix,
		      const char *name, double per_ns)
{
	double model, left, whole;
	struct stats s;
	char key[48];

	if (!v->aside || !n || !bench_has_times())
		return;
	model = stats_less_each(v->aside, NULL, n, &s);
	left = stats_less_each(v->ns, v->aside, n, &s);
	whole = stats_less_each(v->ns, NULL, n, &s);
	snprintf(key, sizeof(key), "%smodel", prefix);
	row_set(row, key, model);
	row_detail(row, key, parts(v, n));
	if (model > MOSTLY * whole)
		row_note(row, "mostly_model",
			 "%s%smore than half of the time is mlx5sim's own (column \"model\")", name,
			 *name ? ": " : "");
	if (cpu_count() > 1)
		return;
	snprintf(key, sizeof(key), "%swithout", prefix);
	if (left > NOTHING * whole)
		row_set(row, key, per_ns / left);
}
