// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures 14a and 14b in instructions: where the time stamp counter advances by
 * one with each instruction (QEMU -icount), the hook's own stamps count them
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bench/codegen/figure14.h"
#include "core/json.h"
#include "core/run.h"
#include "hook/hook.h"
#include "kernel/probe.h"

#define COUNT_FRAMES	512
#define ROUNDS		2

static void probes_off(void *arg)
{
	probe_enable("none");
}

/*
 * The fewest instructions from the call site to the program's return, those of
 * the clock taken off: a packet that no interrupt hit. Its path has no other
 * branch that depends on the packet.
 */
static int count_one(struct point *p, uint64_t *insns)
{
	const struct probe_phase *prep, *clock;
	struct figure14 *f = p->f;
	uint64_t sent = f->gen.sent;
	struct probe_hook h;
	double ns;
	int ret;

	ret = figure14_select(p) ?: probe_reset();
	if (ret)
		return ret;
	ns = generator_run(&f->gen, COUNT_FRAMES);
	if (ns < 0)
		return ns;
	ret = probe_read_hook(XDP_TABLE, &h);
	if (ret)
		return ret;
	prep = probe_phase(&h, "prep");
	clock = probe_phase(&h, "floor");
	if (!prep || !prep->count || !clock || !clock->count) {
		err("hook xdp has no samples of prep and floor");
		ret = -ENODATA;
	} else {
		*insns = prep->min - prep->reads * clock->min;
		p->received += prep->count;
		p->dropped += prep->count;
	}
	p->sent += f->gen.sent - sent;
	probe_hook_free(&h);
	return ret;
}

static int count_version(struct figure14 *f, struct row *row, struct point *p, const char *key,
			 uint64_t *insns)
{
	uint64_t again;
	int i, ret;

	ret = count_one(p, insns);
	for (i = 1; i < ROUNDS && !ret; i++) {
		ret = count_one(p, &again);
		if (!ret && again != *insns)
			row_weaken(row, VALIDITY_INVALID, "%s: %llu instructions, then %llu", key,
				   (unsigned long long)*insns, (unsigned long long)again);
	}
	if (!ret) {
		row_set(row, key, *insns);
		figure14_judge(p, row, 0);
	}
	return ret;
}

static int count_x(struct figure14 *f, struct table *t, double x, uint64_t insns[VERSIONS])
{
	static const char *const key[VERSIONS] = {
		[VERSION_NATIVE] = "native", [VERSION_EBPF] = "ebpf", [VERSION_HARD] = "hard",
	};
	const char *name[VERSIONS] = { [VERSION_NATIVE] = f->native, [VERSION_HARD] = f->hard };
	char id[32], label[32];
	struct row *row;
	int version, ret = 0;

	snprintf(id, sizeof(id), "%s_%g", f->paper->xname, x);
	snprintf(label, sizeof(label), "%s = %g", f->paper->xname, x);
	row = table_row(t, id, label);
	row_x(row, x);
	for (version = 0; version < VERSIONS && !ret; version++) {
		struct point p = {
			.f = f, .version = version, .name = name[version], .x = x, .checked = true,
		};

		if (f->have[version])
			ret = count_version(f, row, &p, key[version], &insns[version]);
	}
	if (ret)
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s",
			   ret == -EINTR ? "interrupted" : strerror(-ret));
	return ret;
}

/* Between the last two points, where a loop's beginning and end are the same */
static void say_slope(struct figure14 *f, const char *name, const char *fact, double insns)
{
	result_note(f->res, "Executed per repetition, %s: %g instructions.", name, insns);
	result_fact(f->res, fact, json_number(insns));
}

int figure14_count(struct figure14 *f)
{
	struct table *t = result_table(f->res, "instructions",
				       "Instructions from the call site to the program's return");
	const struct paper_figure *pf = f->paper;
	uint64_t insns[VERSIONS] = {}, before[VERSIONS] = {};
	size_t mark = cleanup_mark(), i;
	double by;
	int ret;

	if (!f->have[VERSION_NATIVE])
		result_note(f->res, "native: not measured: %s", f->lacks[VERSION_NATIVE]);
	table_column(t, "native", "native", "instructions", 0);
	table_column(t, "ebpf", "eBPF", "instructions", 0);
	table_column(t, "hard", "hard-coded", "instructions", 0);
	table_plot(t, PLOT_LINES, pf->xname, "instructions", "native ebpf hard", false);
	ret = cleanup_push(probes_off, NULL);
	if (ret)
		return ret;
	ret = probe_set_clock("plain") ?: probe_enable(XDP_TABLE);
	for (i = 0; i < pf->n && !ret; i++) {
		progress(pf->xname, i, pf->n);
		memcpy(before, insns, sizeof(before));
		ret = count_x(f, t, pf->x[i], insns);
	}
	progress_end();
	cleanup_to(mark);
	if (ret)
		return ret;
	by = pf->x[pf->n - 1] - pf->x[pf->n - 2];
	if (f->have[VERSION_NATIVE])
		say_slope(f, "native", "executed_native",
			  (insns[VERSION_NATIVE] - before[VERSION_NATIVE]) / by);
	say_slope(f, "eBPF", "executed_ebpf", (insns[VERSION_EBPF] - before[VERSION_EBPF]) / by);
	figure14_instructions(f);
	return 0;
}
