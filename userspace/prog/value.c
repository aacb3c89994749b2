// SPDX-License-Identifier: GPL-2.0-only
/* Bytes of a value from JSON: by its type in BTF, or as hex digits */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "prog/value.h"

/* Nothing that a compiler has made is nested so deep */
#define DEPTH_MAX 32

struct place {
	const struct btf *btf;
	char *why;
	size_t len;
	unsigned int depth;
};

static int put(struct place *p, uint32_t type, struct json_object *v, uint8_t *out, size_t room);

static int fail(struct place *p, const char *what, struct json_object *v)
{
	snprintf(p->why, p->len, "%s: %.80s", what,
		 json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN));
	return -EINVAL;
}

/* A number however it is written: 5, "0x5", true, "'a'" */
static int number(struct json_object *v, uint64_t *n)
{
	const char *text;
	char *end;

	switch (json_object_get_type(v)) {
	case json_type_boolean:
		*n = json_object_get_boolean(v);
		return 0;
	case json_type_int:
		*n = json_object_get_int64(v) < 0 ? (uint64_t)json_object_get_int64(v) :
		     json_object_get_uint64(v);
		return 0;
	case json_type_string:
		text = json_object_get_string(v);
		if (text[0] == '\'' && text[1] && text[2] == '\'' && !text[3]) {
			*n = (uint8_t)text[1];
			return 0;
		}
		errno = 0;
		*n = *text == '-' ? (uint64_t)strtoll(text, &end, 0) : strtoull(text, &end, 0);
		return *text && !*end && !errno ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

/* Whether it fits into that many bits, as a number with or without sign */
static bool fits(uint64_t n, unsigned int bits)
{
	int64_t s = (int64_t)n;

	return bits >= 64 || n >> bits == 0 || (s < 0 && s >= -(1LL << (bits - 1)));
}

static int put_bits(struct place *p, struct json_object *v, uint8_t *out, size_t room,
		    unsigned int offset, unsigned int bits)
{
	unsigned int i, at;
	uint64_t n;

	if (number(v, &n))
		return fail(p, "no number", v);
	if (!fits(n, bits))
		return fail(p, "it does not fit", v);
	if ((offset + bits + 7) / 8 > room)
		return fail(p, "no room", v);
	for (i = 0; i < bits; i++) {
		at = offset + i;
		out[at / 8] = (out[at / 8] & ~(1U << at % 8)) | ((n >> i & 1) << at % 8);
	}
	return 0;
}

static int put_enum(struct place *p, const struct btf_type *t, struct json_object *v, uint8_t *out,
		    size_t room)
{
	const char *text = json_object_get_string(v);
	struct json_object *n;
	int i, ret;

	for (i = 0; json_object_is_type(v, json_type_string) && i < btf_vlen(t); i++) {
		bool wide = btf_is_enum64(t);
		uint32_t name = wide ? btf_enum64(t)[i].name_off : btf_enum(t)[i].name_off;

		if (strcmp(btf__name_by_offset(p->btf, name) ?: "", text))
			continue;
		n = wide ? json_object_new_int64((int64_t)btf_enum64_value(&btf_enum64(t)[i])) :
		    json_object_new_int64(btf_enum(t)[i].val);
		ret = put_bits(p, n, out, room, 0, t->size * 8);
		json_object_put(n);
		return ret;
	}
	return put_bits(p, v, out, room, 0, t->size * 8);
}

static int put_array(struct place *p, const struct btf_type *t, struct json_object *v, uint8_t *out,
		     size_t room)
{
	const struct btf_array *a = btf_array(t);
	int64_t size = btf__resolve_size(p->btf, a->type);
	size_t i, n;
	int ret;

	if (size <= 0 || (uint64_t)size * a->nelems > room)
		return fail(p, "no room", v);
	if (json_object_is_type(v, json_type_string) && size == 1) {
		n = json_object_get_string_len(v);
		if (n > a->nelems)
			return fail(p, "the text is too long", v);
		memcpy(out, json_object_get_string(v), n);
		return 0;
	}
	if (!json_object_is_type(v, json_type_array) || json_object_array_length(v) > a->nelems)
		return fail(p, "no array of so many elements", v);
	n = json_object_array_length(v);
	for (i = 0; i < n; i++) {
		ret = put(p, a->type, json_object_array_get_idx(v, i), out + i * size,
			  room - i * size);
		if (ret)
			return ret;
	}
	return 0;
}

/* The member of that name, those of nameless members as if they were its own */
static const struct btf_type *find_member(const struct btf *btf, const struct btf_type *t,
					  const char *name, unsigned int *offset,
					  unsigned int *bits, uint32_t *type, unsigned int depth)
{
	const struct btf_member *m = btf_members(t);
	const struct btf_type *found;
	int i;

	for (i = 0; depth < DEPTH_MAX && i < btf_vlen(t); i++) {
		unsigned int at = *offset + btf_member_bit_offset(t, i);
		const char *is = btf__name_by_offset(btf, m[i].name_off) ?: "";

		if (!strcmp(is, name)) {
			*offset = at;
			*bits = btf_member_bitfield_size(t, i);
			*type = m[i].type;
			return t;
		}
		if (!*is) {
			const struct btf_type *in = btf__type_by_id(btf, m[i].type);
			unsigned int before = *offset;

			if (!in || !btf_is_composite(in))
				continue;
			*offset = at;
			found = find_member(btf, in, name, offset, bits, type, depth + 1);
			if (found)
				return found;
			*offset = before;
		}
	}
	return NULL;
}

static int put_struct(struct place *p, const struct btf_type *t, struct json_object *v,
		      uint8_t *out, size_t room)
{
	int ret;

	if (!json_object_is_type(v, json_type_object))
		return fail(p, "no object", v);
	json_object_object_foreach(v, name, member) {
		unsigned int offset = 0, bits = 0;
		uint32_t type = 0;

		if (!find_member(p->btf, t, name, &offset, &bits, &type, 0)) {
			snprintf(p->why, p->len, "it has no member \"%.60s\"", name);
			return -EINVAL;
		}
		if (offset / 8 >= room)
			return fail(p, "no room", v);
		ret = bits ? put_bits(p, member, out, room, offset, bits) :
		      put(p, type, member, out + offset / 8, room - offset / 8);
		if (ret)
			return ret;
	}
	return 0;
}

static int put(struct place *p, uint32_t type, struct json_object *v, uint8_t *out, size_t room)
{
	int id = btf__resolve_type(p->btf, type), ret = -EINVAL;
	const struct btf_type *t = id >= 0 ? btf__type_by_id(p->btf, id) : NULL;

	if (!t || ++p->depth > DEPTH_MAX)
		return fail(p, "no type for it", v);
	switch (btf_kind(t)) {
	case BTF_KIND_INT:
		ret = put_bits(p, v, out, room, 0, t->size * 8);
		break;
	case BTF_KIND_PTR:
		ret = put_bits(p, v, out, room, 0, 64);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		ret = put_enum(p, t, v, out, room);
		break;
	case BTF_KIND_ARRAY:
		ret = put_array(p, t, v, out, room);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		ret = put_struct(p, t, v, out, room);
		break;
	default:
		ret = fail(p, "a value of that type cannot be set", v);
	}
	p->depth--;
	return ret;
}

int value_of_type(const struct btf *btf, uint32_t type, struct json_object *v, void *out,
		  size_t size, char *why, size_t len)
{
	struct place p = { .btf = btf, .why = why, .len = len };

	return put(&p, type, v, out, size);
}

bool value_is_bytes(struct json_object *v)
{
	struct json_object *first;

	if (!json_object_is_type(v, json_type_array) || !json_object_array_length(v))
		return false;
	first = json_object_array_get_idx(v, 0);
	return json_object_is_type(first, json_type_string) &&
	       !strncmp(json_object_get_string(first), "0x", 2);
}

int value_of_bytes(struct json_object *v, void *out, size_t size, char *why, size_t len)
{
	uint8_t *bytes = out;
	uint64_t n;
	size_t i;

	/* as it lies in memory: maps of netdevs and CPUs have no types */
	if (json_object_is_type(v, json_type_int) && size <= sizeof(n) && !number(v, &n) &&
	    fits(n, 8 * size)) {
		memcpy(out, &n, size);
		return 0;
	}
	if (!json_object_is_type(v, json_type_array) || json_object_array_length(v) != size) {
		snprintf(why, len, "%zu bytes are needed, not %.80s", size,
			 json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN));
		return -EINVAL;
	}
	for (i = 0; i < size; i++) {
		struct json_object *one = json_object_array_get_idx(v, i);

		if (number(one, &n) || n > UINT8_MAX) {
			snprintf(why, len, "no byte: %.40s", json_object_to_json_string(one));
			return -EINVAL;
		}
		bytes[i] = n;
	}
	return 0;
}
