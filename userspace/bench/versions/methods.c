// SPDX-License-Identifier: GPL-2.0-only
/* Two methods to one number: time stamps at the XDP hook, and throughput */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench/versions/methods.h"
#include "bench/bench.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/probe.h"

#define DISTURBED_NS	100	/* beyond the median: an interrupt was in it */

static int stamp_one(struct point *p, uint64_t frames, struct stamp_means *out)
{
	struct generator *g = &p->of->gen;
	uint64_t sent = g->sent;
	double ns;
	int ret;

	ret = version_select(p) ?: probe_reset();
	if (ret)
		return ret;
	ns = generator_run(g, frames);
	if (ns < 0)
		return ns;
	ret = stamps_read(XDP_TABLE, DISTURBED_NS, out);
	if (ret == -ENODATA)
		err("hook %s has no samples of all phases and floor", XDP_TABLE);
	if (ret)
		return ret;
	p->sent += g->sent - sent;
	p->received += out->samples;
	p->dropped += out->samples;
	return 0;
}

int methods_stamps(struct point *p, size_t n, unsigned int rounds, uint64_t frames,
		   struct stamp_means *out)
{
	unsigned int k;
	int ret = 0;
	size_t i, at;

	for (k = 0; k < rounds && !ret; k++) {
		progress("time stamps", k, rounds);
		for (i = 0; i < n && !ret; i++) {
			at = k % 2 ? n - 1 - i : i;
			ret = interrupted() ? -EINTR :
			      stamp_one(&p[at], frames, &out[at * rounds + k]);
		}
	}
	progress_end();
	return ret;
}

void methods_raw(struct row *row, const char *name, const struct stamp_means *st,
		 unsigned int rounds, struct stats *s)
{
	double *v = xcalloc(rounds, sizeof(*v));
	unsigned int k;

	for (k = 0; k < rounds; k++)
		v[k] = st[k].ns[STAMP_PREP];
	row_raw(row, name, "ns", v, rounds);
	stats_of(v, rounds, s);
	free(v);
}

/* The limit is for what is systematic; whether it is kept is told by the rest */
static void judge_apart(struct result *res, struct row *row, const char *what,
			struct estimate stamps, struct estimate throughput)
{
	struct estimate apart = estimate_less(stamps, throughput);
	double limit = stamps_limit(throughput);
	char by_stamps[48], by_throughput[48];

	estimate_text(stamps, by_stamps, sizeof(by_stamps));
	estimate_text(throughput, by_throughput, sizeof(by_throughput));
	switch (stats_within(apart.ns, apart.half, limit)) {
	case WITHIN_HELD:
		result_note_times(res,
				  "eBPF - %s: %s ns by stamps, %s by throughput: the two methods agree within %g ns or %.0f %%.",
				  what, by_stamps, by_throughput, STAMPS_LIMIT_NS,
				  100 * STAMPS_LIMIT_SHARE);
		break;
	case WITHIN_MISSED:
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "the two methods are %.1f ns apart", fabs(apart.ns));
		result_note_times(res,
				  "Warning: eBPF - %s: %s ns by stamps, %s by throughput: the two methods disagree by %.1f ns, more than %g ns and %.0f %%.",
				  what, by_stamps, by_throughput, fabs(apart.ns), STAMPS_LIMIT_NS,
				  100 * STAMPS_LIMIT_SHARE);
		break;
	case WITHIN_NOT_TOLD:
		row_reason(row, VALIDITY_INDICATIVE, "methods",
			   "whether the two methods are apart by more than %.1f ns is not told",
			   limit);
		result_note_times(res,
				  "Warning: eBPF - %s: %s ns by stamps, %s by throughput: too unsure to say whether the two methods agree within %g ns or %.0f %%.",
				  what, by_stamps, by_throughput, STAMPS_LIMIT_NS,
				  100 * STAMPS_LIMIT_SHARE);
		break;
	}
}

void methods_fill(struct result *res, struct row *row, const char *what, struct estimate stamps,
		  struct estimate throughput)
{
	estimate_set_mean(row, "stamps", stamps);
	estimate_set_mean(row, "throughput", throughput);
	if (!isfinite(stamps.ns - throughput.ns))
		return;
	estimate_set(row, "apart", estimate_less(stamps, throughput));
	if (bench_has_times())
		judge_apart(res, row, what, stamps, throughput);
}
