// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures 14a and 14b in instructions: where the time stamp counter advances by
 * one with each instruction (QEMU -icount), the hook's own stamps count them
 */
#include <errno.h>
#include <string.h>

#include "bench/codegen/figure14.h"
#include "core/json.h"
#include "core/run.h"
#include "hook/hook.h"
#include "kernel/probe.h"

#define COUNT_FRAMES	512
#define ROUNDS		2

/*
 * The fewest instructions from the call site to the program's return, those of
 * the clock taken off: a packet that no interrupt hit. Its path has no other
 * branch that depends on the packet.
 */
static int count_one(struct point *p, uint64_t *insns)
{
	const struct probe_phase *prep, *clock;
	struct generator *g = &p->of->gen;
	uint64_t sent = g->sent;
	struct probe_hook h;
	double ns;
	int ret;

	ret = version_select(p) ?: probe_reset();
	if (ret)
		return ret;
	ns = generator_run(g, COUNT_FRAMES);
	if (ns < 0)
		return ns;
	ret = probe_read_hook(XDP_TABLE, &h);
	if (ret)
		return ret;
	prep = probe_phase(&h, "prep");
	clock = probe_phase(&h, "floor");
	if (!prep || !prep->count || !clock || !clock->count) {
		err("hook %s has no samples of prep and floor", XDP_TABLE);
		ret = -ENODATA;
	} else {
		*insns = prep->min - prep->reads * clock->min;
		p->received += prep->count;
		p->dropped += prep->count;
	}
	p->sent += g->sent - sent;
	probe_hook_free(&h);
	return ret;
}

static int count_version(struct row *row, struct point *p, uint64_t *insns)
{
	const char *key = version_key[p->version];
	uint64_t again;
	int i, ret;

	ret = count_one(p, insns);
	for (i = 1; i < ROUNDS && !ret; i++) {
		ret = count_one(p, &again);
		if (!ret && again != *insns)
			row_reason(row, VALIDITY_INVALID, "repeat",
				   "%s: %llu instructions, then %llu", key,
				   (unsigned long long)*insns, (unsigned long long)again);
	}
	if (ret)
		return ret;
	row_set(row, key, *insns);
	version_judge(p, row, 0);
	return 0;
}

static int count_x(struct figure14 *f, double x, uint64_t insns[VERSIONS])
{
	struct row *row = result_row_at(f->res, "instructions", x);
	int version, ret = 0;

	for (version = 0; version < VERSIONS && !ret; version++) {
		struct point p = { &f->of, version, f->def->program[version], x, .checked = true };

		if (f->of.have[version])
			ret = count_version(row, &p, &insns[version]);
	}
	if (ret)
		bench_not_measured(row, ret, f->of.net.dev, PEER_FRAMES);
	return ret;
}

/* Between the last two points, where a loop's beginning and end are the same */
static void say_slope(struct figure14 *f, const char *fact, enum version version,
		      const uint64_t *last, const uint64_t *before)
{
	double insns = (last[version] - before[version]) / (f->x[f->n - 1] - f->x[f->n - 2]);

	if (!f->of.have[version])
		return;
	result_note(f->res, "Executed per repetition, %s: %g instructions.",
		    version_name[version], insns);
	result_fact(f->res, fact, json_number(insns));
}

int figure14_count(struct figure14 *f)
{
	uint64_t insns[VERSIONS] = {}, before[VERSIONS] = {};
	size_t i;
	int ret;

	ret = probe_set_clock("plain") ?: probe_enable(XDP_TABLE);
	for (i = 0; i < f->n && !ret; i++) {
		progress(f->opts->bench->figure->xname, i, f->n);
		memcpy(before, insns, sizeof(before));
		ret = count_x(f, f->x[i], insns);
	}
	progress_end();
	if (ret)
		return ret;
	say_slope(f, "executed_native", VERSION_NATIVE, insns, before);
	say_slope(f, "executed_ebpf", VERSION_EBPF, insns, before);
	figure14_instructions(f);
	return 0;
}
