// SPDX-License-Identifier: GPL-2.0-only
/* What a clock costs that somebody measures with */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "bench/self/clock.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "measure/batch.h"
#include "measure/testrun.h"
#include "clock.bpf.h"
#include "clock.skel.h"

enum { READS, LOOP, VARIANTS };

/* Short blocks, of which the middle half counts: most of them hold no interrupt */
#define READS_IN_BLOCK	500
#define BLOCKS		200
#define CLOCK_TRIES	4

static int compare(struct clock_bpf *skel, unsigned int batches, struct estimate *out)
{
	struct testrun run[VARIANTS] = {
		[READS] = { .prog_fd = bpf_program__fd(skel->progs.clock_reads) },
		[LOOP] = { .prog_fd = bpf_program__fd(skel->progs.clock_loop) },
	};
	struct variant v[VARIANTS] = {
		[READS] = { .name = "clock", .fn = testrun_batch, .arg = &run[READS] },
		[LOOP] = { .name = "loop", .fn = testrun_batch, .arg = &run[LOOP] },
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < VARIANTS && !ret; i++) {
		v[i].plan.units = testrun_units(testrun_batch, &run[i]);
		ret = v[i].plan.units ? 0 : -EIO;
	}
	ret = ret ?: batch_compare(v, VARIANTS, batches, "clock");
	/* it does go on */
	if (!ret && (testrun_once(&run[READS]) < 0 || !skel->bss->last))
		ret = -EIO;
	if (!ret && !v[READS].plan.linear)
		ret = -ERANGE;
	for (i = 0; i < batches && !ret; i++)
		v[READS].ns[i] = (v[READS].ns[i] - v[LOOP].ns[i]) / CLOCK_READS;
	if (!ret)
		*out = estimate_of(v[READS].ns, batches);
	for (i = 0; i < VARIANTS; i++)
		free(v[i].ns);
	return ret;
}

int clock_kernel(unsigned int batches, struct estimate *out)
{
	struct clock_bpf *skel = clock_bpf__open_and_load();
	int tries, ret = -ERANGE;

	*out = (struct estimate){ NAN, NAN };
	if (!skel)
		return -errno;
	/* others on this CPU are why twice as much is not twice as long, and they come and go */
	for (tries = 0; tries < CLOCK_TRIES && ret == -ERANGE; tries++)
		ret = compare(skel, batches, out);
	clock_bpf__destroy(skel);
	return ret;
}

static double block_ticks(bool ordered)
{
	uint64_t begin = __rdtsc();
	int i;

	if (ordered) {
		for (i = 0; i < READS_IN_BLOCK; i++) {
			_mm_lfence();
			__rdtsc();
		}
	} else {
		for (i = 0; i < READS_IN_BLOCK; i++)
			__rdtsc();
	}
	return (double)(__rdtsc() - begin) / READS_IN_BLOCK;
}

struct estimate clock_counter(unsigned int batches, bool ordered)
{
	double *v = xcalloc(batches, sizeof(*v)), block[BLOCKS];
	double ns = now_ns(), per_tick;
	uint64_t ticks = __rdtsc();
	struct estimate r;
	unsigned int k;
	int i;

	for (k = 0; k < batches; k++) {
		for (i = 0; i < BLOCKS; i++)
			block[i] = block_ticks(ordered);
		v[k] = stats_middle(block, BLOCKS);
	}
	per_tick = (now_ns() - ns) / (double)(__rdtsc() - ticks);
	for (k = 0; k < batches; k++)
		v[k] *= per_tick;
	r = estimate_of(v, batches);
	free(v);
	return r;
}
