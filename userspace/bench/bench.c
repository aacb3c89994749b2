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

double bench_rate(struct row *row, const double *ns, size_t n)
{
	double *sorted = xcalloc(n, sizeof(*sorted));
	struct stats s;

	row_raw(row, "ns", "ns", ns, n);
	memcpy(sorted, ns, n * sizeof(*sorted));
	stats_of(sorted, n, &s);
	free(sorted);
	row_set_median(row, "ns", &s);
	row_set(row, "iqr", s.iqr);
	row_set_rate(row, "mpps", 1000, &s);
	row_spread_validity(row, &s);
	return s.median;
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
