// SPDX-License-Identifier: GPL-2.0-only
/* uprobe: what a program costs at a system call */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench/uprobe/uprobe.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "uprobe.skel.h"

#define BYTES	"hello"

/* The call alone, and with a program; those of benches' rows */
static const char *const program[] = {
	"alone", "call_raw_tp", "call_tp_btf", "call_enter", "call_exit",
};

#define SIDES	ARRAY_SIZE(program)

struct side {
	struct uprobe *u;
	const char *program;
	uint64_t calls, hits, failed;
};

static double write_often(struct side *s, uint64_t units)
{
	uint64_t i, failed = 0;
	double at = now_ns();

	for (i = 0; i < units; i++)
		failed += write(s->u->null, BYTES, sizeof(BYTES) - 1) != sizeof(BYTES) - 1;
	at = now_ns() - at;
	s->calls += units;
	s->failed += failed;
	return at;
}

/* Whoever writes meanwhile is not this thread, and does not count */
static double batch(void *arg, uint64_t units)
{
	struct side *s = arg;
	const struct bpf_program *prog =
		bpf_object__find_program_by_name(s->u->skel->obj, s->program);
	double ns;

	s->u->link[0] = prog ? bpf_program__attach(prog) : NULL;
	if (prog && !s->u->link[0]) {
		int ret = -errno;

		err("cannot attach %s: %s", s->program, strerror(-ret));
		return ret;
	}
	s->hits -= uprobe_hits(s->u, UPROBE_CALL);
	ns = write_often(s, units);
	s->hits += uprobe_hits(s->u, UPROBE_CALL);
	bpf_link__destroy(s->u->link[0]);
	s->u->link[0] = NULL;
	return ns;
}

/* What cannot be loaded and attached is a row that says so; those that can, and the call alone */
static size_t find(struct uprobe *u, struct side *side, struct variant *v, const char **names)
{
	size_t i, n = 0;
	char why[256];

	for (i = 0; i < SIDES; i++) {
		const char *one[2] = { program[i] };
		struct bpf_program *prog = i ? uprobe_load(u, one, why, sizeof(why)) : NULL;
		struct bpf_link *link = prog ? bpf_program__attach(prog) : NULL;

		if (prog && !link)
			snprintf(why, sizeof(why), "cannot attach it: %s", strerror(errno));
		bpf_link__destroy(link);
		uprobe_unload(u);
		if (i && !link) {
			row_reason(result_row(u->res, "calls", program[i]),
				   VALIDITY_NOT_MEASURED, "other", "%s", why);
			continue;
		}
		if (i)
			names[n - 1] = program[i];
		side[n] = (struct side){ .u = u, .program = program[i] };
		v[n] = (struct variant){ .name = program[i], .fn = batch, .arg = &side[n] };
		n++;
	}
	return n;
}

static void put(struct uprobe *u, const struct side *side, const struct variant *v,
		const struct variant *alone)
{
	struct row *row = result_row(u->res, "calls", side->program);
	size_t n = u->opts->batches;
	struct stats s;

	row_raw(row, "call", "ns", v->ns, n);
	stats_less_each(v->ns, NULL, n, &s);
	row_set_median(row, "call", &s);
	row_spread_validity(row, &s);
	bench_linear(row, VALIDITY_INDICATIVE, NULL, "calls", v);
	if (v != alone) {
		stats_less_each(v->ns, alone->ns, n, &s);
		row_set_median(row, "above", &s);
	}
	row_set(row, "calls", (double)side->calls);
	row_ledger(row, "program", NULL, (const struct ledger[]){
		{ "calls", side->calls, side->calls },
		{ "that wrote less than they should", side->failed, 0 },
		{ "hits of the program", side->hits, v == alone ? 0 : side->calls },
		{ }
	});
}

int uprobe_calls(struct uprobe *u)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	const char *names[SIDES + 1] = { };
	struct side side[SIDES] = { };
	struct variant v[SIDES] = { };
	size_t n = find(u, side, v, names), i;
	char why[256];
	int ret;

	if (n < 2)
		return 0;
	/* it tells the others which thread's calls count */
	names[n - 1] = "uprobe_learn";
	if (!uprobe_load(u, names, why, sizeof(why))) {
		err("%s", why);
		return -EINVAL;
	}
	ret = bpf_prog_test_run_opts(bpf_program__fd(u->skel->progs.uprobe_learn), &opts);
	if (ret)
		err("BPF_PROG_TEST_RUN of a raw tracepoint: %s", strerror(-ret));
	ret = ret ?: batch_compare(v, n, u->opts->batches, "system calls");
	for (i = 0; i < n && !ret; i++)
		put(u, &side[i], &v[i], &v[0]);
	variants_free(v, n);
	uprobe_unload(u);
	return ret;
}
