// SPDX-License-Identifier: GPL-2.0-only
/* What benches have in common */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "core/near.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/calls.h"
#include "measure/testrun.h"

#define BENCH(name) (&bench_##name)

const struct bench *const benches[] = {
#include "bench/benches.def"
	NULL
};

bool bench_is(const struct bench *b, const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(name, "all") || !strcmp(name, b->name))
		return true;
	return !strncmp(name, "figure", 6) && !strncmp(b->name, name, n) &&
	       strlen(b->name) == n + 1 && b->name[n] >= 'a';
}

const char *bench_near(const char *name, char *buf, size_t len)
{
	struct near near;
	size_t i;

	near_begin(&near, name);
	for (i = 0; benches[i]; i++)
		near_add(&near, benches[i]->name);
	return near_text(&near, buf, len);
}

unsigned int bench_peers(const struct bench *b)
{
	return (b->remote & REMOTE_FRAMES ? 1U << PEER_FRAMES : 0) |
	       (b->remote & REMOTE_MESSAGES ? 1U << PEER_UDP | 1U << PEER_TCP : 0);
}

bool bench_has_times(void)
{
	char why[256];

	return env_validity(why, sizeof(why)) < VALIDITY_EMULATED;
}

void bench_device(struct result *res, const struct device *d)
{
	char text[256];

	device_text(d, text, sizeof(text));
	result_device(res, text, device_json(d));
}

void bench_batches(struct row *row, const char *column, const char *unit, const double *ns,
		   size_t n, struct stats *s)
{
	row_raw(row, "batches", unit, ns, n);
	stats_less_each(ns, NULL, n, s);
	row_set_median(row, column, s);
	row_set(row, "iqr", s->iqr);
	row_set(row, "n", (double)n);
	row_spread_validity(row, s);
}

double bench_rate(struct row *row, const double *ns, size_t n)
{
	struct stats s;

	row_raw(row, "ns", "ns", ns, n);
	stats_less_each(ns, NULL, n, &s);
	row_set_median(row, "ns", &s);
	row_set(row, "iqr", s.iqr);
	row_set_rate(row, "mpps", 1000, &s);
	row_spread_validity(row, &s);
	return s.median;
}

void bench_difference(struct row *row, const char *column, const char *raw, const double *a,
		      const double *b, size_t n, struct stats *s)
{
	double *d = xcalloc(n, sizeof(*d));
	size_t i;

	for (i = 0; i < n; i++)
		d[i] = b ? a[i] - b[i] : a[i];
	if (raw)
		row_raw(row, raw, "ns", d, n);
	stats_of(d, n, s);
	free(d);
	row_set_median(row, column, s);
}

void bench_linear(struct row *row, enum validity v, const char *of, const char *what,
		  const struct variant *variant)
{
	if (!variant->plan.linear)
		row_reason(row, v, "linear", "%s%stwice the %s took %.2f times the time", of ?: "",
			   of ? ": " : "", what, 2 * variant->plan.ratio);
}

void bench_not_measured(struct row *row, int error, const struct device *d,
			enum peer_kind what)
{
	char command[512];

	if (error == -EINTR) {
		row_reason(row, VALIDITY_NOT_MEASURED, "interrupted", "interrupted");
	} else if (error == -ENODATA && d->ops->remote) {
		peer_command(d, what, command, sizeof(command));
		row_reason(row, VALIDITY_NOT_MEASURED, "no_traffic",
			   "no %s came to %s within %u s; on the other machine: %s",
			   peer_name(what), d->rx, d->wait, command);
	} else {
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", strerror(-error));
	}
}

bool bench_frames(struct row *row, const char *of, const struct frame_count *f)
{
	return row_ledger(row, "driver", of, (const struct ledger[]){
		{ "frames sent", f->sent, f->sent },
		{ "received by the driver", f->received, f->sent },
		{ "dropped by XDP", f->dropped, f->sent },
		{ }
	});
}

int bench_lacks_programs(struct result *res, int error)
{
	result_lacks(res, "the kernel does not load the programs: %s%s", strerror(error),
		     error == EPERM ? "; run as root" : "");
	return 0;
}

bool bench_runs(struct row *row, const struct testrun *t)
{
	int ret = testrun_once(t);

	if (ret < 0)
		row_reason(row, VALIDITY_INVALID, "program", "the program does not run: %s",
			   strerror(-ret));
	return ret >= 0;
}

void bench_keys(uint32_t *keys, size_t n, unsigned int entries)
{
	size_t i;

	srandom(1);
	for (i = 0; i < n; i++)
		keys[i] = random() % entries;
}

void bench_calls(struct row *row, const char *name, int prog_fd, const char *function,
		 int must_be, struct json_object *calls)
{
	int n = calls_count(prog_fd, function);

	if (n < 0) {
		row_reason(row, VALIDITY_INDICATIVE, "code",
			   "the kernel does not show whether %s() is called: %s", function,
			   strerror(-n));
		return;
	}
	json_object_object_add(calls, name, json_object_new_int(n));
	if (n != must_be)
		row_reason(row, VALIDITY_INVALID, "code", "%d calls of %s() instead of %d", n,
			   function, must_be);
}
