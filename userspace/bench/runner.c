// SPDX-License-Identifier: GPL-2.0-only
/* Runs benches one after the other; what one has measured is kept before the next begins */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "bench/runner.h"
#include "bench/self/selfcheck.h"
#include "core/cpu.h"
#include "core/json.h"
#include "core/output.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "kernel/session.h"
#include "measure/clocks.h"
#include "net/foreign.h"
#include "report/headline.h"
#include "report/paper.h"
#include "report/findings.h"
#include "report/summary.h"

struct outcome {
	size_t measured;		/* rows with numbers that may be seen */
	size_t wrong;			/* invalid rows, though the machine is not */
	char *failed;			/* names, or NULL */
	size_t nfailed;
};

unsigned int runner_seconds(const struct runner *r)
{
	unsigned int sum = 0;
	size_t i;

	for (i = 0; i < r->nbenches; i++)
		sum += r->opts.quick ? r->bench[i]->seconds_quick : r->bench[i]->seconds;
	return sum;
}

void duration_text(double seconds, char *buf, size_t len)
{
	unsigned long s = (unsigned long)(seconds + 0.5), m = (s + 30) / 60;

	if (s < 120)
		snprintf(buf, len, "%lu s", s);
	else if (m < 90)
		snprintf(buf, len, "%lu min", m);
	else
		snprintf(buf, len, "%lu h %lu min", m / 60, m % 60);
}

/* What has been printed in full, for a file */
struct full {
	FILE *out;
	char *text;
	size_t len;
};

/* Written again after each bench, as the JSON is */
static int write_full(const struct runner *r, struct full *f, bool last)
{
	if (!r->tables_file || (!last && !output_replaces(r->tables_file)))
		return 0;
	fflush(f->out);
	return output_write(r->tables_file, f->text);
}

/* Of a NIC: what is done with it, and what the other machine has to do */
static void print_remote(const struct runner *r, FILE *out)
{
	const struct device *d = r->opts.device;
	unsigned int kinds = 0;
	size_t i;

	for (i = 0; i < r->nbenches; i++)
		kinds |= bench_peers(r->bench[i]);
	if (!d->ops->remote || !kinds)
		return;
	d->ops->plan(d, out);
	fputc('\n', out);
	peer_print(out, d, "IFNAME", kinds);
	fputc('\n', out);
}

static void print_header(const struct runner *r, FILE *out)
{
	char about[32];

	env_print(out);
	if (!r->bench[0]->others) {
		selfcheck_print(out);
		fprintf(out, "paper: %s\n", PAPER_DOI);
	}
	if (r->nbenches > 1 && (r->opts.batches || r->opts.samples)) {
		fprintf(out, "%zu benches\n", r->nbenches);
	} else if (r->nbenches > 1) {
		duration_text(runner_seconds(r), about, sizeof(about));
		fprintf(out, "about %s for %zu benches\n", about, r->nbenches);
	}
	fputc('\n', out);
	print_remote(r, out);
	fflush(out);
}

/* Of a bench whose tables are not printed: that it has ended */
static void print_ended(const struct runner *r, const struct bench *b, const struct result *res,
			double seconds)
{
	char took[32];

	duration_text(seconds, took, sizeof(took));
	fprintf(r->text, "%s: %s, %zu rows measured, at worst %s\n", b->name, took,
		result_measured(res), validity_name(result_validity(res)));
}

/* Until the end it says that it was interrupted: whatever ends us now is one */
static struct json_object *new_report(const struct runner *r)
{
	struct json_object *asked = json_object_new_array();
	struct json_object *o = json_object_new_object();
	time_t now = time(NULL);
	char date[32];
	size_t i;

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	for (i = 0; i < r->nbenches; i++)
		json_object_array_add(asked, json_string(r->bench[i]->name));
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_add_string(o, "tool_version", HOOKCOST_VERSION);
	json_add_string(o, "date", date);
	json_add_string(o, "paper", PAPER_DOI);
	json_object_object_add(o, "environment", selfcheck_add(env_json()));
	json_object_object_add(o, "quick", json_object_new_boolean(r->opts.quick));
	json_object_object_add(o, "ordered", json_object_new_boolean(r->opts.ordered));
	json_object_object_add(o, "asked", asked);
	json_object_object_add(o, "benches", json_object_new_array());
	json_object_object_add(o, "interrupted", json_object_new_boolean(true));
	return o;
}

static void add_failed(struct outcome *out, const char *name)
{
	char *more = out->failed ? xasprintf("%s, %s", out->failed, name) : xstrdup(name);

	free(out->failed);
	out->failed = more;
	out->nfailed++;
}

/* Each table by the clock that has timed it */
static void judge_clocks(const struct bench *b, struct result *res)
{
	enum validity v;
	char why[256];

	v = env_validity_clock(b->clock, why, sizeof(why));
	if (v >= VALIDITY_EMULATED)
		result_hide_times(res);
	result_weaken(res, v, why);
	v = env_validity_clock(TIMED_BY_TSC, why, sizeof(why));
	result_weaken_by_tsc(res, v, why);
}

/* What is so of every bench's tables, see report/table.h */
static unsigned int tables_if(const struct bench_opts *opts)
{
	return (bench_has_model(opts->device) ? IF_MODEL : 0) |
	       (cpu_count() == 1 ? IF_ALONE : 0) | (cpu_tsc_step() > 1 ? IF_STEPS : 0) |
	       (opts->count_instructions ? IF_INSTRUCTIONS : IF_TIMES);
}

/* The chosen one, and the one that is made for benches: one, if it is the same */
static void make_tables(const struct bench *b, const struct bench_opts *opts, unsigned int is,
			struct result *res)
{
	struct device made;
	const char *name[3] = { opts->device->ops->name };

	device_made(&made);
	if (!opts->device->ops->made)
		name[1] = made.ops->name;
	tables_make(res, b->tables, b->figure, is, name);
}

/* What is left without a number, by what has become of the bench */
static void judge_rest(struct result *res, int ret)
{
	if (ret == -EINTR)
		result_not_measured(res, "interrupted", "interrupted");
	else
		result_not_measured(res, "other", result_lack(res) ?:
				    ret ? strerror(-ret) : "it was not reached");
}

/* The bench with all that it needs around it; 0 or -errno */
static int run_bench(const struct bench *b, struct bench_opts *opts, struct result *res)
{
	void *state = xcalloc(1, b->state + 1);
	int is = 0, ret;

	opts->bench = b;
	result_source(res, b->source);
	opts->batches_asked = opts->batches;
	opts->batches = opts->batches ?: opts->quick ? b->batches_quick : b->batches;
	if (b->over_device)
		bench_device(res, opts->device);
	if (b->look)
		is = b->look(opts, res, state);
	make_tables(b, opts, (is > 0 ? is : 0) | tables_if(opts), res);
	ret = is < 0 ? is : b->roams ? 0 : cpu_pin();
	if (ret >= 0)
		ret = b->run(opts, res, state);
	progress_end();
	/* the stack has pointers to the state */
	cleanup_all();
	if (interrupted())
		ret = -EINTR;
	judge_rest(res, ret);
	free(state);
	return ret;
}

/* 0 or -errno */
static int run_one(const struct runner *r, const struct bench *b, struct json_object *report,
		   struct outcome *out, FILE *full)
{
	struct result *res = result_new(b->name, b->title);
	struct bench_opts opts = r->opts;
	unsigned int said = err_count();
	struct json_object *list, *o;
	double begin = now_ns();
	enum validity v;
	char why[512];
	int ret;

	if (opts.device->ops->remote && !b->remote)
		opts.device = r->veth;
	foreign_begin();
	ret = run_bench(b, &opts, res);
	if (foreign_seen(why, sizeof(why))) {
		result_weaken(res, VALIDITY_INVALID, why);
		result_hide_times(res);
	}

	if (r->opts.quick)
		result_weaken(res, VALIDITY_INDICATIVE, "--quick");
	/* the machine as it was before, and as it is now */
	env_look_again();
	v = env_validity(why, sizeof(why));
	if (v < VALIDITY_EMULATED)
		out->wrong += result_invalid(res);
	else
		result_hide_times(res);
	result_weaken(res, v, why);
	judge_clocks(b, res);
	v = selfcheck_validity(why, sizeof(why));
	result_weaken(res, v, why);
	json_object_object_add(report, "environment", selfcheck_add(env_json()));

	result_print(res, full);
	if (r->tables)
		result_print(res, r->text);
	else
		print_ended(r, b, res, (now_ns() - begin) / 1e9);
	fflush(r->text);
	o = result_json(res);
	headline_add(o, b->headline, b->sentence);
	json_add_string(o, "target", env_get()->target);
	json_add_string(o, "clock", timed_by_name(b->clock));
	json_object_object_add(o, "seconds", json_number((now_ns() - begin) / 1e9));
	if (ret && ret != -EINTR) {
		/* one line is enough */
		if (err_count() == said)
			err("%s failed: %s", b->name, strerror(-ret));
		json_add_string(o, "failed", err_last());
		add_failed(out, b->name);
	}
	out->measured += result_measured(res);
	json_object_object_get_ex(report, "benches", &list);
	json_object_array_add(list, o);
	result_free(res);
	return ret;
}

static void print_end(const struct runner *r, struct json_object *report, double seconds)
{
	char took[32];

	if (r->summary) {
		fputs(r->tables ? "" : "\n", r->text);
		summary_print(r->text, report, SUMMARY_WIDTH, SUMMARY_LINES);
		fputc('\n', r->text);
	}
	if (r->findings && findings_any(report)) {
		findings_print(r->text, report, SUMMARY_WIDTH);
		fputc('\n', r->text);
	}

	if (r->nbenches < 2 || interrupted())
		return;
	duration_text(seconds, took, sizeof(took));
	fprintf(r->text, "%zu benches in %s\n", r->nbenches, took);
}

/* None of the rows can be valid then, so that what judges them need not take its time */
static bool too_few_batches(const struct runner *r)
{
	return r->opts.batches && r->opts.batches < STATS_FEW;
}

/*
 * The self-check turns hooks on, and some benches do not want that. It takes seconds, so it is
 * not for a run of which no row can be valid.
 */
static void check_oneself(const struct runner *r)
{
	char why[64];
	size_t i;

	for (i = 0; i < r->nbenches; i++)
		if (!r->bench[i]->untouched)
			break;
	if (i == r->nbenches) {
		selfcheck_leave_out("it would turn hooks on");
	} else if (too_few_batches(r)) {
		snprintf(why, sizeof(why), "no row of %u batches is valid", r->opts.batches);
		selfcheck_leave_out(why);
	} else {
		selfcheck_run(r->opts.quick);
	}
}

int runner_run(const struct runner *r)
{
	struct outcome out = { 0 };
	struct full full = { 0 };
	struct json_object *report;
	double begin, seconds;
	int status = EXIT_DONE;
	size_t i;

	if (session_begin())
		return EXIT_FAILED;
	if (too_few_batches(r))
		clocks_brief();
	check_oneself(r);
	report = new_report(r);
	begin = now_ns();
	full.out = open_memstream(&full.text, &full.len);
	if (!full.out) {
		err("out of memory");
		json_object_put(report);
		return EXIT_FAILED;
	}
	print_header(r, r->text);
	print_header(r, full.out);
	for (i = 0; i < r->nbenches && !interrupted(); i++) {
		if (r->nbenches > 1)
			progress_part((unsigned int)i + 1, (unsigned int)r->nbenches);
		run_one(r, r->bench[i], report, &out, full.out);
		write_full(r, &full, false);
		/* for a crash, or kill -9; one that fails now may succeed at the end */
		if (r->json && output_replaces(r->json) && i + 1 < r->nbenches)
			output_json(r->json, report);
	}
	seconds = (now_ns() - begin) / 1e9;
	json_object_object_add(report, "seconds", json_number(seconds));
	json_object_object_add(report, "interrupted", json_object_new_boolean(interrupted()));
	print_end(r, report, seconds);
	if (r->nbenches > 1 && findings_any(report))
		findings_print(full.out, report, SUMMARY_WIDTH);
	if (interrupted() && !r->tables && !r->summary)
		err("interrupted; what was measured until then is in the files");
	else if (interrupted())
		err("interrupted; what was measured until then is above");
	if (out.nfailed && r->nbenches > 1)
		err("%zu of %zu benches failed: %s", out.nfailed, r->nbenches, out.failed);
	if (out.nfailed || interrupted())
		status = EXIT_FAILED;
	if (r->json && output_json(r->json, report))
		status = EXIT_FAILED;
	if (write_full(r, &full, true))
		status = EXIT_FAILED;
	json_object_put(report);
	fclose(full.out);
	free(full.text);

	/* who has not got the tables cannot read there why nothing could be measured */
	if (!flush_output())
		status = EXIT_FAILED;
	if (status == EXIT_DONE && !out.measured && out.wrong) {
		err("no row is valid, and the machine is not why; the tables say what is wrong");
		status = EXIT_FAILED;
	} else if (status == EXIT_DONE && !out.measured) {
		err("nothing could be measured; the tables say why, hookcost doctor what to do");
		status = EXIT_SKIP;
	}
	free(out.failed);
	return status;
}
