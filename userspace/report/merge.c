// SPDX-License-Identifier: GPL-2.0-only
/* Results of runs on several targets as one: each bench keeps the environment it ran in */
#include <math.h>
#include <string.h>
#include "core/json.h"
#include "report/merge.h"
#include "report/result.h"
#include "report/results.h"

/* A bench, and the environment that it ran in */
struct found {
	struct json_object *bench, *environment;
	size_t valid, measured;		/* rows */
};

static void count_rows(struct found *f)
{
	struct json_object *tables = json_array_of(f->bench, "tables");
	size_t i, j;

	for (i = 0; i < json_length(tables); i++) {
		struct json_object *rows = json_array_of(json_object_array_get_idx(tables, i),
							 "rows");

		for (j = 0; j < json_length(rows); j++) {
			const char *v = json_validity(json_object_array_get_idx(rows, j));

			f->valid += !strcmp(v, validity_name(VALIDITY_VALID));
			f->measured += !strcmp(v, validity_name(VALIDITY_VALID)) ||
				       !strcmp(v, validity_name(VALIDITY_INDICATIVE));
		}
	}
}

static bool is_better(const struct found *f, const struct found *than)
{
	if (!than->bench || f->valid != than->valid)
		return !than->bench || f->valid > than->valid;
	return f->measured > than->measured;
}

static struct found find_best(struct json_object *const *files, size_t n, const char *name)
{
	struct found best = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		struct found f = {
			.bench = json_find(json_array_of(files[i], "benches"), "name", name),
		};

		if (!f.bench)
			continue;
		f.environment = results_environment(files[i], f.bench);
		count_rows(&f);
		if (is_better(&f, &best))
			best = f;
	}
	return best;
}

/* Its place among the environments, where it is put if it is not there */
static size_t put_environment(struct json_object *list, struct json_object *environment)
{
	size_t i;

	for (i = 0; i < json_length(list); i++)
		if (json_object_equal(json_object_array_get_idx(list, i), environment))
			return i;
	json_object_array_add(list, json_object_get(environment));
	return i;
}

static void put_bench(struct json_object *to, const struct found *f)
{
	struct json_object *b = json_object_new_object();
	size_t at = put_environment(json_array_of(to, "environments"), f->environment);

	json_object_object_foreach(f->bench, key, v)
		json_object_object_add(b, key, json_object_get(v));
	json_add_string(b, "target", json_text(f->environment, "target"));
	json_object_object_add(b, "environment", json_object_new_uint64(at));
	json_object_array_add(json_array_of(to, "benches"), b);
}

static void put_benches(struct json_object *to, struct json_object *const *files, size_t n,
			const char *const *order)
{
	struct json_object *have = json_array_of(to, "benches");
	size_t i, j;

	for (i = 0; order[i]; i++) {
		struct found f = find_best(files, n, order[i]);

		if (f.bench)
			put_bench(to, &f);
	}
	for (i = 0; i < n; i++) {
		struct json_object *benches = json_array_of(files[i], "benches");

		for (j = 0; j < json_length(benches); j++) {
			const char *name = json_text(json_object_array_get_idx(benches, j),
						     "name");
			struct found f = find_best(files, n, name);

			if (!json_find(have, "name", name))
				put_bench(to, &f);
		}
	}
}

static bool has_asked(struct json_object *file, const char *name)
{
	struct json_object *list = json_array_of(file, "asked");
	size_t i;

	for (i = 0; i < json_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		if (!strcmp(json_object_get_string(o) ?: "", name))
			return true;
	}
	return false;
}

/* Of any of them */
static void put_asked(struct json_object *to, struct json_object *const *files, size_t n,
		      const char *const *order)
{
	struct json_object *asked = json_object_new_array();
	size_t i, k;

	for (k = 0; order[k]; k++) {
		for (i = 0; i < n && !has_asked(files[i], order[k]); i++)
			;
		if (i < n)
			json_object_array_add(asked, json_string(order[k]));
	}
	json_object_object_add(to, "asked", asked);
}

struct json_object *merge_results(struct json_object *const *files, size_t n,
				  const char *const *order)
{
	struct json_object *to = json_object_new_object();
	const char *date = json_text(files[0], "date");
	bool quick = false, ordered = false, interrupted = false;
	double seconds = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(json_text(files[i], "date"), date) < 0)
			date = json_text(files[i], "date");
		quick |= json_flag(files[i], "quick");
		ordered |= json_flag(files[i], "ordered");
		interrupted |= json_flag(files[i], "interrupted");
		seconds += json_double(files[i], "seconds");
	}
	json_add_string(to, "schema", HOOKCOST_SCHEMA);
	json_add_string(to, "tool_version", json_text(files[0], "tool_version"));
	json_add_string(to, "date", date);
	json_add_string(to, "paper", json_text(files[0], "paper"));
	json_object_object_add(to, "environment",
			       json_object_get(json_object_of(files[0], "environment")));
	json_object_object_add(to, "environments", json_object_new_array());
	put_environment(json_array_of(to, "environments"), json_object_of(files[0], "environment"));
	json_object_object_add(to, "quick", json_object_new_boolean(quick));
	json_object_object_add(to, "ordered", json_object_new_boolean(ordered));
	put_asked(to, files, n, order);
	json_object_object_add(to, "benches", json_object_new_array());
	put_benches(to, files, n, order);
	json_object_object_add(to, "seconds", json_number(seconds));
	json_object_object_add(to, "interrupted", json_object_new_boolean(interrupted));
	return to;
}
