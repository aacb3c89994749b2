// SPDX-License-Identifier: GPL-2.0-only
/* uprobe: what a probe costs, by the first instruction of the function and by how it is attached */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/uprobe/uprobe.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "kernel/env_judge.h"
#include "measure/batch.h"
#include "uprobe.skel.h"

#define SELF	"/proc/self/exe"
/* The kernel puts its instruction in place at the first hit, or soon after */
#define WARM	16

/* At the entry, at the return, or at both */
enum { AT_ENTRY = 1, AT_RETURN = 2, KINDS = 3 };

static const char *const kind_key[KINDS] = { "uprobe", "uretprobe", "both" };

enum { PERF_EVENT, MULTI, WAYS };

static const char *const way_key[WAYS] = { "perf_event", "multi" };
static const char *const way_name[WAYS] = { "perf event", "multi" };

bool uprobe_probe_row(size_t i, struct row_def *def)
{
	static char key[32], label[48];
	const struct victim *v = &victims[i / KINDS];

	if (!v->key)
		return false;
	snprintf(key, sizeof(key), "%s_%s", v->key, kind_key[i % KINDS]);
	snprintf(label, sizeof(label), "%s, %s", v->label, kind_key[i % KINDS]);
	*def = (struct row_def){ key, label, v->paper ? kind_key[i % KINDS] : NULL };
	return true;
}

/* One victim with its probes, while it is timed */
struct probe {
	struct uprobe *u;
	const struct victim *victim;
	unsigned int at;
	uint64_t calls, sum, must_be;
	uint64_t hits[UPROBE_HITS];
};

static const char text[] = "uprobe";

static double call(victim_fn fn, uint64_t units, uint64_t *sum)
{
	double at = now_ns();
	uint64_t i, s = 0;

	for (i = 0; i < units; i++)
		s += fn(text, (int)(i & 3), i);
	*sum += s;
	return now_ns() - at;
}

static void count(struct probe *p, bool begin)
{
	size_t i;

	for (i = 0; i < UPROBE_HITS; i++)
		p->hits[i] += begin ? -uprobe_hits(p->u, i) : uprobe_hits(p->u, i);
}

static double probed(void *arg, uint64_t units)
{
	struct probe *p = arg;
	double ns;

	count(p, true);
	ns = call(p->victim->probed, units, &p->sum);
	count(p, false);
	p->calls += units;
	/* what the function returns must not depend on who looks on */
	call(p->victim->twin, units, &p->must_be);
	return ns;
}

static double alone(void *arg, uint64_t units)
{
	struct probe *p = arg;
	uint64_t sum = 0;

	return call(p->victim->twin, units, &sum);
}

static struct bpf_link *attach(const struct bpf_program *prog, int way, bool at_return,
			       size_t offset)
{
	LIBBPF_OPTS(bpf_uprobe_opts, one, .retprobe = at_return);
	LIBBPF_OPTS(bpf_uprobe_multi_opts, multi, .retprobe = at_return);
	unsigned long offsets = offset;

	if (way == PERF_EVENT)
		return bpf_program__attach_uprobe_opts(prog, 0, SELF, offset, &one);
	multi.offsets = &offsets;
	multi.cnt = 1;
	return bpf_program__attach_uprobe_multi(prog, 0, SELF, NULL, &multi);
}

static void detach(struct uprobe *u)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(u->link); i++) {
		bpf_link__destroy(u->link[i]);
		u->link[i] = NULL;
	}
}

/* 0, or -errno with a reason in why */
static int place(struct probe *p, int way, char *why, size_t len)
{
	static const char *const name[WAYS][2] = {
		{ "uprobe_entry", "uprobe_return" },
		{ "uprobe_multi_entry", "uprobe_multi_return" },
	};
	const char *names[3] = { name[way][0], name[way][1] };
	size_t offset, i;
	int ret = victim_offset(p->victim, &offset);

	if (ret) {
		snprintf(why, len, "/proc/self/maps does not have the function: %s",
			 strerror(-ret));
		return ret;
	}
	if (!uprobe_load(p->u, names, why, len))
		return -EINVAL;
	for (i = 0; i < 2; i++) {
		if (!(p->at & 1U << i))
			continue;
		p->u->link[i] = attach(bpf_object__find_program_by_name(p->u->skel->obj, names[i]),
				       way, i, offset);
		if (p->u->link[i])
			continue;
		ret = -errno;
		snprintf(why, len, "cannot attach a %s by %s: %s", i ? "uretprobe" : "uprobe",
			 way_name[way], strerror(-ret));
		return ret;
	}
	return 0;
}

static void put(struct probe *p, struct row *row, int way, const struct variant *v)
{
	size_t n = p->u->opts->batches;
	struct stats s;

	row_raw(row, way_key[way], "ns", v[0].ns, n);
	stats_less_each(v[0].ns, v[1].ns, n, &s);
	row_set_median(row, way_key[way], &s);
	row_spread_validity(row, &s);
	bench_linear(row, VALIDITY_INDICATIVE, way_name[way], "calls", &v[0]);
	row_ledger(row, "program", way_name[way], (const struct ledger[]){
		{ "calls", p->calls, p->calls },
		{ "hits at the entry", p->hits[UPROBE_ENTRY], p->at & AT_ENTRY ? p->calls : 0 },
		{ "hits at the return", p->hits[UPROBE_RETURN], p->at & AT_RETURN ? p->calls : 0 },
		{ }
	});
	if (p->victim->returns && p->sum != p->must_be)
		row_reason(row, VALIDITY_INVALID, "program",
			   "%s: the probed function's results are others", way_name[way]);
	stats_less_each(v[1].ns, NULL, n, &s);
	row_set(row, "alone", s.median);
}

/* Where one way is not to be had, the row has the other; lacks: how many were not */
static int measure(struct probe *p, struct row *row, int way, int *lacks)
{
	struct variant v[2] = {
		{ .name = way_name[way], .fn = probed, .arg = p },
		{ .name = "alone", .fn = alone, .arg = p },
	};
	char why[256];
	uint64_t sum = 0;
	int ret = place(p, way, why, sizeof(why));

	if (ret) {
		if (++*lacks == WAYS)
			row_reason(row, VALIDITY_NOT_MEASURED, "other", "%s", why);
		else
			row_note(row, "way", "%s", why);
		ret = 0;
	} else {
		call(p->victim->probed, WARM, &sum);
		ret = batch_compare(v, ARRAY_SIZE(v), p->u->opts->batches, p->victim->key);
		if (!ret) {
			put(p, row, way, v);
			row_text(row, "how", victim_how(p->victim));
		}
		variants_free(v, ARRAY_SIZE(v));
	}
	detach(p->u);
	uprobe_unload(p->u);
	return ret;
}

/* What the user sees where the kernel has none of it */
static bool lacks_uprobes(struct uprobe *u)
{
	struct row_def def;
	size_t i;

	if (!access("/sys/bus/event_source/devices/uprobe/type", R_OK))
		return false;
	for (i = 0; uprobe_probe_row(i, &def); i++)
		row_reason(result_row(u->res, "probes", def.key), VALIDITY_NOT_MEASURED, "other",
			   "the kernel has no uprobes (CONFIG_UPROBE_EVENTS), or sysfs does not show them");
	return true;
}

int uprobe_probes(struct uprobe *u)
{
	struct row_def def;
	int ret = 0, way, lacks;
	size_t i;

	if (lacks_uprobes(u))
		return 0;
	for (i = 0; !ret && uprobe_probe_row(i, &def); i++)
		for (way = lacks = 0; way < WAYS && !ret; way++) {
			struct probe p = {
				.u = u,
				.victim = &victims[i / KINDS],
				.at = (unsigned int)(i % KINDS) + 1,
			};

			ret = measure(&p, result_row(u->res, "probes", def.key), way,
				      &lacks);
		}
	return ret;
}
