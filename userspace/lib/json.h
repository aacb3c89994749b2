/* SPDX-License-Identifier: GPL-2.0-only */
/* What json-c lacks: short numbers, and files written whole or not at all */
#ifndef HOOKCOST_JSON_H
#define HOOKCOST_JSON_H

#include <json-c/json.h>
#include <stdio.h>

#define HOOKCOST_SCHEMA "hookcost/1"

/* Nine significant digits; null when not finite */
struct json_object *json_number(double v);
void json_add_string(struct json_object *o, const char *key, const char *val);

struct json_file;

/*
 * Finds out, before anything is measured, whether path ("-": standard output)
 * can be written; NULL with err() said if not. A regular file appears, or is
 * replaced, whole in json_file_write(); 0, or -errno with err() said.
 */
struct json_file *json_file_open(const char *path);
int json_file_write(struct json_file *f, struct json_object *o);
void json_file_close(struct json_file *f);

#endif /* HOOKCOST_JSON_H */
