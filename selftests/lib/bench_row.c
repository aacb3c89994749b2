// SPDX-License-Identifier: GPL-2.0-only
/* What a row of a result file must hold, whatever the bench and the machine */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "bench_row.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BATCHES_MIN	6		/* fewer have no interval */

unsigned int faults;

void fault(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	faults++;
}

struct json_object *get(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *v = NULL;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, type)) {
		fault("no %s \"%s\"", json_type_to_name(type), key);
		return NULL;
	}
	return v;
}

const char *text(struct json_object *o, const char *key)
{
	struct json_object *v = get(o, key, json_type_string);

	return v ? json_object_get_string(v) : "";
}

bool is_number(struct json_object *v)
{
	return json_object_is_type(v, json_type_double) || json_object_is_type(v, json_type_int);
}

size_t length(struct json_object *array)
{
	return array ? json_object_array_length(array) : 0;
}

struct json_object *find(struct json_object *array, const char *key, const char *value)
{
	struct json_object *found = NULL;
	size_t i;

	for (i = 0; i < length(array); i++) {
		struct json_object *o = json_object_array_get_idx(array, i);

		if (strcmp(text(o, key), value))
			continue;
		if (found) {
			fault("%s \"%s\" twice", key, value);
			return NULL;
		}
		found = o;
	}
	return found;
}

bool measured(struct json_object *row)
{
	const char *verdict = text(row, "verdict");

	return strcmp(verdict, "not measured") && strcmp(verdict, "invalid");
}

static void check_raw(const char *row, struct json_object *raw)
{
	json_object_object_foreach(raw, name, series) {
		struct json_object *values = get(series, "values", json_type_array);
		size_t i;

		text(series, "unit");
		if (!length(values))
			fault("%s: no %s", row, name);
		for (i = 0; i < length(values); i++) {
			struct json_object *v = json_object_array_get_idx(values, i);

			if (!is_number(v) || !isfinite(json_object_get_double(v)))
				fault("%s: %s[%zu] is no number", row, name, i);
		}
	}
}

/* Numbers in its cells; each cell belongs to a column */
static unsigned int check_cells(const char *row, struct json_object *cells,
				struct json_object *columns)
{
	unsigned int numbers = 0;

	json_object_object_foreach(cells, key, cell) {
		if (!find(columns, "key", key))
			fault("%s: cell %s has no column", row, key);
		if (is_number(cell)) {
			numbers++;
			if (!isfinite(json_object_get_double(cell)))
				fault("%s: %s is not finite", row, key);
		} else if (cell && !json_object_is_type(cell, json_type_string)) {
			fault("%s: %s is no number", row, key);
		}
	}
	return numbers;
}

/* Each is the one of a number that is shown, which lies in it; how many there are */
static unsigned int check_intervals(const char *row, struct json_object *cells,
				    struct json_object *intervals)
{
	unsigned int n = 0;

	json_object_object_foreach(intervals, key, bounds) {
		struct json_object *cell = NULL;
		double low, high, v;

		if (!json_object_object_get_ex(cells, key, &cell) || !is_number(cell))
			fault("%s: interval of %s, which has no number", row, key);
		if (!json_object_is_type(bounds, json_type_array) || length(bounds) != 2) {
			fault("%s: interval of %s has no two bounds", row, key);
			continue;
		}
		v = json_object_get_double(cell);
		low = json_object_get_double(json_object_array_get_idx(bounds, 0));
		high = json_object_get_double(json_object_array_get_idx(bounds, 1));
		/* nine digits each */
		if (!(low <= v + fabs(v) / 1e8 && v - fabs(v) / 1e8 <= high))
			fault("%s: %s is %g, not in its interval %g to %g", row, key, v, low, high);
		n++;
	}
	return n;
}

/* The fewest batches of any of its series of times; 0: it has none */
static size_t fewest(struct json_object *raw)
{
	size_t least = 0;

	json_object_object_foreach(raw, name, series) {
		size_t n = length(get(series, "values", json_type_array));

		(void)name;
		if (strcmp(text(series, "unit"), "instructions") && (!least || n < least))
			least = n;
	}
	return least;
}

void check_row(struct json_object *row, struct json_object *columns, bool quick)
{
	static const char *const verdicts[] = {
		"valid", "indicative", "emulated", "invalid", "not measured",
	};
	struct json_object *cells = get(row, "cells", json_type_object);
	struct json_object *raw = get(row, "raw", json_type_object);
	struct json_object *intervals = get(row, "intervals", json_type_object);
	const char *key = text(row, "key"), *verdict = text(row, "verdict");
	unsigned int numbers, n;
	bool few;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verdicts) && strcmp(verdict, verdicts[i]); i++)
		;
	if (i == ARRAY_SIZE(verdicts))
		fault("%s: verdict \"%s\"", key, verdict);
	if (!*text(row, "label"))
		fault("%s: no label", key);
	if (i && !*text(row, "reason"))
		fault("%s: %s, and no reason", key, verdict);
	if (quick && !i)
		fault("%s: valid with --quick", key);
	if (!cells || !raw || !intervals)
		return;
	numbers = check_cells(key, cells, columns);
	if (measured(row) && !numbers && strcmp(verdict, "emulated"))
		fault("%s: %s, without a number", key, verdict);
	if (!measured(row) && numbers && !strcmp(verdict, "not measured"))
		fault("%s: %s, with a number", key, verdict);
	check_raw(key, raw);
	n = check_intervals(key, cells, intervals);
	/* a series of one is a mean, whose repetitions are not there */
	few = fewest(raw) > 1 && fewest(raw) < BATCHES_MIN;
	if (few && (n || !i))
		fault("%s: %s, with %u intervals, of %zu batches", key, verdict, n, fewest(raw));
	if (fewest(raw) >= BATCHES_MIN && numbers && !n && i < 2)
		fault("%s: no interval, of %zu batches", key, fewest(raw));
}
