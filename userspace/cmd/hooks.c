// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "cmd/command.h"
#include "core/json.h"
#include "core/output.h"
#include "core/run.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/env_judge.h"
#include "kernel/lock.h"
#include "kernel/probe.h"

#define TABLES_MAX (2 * HOOKS)

struct hooks_args {
	struct periodic every;
	const char *hook[TABLES_MAX];
	size_t nhooks;
};

/* "Of xdp, tc, ...", from the list of hooks */
static char hook_help[128];

static const struct argp_option options[] = {
	{ "hook", 'H', "HOOK,...", 0, hook_help, 0 },
	{ "interval", 'i', "SECONDS", 0, "Time between two reports (default: 1)", 0 },
	{ "duration", 'd', "TIME", 0, "Stop after TIME: seconds, or with s, m, h or d", 0 },
	{ "no-header", 'n', NULL, 0, "Rows only", 0 },
	{ "json", 'j', NULL, 0, "One JSON object per report and line", 0 },
	{ 0 }
};

static void add_hook(struct hooks_args *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->nhooks; i++)
		if (a->hook[i] == name)
			return;
	a->hook[a->nhooks++] = name;
}

static void parse_hooks(const struct argp_state *state, struct hooks_args *a, const char *arg)
{
	char *list = xstrdup(arg), *save = NULL, *name, text[96];
	const char *table;
	size_t i;

	for (name = strtok_r(list, ", ", &save); name; name = strtok_r(NULL, ", ", &save)) {
		bool found = false;

		for (i = 0; (table = hook_table(i)); i++) {
			if (strcmp(name, "all") && strcmp(name, table))
				continue;
			add_hook(a, table);
			found = true;
		}
		if (!found)
			usage_error(state, "there is no hook \"%s\" (there are %s)", name,
				    hook_tables(text, sizeof(text)));
	}
	free(list);
	if (!a->nhooks)
		usage_error(state, "--hook takes at least one hook");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct hooks_args *a = state->input;

	if (key != 'H')
		return parse_periodic(key, arg, state, &a->every);
	parse_hooks(state, a, arg);
	return 0;
}

static void print_header(void)
{
	printf("%7s %-7s %-8s %9s %9s %6s %9s %9s %9s %9s %7s\n", "time", "hook", "phase", "n",
	       "median", "+-", "IQR", "p1", "p99", "mean", "floor");
	printf("%7s %-7s %-8s %9s %9s %6s %9s %9s %9s %9s %7s\n", "s", "", "", "",
	       "ns", "", "ns", "ns", "ns", "ns", "ns");
}

/* The floor itself is shown as it is; from all else its reads are taken off */
static double phase_stats(const struct probe_hook *h, const struct probe_phase *p,
			  struct stats *s)
{
	const struct probe_phase *floor = probe_phase(h, "floor");
	struct stats whole;

	if (floor == p)
		floor = NULL;
	if (probe_stats(h, p, floor, s))
		return NAN;
	probe_stats(h, p, NULL, &whole);
	return whole.median - s->median;
}

/* As beside any median: the longer of its sides, rounded up */
static const char *interval(const struct stats *s, char *text, size_t len)
{
	double half = fmax(s->ci_hi - s->median, s->median - s->ci_lo);

	if (isnan(half))
		return "-";
	snprintf(text, len, "%.1f", stats_round_up(half, 1));
	return text;
}

static void print_hook(double at, const struct probe_hook *h, enum validity v)
{
	struct stats s;
	char text[32];
	double removed;
	size_t i;

	for (i = 0; i < h->nphases; i++) {
		const struct probe_phase *p = &h->phase[i];

		printf("%7.1f %-7s %-8s %9llu ", at, h->name, p->name,
		       (unsigned long long)p->count);
		removed = phase_stats(h, p, &s);
		if (isnan(removed))
			printf("%9s %6s %9s %9s %9s %9s %7s\n", "-", "-", "-", "-", "-", "-", "-");
		else if (v >= VALIDITY_EMULATED)
			printf("%9s\n", validity_name(v));
		else
			printf("%9.1f %6s %9.1f %9.1f %9.1f %9.1f %7.1f\n", s.median,
			       interval(&s, text, sizeof(text)), s.iqr, s.p1, s.p99, s.mean,
			       removed);
	}
}

static struct json_object *phase_json(const struct probe_hook *h, const struct probe_phase *p,
				      enum validity v)
{
	struct json_object *o = json_object_new_object();
	struct stats s;
	double removed = phase_stats(h, p, &s);

	json_add_string(o, "phase", p->name);
	json_object_object_add(o, "n", json_object_new_uint64(p->count));
	if (isnan(removed) || v >= VALIDITY_EMULATED)
		return o;
	json_object_object_add(o, "median", json_number(s.median));
	json_object_object_add(o, "interval", json_bounds(s.ci_lo, s.ci_hi));
	json_object_object_add(o, "iqr", json_number(s.iqr));
	json_object_object_add(o, "p1", json_number(s.p1));
	json_object_object_add(o, "p99", json_number(s.p99));
	json_object_object_add(o, "mean", json_number(s.mean));
	json_object_object_add(o, "floor_removed", json_number(removed));
	return o;
}

static struct json_object *hook_json(const struct probe_hook *h, enum validity v)
{
	struct json_object *list = json_object_new_array();
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; i < h->nphases; i++)
		json_object_array_add(list, phase_json(h, &h->phase[i], v));
	json_add_string(o, "hook", h->name);
	json_object_object_add(o, "unstamped", json_object_new_uint64(h->unstamped));
	json_object_object_add(o, "unsited", json_object_new_uint64(h->unsited));
	json_object_object_add(o, "backward", json_object_new_uint64(h->backward));
	json_object_object_add(o, "phases", list);
	return o;
}

static void print_report(const struct hooks_args *a, double at, const struct probe_hook *h)
{
	struct json_object *o, *list;
	char why[512];
	enum validity v;
	size_t i;

	v = env_validity_times(TIMED_BY_TSC, why, sizeof(why));
	if (!a->every.json) {
		for (i = 0; i < a->nhooks; i++)
			print_hook(at, &h[i], v);
		return;
	}
	o = json_object_new_object();
	list = json_object_new_array();
	for (i = 0; i < a->nhooks; i++)
		json_object_array_add(list, hook_json(&h[i], v));
	json_add_string(o, "schema", HOOKCOST_SCHEMA);
	json_add_string(o, "unit", "ns");
	json_add_validity(o, v);
	json_add_string(o, "reason", why);
	json_object_object_add(o, "time", json_number(at));
	json_object_object_add(o, "hooks", list);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void free_hooks(struct probe_hook *h, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		probe_hook_free(&h[i]);
}

static int read_hooks(const struct hooks_args *a, struct probe_hook *h)
{
	size_t i;
	int ret;

	memset(h, 0, TABLES_MAX * sizeof(*h));
	for (i = 0; i < a->nhooks; i++) {
		ret = probe_read_hook(a->hook[i], &h[i]);
		if (ret) {
			free_hooks(h, i);
			return ret;
		}
	}
	return 0;
}

static int watch(const struct hooks_args *a)
{
	struct probe_hook before[TABLES_MAX], now[TABLES_MAX], since[TABLES_MAX];
	double begin = now_ns(), at = 0;
	bool have;
	size_t i;
	int ret;

	ret = read_hooks(a, before);
	have = !ret;
	while (!ret && periodic_goes_on(&a->every, at)) {
		at = periodic_wait(&a->every, begin, at);
		ret = read_hooks(a, now);
		if (ret)
			break;
		for (i = 0; i < a->nhooks; i++) {
			probe_hook_copy(&since[i], &now[i]);
			/* after a reset everything that is there is new */
			probe_hook_since(&since[i], &before[i]);
		}
		print_report(a, at, since);
		free_hooks(since, a->nhooks);
		free_hooks(before, a->nhooks);
		memcpy(before, now, sizeof(before));
		if (!flush_output()) {
			ret = -EPIPE;
			break;
		}
	}
	if (have)
		free_hooks(before, a->nhooks);
	return ret;
}

static void restore(void *arg)
{
	probe_enable(arg);
}

int cmd_hooks(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Report the time that packets take, per hook and phase, floor removed.",
	};
	struct hooks_args a = { .every.interval = 1 };
	char why[512], old[64], list[128] = "", text[96];
	size_t i;
	int ret;

	snprintf(hook_help, sizeof(hook_help), "Of %s (default: all)",
		 hook_tables(text, sizeof(text)));
	parse_options(&argp, argc, argv, &a);
	if (!a.nhooks)
		for (i = 0; hook_table(i); i++)
			add_hook(&a, hook_table(i));
	if (probe_available(why, sizeof(why))) {
		err("%s", why);
		return EXIT_SKIP;
	}
	if (lock_state(LOCK_STATE_WRITE) || probe_enabled(old, sizeof(old)))
		return EXIT_FAILED;

	/* what others have on stays on */
	if (strcmp(old, "none"))
		snprintf(list, sizeof(list), "%s", old);
	for (i = 0; i < a.nhooks; i++) {
		size_t n = strlen(list);

		snprintf(list + n, sizeof(list) - n, "%s%s", n ? " " : "", a.hook[i]);
	}
	if (env_validity_times(TIMED_BY_TSC, why, sizeof(why)) >= VALIDITY_EMULATED)
		err("no times are shown: %s", why);
	cleanup_push(restore, old);
	if (probe_enable(list)) {
		cleanup_all();
		return EXIT_FAILED;
	}
	if (!a.every.no_header && !a.every.json)
		print_header();
	ret = watch(&a);
	cleanup_all();
	return ret ? EXIT_FAILED : EXIT_DONE;
}
