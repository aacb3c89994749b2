/* SPDX-License-Identifier: GPL-2.0-only */
/* A result file (schema hookcost/2, or 1) read back */
#ifndef HOOKCOST_RESULTS_H
#define HOOKCOST_RESULTS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The whole file, to be put: the schema is ours, and what readers rely on is there:
 * benches, tables, columns and rows with their names, validity and cells. Fields that
 * are not known are left alone. NULL with err() said, in one line, if it is no such
 * file.
 */
struct json_object *results_load(const char *path);

/* Whether files of that schema can be read: this version's, and earlier ones */
bool results_schema(const char *schema);

/* Members; "", NAN, NULL or false if there is none of that type */
const char *json_text(struct json_object *o, const char *key);
/* Of a row, a bench or an environment; older files have it as "verdict" */
const char *json_validity(struct json_object *o);
double json_double(struct json_object *o, const char *key);
struct json_object *json_object_of(struct json_object *o, const char *key);
struct json_object *json_array_of(struct json_object *o, const char *key);
bool json_flag(struct json_object *o, const char *key);
/* The environment that a bench of theirs ran in, and its target */
struct json_object *results_environment(struct json_object *results, struct json_object *bench);
const char *results_target(struct json_object *results, struct json_object *bench);
/* A row's 95 % interval of a column; false: it has none, as all of schema 1 */
bool json_interval(struct json_object *row, const char *column, double *low, double *high);
/* 0 for NULL, which json_array_of() may be */
size_t json_length(struct json_object *array);
/* The member of an array of objects whose string KEY is VALUE, or NULL */
struct json_object *json_find(struct json_object *array, const char *key, const char *value);

#endif /* HOOKCOST_RESULTS_H */
