// SPDX-License-Identifier: GPL-2.0-only
/* chain: many programs at TC ingress, the maps that they write to, and CPUs that write at once */
#include <errno.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/chain/chain.h"
#include "core/run.h"
#include "core/util.h"
#include "report/paper.h"

static const struct column_def cls_columns[] = {
	{ "empty", "empty", "ns", 1 },
	{ "filter", "filter", "ns", 1 },
	{ "array_once", "ARRAY once", "ns", 1 },
	{ "array_shared", "shared", "ns", 1 },
	{ "array_own", "own", "ns", 1 },
	{ "percpu_once", "PERCPU once", "ns", 1 },
	{ "percpu_shared", "shared", "ns", 1 },
	{ "percpu_own", "own", "ns", 1 },
	{ }
};

static const struct column_def tcx_columns[] = {
	{ "empty", "empty", "ns", 1 },
	{ "filter", "filter", "ns", 1 },
	{ "array_shared", "ARRAY shared", "ns", 1 },
	{ "array_own", "own", "ns", 1 },
	{ "percpu_shared", "PERCPU shared", "ns", 1 },
	{ "percpu_own", "own", "ns", 1 },
	{ }
};

static const struct column_def size_columns[] = {
	{ "memory", "memory", "KiB", 2 },
	{ "fits", "fits in", "", 0 },
	{ "array_10x1", "ARRAY 10x1", "ns", 2 },
	{ "array_1x10", "1x10", "ns", 2 },
	{ "percpu_10x1", "PERCPU 10x1", "ns", 2 },
	{ "percpu_1x10", "1x10", "ns", 2 },
	{ }
};

static const struct column_def write_columns[] = {
	{ "ns", "a write", "ns", 2 },
	{ }
};

static const struct column_def loading_columns[] = {
	{ "load", "load, each", "ms", 3 },
	{ "attach", "attach, each", "ms", 3 },
	{ "detach", "detach, all", "ms", 3 },
	{ }
};

static const struct column_def conflict_columns[] = {
	{ "array_1", "ARRAY, one", "ns", 1 },
	{ "array_k", "all", "ns", 1 },
	{ "array_ratio", "ratio", "times", 2 },
	{ "percpu_1", "PERCPU, one", "ns", 1 },
	{ "percpu_k", "all", "ns", 1 },
	{ "percpu_ratio", "ratio", "times", 2 },
	{ }
};

static const struct column_def line_columns[] = {
	{ "ns", "one way", "ns", 1 },
	{ "iqr", "IQR", "ns", 1 },
	{ "n", "n", "", 0 },
	{ }
};

static const struct row_def line_rows[] = {
	{ "line", "a cache line from one CPU to another" },
	{ }
};

/* Rows are made as the bench begins: --quick has fewer */
static const struct table_def tables[] = {
	{
		.key = "cls_bpf",
		.title = "Time per packet, with N programs at cls_bpf",
		.columns = cls_columns,
		.plot = { PLOT_LINES, "programs", "ns/packet",
			  "empty filter array_once array_own percpu_once percpu_own" },
	}, {
		.key = "tcx",
		.title = "Time per packet, with N programs at tcx",
		.columns = tcx_columns,
		.plot = { PLOT_LINES, "programs", "ns/packet",
			  "empty filter array_shared array_own percpu_shared percpu_own" },
	}, {
		.key = "slope",
		.title = "Time of a program, from one length of the chain to the next",
		.columns = cls_columns,
	}, {
		.key = "size",
		.title =
			"Time of a write above the filter, by entries of 256 bytes; 64 programs at cls_bpf",
		.columns = size_columns,
		.plot = { PLOT_LINES, "entries", "ns/write",
			  "array_10x1 array_1x10 percpu_10x1 percpu_1x10" },
	}, {
		.key = "write",
		.title =
			"A write of 200 bytes above the filter, by the helper or through a pointer",
		.columns = write_columns,
	}, {
		.key = "loading",
		.title = "Programs that write, loaded, attached and taken away",
		.columns = loading_columns,
	}, {
		.key = "conflicts",
		.title =
			"Time of a run with 10 writes, on one CPU and on several at once, by entries",
		.columns = conflict_columns,
	}, {
		.key = "line",
		.title = "What two CPUs take to pass on a cache line",
		.columns = line_columns,
		.rows = line_rows,
	}, { }
};

static const struct chain_set sets[CHAIN_PLACES][CHAIN_COLUMNS] = {
	[CHAIN_CLS_BPF] = {
		[CHAIN_EMPTY] = CHAIN_SET_INIT("chain_empty", ARRAY, CHAIN_ONCE),
		[CHAIN_FILTER] = CHAIN_SET_INIT("chain_filter", ARRAY, CHAIN_ONCE),
		[CHAIN_ARRAY_ONCE] = CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_ONCE),
		[CHAIN_ARRAY_SHARED] = CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_SHARED),
		[CHAIN_ARRAY_OWN] = CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_OWN),
		[CHAIN_PERCPU_ONCE] = CHAIN_SET_INIT("chain_write", PERCPU_ARRAY, CHAIN_ONCE),
		[CHAIN_PERCPU_SHARED] = CHAIN_SET_INIT("chain_write", PERCPU_ARRAY, CHAIN_SHARED),
		[CHAIN_PERCPU_OWN] = CHAIN_SET_INIT("chain_write", PERCPU_ARRAY, CHAIN_OWN),
	},
	[CHAIN_TCX] = {
		[CHAIN_EMPTY] = CHAIN_SET_INIT("chain_empty", ARRAY, CHAIN_SHARED),
		[CHAIN_FILTER] = CHAIN_SET_INIT("chain_filter", ARRAY, CHAIN_SHARED),
		[CHAIN_ARRAY_ONCE] = CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_ONCE),
		[CHAIN_ARRAY_SHARED] = CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_SHARED),
		[CHAIN_ARRAY_OWN] = CHAIN_SET_INIT("chain_write", ARRAY, CHAIN_OWN),
		[CHAIN_PERCPU_ONCE] = CHAIN_SET_INIT("chain_write", PERCPU_ARRAY, CHAIN_ONCE),
		[CHAIN_PERCPU_SHARED] = CHAIN_SET_INIT("chain_write", PERCPU_ARRAY, CHAIN_SHARED),
		[CHAIN_PERCPU_OWN] = CHAIN_SET_INIT("chain_write", PERCPU_ARRAY, CHAIN_OWN),
	},
};

static void unload(void *arg)
{
	struct chain *c = arg;
	enum chain_place place;
	size_t i;

	chain_clear(c);
	for (place = 0; place < CHAIN_PLACES; place++)
		for (i = 0; i < CHAIN_COLUMNS; i++)
			chain_set_free(&c->set[place][i]);
	for (i = 0; i < ARRAY_SIZE(c->more); i++)
		chain_set_free(&c->more[i]);
	chain_set_free(&c->end);
}

/* Each program is a descriptor, of which there are thousands */
static void more_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int prepare(struct chain *c)
{
	const char *provoke = getenv("HOOKCOST_PROVOKE") ?: "";
	enum chain_place place;
	size_t i;

	memcpy(c->set, sets, sizeof(sets));
	c->end = (struct chain_set)CHAIN_SET_INIT("chain_end", ARRAY, CHAIN_ONCE);
	/* a member that ends a chain of tcx: for a test of the counts */
	for (place = 0; place < CHAIN_PLACES && !strcmp(provoke, "pipe"); place++)
		for (i = 0; i < CHAIN_COLUMNS; i++)
			c->set[place][i].verdict = TC_ACT_PIPE;
	more_descriptors();
	/* in NAPI without an XDP program: veth's frames need it */
	return net_setup(&c->net, c->opts->device) ?: net_napi(&c->net, true) ?:
	       generator_setup(&c->gen, &c->net, CHAIN_FRAME) ?:
	       generator_target(&c->gen, NULL) ?: cleanup_push(unload, c);
}

static void make_rows(struct chain *c)
{
	chain_lengths_rows(c);
	chain_sizes_rows(c);
	chain_loading_rows(c);
	chain_conflicts_rows(c);
}

static void say(const struct chain *c)
{
	result_note(c->res,
		    "N programs, and one more that drops: each counts its runs. once: one program N times; shared: N programs, one map; own: N maps. What shared has more than once is N images, what own has more than shared is N maps.");
	result_note(c->res,
		    "A write: 200 bytes of the packet by bpf_skb_load_bytes() and bpf_map_update_elem() at a random key of %d, 256 bytes each.",
		    CHAIN_ENTRIES);
	result_note(c->res,
		    "tcx has room for %d programs and takes none twice; cls_bpf takes one as often as there are priorities.",
		    TCX_PROGRAMS);
	result_note(c->res,
		    "Path: %s, %d bytes; times of the first tables contain it, their differences do not.",
		    c->gen.ops->what, CHAIN_FRAME);
}

static int chain_run(const struct bench_opts *opts, struct result *res, void *state)
{
	struct chain *c = state;
	int ret;

	c->opts = opts;
	c->res = res;
	make_rows(c);
	ret = prepare(c);
	/* a provoked fault is one of the lengths' */
	if (!ret && !getenv("HOOKCOST_PROVOKE"))
		ret = chain_conflicts(c) ?: chain_sizes(c) ?: chain_loading(c);
	ret = ret ?: chain_lengths(c);
	if (!ret)
		say(c);
	return ret;
}

const struct bench bench_chain = {
	.name = "chain",
	.title = "chains of programs at TC: length, maps and their size, CPUs that write at once",
	.source = SOURCE_CHAIN,
	.seconds = 120,
	.seconds_quick = 20,
	.needs = "",
	.wants = WANT_CPUS,
	.headline =
		"cls_bpf empty: n_1 n_64; cls_bpf filter: n_1 n_64; cls_bpf array_shared: n_1 n_64",
	.sentence =
		"cls_bpf n_64 array_shared / cls_bpf n_1 array_shared: With 64 programs that write to a map a packet takes @x as long as with one",
	.batches = 10,
	.batches_quick = 6,
	.over_device = true,
	.state = sizeof(struct chain),
	.tables = tables,
	.run = chain_run,
};
