// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/probe_priv.h"
#include "probe.h"
#include "unit.h"

const char probe_good[] =
	"hookcost 2 hook udp\n"
	"enabled 0\n"
	"clock plain 1000000\n"
	"unstamped 3\n"
	"unsited 0\n"
	"backward 1\n"
	"phase reach reads 1 count 1000 sum 64504 min 40 max 66\n"
	"b 40 40 12\n"
	"b 64 65 887\n"
	"b 66 67 101\n"
	"phase floor reads 1 count 4 sum 41 min 10 max 11\n"
	"b 10 10 3\n"
	"b 11 11 1\n";

int probe_parse_text(const char *text, const char *hook, struct probe_hook *h, char *why)
{
	char *copy = xstrdup(text);
	int ret = probe_parse_hook(copy, strlen(text), hook, h, why, 256);

	free(copy);
	return ret;
}

static void good_table(void)
{
	struct probe_hook h;
	char why[256] = "";
	const struct probe_phase *p;

	CHECK_INT(probe_parse_text(probe_good, "udp", &h, why), 0);
	CHECK_STR(why, "");
	CHECK_STR(h.name, "udp");
	CHECK_STR(h.clock_mode, "plain");
	CHECK_NEAR(h.khz, 1e6, 0);
	CHECK(!h.enabled);
	CHECK_INT(h.unstamped, 3);
	CHECK_INT(h.backward, 1);
	CHECK_INT(h.nphases, 2);
	p = probe_phase(&h, "reach");
	CHECK(p);
	CHECK_INT(p->reads, 1);
	CHECK_INT(p->count, 1000);
	CHECK_INT(p->sum, 64504);
	CHECK_INT(p->nbuckets, 3);
	CHECK_INT(p->bucket[1].lo, 64);
	CHECK_INT(p->bucket[1].hi, 65);
	CHECK_INT(p->bucket[1].count, 887);
	CHECK(!probe_phase(&h, "total"));
	probe_hook_free(&h);
}

static void every_hook(void)
{
	static const char redirect[] = "phase redirect reads 1 count 0 sum 0 min 0 max 0\n";
	char text[2048], why[256];
	struct probe_hook h;
	size_t i, n;

	for (i = 0; hook_table(i); i++) {
		bool socket = i >= 3;

		n = (size_t)snprintf(text, sizeof(text),
				     "hookcost 2 hook %s\nenabled 1\nclock ordered 2100000\n"
				     "unstamped 0\nunsited 0\nbackward 0\n"
				     "phase reach reads 1 count 0 sum 0 min 0 max 0\n",
				     hook_table(i));
		if (!socket)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "phase %s reads 1 count 0 sum 0 min 0 max 0\n"
					      "phase prog reads 1 count 0 sum 0 min 0 max 0\n"
					      "phase prep reads 2 count 0 sum 0 min 0 max 0\n"
					      "phase verdict reads 1 count 0 sum 0 min 0 max 0\n"
					      "%sphase total reads 3 count 0 sum 0 min 0 max 0\n",
					      i == 2 ? "dequeue" : "entry",
					      i == 2 ? redirect : "");
		snprintf(text + n, sizeof(text) - n,
			 "phase floor reads 1 count 0 sum 0 min 0 max 0\n");
		CHECK_INT(probe_parse_text(text, hook_table(i), &h, why), 0);
		CHECK(h.enabled);
		CHECK_INT(h.nphases, socket ? 2 : i == 2 ? 8 : 7);
		probe_hook_free(&h);
	}
}

/* The kernel says which phases there are; no more than there is room for, and each once */
static void other_phases(void)
{
	char why[256], more[64], *text, *longer;
	struct probe_hook h;
	int i;

	text = probe_replaced(probe_good, "phase floor",
			      "phase later reads 1 count 0 sum 0 min 0 max 0\nphase floor");
	CHECK_INT(probe_parse_text(text, "udp", &h, why), 0);
	CHECK_INT(h.nphases, 3);
	CHECK(probe_phase(&h, "later"));
	probe_hook_free(&h);
	for (i = 3; i <= PROBE_MAX_PHASES; i++) {
		snprintf(more, sizeof(more),
			 "phase more%d reads 1 count 0 sum 0 min 0 max 0\nphase floor", i);
		longer = probe_replaced(text, "phase floor", more);
		free(text);
		text = longer;
		CHECK_INT(probe_parse_text(text, "udp", &h, why),
			  i < PROBE_MAX_PHASES ? 0 : -EBADMSG);
		probe_hook_free(&h);
	}
	CHECK_HAS(why, "more than");
	free(text);
}

/* One replacement in the good table makes it corrupt; says what the reader objects to */
static const struct {
	const char *from, *to, *why;
} corruptions[] = {
	{ "hookcost 2", "hookcost 3", "version 3" },
	{ "hookcost 2 hook", "hookkost 2 hook", "\"hookkost\"" },
	{ "hook udp", "hook tcp", "table of tcp, not of udp" },
	{ "enabled 0", "enabled 2", "neither 0 nor 1" },
	{ "enabled 0\n", "", "line 2: \"clock\" stands where \"enabled\"" },
	{ "clock plain", "clock fancy", "clock mode \"fancy\"" },
	{ "plain 1000000", "plain 0", "0 kHz" },
	{ "plain 1000000", "plain -1000000", "\"-1000000\" is no number" },
	{ "plain 1000000", "plain 1000000000000", "kHz" },
	{ "unstamped 3", "unstamped 3 4", "too many" },
	{ "unstamped 3", "unstamped", "too few" },
	{ "backward 1", "backward 0x1", "\"0x1\" is no number" },
	{ "backward 1", "backward  1", "empty field" },
	{ "backward 1", "backward 1\n", "empty field" },
	{ "count 1000", "count 1001", "do not add up" },
	{ "count 1000", "count 18446744073709551616", "is no number" },
	{ "count 1000", "count 99999999999999999999", "is no number" },
	{ "count 1000", "count -1", "\"-1\" is no number" },
	{ "sum 64504", "sum 1", "sum 1 of reach" },
	{ "sum 64504", "sum 18446744073709551615", "sum 18446744073709551615" },
	{ "min 40 ", "min 41 ", "min 41 of reach" },
	{ "max 66", "max 68", "max 68 of reach" },
	{ "reads 1 count 1000", "reads 99 count 1000", "99 clock reads" },
	{ "reads 1 count 1000", "count 1000 reads 1", "stands where \"reads\"" },
	{ "b 40 40 12", "b 40 39 12", "from 40 to 39" },
	{ "b 64 65 887", "b 40 65 887", "overlaps" },
	{ "b 64 65 887", "b 64 66 887", "line 10: bucket from 66 overlaps" },
	{ "b 40 40 12\nb 64 65 887", "b 64 65 887\nb 40 40 12", "precedes" },
	{ "b 40 40 12", "b 40 40 0", "empty bucket" },
	{ "b 40 40 12", "b 40 40", "too few" },
	{ "b 64 65 887", "b 64 65 18446744073709551615", "do not add up" },
	{ "b 64 65 887\n", "", "do not add up" },
	{ "phase floor", "phase flour", "phase floor is missing" },
	{ "phase floor", "phase reach", "phase reach is there twice" },
	{ "phase floor", "phase a_name_with_16_c", "longer than 15" },
	{ "phase floor", "faze floor", "phase floor is missing" },
	{ "phase reach", "phase floor", "phase reach is missing" },
	{ "b 11 11 1\n", "b 11 11 1\nphase reach reads 1 count 0 sum 0 min 0 max 0\n",
	  "after the last phase" },
	{ "b 11 11 1\n", "b 11 11 1\nand more\n", "after the last phase" },
	{ "count 4 sum 41 min 10 max 11\nb 10 10 3\nb 11 11 1\n",
	  "count 0 sum 41 min 10 max 11\n", "no sample" },
	{ "b 11 11 1\n", "b 11 11 1", "no end" },
};

char *probe_replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	if (!at)
		return NULL;
	return xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void corrupt_tables(void)
{
	struct probe_hook h;
	char why[256], *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(corruptions); i++) {
		text = probe_replaced(probe_good, corruptions[i].from, corruptions[i].to);
		CHECK(text);
		why[0] = '\0';
		CHECK_INT(probe_parse_text(text, "udp", &h, why), -EBADMSG);
		CHECK_HAS(why, corruptions[i].why);
		CHECK_INT(h.nphases, 0);
		free(text);
	}
}

/* Cut anywhere, a table is never taken for a whole one */
static void truncated_tables(void)
{
	struct probe_hook h;
	char why[256], *text;
	size_t n;

	for (n = 0; n < strlen(probe_good); n++) {
		text = xasprintf("%.*s", (int)n, probe_good);
		if (probe_parse_text(text, "udp", &h, why) != -EBADMSG)
			unit_fail(__FILE__, __LINE__, "the first %zu bytes pass", n);
		free(text);
	}
}

static void binary_tables(void)
{
	char text[sizeof(probe_good)], why[256] = "";
	struct probe_hook h;

	memcpy(text, probe_good, sizeof(probe_good));
	text[50] = '\0';
	CHECK_INT(probe_parse_hook(text, sizeof(probe_good) - 1, "udp", &h, why, sizeof(why)),
		  -EBADMSG);
	CHECK_HAS(why, "NUL");
	memset(text, 0xff, sizeof(text));
	CHECK_INT(probe_parse_hook(text, sizeof(text), "udp", &h, why, sizeof(why)), -EBADMSG);
	CHECK_INT(probe_parse_text(probe_good, "icmp", &h, why), -EBADMSG);
}

/* A hook that is on may be some samples ahead of its buckets, but not far */
static void moving_table(void)
{
	static const struct {
		const char *from, *to;
		int ret;
	} near[] = {
		{ "sum 64504 min 40 max 66", "sum 66004 min 40 max 66", 0 },
		{ "sum 64504 min 40 max 66", "sum 63004 min 39 max 80", 0 },
		{ "sum 64504 min 40 max 66", "sum 99999 min 40 max 66", -EBADMSG },
		{ "count 1000", "count 1001", -EBADMSG },
	};
	char why[256], *on, *text;
	struct probe_hook h;
	size_t i;

	on = probe_replaced(probe_good, "enabled 0", "enabled 1");
	for (i = 0; i < ARRAY_SIZE(near); i++) {
		text = probe_replaced(on, near[i].from, near[i].to);
		CHECK_INT(probe_parse_text(text, "udp", &h, why), near[i].ret);
		if (!near[i].ret) {
			CHECK(h.phase[0].min >= 40 && h.phase[0].max <= 67);
			probe_hook_free(&h);
		}
		free(text);
		text = probe_replaced(probe_good, near[i].from, near[i].to);
		CHECK_INT(probe_parse_text(text, "udp", &h, why), -EBADMSG);
		free(text);
	}
	free(on);
}

static void clock_table(void)
{
	static const char text[] =
		"hookcost 2 clock\nsource tsc\nmode plain\nkhz 2100000\n"
		"floor plain count 4096 min 20 median 22 max 300\n"
		"floor ordered count 4096 min 40 median 44 max 400\n";
	static const char *const bad[][2] = {
		{ "khz 2100000", "khz 0" }, { "mode plain", "mode none" },
		{ "floor plain", "floor fast" }, { "median 22", "median 19" },
		{ "max 400\n", "max 400\nmore\n" }, { "source tsc\n", "" },
		{ "hookcost 2", "hookcost 3" }, { "max 400\n", "max 40\n" },
	};
	struct probe_clock c;
	char why[256], *copy;
	size_t i;

	copy = xstrdup(text);
	CHECK_INT(probe_parse_clock(copy, strlen(text), &c, why, sizeof(why)), 0);
	CHECK_STR(c.source, "tsc");
	CHECK_STR(c.mode, "plain");
	CHECK_NEAR(c.khz, 2.1e6, 0);
	CHECK_NEAR(c.floor_plain, 22, 0);
	CHECK_NEAR(c.floor_ordered, 44, 0);
	free(copy);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		copy = probe_replaced(text, bad[i][0], bad[i][1]);
		CHECK_INT(probe_parse_clock(copy, strlen(copy), &c, why, sizeof(why)),
			  -EBADMSG);
		free(copy);
	}
}

static void native_table(void)
{
	static const char text[] =
		"hookcost 2 native\nactive fib\narg 20\n"
		"device eth1 3 4026531840\n"
		"program hard_drop max 0 owner kernel\n"
		"program fib max 5120 owner hookcost_native\n";
	static const char *const bad[][2] = {
		{ "arg 20", "arg -1" }, { "max 5120", "most 5120" },
		{ "program fib", "program a_name_that_is_longer_than_any_program_has" },
		{ "active fib\n", "" }, { "owner kernel", "owner" }, { "eth1 3", "eth1 0" },
		{ "eth1 3", "eth1" }, { "4026531840", "-1" },
	};
	struct probe_native n;
	char why[256], *copy;
	size_t i;

	copy = xstrdup(text);
	CHECK_INT(probe_parse_native(copy, strlen(text), &n, why, sizeof(why)), 0);
	CHECK_STR(n.active, "fib");
	CHECK_INT(n.arg, 20);
	CHECK_INT(n.ndevices, 1);
	CHECK_STR(n.device[0].name, "eth1");
	CHECK_INT(n.device[0].ifindex, 3);
	CHECK_INT(n.nprograms, 2);
	CHECK_STR(n.program[1], "fib");
	CHECK_INT(n.arg_max[1], 5120);
	CHECK_STR(n.owner[1], "hookcost_native");
	CHECK(probe_native_usable(&n, "fib", why, sizeof(why)));
	CHECK(!probe_native_usable(&n, "sum", why, sizeof(why)));
	CHECK_HAS(why, "no program sum");
	CHECK(!probe_native_usable(&n, "hard_sum", why, sizeof(why)));
	CHECK_HAS(why, "CONFIG_HOOKCOST_HARDCODED");
	free(copy);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		copy = probe_replaced(text, bad[i][0], bad[i][1]);
		CHECK_INT(probe_parse_native(copy, strlen(copy), &n, why, sizeof(why)),
			  -EBADMSG);
		free(copy);
	}
}

/* Through the files: one line on stderr that names file and line */
static void files(void)
{
	char hooks[64], why[256], *text;
	struct probe_hook h;

	setenv("HOOKCOST_DEBUGFS", unit_folder(), 1);
	CHECK_STR(probe_root(), unit_folder());
	CHECK(probe_available(why, sizeof(why)) < 0);
	unit_write("enable", "xdp tc\n");
	CHECK_INT(probe_available(why, sizeof(why)), 0);
	CHECK_INT(probe_enabled(hooks, sizeof(hooks)), 0);
	CHECK_STR(hooks, "xdp tc");
	unit_write("hooks/udp", probe_good);
	CHECK_INT(probe_read_hook("udp", &h), 0);
	probe_hook_free(&h);

	text = probe_replaced(probe_good, "count 1000", "count 1001");
	unit_write("hooks/udp", text);
	free(text);
	unit_capture();
	CHECK_INT(probe_read_hook("udp", &h), -EBADMSG);
	text = xstrdup(unit_captured());
	CHECK_HAS(text, "corrupt table");
	CHECK_HAS(text, "hooks/udp: line 11: the buckets of reach");
	CHECK(strchr(text, '\n') == text + strlen(text) - 1);
	free(text);

	unit_capture();
	CHECK_INT(probe_read_hook("tcp", &h), -ENOENT);
	CHECK_HAS(unit_captured(), "cannot read");

	unit_capture();
	CHECK_INT(probe_set_native("fib", 20, "eth1"), -ENOENT);
	CHECK_HAS(unit_captured(), "cannot write \"fib 20 dev eth1\"");
	unsetenv("HOOKCOST_DEBUGFS");
}

const struct unit probe_units[] = {
	{ "probe: a good table", good_table },
	{ "probe: the phases of every hook", every_hook },
	{ "probe: phases that the kernel alone knows", other_phases },
	{ "probe: corrupt tables", corrupt_tables },
	{ "probe: tables cut anywhere", truncated_tables },
	{ "probe: tables that are no text", binary_tables },
	{ "probe: a table that moves while it is written", moving_table },
	{ "probe: the clock's table", clock_table },
	{ "probe: the native programs' table", native_table },
	{ "probe: errors name file and line", files },
	{ 0 }
};
