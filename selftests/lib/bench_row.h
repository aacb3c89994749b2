/* SPDX-License-Identifier: GPL-2.0-only */
/* The rows of a result file, for bench_check */
#ifndef BENCH_ROW_H
#define BENCH_ROW_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

extern unsigned int faults;

__attribute__((format(printf, 1, 2)))
void fault(const char *fmt, ...);

/* NULL, and a fault, if there is none of that type */
struct json_object *get(struct json_object *o, const char *key, enum json_type type);
const char *text(struct json_object *o, const char *key);
bool is_number(struct json_object *v);
size_t length(struct json_object *array);
/* The member of an array of objects whose string KEY is VALUE; NULL if there is none, or two */
struct json_object *find(struct json_object *array, const char *key, const char *value);
bool measured(struct json_object *row);
void check_row(struct json_object *row, struct json_object *columns, bool quick);

#endif /* BENCH_ROW_H */
