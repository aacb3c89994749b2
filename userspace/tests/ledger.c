// SPDX-License-Identifier: GPL-2.0-only
#include "core/ledger.h"
#include "core/util.h"
#include "report/result.h"
#include "unit.h"

static void judges(void)
{
	struct ledger l[] = {
		{ "sent", 5, 5 }, { "received", 5, 5 }, { "dropped", 0, 0 }, { NULL },
	};
	char text[64];

	CHECK(ledger_exact(l, text, sizeof(text)));
	CHECK_STR(text, "5 sent, 5 received, 0 dropped");
	l[1].is = 4;
	CHECK(!ledger_exact(l, text, sizeof(text)));
	CHECK_STR(text, "5 sent, 4 received, 0 dropped");
	l[1].is = 5;
	l[2].is = 1;
	CHECK(!ledger_exact(l, text, sizeof(text)));
	CHECK_STR(text, "5 sent, 5 received, 1 dropped instead of 0");
	/* one too many is as wrong as one too few; a text that is cut is no matter */
	l[2] = (struct ledger){ "dropped", 6, 5 };
	CHECK(!ledger_exact(l, text, 8));
	CHECK_STR(text, "5 sent,");
}

static const char *reason(struct json_object *o, size_t i, const char *field)
{
	struct json_object *v = o;

	v = json_object_array_get_idx(json_object_object_get(v, "tables"), 0);
	v = json_object_array_get_idx(json_object_object_get(v, "rows"), 0);
	v = json_object_array_get_idx(json_object_object_get(v, "reasons"), i);
	return v ? json_object_get_string(json_object_object_get(v, field)) : "none";
}

/* A row has the code of each reason, and those of the weakest verdict only */
static void weakens(void)
{
	const struct ledger good[] = { { "sent", 2, 2 }, { "read", 2, 2 }, { NULL } };
	const struct ledger bad[] = { { "sent", 2, 2 }, { "read", 1, 2 }, { NULL } };
	struct result *res = result_new("unit", "a bench");
	struct table *t = result_table(res, "t", "a table");
	struct row *row = table_row(t, "r", "a row");
	struct json_object *o;

	row_reason(row, VALIDITY_INDICATIVE, "spread", "it spreads");
	CHECK(row_ledger(row, "socket", NULL, good));
	o = result_json(res);
	CHECK_STR(reason(o, 0, "code"), "spread");
	CHECK_STR(reason(o, 0, "text"), "it spreads");
	CHECK_STR(reason(o, 1, "code"), "none");
	json_object_put(o);

	CHECK(!row_ledger(row, "socket", "LRU", bad));
	row_weaken(row, VALIDITY_INVALID, "or so");
	/* a weaker one does not matter any more, nor does the same again */
	row_reason(row, VALIDITY_INDICATIVE, "few", "too few");
	row_weaken(row, VALIDITY_INVALID, "or so");
	o = result_json(res);
	CHECK_STR(reason(o, 0, "code"), "socket");
	CHECK_STR(reason(o, 0, "text"), "LRU: 2 sent, 1 read");
	CHECK_STR(reason(o, 1, "code"), "other");
	CHECK_STR(reason(o, 2, "code"), "none");
	json_object_put(o);
	result_free(res);
}

const struct unit ledger_units[] = {
	{ "ledger: what all have seen", judges },
	{ "ledger: a row's reasons and their codes", weakens },
	{ 0 }
};
