// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "measure/testrun.h"
#include "watch.skel.h"
#include "watch/probe.h"
#include "watch_empty.skel.h"

/* The kernel's own, which user space has no name for */
#define KERNEL_ENOTSUPP	524
#define ROUNDS		15
#define ROUND_RUNS	20000

struct watch_probe {
	struct watch_bpf *skel;
};

/* libbpf's own words are for -v: here one line says it */
static int silent(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return 0;
}

static int try_load(struct watch_probe *p, int fd, const char *function)
{
	int ret;

	p->skel = watch_bpf__open();
	if (!p->skel)
		return -errno;
	ret = bpf_program__set_attach_target(p->skel->progs.watch_entry, fd, function) ?:
	      bpf_program__set_attach_target(p->skel->progs.watch_exit, fd, function) ?:
	      watch_bpf__load(p->skel);
	if (ret)
		return ret;
	/* the exit first: an entry without one would be a run that is lost */
	p->skel->links.watch_exit = bpf_program__attach(p->skel->progs.watch_exit);
	if (!p->skel->links.watch_exit)
		return -errno;
	p->skel->links.watch_entry = bpf_program__attach(p->skel->progs.watch_entry);
	return p->skel->links.watch_entry ? 0 : -errno;
}

struct watch_probe *watch_probe_new(int fd, const char *function, char *why, size_t len)
{
	struct watch_probe *p = xcalloc(1, sizeof(*p));
	libbpf_print_fn_t old = libbpf_set_print(silent);
	int ret;

	ret = try_load(p, fd, function);
	libbpf_set_print(old);
	if (!ret)
		return p;
	snprintf(why, len, "the kernel takes no probe at %s: %s%s", function,
		 ret == -KERNEL_ENOTSUPP ? "not supported" : strerror(-ret),
		 ret == -EPERM && geteuid() ? "; run as root" :
		 ret == -EPERM ? " (lockdown, or a security module, forbids it)" :
		 ret == -EINVAL || ret == -EOPNOTSUPP || ret == -KERNEL_ENOTSUPP ?
		 " (it needs CONFIG_BPF_EVENTS and the JIT)" : "");
	watch_probe_free(p);
	return NULL;
}

void watch_probe_free(struct watch_probe *p)
{
	if (!p)
		return;
	watch_bpf__destroy(p->skel);
	free(p);
}

/* Runs at which the kernel did not call a probe, since that CPU was in it already */
static uint64_t missed(const struct bpf_program *prog)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &size))
		return 0;
	return info.recursion_misses;
}

int watch_probe_read(const struct watch_probe *p, struct watch_hist *h)
{
	int cpus = libbpf_num_possible_cpus(), i, ret = 0;
	struct watch_cpu *c;
	__u32 zero = 0;

	if (cpus < 0)
		return cpus;
	c = xcalloc(cpus, sizeof(*c));
	memset(h, 0, sizeof(*h));
	if (bpf_map__lookup_elem(p->skel->maps.times, &zero, sizeof(zero), c,
				 cpus * sizeof(*c), 0))
		ret = -errno;
	for (i = 0; i < cpus && !ret; i++)
		watch_hist_add(h, &c[i]);
	free(c);
	h->lost += missed(p->skel->progs.watch_entry);
	return ret;
}

static int rounds(struct watch_empty_bpf *empty, double *ns)
{
	struct testrun run = { .prog_fd = bpf_program__fd(empty->progs.watch_empty) };
	size_t i;

	for (i = 0; i < ROUNDS; i++) {
		ns[i] = testrun_batch(&run, ROUND_RUNS);
		if (interrupted())
			return -EINTR;
		if (ns[i] < 0)
			return (int)ns[i];
		ns[i] /= ROUND_RUNS;
	}
	return 0;
}

/* A clock that never stands still counts finer than it can be read */
static double clock_step(struct watch_empty_bpf *empty)
{
	struct testrun run = { .prog_fd = bpf_program__fd(empty->progs.watch_clock) };

	if (testrun_once(&run) < 0 || !empty->bss->stood)
		return 0;
	return (double)empty->bss->step;
}

static int calibrate(struct watch_empty_bpf *empty, struct watch_floor *f, char *why, size_t len)
{
	double bare[ROUNDS], probed[ROUNDS];
	struct watch_probe *p;
	struct watch_hist h;
	struct stats a, b;
	int ret;

	ret = rounds(empty, bare);
	if (ret)
		return ret;
	p = watch_probe_new(bpf_program__fd(empty->progs.watch_empty), "watch_empty", why, len);
	if (!p)
		return -ENOTSUP;
	ret = rounds(empty, probed) ?: watch_probe_read(p, &h);
	watch_probe_free(p);
	if (ret)
		return ret;
	/* each of them was timed, or what follows is none either */
	if (h.runs + h.lost != ROUNDS * ROUND_RUNS || h.lost) {
		snprintf(why, len, "of %d runs of a program the probe timed %llu",
			 ROUNDS * ROUND_RUNS, (unsigned long long)h.runs);
		return -EIO;
	}
	stats_of(bare, ROUNDS, &a);
	stats_of(probed, ROUNDS, &b);
	f->median = watch_hist_quantile(&h, 0.5);
	/* a tenth is left out: interrupts come into some runs */
	f->mean = watch_hist_mean(&h, 0.9);
	f->step = clock_step(empty);
	f->added = b.median - a.median;
	return 0;
}

int watch_calibrate(struct watch_floor *f, char *why, size_t len)
{
	libbpf_print_fn_t old = libbpf_set_print(silent);
	struct watch_empty_bpf *empty = watch_empty_bpf__open_and_load();
	int ret = empty ? 0 : -errno;

	libbpf_set_print(old);
	*why = '\0';
	if (!ret)
		ret = calibrate(empty, f, why, len);
	if (ret && !*why)
		snprintf(why, len, "a program for calibration: %s%s", strerror(-ret),
			 ret == -EPERM ? "; run as root" : "");
	watch_empty_bpf__destroy(empty);
	return ret;
}
