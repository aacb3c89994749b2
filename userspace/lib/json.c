// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include "json.h"

struct json_object *json_number(double v)
{
	static const char format[] = "%.9g";
	struct json_object *o;

	if (!isfinite(v))
		return NULL;
	o = json_object_new_double(v);
	json_object_set_serializer(o, json_object_double_to_json_string,
				   (void *)format, NULL);
	return o;
}

struct json_object *json_bounds(double low, double high)
{
	struct json_object *bounds;

	if (!isfinite(low) || !isfinite(high))
		return NULL;
	bounds = json_object_new_array_ext(2);
	json_object_array_add(bounds, json_number(low));
	json_object_array_add(bounds, json_number(high));
	return bounds;
}

void json_add_string(struct json_object *o, const char *key, const char *val)
{
	json_object_object_add(o, key, json_object_new_string(val));
}
