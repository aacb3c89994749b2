// SPDX-License-Identifier: GPL-2.0-only
/*
 * Table 1: two roads to the XDP hook's cost. A program that drops runs there as eBPF, as a
 * native function that the hook calls, and compiled into the call site; what eBPF takes
 * more, by the stamps of the hook and by the time per frame while all probes are off.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/codegen/figure14.h"
#include "bench/codegen/roads.h"
#include "bench/hooks/measure.h"
#include "bench/hooks/roads.h"
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

struct sides {
	struct table1 *t1;
	struct figure14 f;
	struct table *table;
	struct point p[SIDES];
	size_t at[SIDES];		/* in p, where there is such a side */
	size_t n;
	unsigned int batches;
	uint64_t frames;		/* of a round of stamps */
	struct road_stamps *st[READS];
	struct variant v[SIDES];
};

static const struct {
	enum side side;
	const char *key, *label;
} rows[] = {
	{ SIDE_NATIVE, "native", "native" },
	{ SIDE_HARD, "hard", "hard-coded" },
};

static struct table *columns(struct table1 *t1)
{
	struct table *t = result_table(t1->res, "roads",
				       "Two roads to the XDP hook's cost: what eBPF takes more, of a program that drops");

	table_column(t, "native", "native prep", "ns", 1);
	table_column(t, "ebpf", "eBPF prep", "ns", 1);
	roads_columns(t);
	table_column(t, "samples", "samples", "", 0);
	return t;
}

/* Figure 14a at n = 0 has the paper's difference by throughput */
static struct row *new_row(struct sides *s, size_t i)
{
	char label[64];
	struct row *row;

	snprintf(label, sizeof(label), "eBPF - %s", rows[i].label);
	row = table_row(s->table, rows[i].key, label);
	if (rows[i].side == SIDE_HARD)
		row_paper(row, "throughput", 1000 / paper_mpps("figure14a", 0, 1) -
					     1000 / paper_mpps("figure14a", 0, 0));
	return row;
}

static void find_sides(struct sides *s)
{
	static const char *const name[SIDES] = {
		[SIDE_NATIVE] = "drop", [SIDE_HARD] = "hard_drop",
	};
	struct figure14 *f = &s->f;
	struct probe_native n = {};
	enum side side;

	probe_read_native(&n);
	for (side = 0; side < SIDES; side++) {
		f->have[side] = !name[side] ||
				probe_native_usable(&n, name[side], f->lacks[side],
						    sizeof(f->lacks[side]));
		if (!f->have[side])
			continue;
		s->at[side] = s->n;
		s->p[s->n++] = (struct point){ .f = f, .side = side, .name = name[side] };
	}
}

static struct road_stamps *stamps_of(const struct sides *s, enum order reads, enum side side)
{
	return &s->st[reads][s->at[side] * s->t1->parts];
}

static int by_stamps(struct sides *s, enum order reads)
{
	int ret;

	s->st[reads] = xcalloc(s->n * s->t1->parts, sizeof(*s->st[reads]));
	ret = probe_set_clock(reads_name[reads]) ?: table1_select(s->t1, XDP_TABLE) ?:
	      roads_stamps(s->p, s->n, s->t1->parts, s->frames, s->st[reads]);
	probe_enable("none");
	return ret;
}

static int by_throughput(struct sides *s)
{
	size_t i;

	/* how fast another machine sends says nothing of the receiver */
	if (s->f.net.dev->ops->outside)
		return 0;
	for (i = 0; i < s->n; i++)
		s->v[i] = (struct variant){
			.name = s->p[i].name ?: "eBPF",
			.fn = figure14_batch,
			.arg = &s->p[i],
			.plan.units = MIN_FRAMES,
		};
	return batch_compare(s->v, s->n, s->batches, "throughput");
}

static struct road throughput_of(const struct sides *s, enum side than, double *d)
{
	const struct variant *ebpf = &s->v[s->at[SIDE_EBPF]], *other = &s->v[s->at[than]];
	unsigned int k;

	if (!ebpf->ns)
		return (struct road){ NAN, NAN };
	for (k = 0; k < s->batches; k++)
		d[k] = ebpf->ns[k] - other->ns[k];
	return road_rate(d, s->batches, &s->f.gen);
}

static void raw_stamps(const struct sides *s, struct row *row, const char *name,
		       const struct road_stamps *st)
{
	double *v = xcalloc(s->t1->parts, sizeof(*v));
	unsigned int k;

	for (k = 0; k < s->t1->parts; k++)
		v[k] = st[k].ns[ROAD_PREP];
	row_raw(row, name, "ns", v, s->t1->parts);
	free(v);
}

static uint64_t count(const struct sides *s, enum order reads, enum side side)
{
	const struct road_stamps *st = stamps_of(s, reads, side);
	uint64_t n = 0;
	unsigned int k;

	for (k = 0; k < s->t1->parts; k++)
		n += st[k].samples;
	return n;
}

static void judge(const struct sides *s, struct row *row, enum side side)
{
	const struct variant *v = &s->v[s->at[side]];

	if (s->f.net.dev->ops->outside)
		return;
	figure14_judge(&s->p[s->at[side]], row, 0);
	if (!v->plan.linear)
		row_verdict(row, VERDICT_INDICATIVE,
			    "%s: twice the frames took %.2f times the time", v->name,
			    2 * v->plan.ratio);
}

static void fill(struct sides *s, size_t i)
{
	enum order reads = s->t1->opts->ordered ? ORDERED : PLAIN;
	struct row *row = new_row(s, i);
	enum side side = rows[i].side;
	const struct road_stamps *ebpf, *other;
	unsigned int parts = s->t1->parts;
	struct road throughput;
	double *d;

	if (!s->f.have[side]) {
		row_verdict(row, VERDICT_NOT_MEASURED, "%s", s->f.lacks[side]);
		return;
	}
	ebpf = stamps_of(s, reads, SIDE_EBPF);
	other = stamps_of(s, reads, side);
	d = xcalloc(s->batches, sizeof(*d));
	throughput = throughput_of(s, side, d);
	road_set_mean(row, "native", road_phase(other, NULL, ROAD_PREP, parts));
	road_set_mean(row, "ebpf", road_phase(ebpf, NULL, ROAD_PREP, parts));
	row_set(row, "samples", count(s, reads, side) + count(s, reads, SIDE_EBPF));
	raw_stamps(s, row, "native", other);
	raw_stamps(s, row, "ebpf", ebpf);
	if (isfinite(throughput.ns))
		row_raw(row, "throughput", "ns", d, s->batches);
	free(d);
	roads_fill(s->t1->res, row, rows[i].label, road_phase(ebpf, other, ROAD_PREP, parts),
		   throughput);
	judge(s, row, side);
	judge(s, row, SIDE_EBPF);
}

static bool exact(const struct sides *s, enum side side)
{
	const struct point *p = &s->p[s->at[side]];

	return s->f.net.dev->ops->outside || (p->sent == p->received && p->sent == p->dropped);
}

/* The paper's clock reads in order, too */
static void keep(const struct sides *s, struct table1_xdp *xdp)
{
	static const enum road_phase phase[PHASES] = {
		[PHASE_ENTRY] = ROAD_ENTRY, [PHASE_PROG] = ROAD_PROG,
		[PHASE_VERDICT] = ROAD_VERDICT, [PHASE_TOTAL] = ROAD_TOTAL,
	};
	const struct road_stamps *ebpf = stamps_of(s, ORDERED, SIDE_EBPF), *native;
	unsigned int parts = s->t1->parts;
	int i;

	for (i = 0; i < PHASES; i++)
		xdp->ebpf.phase[i] = road_phase(ebpf, NULL, phase[i], parts);
	xdp->ebpf.samples = count(s, ORDERED, SIDE_EBPF);
	xdp->ebpf.ordered = true;
	xdp->ebpf.have = true;
	xdp->ebpf.exact = exact(s, SIDE_EBPF) &&
			  (!s->f.have[SIDE_NATIVE] || exact(s, SIDE_NATIVE));
	xdp->have_native = s->f.have[SIDE_NATIVE];
	snprintf(xdp->lacks, sizeof(xdp->lacks), "%s", s->f.lacks[SIDE_NATIVE]);
	if (!xdp->have_native)
		return;
	native = stamps_of(s, ORDERED, SIDE_NATIVE);
	xdp->dispatch = road_phase(ebpf, native, ROAD_PROG, parts);
	xdp->program = road_phase(native, NULL, ROAD_PROG, parts);
}

/* The mode that the roads table has not */
static void say_ordered(struct sides *s)
{
	const struct road_stamps *ebpf = stamps_of(s, ORDERED, SIDE_EBPF);
	unsigned int parts = s->t1->parts;
	double native, hard;

	if (s->t1->opts->ordered || !bench_has_times() || !s->f.have[SIDE_NATIVE] ||
	    !s->f.have[SIDE_HARD])
		return;
	native = road_phase(ebpf, stamps_of(s, ORDERED, SIDE_NATIVE), ROAD_PREP, parts).ns;
	hard = road_phase(ebpf, stamps_of(s, ORDERED, SIDE_HARD), ROAD_PREP, parts).ns;
	result_note_times(s->t1->res,
			  "With the clock read in order the stamps say %.1f ns (native) and %.1f ns (hard-coded): the CPU cannot overlap the program with its neighbours then, as it does in throughput.",
			  native, hard);
}

static void say_paper(struct sides *s)
{
	double stamps = paper_value("table1", "XDP", "prep");
	double hard = paper_mpps("figure14a", 0, 0), ebpf = paper_mpps("figure14a", 0, 1);

	result_note(s->t1->res,
		    "The paper's own two roads are %.1f ns apart: %.0f ns by stamps (Table 1, its clock's read included), 1/%.1f - 1/%.1f Mpps = %.1f ns by throughput (Figure 14a, n = 0).",
		    stamps - (1000 / ebpf - 1000 / hard), stamps, ebpf, hard,
		    1000 / ebpf - 1000 / hard);
}

static void native_off(void *arg)
{
	probe_enable("none");
	probe_native_off();
}

static int measure(struct sides *s)
{
	int ret = cleanup_push(native_off, NULL);

	ret = ret ?: generator_setup(&s->f.gen, &s->f.net, GENERATOR_BYTES);
	if (!ret) {
		s->f.gen.silent = s->t1->no_frames;
		find_sides(s);
		ret = by_stamps(s, PLAIN) ?: by_stamps(s, ORDERED) ?: by_throughput(s);
	}
	return ret;
}

int table1_roads(struct table1 *t1, struct table1_xdp *xdp)
{
	struct sides s = {
		.t1 = t1,
		.f = { .opts = t1->opts, .res = t1->res, .net = t1->net, .ebpf = "xdp_drop" },
		.table = columns(t1),
		.batches = t1->opts->batches ?: t1->opts->quick ? BATCHES_QUICK : BATCHES,
		.frames = (t1->samples + t1->parts - 1) / t1->parts,
	};
	size_t mark = cleanup_mark(), i;
	enum order reads;
	int ret;

	ret = measure(&s);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (ret)
			bench_not_measured(new_row(&s, i), ret, t1->net.dev, PEER_FRAMES);
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
	if (t1->net.dev->ops->outside && ret == -ENODATA)
		ret = 0;
	return probe_set_clock(t1->opts->ordered ? "ordered" : "plain") ?: ret;
}
