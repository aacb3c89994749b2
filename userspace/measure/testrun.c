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

/* Addresses of two functions; an address is left alone if its function isn't listed */
static int kallsyms(const char *a, unsigned long *a_at, const char *b, unsigned long *b_at)
{
	char line[512], name[256], type;
	unsigned long at;
	FILE *f;

	f = fopen("/proc/kallsyms", "r");
	if (!f)
		return -errno;
	while ((!*a_at || !*b_at) && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx %c %255s", &at, &type, name) != 3)
			continue;
		if (!strcmp(name, a))
			*a_at = at;
		else if (!strcmp(name, b))
			*b_at = at;
	}
	fclose(f);
	return 0;
}

static int count_calls(const struct bpf_insn *insn, size_t n, const char *function)
{
	unsigned long base = 0, at = 0;
	int ret, calls = 0;
	size_t i;

	if (function) {
		ret = kallsyms("__bpf_call_base", &base, function, &at);
		if (ret)
			return ret;
		if (!base || !at)
			return -ENOENT;
	}
	for (i = 0; i < n; i++) {
		if (insn[i].code != (BPF_JMP | BPF_CALL) || insn[i].src_reg)
			continue;
		calls += !function || insn[i].imm == (int)(at - base);
	}
	return calls;
}

int testrun_calls(int prog_fd, const char *function)
{
	struct bpf_prog_info info = {};
	__u32 info_len = sizeof(info), len;
	struct bpf_insn *insn;
	int ret;

	if (bpf_prog_get_info_by_fd(prog_fd, &info, &info_len))
		return -errno;
	len = info.xlated_prog_len;
	insn = xcalloc(1, len);
	memset(&info, 0, sizeof(info));
	info.xlated_prog_len = len;
	info.xlated_prog_insns = (uintptr_t)insn;
	if (bpf_prog_get_info_by_fd(prog_fd, &info, &info_len))
		ret = -errno;
	else if (!info.xlated_prog_insns)
		ret = -EPERM;
	else
		ret = count_calls(insn, len / sizeof(*insn), function);
	free(insn);
	return ret;
}
