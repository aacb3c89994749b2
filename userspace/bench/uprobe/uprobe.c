// SPDX-License-Identifier: GPL-2.0-only
/* uprobe: what it costs to look on as a process calls its functions, and the kernel */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/uprobe/uprobe.h"
#include "core/run.h"
#include "core/util.h"
#include "report/paper.h"
#include "uprobe.skel.h"

static const struct column_def probe_columns[] = {
	{ "how", "how", "", 0 },
	{ "perf_event", "perf event", "ns", 1, "kernel" },
	{ "multi", "multi", "ns", 1 },
	{ "user", "user space", "ns", 1, "user" },
	{ "alone", "call alone", "ns", 2 },
	{ }
};

static const struct column_def call_columns[] = {
	{ "call", "call", "ns", 1, "call" },
	{ "above", "above alone", "ns", 1, "above" },
	{ "user", "user space", "ns", 1, "user" },
	{ "calls", "calls", "", 0 },
	{ }
};

static const struct row_def call_rows[] = {
	{ "alone", "no program", "native" },
	{ "call_raw_tp", "raw tracepoint sys_enter" },
	{ "call_tp_btf", "tp_btf sys_enter" },
	{ "call_enter", "tracepoint sys_enter_write" },
	{ "call_exit", "tracepoint sys_exit_write", "sys_exit" },
	{ }
};

static const struct table_def tables[] = {
	{
		.key = "probes",
		.title = "A probe on a function, by its first instruction, above the call alone",
		.paper = "bpftime_probes",
		.columns = probe_columns,
		.row = uprobe_probe_row,
		.plot = { PLOT_BARS, "", "ns", "perf_event multi" },
	}, {
		.key = "calls",
		.title = "A program at write() of 5 bytes to /dev/null",
		.paper = "bpftime_calls",
		.columns = call_columns,
		.rows = call_rows,
	}, { }
};

struct bpf_program *uprobe_load(struct uprobe *u, const char *const *names, char *why, size_t len)
{
	struct bpf_program *prog, *first = NULL;
	int ret;

	u->skel = uprobe_bpf__open();
	if (!u->skel) {
		snprintf(why, len, "cannot open uprobe.bpf.o: %s", strerror(errno));
		return NULL;
	}
	bpf_object__for_each_program(prog, u->skel->obj)
		bpf_program__set_autoload(prog, false);
	for (; *names; names++) {
		prog = bpf_object__find_program_by_name(u->skel->obj, *names);
		if (prog)
			bpf_program__set_autoload(prog, true);
		first = first ?: prog;
	}
	u->skel->rodata->drop = !strcmp(getenv("HOOKCOST_PROVOKE") ?: "", "dropped");
	ret = uprobe_bpf__load(u->skel);
	if (!ret)
		return first;
	snprintf(why, len, "the kernel does not load the program: %s%s", strerror(-ret),
		 ret == -EPERM ? "; run as root" : "");
	uprobe_unload(u);
	return NULL;
}

void uprobe_unload(struct uprobe *u)
{
	uprobe_bpf__destroy(u->skel);
	u->skel = NULL;
}

uint64_t uprobe_hits(const struct uprobe *u, enum uprobe_hit hit)
{
	return __atomic_load_n(&u->skel->bss->hits[hit], __ATOMIC_RELAXED);
}

static void end(void *arg)
{
	struct uprobe *u = arg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(u->link); i++)
		bpf_link__destroy(u->link[i]);
	uprobe_unload(u);
	if (u->null >= 0)
		close(u->null);
}

static void say(struct result *res)
{
	result_note(res,
		    "how: what the kernel puts in the place of the first instruction, read there: a call that ends in a system call; a breakpoint, and the instruction emulated; or a breakpoint and a single step. Published factors between kernel and user space hold for the last kind alone, as bpftime's functions begin with endbr64 or movslq.");
	result_note(res,
		    "Columns \"paper\" are of one machine; of another (Xeon 5418Y, Linux 6.2) the same work has 1910.7 ns for its uprobe in the kernel and 380.9 ns in user space. \"user space\" is not measured: this bench does not drive bpftime.");
}

static int uprobe_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct uprobe *u = state;
	int ret;

	u->opts = opts;
	u->res = res;
	u->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (u->null < 0) {
		ret = -errno;
		err("cannot open /dev/null: %s", strerror(-ret));
		return ret;
	}
	ret = cleanup_push(end, u) ?: uprobe_probes(u) ?: uprobe_calls(u);
	say(res);
	return ret;
}

const struct bench bench_uprobe = {
	.name = "uprobe",
	.title = "probes on functions by their first instruction, and programs at system calls",
	.source = SOURCE_BPFTIME,
	.seconds = 60,
	.seconds_quick = 20,
	.needs = "a kernel with uprobes and tracepoints",
	.wants = WANT_CALLS,
	.headline = "probes perf_event: nop5_uprobe push_uprobe movslq_uprobe",
	.sentence =
		"calls call_raw_tp call / calls alone call: A system call with a program at its raw tracepoint takes @x as long as without",
	.batches = 10,
	.batches_quick = 6,
	.state = sizeof(struct uprobe),
	.tables = tables,
	.run = uprobe_run,
};
