// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/json.h"
#include "core/util.h"

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

/* How many bytes the character at s has, 0 if it is none of UTF-8 */
static size_t utf8_len(const unsigned char *s)
{
	/* the least that so many bytes are for */
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *s < 0x80 ? 1 : *s >> 5 == 6 ? 2 : *s >> 4 == 14 ? 3 : *s >> 3 == 30 ? 4 : 0;
	unsigned int code = len > 1 ? *s & (0x7f >> len) : *s;
	size_t i;

	for (i = 1; i < len; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (len && (code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)))
		return 0;
	return len;
}

struct json_object *json_string(const char *val)
{
	const unsigned char *s = (const unsigned char *)val;
	char *text = xcalloc(strlen(val) * 4 + 1, 1), *to = text;
	struct json_object *o;
	size_t len;

	for (; *s; s += len ?: 1) {
		len = utf8_len(s);
		if (len)
			to = mempcpy(to, s, len);
		else
			to += sprintf(to, "\\x%02x", *s);
	}
	o = json_object_new_string(text);
	free(text);
	return o;
}

void json_add_string(struct json_object *o, const char *key, const char *val)
{
	json_object_object_add(o, key, json_string(val));
}
