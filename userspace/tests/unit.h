/* SPDX-License-Identifier: GPL-2.0-only */
/* Unit tests, reported in KTAP; a file is one suite */
#ifndef HOOKCOST_UNIT_H
#define HOOKCOST_UNIT_H

#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "core/compiler.h"

struct unit {
	const char *name;
	void (*run)(void);
};

extern const struct unit stats_units[], probe_units[], result_units[], run_units[],
			 probe_hist_units[], env_units[], ledger_units[],
			 table_units[], crossing_units[], device_units[],
			 mlx5sim_units[], replies_units[],
			 tool_units[], traffic_tools_units[],
			 zipf_units[], counter_units[],
			 report_units[], compare_units[], guard_units[], channel_units[],
			 clocks_units[], target_units[], merge_units[],
			 paired_units[], versus_units[], spread_units[],
			 cpu_units[], generator_units[], disasm_units[], lock_units[],
			 attached_units[], inuse_units[], json_units[], near_units[],
			 summary_units[], watch_units[], gate_units[], headers_units[],
			 value_units[], findings_units[];

/* Says which condition failed, and marks the running test as failed */
void unit_fail(const char *file, int line, const char *fmt, ...)
	__printf(3, 4);

/* Folder for the test's files, removed at the end */
const char *unit_folder(void);
void unit_write(const char *path, const char *text);

/* Standard error goes to a file until unit_captured(), which gives its text (static) */
void unit_capture(void);
const char *unit_captured(void);

#define EPS (1 / 1e9)	/* rounding */

#define CHECK(cond) do {						\
	if (!(cond))							\
		unit_fail(__FILE__, __LINE__, "%s", #cond);		\
} while (0)

#define CHECK_NEAR(got, want, within) do {				\
	double _got = (got), _want = (want);				\
	if (!(fabs(_got - _want) <= (within)))				\
		unit_fail(__FILE__, __LINE__, "%s is %.9g, not %.9g",	\
			  #got, _got, _want);				\
} while (0)

#define CHECK_INT(got, want) do {					\
	long long _got = (long long)(got), _want = (long long)(want);	\
	if (_got != _want)						\
		unit_fail(__FILE__, __LINE__, "%s is %lld, not %lld",	\
			  #got, _got, _want);				\
} while (0)

#define CHECK_STR(got, want) do {					\
	const char *_got = (got), *_want = (want);			\
	if (!_got || strcmp(_got, _want))				\
		unit_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", \
			  #got, _got ? _got : "(null)", _want);		\
} while (0)

/* Part of a text */
#define CHECK_HAS(got, part) do {					\
	const char *_got = (got), *_part = (part);			\
	if (!_got || !strstr(_got, _part))				\
		unit_fail(__FILE__, __LINE__, "%s is \"%s\", without \"%s\"", \
			  #got, _got ? _got : "(null)", _part);		\
} while (0)

#endif /* HOOKCOST_UNIT_H */
