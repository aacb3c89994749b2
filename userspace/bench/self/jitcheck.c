// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same eBPF programs under two kernels' JITs: run once on the host with
 * --json FILE, then in the target with --baseline FILE.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/disasm.h"
#include "kernel/env_judge.h"
#include "measure/testrun.h"
#include "report/results.h"
#include "jitcheck.skel.h"

/*
 * Best of many short batches: what disturbs a batch only lengthens it. A kernel puts each
 * program that it loads at a random place, and a loop that lies badly (across a line of the
 * cache, of decoded instructions) can take half as long again: so there are several of each.
 */
#define LOADS		20
/* Further ones, as long as the best of them contradict what is expected */
#define EXTRA		30
#define SHORT_BATCHES	20
#define SHORT_SHARE	50
#define LIMIT		0.05

#define IF_BASELINE	IF_OWN

static const struct column_def columns[] = {
	{ "ns", "time", "ns/run", 0 },
	{ "median", "median", "ns/run", 0 },
	{ "insns", "loop", "insns", 0 },
	{ "host_ns", "baseline", "ns/run", 0, NULL, IF_BASELINE },
	{ "host_insns", "loop", "insns", 0, NULL, IF_BASELINE },
	{ "ratio", "ratio", "", 3, NULL, IF_BASELINE },
	{ "within", "within 5 %", "", 0, NULL, IF_BASELINE },
	{ }
};

/* A program has its row's key as its name */
static const struct row_def rows[] = {
	{ "jit_fib", "fib(2560)" },
	{ "jit_sum", "64 bytes, 64 times" },
	{ "jit_copy", "copy 4 KB by u64, 8 times" },
	{ "jit_array", "1024 array look-ups" },
	{ "jit_branch", "1024 random branches" },
	{ "jit_divide", "1024 divisions" },
	{ "jit_alu32", "1024 32-bit xorshifts" },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "jitcheck",
		.title = "Loops of JITed code: the best of many short batches",
		.columns = columns,
		.rows = rows,
	},
	{ }
};

struct jitcheck {
	struct result *res;
	struct jitcheck_bpf *skel[LOADS];
	struct json_object *file, *rows;	/* the baseline, if any */
	unsigned int repetitions;
	unsigned int compared, within, differ;
};

static struct json_object *member(struct json_object *o, const char *key)
{
	struct json_object *val;

	return json_object_object_get_ex(o, key, &val) ? val : NULL;
}

/* The element of an array of objects whose `key` is `val` */
static struct json_object *element(struct json_object *array, const char *key, const char *val)
{
	size_t i;

	if (!json_object_is_type(array, json_type_array))
		return NULL;
	for (i = 0; i < json_object_array_length(array); i++) {
		struct json_object *o = json_object_array_get_idx(array, i);
		const char *have = json_object_get_string(member(o, key));

		if (have && !strcmp(have, val))
			return o;
	}
	return NULL;
}

static double number(struct json_object *o)
{
	return json_object_is_type(o, json_type_double) ||
	       json_object_is_type(o, json_type_int) ? json_object_get_double(o) : NAN;
}

/* A baseline that cannot be used is an error, one in which nothing was measured is not */
static int read_baseline(struct jitcheck *j, const char *path)
{
	struct json_object *bench, *table;
	const char *schema, *kernel;
	char *text = slurp(path, NULL);

	j->file = text ? json_tokener_parse(text) : NULL;
	free(text);
	schema = json_object_get_string(member(j->file, "schema"));
	if (!schema || !results_schema(schema)) {
		err("%s is no result of hookcost run --json (schema %s or an earlier one)", path,
		    HOOKCOST_SCHEMA);
		return -EINVAL;
	}
	bench = element(member(j->file, "benches"), "name", "jitcheck");
	table = element(member(bench, "tables"), "key", "jitcheck");
	j->rows = member(table, "rows");
	if (!j->rows) {
		err("%s holds no jitcheck; make it with: hookcost run jitcheck --json %s", path,
		    path);
		return -EINVAL;
	}
	kernel = json_object_get_string(member(results_environment(j->file, bench), "kernel"));
	result_note(j->res, "Baseline: %s, kernel %s.", path, kernel ?: "unknown");
	return 0;
}

static void compare(struct jitcheck *j, struct row *row, const char *key, double ns,
		    unsigned int insns)
{
	struct json_object *base = element(j->rows, "key", key), *cells, *reason;
	double host, host_insns;

	cells = member(base, "cells");
	host = number(member(cells, "ns"));
	host_insns = number(member(cells, "insns"));
	if (!isfinite(host) || host <= 0) {
		reason = member(base, "reason");
		row_text(row, "within", "not measured");
		result_note(j->res, "%s: not measured on the baseline: %s", key,
			    reason ? json_object_get_string(reason) : "it has no such row");
		return;
	}
	row_set(row, "host_ns", host);
	if (isfinite(host_insns))
		row_set(row, "host_insns", host_insns);
	if (!insns || insns != host_insns) {
		j->differ++;
		row_text(row, "within", "other code");
		return;
	}
	row_set(row, "ratio", ns / host);
	j->compared++;
	if (ns / host <= 1 + LIMIT) {
		j->within++;
		row_text(row, "within", ns / host < 1 - LIMIT ? "faster" : "yes");
	} else {
		row_text(row, "within", "no");
	}
}

static void put_code(struct row *row, int fd, unsigned int *insns)
{
	struct disasm_loop loop;
	int ret;

	*insns = 0;
	ret = disasm_loop_prog(fd, &loop);
	if (ret) {
		row_text(row, "insns", ret == -EPERM ? "hidden" :
			 ret == -ENODATA ? "not JITed" : strerror(-ret));
		if (ret == -ENODATA)
			row_reason(row, VALIDITY_INVALID, "code",
				   "the program was not JITed");
		return;
	}
	*insns = loop.insns;
	row_set(row, "insns", loop.insns);
	row_detail(row, "loop_bytes", json_object_new_int(loop.bytes));
}

/* One repetition: the best batch of N runs, and the best one of 2N, of all LOADS */
static int repeat(const struct testrun *runs, uint64_t units, double *one, double *two)
{
	struct testrun run;
	double ns1, ns2;
	int i;

	*one = INFINITY;
	*two = INFINITY;
	for (i = 0; i < SHORT_BATCHES; i++) {
		if (interrupted())
			return -EINTR;
		run = runs[i % LOADS];
		ns1 = testrun_batch(&run, units);
		ns2 = testrun_batch(&run, 2 * units);
		if (ns1 < 0 || ns2 < 0)
			return interrupted() ? -EINTR : ns1 < 0 ? ns1 : ns2;
		*one = fmin(*one, ns1 / units);
		*two = fmin(*two, ns2 / (2 * units));
	}
	return 0;
}

static double best(const double *v, unsigned int n)
{
	double least = INFINITY;
	unsigned int i;

	for (i = 0; i < n; i++)
		least = fmin(least, v[i]);
	return least;
}

static bool is_linear(double one, double two)
{
	return fabs(two / one - 1) <= LIMIT;
}

/* A disturbance, unlike a slow JIT, is not there each time one looks */
static bool doubtful(const struct jitcheck *j, const char *key, double one, double two)
{
	double host = number(member(member(element(j->rows, "key", key), "cells"), "ns"));

	return !is_linear(one, two) || one > host * (1 + LIMIT);
}

static void fill(struct jitcheck *j, struct row *row, const char *key, int fd, double *one,
		 double *two, unsigned int n)
{
	struct stats s1, s2;
	unsigned int insns;

	row_raw(row, "best_of_n", "ns", one, n);
	row_raw(row, "best_of_2n", "ns", two, n);
	stats_of(one, n, &s1);
	stats_of(two, n, &s2);
	row_set(row, "ns", s1.min);
	row_set_median(row, "median", &s1);
	row_spread_validity(row, &s1);
	put_code(row, fd, &insns);
	if (!is_linear(s1.min, s2.min))
		row_reason(row, VALIDITY_INVALID, "linear",
			   "twice the runs took %.2f times the time",
			   2 * s2.min / s1.min);
	else if (j->rows)
		compare(j, row, key, s1.min, insns);
}

static int program_fd(const struct jitcheck *j, int load, const char *key)
{
	return bpf_program__fd(bpf_object__find_program_by_name(j->skel[load]->obj, key));
}

static int check_one(struct jitcheck *j, const struct row_def *c)
{
	struct row *row = result_row(j->res, "jitcheck", c->key);
	struct testrun runs[LOADS] = { };
	unsigned int i, n = j->repetitions;
	double *one = xcalloc(n + EXTRA, sizeof(*one));
	double *two = xcalloc(n + EXTRA, sizeof(*two));
	uint64_t units;
	int ret = 0;

	for (i = 0; i < LOADS; i++)
		runs[i].prog_fd = program_fd(j, i, c->key);
	/* for a little more than 10 ms; short batches take a fiftieth */
	units = testrun_units(testrun_batch, &runs[0]);
	if (!units)
		ret = -EIO;
	units = units / SHORT_SHARE + 1;
	for (i = 0; !ret && i < n + EXTRA; i++) {
		if (i >= n && !doubtful(j, c->key, best(one, i), best(two, i)))
			break;
		progress(c->label, i, n);
		ret = repeat(runs, units, &one[i], &two[i]);
	}
	progress_end();
	if (ret)
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s",
			   ret == -EINTR ? "interrupted" : strerror(-ret));
	else
		fill(j, row, c->key, runs[0].prog_fd, one, two, i);
	free(one);
	free(two);
	return ret == -EINTR ? ret : 0;
}

static void summarise(struct jitcheck *j)
{
	result_fact(j->res, "compared", json_object_new_int(j->compared));
	result_fact(j->res, "within_5_percent", json_object_new_int(j->within));
	result_fact(j->res, "other_code", json_object_new_int(j->differ));
	if (j->compared)
		result_note(j->res,
			    "%u of %u programs run within 5 %% of the baseline's JIT, or faster.",
			    j->within, j->compared);
	else
		result_note(j->res, "No program could be compared with the baseline.");
	if (j->differ)
		result_note(j->res,
			    "%u not compared: the two JITs (or their mitigations) made different code.",
			    j->differ);
}

static void end(void *arg)
{
	struct jitcheck *j = arg;
	size_t i;

	for (i = 0; i < LOADS; i++)
		jitcheck_bpf__destroy(j->skel[i]);
	json_object_put(j->file);
}

static int look(const struct bench_opts *opts, struct result *res, void *state)
{
	struct jitcheck *j = state;
	int ret = cleanup_push(end, j);

	j->res = res;
	j->repetitions = opts->batches;
	if (ret || !opts->baseline)
		return ret;
	return read_baseline(j, opts->baseline) ?: IF_BASELINE;
}

static int jitcheck_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct jitcheck *j = state;
	const struct row_def *def;
	int ret = 0;
	size_t i;

	for (i = 0; i < LOADS; i++) {
		j->skel[i] = jitcheck_bpf__open_and_load();
		if (!j->skel[i])
			return bench_lacks_programs(res, errno);
	}
	for (def = rows; def->key && !ret; def++)
		ret = check_one(j, def);
	if (j->rows)
		summarise(j);
	return ret;
}

const struct bench bench_jitcheck = {
	.name = "jitcheck",
	.title = "JITed loops, to be compared with another kernel's JIT (--baseline)",
	.seconds = 10,
	.seconds_quick = 5,
	.needs = "root; --baseline FILE from a run on the other kernel",
	.wants = WANT_PATCHES,
	.headline =
		"jitcheck ns: jit_fib jit_sum jit_copy; jitcheck ratio: jit_fib jit_sum jit_copy",
	.sentence = "jitcheck jit_fib ns: fib(2560), a loop of 10 instructions, takes @",
	.batches = 10,
	.batches_quick = 6,
	.roams = true,
	.state = sizeof(struct jitcheck),
	.tables = tables,
	.look = look,
	.run = jitcheck_run,
};
