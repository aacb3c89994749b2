/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of runs on several targets as one */
#ifndef HOOKCOST_MERGE_H
#define HOOKCOST_MERGE_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * files: as results_load() gives them; they stay as they are. Of a bench that several have,
 * the one with more valid rows is taken, then with more that have a number at all, then the
 * earlier file's. order: names of benches, NULL-terminated; those that it has not come last.
 */
struct json_object *merge_results(struct json_object *const *files, size_t n,
				  const char *const *order);

#endif /* HOOKCOST_MERGE_H */
