/* SPDX-License-Identifier: GPL-2.0-only */
/* What json-c lacks: short numbers */
#ifndef HOOKCOST_JSON_H
#define HOOKCOST_JSON_H

#include <json-c/json.h>

#define HOOKCOST_SCHEMA "hookcost/2"

/* Nine significant digits; null when not finite */
struct json_object *json_number(double v);
/* Both ends of an interval; NULL, which is null, when one is not finite */
struct json_object *json_bounds(double low, double high);
void json_add_string(struct json_object *o, const char *key, const char *val);

#endif /* HOOKCOST_JSON_H */
