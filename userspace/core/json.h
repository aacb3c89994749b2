/* SPDX-License-Identifier: GPL-2.0-only */
/* What json-c lacks: short numbers, strings that are what JSON allows */
#ifndef HOOKCOST_JSON_H
#define HOOKCOST_JSON_H

#include <json-c/json.h>

#define HOOKCOST_SCHEMA "hookcost/2"

/* Nine significant digits; null when not finite */
struct json_object *json_number(double v);
/* Both ends of an interval; NULL, which is null, when one is not finite */
struct json_object *json_bounds(double low, double high);
/* Bytes that are no UTF-8, as a netdev's name may have, become \xNN: no reader takes others */
struct json_object *json_string(const char *val);
void json_add_string(struct json_object *o, const char *key, const char *val);

#endif /* HOOKCOST_JSON_H */
