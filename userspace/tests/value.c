// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/btf.h>
#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include "core/util.h"
#include "prog/value.h"
#include "unit.h"

static struct btf *btf;
static int u8, u16, u32, s32, u64, chars, words, color, wide, inner, outer, loop, func;
static uint8_t out[64];
static char why[128];

/*
 * struct inner { u8 a:3, b:5; u16 c; };
 * struct outer { u32 n; struct inner in; char name[4]; union { u32 x; u8 y; }; enum color e; };
 */
static void types_begin(void)
{
	int nameless;

	btf = btf__new_empty();
	u8 = btf__add_int(btf, "u8", 1, 0);
	u16 = btf__add_int(btf, "u16", 2, 0);
	u32 = btf__add_int(btf, "u32", 4, 0);
	s32 = btf__add_int(btf, "s32", 4, BTF_INT_SIGNED);
	u64 = btf__add_int(btf, "u64", 8, 0);
	chars = btf__add_array(btf, u32, u8, 4);
	words = btf__add_array(btf, u32, u32, 3);
	color = btf__add_enum(btf, "color", 4);
	btf__add_enum_value(btf, "RED", 1);
	btf__add_enum_value(btf, "GREEN", 7);
	wide = btf__add_enum64(btf, "wide", 8, false);
	btf__add_enum64_value(btf, "FAR", 1ULL << 40);
	inner = btf__add_struct(btf, "inner", 4);
	btf__add_field(btf, "a", u8, 0, 3);
	btf__add_field(btf, "b", u8, 3, 5);
	btf__add_field(btf, "c", u16, 16, 0);
	nameless = btf__add_union(btf, "", 4);
	btf__add_field(btf, "x", u32, 0, 0);
	btf__add_field(btf, "y", u8, 0, 0);
	outer = btf__add_struct(btf, "outer", 20);
	btf__add_field(btf, "n", u32, 0, 0);
	btf__add_field(btf, "in", inner, 32, 0);
	btf__add_field(btf, "name", chars, 64, 0);
	btf__add_field(btf, "", nameless, 96, 0);
	btf__add_field(btf, "e", color, 128, 0);
	func = btf__add_func_proto(btf, 0);
	/* a typedef of itself, as no compiler makes it */
	loop = btf__type_cnt(btf);
	btf__add_typedef(btf, "loop", loop);
}

static void types_end(void)
{
	btf__free(btf);
}

/* By that type, of so many bytes, from JSON; what it does not write is 0xee */
static int put(int type, size_t size, const char *json)
{
	struct json_object *v = json_tokener_parse(json);
	int ret;

	memset(out, 0xee, sizeof(out));
	memset(why, 0, sizeof(why));
	ret = value_of_type(btf, type, v, out, size, why, sizeof(why));
	json_object_put(v);
	CHECK(ret == 0 || *why);
	CHECK_INT(out[size], 0xee);
	return ret;
}

static uint64_t got(size_t at, size_t size)
{
	uint64_t n = 0;

	memcpy(&n, out + at, size);
	return n;
}

static void numbers(void)
{
	types_begin();
	CHECK_INT(put(u32, 4, "5"), 0);
	CHECK_INT(got(0, 4), 5);
	CHECK_INT(put(u32, 4, "\"0x10\""), 0);
	CHECK_INT(got(0, 4), 16);
	CHECK_INT(put(u8, 1, "\"'a'\""), 0);
	CHECK_INT(got(0, 1), 'a');
	CHECK_INT(put(u8, 1, "true"), 0);
	CHECK_INT(got(0, 1), 1);
	CHECK_INT(put(s32, 4, "-1"), 0);
	CHECK_INT(got(0, 4), 0xffffffff);
	CHECK_INT(put(u64, 8, "18446744073709551615"), 0);
	CHECK(got(0, 8) == UINT64_MAX);
	CHECK_INT(put(u64, 8, "\"-9223372036854775808\""), 0);
	CHECK(got(0, 8) == 1ULL << 63);
	/* a number that has no room loses no bits */
	CHECK_INT(put(u8, 1, "255"), 0);
	CHECK_INT(put(u8, 1, "256"), -EINVAL);
	CHECK_INT(put(u8, 1, "-128"), 0);
	CHECK_INT(put(u8, 1, "-129"), -EINVAL);
	CHECK_INT(put(u64, 8, "\"18446744073709551616\""), -EINVAL);
	CHECK_INT(put(u32, 4, "\"5x\""), -EINVAL);
	CHECK_INT(put(u32, 4, "\"\""), -EINVAL);
	CHECK_INT(put(u32, 4, "1.5"), -EINVAL);
	CHECK_INT(put(u32, 4, "[5]"), -EINVAL);
	CHECK_INT(put(u32, 4, "null"), -EINVAL);
	types_end();
}

static void enums(void)
{
	types_begin();
	CHECK_INT(put(color, 4, "\"GREEN\""), 0);
	CHECK_INT(got(0, 4), 7);
	CHECK_INT(put(color, 4, "3"), 0);
	CHECK_INT(got(0, 4), 3);
	CHECK_INT(put(color, 4, "\"BLUE\""), -EINVAL);
	CHECK_INT(put(wide, 8, "\"FAR\""), 0);
	CHECK(got(0, 8) == 1ULL << 40);
	types_end();
}

static void arrays(void)
{
	types_begin();
	CHECK_INT(put(words, 12, "[1, \"0x2\"]"), 0);
	CHECK_INT(got(0, 4), 1);
	CHECK_INT(got(4, 4), 2);
	CHECK_INT(got(8, 4), 0xeeeeeeee);
	CHECK_INT(put(words, 12, "[1, 2, 3, 4]"), -EINVAL);
	CHECK_INT(put(words, 8, "[1]"), -EINVAL);
	CHECK_INT(put(words, 12, "\"abc\""), -EINVAL);
	CHECK_INT(put(chars, 4, "\"abcd\""), 0);
	CHECK(!memcmp(out, "abcd", 4));
	CHECK_INT(put(chars, 4, "\"abcde\""), -EINVAL);
	CHECK_INT(put(chars, 4, "[97, 98]"), 0);
	CHECK(!memcmp(out, "ab", 2));
	types_end();
}

static void structs(void)
{
	types_begin();
	CHECK_INT(put(outer, 20, "{\"n\": 9, \"in\": {\"a\": 5, \"b\": 17, \"c\": 513},\n"
			"\"name\": \"ab\", \"x\": 7, \"e\": \"RED\"}"), 0);
	CHECK_INT(got(0, 4), 9);
	CHECK_INT(got(4, 1), 5 | 17 << 3);
	CHECK_INT(got(6, 2), 513);
	CHECK(!memcmp(out + 8, "ab", 2));
	CHECK_INT(got(12, 4), 7);
	CHECK_INT(got(16, 4), 1);
	/* a member of bits leaves its neighbours alone */
	CHECK_INT(put(inner, 4, "{\"a\": 0}"), 0);
	CHECK_INT(got(0, 1), 0xe8);
	CHECK_INT(put(inner, 4, "{\"a\": 8}"), -EINVAL);
	CHECK_INT(put(outer, 20, "{\"m\": 1}"), -EINVAL);
	CHECK_HAS(why, "\"m\"");
	CHECK_INT(put(outer, 20, "[1]"), -EINVAL);
	/* a type that says more than the map has */
	CHECK_INT(put(outer, 8, "{\"e\": 1}"), -EINVAL);
	types_end();
}

static void no_types(void)
{
	types_begin();
	CHECK_INT(put(func, 8, "1"), -EINVAL);
	CHECK_INT(put(4711, 8, "1"), -EINVAL);
	CHECK_INT(put(loop, 8, "1"), -EINVAL);
	types_end();
}

static int bytes(const char *json, size_t size, bool is)
{
	struct json_object *v = json_tokener_parse(json);
	int ret;

	memset(out, 0xee, sizeof(out));
	CHECK_INT(value_is_bytes(v), is);
	ret = value_of_bytes(v, out, size, why, sizeof(why));
	json_object_put(v);
	CHECK_INT(out[size], 0xee);
	return ret;
}

static void hex(void)
{
	CHECK_INT(bytes("[\"0x01\", \"0xff\"]", 2, true), 0);
	CHECK_INT(got(0, 2), 0xff01);
	CHECK_INT(bytes("[1, 2]", 2, false), 0);
	CHECK_INT(bytes("[\"0x01\"]", 2, true), -EINVAL);
	CHECK_INT(bytes("[\"0x01\", \"0x02\", \"0x03\"]", 2, true), -EINVAL);
	CHECK_INT(bytes("[\"0x01\", \"0x100\"]", 2, true), -EINVAL);
	CHECK_INT(bytes("[\"0x01\", \"\"]", 2, true), -EINVAL);
	CHECK_INT(bytes("{}", 2, false), -EINVAL);
	CHECK_INT(bytes("513", 4, false), 0);
	CHECK_INT(got(0, 4), 513);
	CHECK_INT(bytes("-1", 2, false), 0);
	CHECK_INT(got(0, 2), 0xffff);
	CHECK_INT(bytes("65536", 2, false), -EINVAL);
	CHECK_INT(bytes("1", 16, false), -EINVAL);
	CHECK_INT(bytes("[]", 2, false), -EINVAL);
}

const struct unit value_units[] = {
	{ "value: numbers", numbers },
	{ "value: enums", enums },
	{ "value: arrays and texts", arrays },
	{ "value: structs, bits, nameless members", structs },
	{ "value: what has no value", no_types },
	{ "value: hex digits", hex },
	{ 0 }
};
