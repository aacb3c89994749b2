// SPDX-License-Identifier: GPL-2.0-only
/* BPF_PROG_TEST_RUN as batches */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/run.h"
#include "core/util.h"
#include "measure/testrun.h"

#define BATCH_NS	11e6
#define TRIAL_NS	1e6

static char zeroes[TESTRUN_DATA_MIN];

static int run(const struct testrun *t, int repeat, double *ns)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	opts.data_in = t->data ? t->data : zeroes;
	opts.data_size_in = t->data ? t->size : sizeof(zeroes);
	opts.repeat = repeat;
	if (bpf_prog_test_run_opts(t->prog_fd, &opts))
		return -errno;
	/* the mean of the runs, without its fraction */
	*ns = repeat * (opts.duration + 0.5);
	return opts.retval;
}

int testrun_once(const struct testrun *t)
{
	double ns;

	return run(t, 1, &ns);
}

double testrun_batch(void *testrun, uint64_t units)
{
	double ns = 0, sum = 0;

	/*
	 * The kernel's own time: the system call may also wait for a grace
	 * period, to take the program out of the XDP dispatcher.
	 */
	while (units) {
		int repeat = units > INT_MAX ? INT_MAX : (int)units;
		int ret = run(testrun, repeat, &ns);

		if (ret < 0)
			return ret;
		sum += ns;
		units -= repeat;
	}
	return sum;
}

uint64_t testrun_units(double (*fn)(void *arg, uint64_t units), void *arg)
{
	uint64_t units = 1;
	double ns;

	while ((ns = fn(arg, units)) < TRIAL_NS) {
		if (ns < 0)
			return 0;
		units *= 2;
	}
	return (uint64_t)((double)units * BATCH_NS / ns) + 1;
}

int testrun_variant(const struct bpf_object *obj, const char *name, double each,
		    struct testrun *t, struct variant *v)
{
	const struct bpf_program *prog = bpf_object__find_program_by_name(obj, name);

	if (!prog)
		return -ENOENT;
	*t = (struct testrun){ .prog_fd = bpf_program__fd(prog) };
	*v = (struct variant){ .name = name, .fn = testrun_batch, .arg = t, .each = each };
	v->plan.units = testrun_units(testrun_batch, t);
	return v->plan.units ? 0 : -EIO;
}
