// SPDX-License-Identifier: GPL-2.0-only
/* What a hook's own time stamps say of a series of frames */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "bench/stamps.h"
#include "core/util.h"
#include "kernel/probe.h"

static const char *const phase_name[STAMP_PHASES] = {
	[STAMP_ENTRY] = "entry", [STAMP_PROG] = "prog", [STAMP_PREP] = "prep",
	[STAMP_VERDICT] = "verdict", [STAMP_TOTAL] = "total",
};

static int means(const struct probe_hook *h, double disturbed, struct stamp_means *out)
{
	const struct probe_phase *floor = probe_phase(h, "floor"), *p;
	int i;

	out->samples = 0;
	out->floor = floor && floor->count ? probe_mean(h, floor, disturbed, NULL) : NAN;
	for (i = 0; i < STAMP_PHASES; i++) {
		p = probe_phase(h, phase_name[i]);
		if (!p || !p->count || isnan(out->floor))
			return -ENODATA;
		out->ns[i] = probe_mean(h, p, disturbed, i == STAMP_PREP ? &out->left_out : NULL) -
			     p->reads * out->floor;
	}
	out->samples = probe_phase(h, "prep")->count;
	return 0;
}

int stamps_read(const char *table, double disturbed, struct stamp_means *out)
{
	struct probe_hook h;
	int ret = probe_read_hook(table, &h);

	if (ret)
		return ret;
	ret = means(&h, disturbed, out);
	probe_hook_free(&h);
	return ret;
}

struct estimate estimate_phase(const struct stamp_means *a, const struct stamp_means *b,
			       enum stamp_phase phase, unsigned int rounds)
{
	double *v = xcalloc(rounds, sizeof(*v));
	struct estimate r;
	unsigned int k;

	for (k = 0; k < rounds; k++)
		v[k] = a[k].ns[phase] - (b ? b[k].ns[phase] : 0);
	r = estimate_of(v, rounds);
	free(v);
	r.systematic = estimate_step_error();
	return r;
}

double stamps_limit(struct estimate throughput)
{
	return fmax(STAMPS_LIMIT_NS, STAMPS_LIMIT_SHARE * fabs(throughput.ns));
}
