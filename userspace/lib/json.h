/* SPDX-License-Identifier: GPL-2.0-only */
/* What json-c lacks: short numbers */
#ifndef HOOKCOST_JSON_H
#define HOOKCOST_JSON_H

#include <json-c/json.h>

#define HOOKCOST_SCHEMA "hookcost/1"

/* Nine significant digits; null when not finite */
struct json_object *json_number(double v);
void json_add_string(struct json_object *o, const char *key, const char *val);

#endif /* HOOKCOST_JSON_H */
