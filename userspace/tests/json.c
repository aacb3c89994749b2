// SPDX-License-Identifier: GPL-2.0-only
#include <json-c/json.h>
#include "core/json.h"
#include "unit.h"

static void check_string(const char *val, const char *want)
{
	struct json_object *o = json_string(val);

	CHECK_STR(json_object_get_string(o), want);
	json_object_put(o);
}

/* A netdev's name may have any bytes */
static void strings(void)
{
	check_string("", "");
	check_string("eth0", "eth0");
	check_string("\xc3\xa4 \xe2\x82\xac", "\xc3\xa4 \xe2\x82\xac");
	check_string("\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7");
	check_string("nic\xff", "nic\\xff");
	/* alone, cut short, too long, a surrogate, beyond the last */
	check_string("\x80", "\\x80");
	check_string("a\xe2\x82", "a\\xe2\\x82");
	check_string("\xc0\xaf", "\\xc0\\xaf");
	check_string("\xed\xa0\x80", "\\xed\\xa0\\x80");
	check_string("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

const struct unit json_units[] = {
	{ "json: strings are UTF-8", strings },
	{ NULL }
};
