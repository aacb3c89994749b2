// SPDX-License-Identifier: GPL-2.0-only
/*
 * Table 1: two methods to the XDP hook's cost. A program that drops runs there as eBPF, as a
 * native function that the hook calls, and compiled into the call site; what eBPF takes
 * more, by the stamps of the hook and by the time per frame while all probes are off.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/hooks/measure.h"
#include "bench/hooks/methods.h"
#include "bench/versions/methods.h"
#include "core/run.h"
#include "core/stats.h"
#include "core/util.h"
#include "hook/hook.h"
#include "kernel/probe.h"
#include "measure/batch.h"
#include "report/paper.h"

#define MIN_FRAMES	6000
#define BATCHES		20
#define BATCHES_QUICK	10

enum order { PLAIN, ORDERED, READS };

static const char *const reads_name[READS] = { "plain", "ordered" };

struct both {
	struct table1 *t1;
	struct versions f;
	struct point p[VERSIONS];
	size_t at[VERSIONS];		/* in p, where there is such a version */
	size_t n;
	unsigned int batches;
	uint64_t frames;		/* of a round of stamps */
	struct stamp_means *st[READS];
	struct variant v[VERSIONS];
};

/* A row each: eBPF against these */
static const enum version others[] = { VERSION_NATIVE, VERSION_HARD };

static struct row *row_of(const struct both *s, size_t i)
{
	return result_row(s->t1->res, "methods", version_key[others[i]]);
}

static int find_sides(struct both *s)
{
	int ret = versions_find(&s->f, version_drop);
	enum version version;

	for (version = 0; version < VERSIONS; version++) {
		if (!s->f.have[version])
			continue;
		s->at[version] = s->n;
		s->p[s->n++] = (struct point){
			.of = &s->f, .version = version, .name = version_drop[version]
		};
	}
	return ret;
}

static struct stamp_means *stamps_of(const struct both *s, enum order reads,
				     enum version version)
{
	return &s->st[reads][s->at[version] * s->t1->parts];
}

static int by_stamps(struct both *s, enum order reads)
{
	int ret;

	s->st[reads] = xcalloc(s->n * s->t1->parts, sizeof(*s->st[reads]));
	ret = probe_set_clock(reads_name[reads]) ?: table1_select(s->t1, XDP_TABLE) ?:
	      methods_stamps(s->p, s->n, s->t1->parts, s->frames, s->st[reads]);
	probe_enable("none");
	return ret;
}

static int by_throughput(struct both *s)
{
	size_t i;

	/* how fast another machine sends says nothing of the receiver */
	if (s->f.net.dev->ops->remote)
		return 0;
	for (i = 0; i < s->n; i++)
		s->v[i] = (struct variant){
			.name = s->p[i].name ?: "eBPF",
			.fn = version_batch,
			.arg = &s->p[i],
			.plan.units = MIN_FRAMES,
		};
	return batch_compare(s->v, s->n, s->batches, "throughput");
}

static struct estimate throughput_of(const struct both *s, enum version than, double *d)
{
	const struct variant *ebpf = &s->v[s->at[VERSION_EBPF]], *other = &s->v[s->at[than]];
	unsigned int k;

	if (!ebpf->ns)
		return (struct estimate){ NAN, NAN };
	for (k = 0; k < s->batches; k++)
		d[k] = ebpf->ns[k] - other->ns[k];
	return estimate_rate(d, s->batches, s->f.gen.ops->block);
}

static uint64_t count(const struct both *s, enum order reads, enum version version)
{
	const struct stamp_means *st = stamps_of(s, reads, version);
	uint64_t n = 0;
	unsigned int k;

	for (k = 0; k < s->t1->parts; k++)
		n += st[k].samples;
	return n;
}

static void judge(const struct both *s, struct row *row, enum version version)
{
	const struct variant *v = &s->v[s->at[version]];

	if (s->f.net.dev->ops->remote)
		return;
	version_judge(&s->p[s->at[version]], row, 0);
	bench_linear(row, VALIDITY_INDICATIVE, v->name, "frames", v);
}

static void fill(struct both *s, size_t i)
{
	enum order reads = s->t1->opts->ordered ? ORDERED : PLAIN;
	struct row *row = row_of(s, i);
	enum version version = others[i];
	const struct stamp_means *ebpf, *other;
	unsigned int parts = s->t1->parts;
	struct estimate throughput;
	struct stats means;
	double *d;

	if (!s->f.have[version]) {
		row_weaken(row, VALIDITY_NOT_MEASURED, "%s", s->f.lacks[version]);
		return;
	}
	ebpf = stamps_of(s, reads, VERSION_EBPF);
	other = stamps_of(s, reads, version);
	d = xcalloc(s->batches, sizeof(*d));
	throughput = throughput_of(s, version, d);
	estimate_set_mean(row, "native", estimate_phase(other, NULL, STAMP_PREP, parts));
	estimate_set_mean(row, "ebpf", estimate_phase(ebpf, NULL, STAMP_PREP, parts));
	row_set(row, "samples", count(s, reads, version) + count(s, reads, VERSION_EBPF));
	methods_raw(row, "native", other, parts, &means);
	methods_raw(row, "ebpf", ebpf, parts, &means);
	if (isfinite(throughput.ns))
		row_raw(row, "throughput", "ns", d, s->batches);
	free(d);
	methods_fill(s->t1->res, row, version_name[version],
		     estimate_phase(ebpf, other, STAMP_PREP, parts), throughput);
	judge(s, row, version);
	judge(s, row, VERSION_EBPF);
}

static bool exact(const struct both *s, enum version version)
{
	const struct point *p = &s->p[s->at[version]];

	return s->f.net.dev->ops->remote || (p->sent == p->received && p->sent == p->dropped);
}

/* The paper's clock reads in order, too */
static void keep(const struct both *s, struct table1_xdp *xdp)
{
	static const enum stamp_phase phase[PHASES] = {
		[PHASE_ENTRY] = STAMP_ENTRY, [PHASE_PROG] = STAMP_PROG,
		[PHASE_VERDICT] = STAMP_VERDICT, [PHASE_TOTAL] = STAMP_TOTAL,
	};
	const struct stamp_means *ebpf = stamps_of(s, ORDERED, VERSION_EBPF), *native;
	unsigned int parts = s->t1->parts;
	int i;

	for (i = 0; i < PHASES; i++)
		xdp->ebpf.phase[i] = estimate_phase(ebpf, NULL, phase[i], parts);
	xdp->ebpf.samples = count(s, ORDERED, VERSION_EBPF);
	xdp->ebpf.ordered = true;
	xdp->ebpf.have = true;
	xdp->ebpf.exact = exact(s, VERSION_EBPF) &&
			  (!s->f.have[VERSION_NATIVE] || exact(s, VERSION_NATIVE));
	xdp->have_native = s->f.have[VERSION_NATIVE];
	snprintf(xdp->lacks, sizeof(xdp->lacks), "%s", s->f.lacks[VERSION_NATIVE]);
	if (!xdp->have_native)
		return;
	native = stamps_of(s, ORDERED, VERSION_NATIVE);
	xdp->dispatch = estimate_phase(ebpf, native, STAMP_PROG, parts);
	xdp->program = estimate_phase(native, NULL, STAMP_PROG, parts);
}

/* The mode that the methods table has not */
static void say_ordered(struct both *s)
{
	const struct stamp_means *ebpf = stamps_of(s, ORDERED, VERSION_EBPF);
	unsigned int parts = s->t1->parts;
	double native, hard;

	if (s->t1->opts->ordered || !bench_has_times() || !s->f.have[VERSION_NATIVE] ||
	    !s->f.have[VERSION_HARD])
		return;
	native = estimate_phase(ebpf, stamps_of(s, ORDERED, VERSION_NATIVE), STAMP_PREP, parts).ns;
	hard = estimate_phase(ebpf, stamps_of(s, ORDERED, VERSION_HARD), STAMP_PREP, parts).ns;
	result_note_times(s->t1->res,
			  "With the clock read in order the stamps say %.1f ns (native) and %.1f ns (hard-coded): the CPU cannot overlap the program with its neighbours then, as it does in throughput.",
			  native, hard);
}

static void say_paper(struct both *s)
{
	double stamps = paper_value("table1", "XDP", "prep");
	double hard = paper_at("figure14a", "hard-coded", 0);
	double ebpf = paper_at("figure14a", "eBPF", 0);

	result_note(s->t1->res,
		    "The paper's own two methods are %.1f ns apart: %.0f ns by stamps (Table 1, its clock's read included), 1/%.1f - 1/%.1f Mpps = %.1f ns by throughput (Figure 14a, n = 0).",
		    stamps - (1000 / ebpf - 1000 / hard), stamps, ebpf, hard,
		    1000 / ebpf - 1000 / hard);
}

static int measure(struct both *s)
{
	int ret = probe_off_at_end();

	ret = ret ?: generator_setup(&s->f.gen, &s->f.net, GENERATOR_BYTES);
	if (!ret) {
		s->f.gen.silent = s->t1->no_frames;
		ret = find_sides(s) ?: by_stamps(s, PLAIN) ?: by_stamps(s, ORDERED) ?:
		      by_throughput(s);
	}
	return ret;
}

int table1_methods(struct table1 *t1, struct table1_xdp *xdp)
{
	struct both s = {
		.t1 = t1,
		.f = { .net = t1->net, .ebpf = "xdp_drop" },
		.batches = t1->opts->batches_asked ?: t1->opts->quick ? BATCHES_QUICK : BATCHES,
		.frames = (t1->samples + t1->parts - 1) / t1->parts,
	};
	size_t mark = cleanup_mark(), i;
	enum order reads;
	int ret;

	ret = measure(&s);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		if (ret)
			bench_not_measured(row_of(&s, i), ret, t1->net.dev, PEER_FRAMES);
		else
			fill(&s, i);
	}
	if (!ret) {
		keep(&s, xdp);
		say_ordered(&s);
		say_paper(&s);
	}
	/* it has pointers to s */
	cleanup_to(mark);
	for (i = 0; i < s.n; i++)
		free(s.v[i].ns);
	for (reads = 0; reads < READS; reads++)
		free(s.st[reads]);
	if (t1->net.dev->ops->remote && ret == -ENODATA)
		ret = 0;
	return probe_set_clock(t1->opts->ordered ? "ordered" : "plain") ?: ret;
}
