// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include "cmd/command.h"
#include "core/json.h"
#include "core/output.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "watch/report.h"

struct watch_args {
	struct periodic every;
	bool all;
	const char *prometheus;
	uint32_t id[WATCH_PROGRAMS];
	size_t nids;
	const char *dev[WATCH_PROGRAMS];
	size_t ndevs;
};

/* What is watched, while it is */
struct watch {
	const struct watch_args *args;
	struct watch_list list;
	struct watch_floor floor;
	bool probes;			/* there are some here */
	int statistics;			/* keeps bpf_stats on while it is open; -1 */
	bool counts;			/* bpf_stats are on */
	struct output *file;
	struct watch_hist before[WATCH_PROGRAMS];
	struct watch_sample stats[WATCH_PROGRAMS];
	struct watch_row row[WATCH_PROGRAMS];
};

enum { KEY_PROMETHEUS = 0x100, KEY_ID };

static const struct argp_option options[] = {
	{ "id", KEY_ID, "N", 0, "The program of that number (bpftool prog); may be repeated", 0 },
	{ "dev", 'D', "NETDEV", 0, "What is attached to that netdev; may be repeated", 0 },
	{ "all", 'a', NULL, 0, "All programs of networking that are loaded (default)", 0 },
	{ "interval", 'i', "SECONDS", 0, "Time between two reports (default: 1)", 0 },
	{ "duration", 'd', "TIME", 0, "Stop after TIME: seconds, or with s, m, h or d", 0 },
	{ "no-header", 'n', NULL, 0, "Rows only", 0 },
	{ "json", 'j', NULL, 0, "One JSON object per report and line", 0 },
	{ "prometheus", KEY_PROMETHEUS, "FILE", 0,
	  "Write FILE anew at each report, for node_exporter's textfile collector", 0 },
	{ 0 }
};

static void add_id(const struct argp_state *state, struct watch_args *a, const char *arg)
{
	uint64_t id;

	if (!parse_u64(arg, &id) || !id || id > UINT32_MAX)
		usage_error(state, "\"%s\" is no number of a program", arg);
	if (a->nids == WATCH_PROGRAMS)
		usage_error(state, "--id can be given %d times at most", WATCH_PROGRAMS);
	a->id[a->nids++] = (uint32_t)id;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct watch_args *a = state->input;

	switch (key) {
	case KEY_ID:
		add_id(state, a, arg);
		return 0;
	case 'D':
		if (a->ndevs == WATCH_PROGRAMS)
			usage_error(state, "--dev can be given %d times at most", WATCH_PROGRAMS);
		a->dev[a->ndevs++] = arg;
		return 0;
	case 'a':
		a->all = true;
		return 0;
	case KEY_PROMETHEUS:
		a->prometheus = arg;
		return 0;
	}
	return parse_periodic(key, arg, state, &a->every);
}

static int find_programs(struct watch *w)
{
	const struct watch_args *a = w->args;
	size_t i;
	int ret = 0;

	for (i = 0; i < a->nids && !ret; i++)
		ret = watch_add_id(&w->list, a->id[i]);
	for (i = 0; i < a->ndevs && !ret; i++)
		ret = watch_add_netdev(&w->list, a->dev[i]);
	if (!ret && (a->all || (!a->nids && !a->ndevs)))
		ret = watch_add_all(&w->list);
	return ret;
}

/* Who gets no probe has a mean by the kernel's statistics, which are on as long as we run */
static int take_statistics(struct watch *w)
{
	size_t i;

	w->counts = watch_statistics_on();
	for (i = 0; i < w->list.n; i++)
		if (!w->list.at[i].probe)
			break;
	if (i == w->list.n || w->counts)
		return 0;
	w->statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (w->statistics < 0) {
		err("cannot turn on the kernel's statistics of programs: %s", strerror(errno));
		return -errno;
	}
	w->counts = true;
	return 0;
}

static void attach_probes(struct watch *w)
{
	const char *rest = env_get()->uml ?
		"its runs only, as bpf_stats count jiffies in User Mode Linux" :
		"its mean only, by bpf_stats";
	char why[256];
	size_t i;

	if (!w->list.n)
		return;
	w->probes = !watch_calibrate(&w->floor, why, sizeof(why));
	if (!w->probes && !interrupted())
		err("of each program %s: %s", rest, why);
	if (w->probes && w->floor.step > 0)
		err("the kernel's clock counts in steps of %.0f ns: quantiles are no finer",
		    w->floor.step);
	for (i = 0; i < w->list.n && !interrupted(); i++) {
		struct watched *p = &w->list.at[i];

		if (!w->probes)
			snprintf(p->why, sizeof(p->why), "%s", why);
		else if (!*p->why)
			p->probe = watch_probe_new(p->fd, p->name, p->why, sizeof(p->why));
		if (w->probes && !p->probe)
			err("program %u (%s): %s: %s", p->id, p->name, rest, p->why);
	}
}

static int look(struct watch *w, struct watch_hist *h, struct watch_sample *s, size_t i)
{
	const struct watched *p = &w->list.at[i];
	int ret = p->probe ? watch_probe_read(p->probe, h) : 0;

	return ret ?: w->counts ? watch_statistics(p, &s->runs, &s->ns) : 0;
}

static int begin(struct watch *w)
{
	size_t i;
	int ret = 0;

	for (i = 0; i < w->list.n && !ret; i++)
		ret = look(w, &w->before[i], &w->stats[i], i);
	return ret;
}

static int measure(struct watch *w, double seconds)
{
	size_t i;

	for (i = 0; i < w->list.n; i++) {
		struct watch_sample s = {}, grown;
		struct watch_row *r = &w->row[i];
		int ret;

		memset(r, 0, sizeof(*r));
		r->program = &w->list.at[i];
		r->timed = r->program->probe;
		r->seconds = seconds;
		ret = look(w, &r->total, &s, i);
		if (ret)
			return ret;
		r->since = r->total;
		watch_hist_since(&r->since, &w->before[i]);
		grown = (struct watch_sample){ s.runs - w->stats[i].runs, s.ns - w->stats[i].ns,
					       env_get()->uml };
		watch_row_fill(r, &grown, w->probes ? &w->floor : NULL);
		w->before[i] = r->total;
		w->stats[i] = s;
	}
	return 0;
}

/* The kernel's statistics falsify nothing here: they are on for what has no probe */
static enum validity validity(char *why, size_t len)
{
	struct env e = *env_get();
	enum validity machine, v;
	char clock[256];

	e.bpf_stats = 0;
	e.counting = 0;
	machine = env_judge(&e, why, len);
	v = env_judge_clock(&e, TIMED_BY_SYSTEM, clock, sizeof(clock));
	if (v > machine)
		snprintf(why, len, "%s", clock);
	return v > machine ? v : machine;
}

static int report(struct watch *w, double at)
{
	const struct watch_floor *floor = w->probes ? &w->floor : NULL;
	char why[512], *text;
	enum validity v = validity(why, sizeof(why));
	int ret;

	if (w->args->every.json) {
		struct json_object *o = watch_json(at, w->row, w->list.n, floor, v, why);

		puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
	} else {
		watch_print(stdout, at, w->row, w->list.n, v);
	}
	if (!flush_output())
		return -EPIPE;
	if (!w->file)
		return 0;
	text = watch_prometheus(w->row, w->list.n, floor, v);
	if (!text)
		return -ENOMEM;
	ret = output_write(w->file, text);
	free(text);
	return ret;
}

static int watch(struct watch *w)
{
	const struct periodic *every = &w->args->every;
	double start = now_ns(), at = 0, last = 0;
	int ret = begin(w);

	if (!ret && !every->no_header && !every->json)
		watch_print_header(stdout);
	while (!ret && periodic_goes_on(every, at)) {
		periodic_wait(every, start, at);
		/* as long as it was, not as it should have been */
		at = (now_ns() - start) / 1e9;
		ret = measure(w, at - last) ?: report(w, at);
		last = at;
	}
	return ret;
}

static int prepare(struct watch *w)
{
	int ret;

	if (w->args->prometheus) {
		w->file = output_open(w->args->prometheus, "--prometheus");
		if (!w->file)
			return -EACCES;
	}
	ret = find_programs(w);
	if (ret)
		return ret;
	attach_probes(w);
	return interrupted() ? -EINTR : take_statistics(w);
}

int cmd_watch(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Report what eBPF programs cost: their runs are timed at entry and exit.",
	};
	struct watch_args a = { .every.interval = 1 };
	struct watch *w = xcalloc(1, sizeof(*w));
	int ret, status = EXIT_DONE;

	parse_options(&argp, argc, argv, &a);
	w->args = &a;
	w->statistics = -1;
	ret = prepare(w);
	if (!ret && !w->list.n) {
		err("no program of networking is loaded; bpftool prog lists all");
		status = EXIT_SKIP;
	} else {
		ret = ret ?: watch(w);
	}
	watch_list_free(&w->list);
	if (w->statistics >= 0)
		close(w->statistics);
	if (w->file)
		output_close(w->file);
	free(w);
	return ret && ret != -EINTR ? EXIT_FAILED : status;
}
