// SPDX-License-Identifier: GPL-2.0-only
/*
 * Table 1: what the paper's 38, 35 and 1350 ns are made of, line by line. They hold one
 * read of the clock that took them, and all from the hook to the end of the verdict. The
 * lines are means: a clock that counts in steps of 10 ns does not resolve a phase in one
 * sample, but it does in the mean of very many.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/hooks/lines.h"
#include "bench/self/clock.h"
#include "bench/self/delays.h"
#include "core/json.h"
#include "core/util.h"
#include "kernel/env.h"
#include "report/paper.h"

#define CLOCK_BATCHES	10

/* A hook's lines, and what they add up to */
struct lines {
	struct table1 *t1;
	const struct hook_ops *hook;
	const struct hook_lines *of;	/* NULL: XDP's, which are others */
	const struct table1_means *means;
	struct estimate sum;
};

static struct row *new_line(struct lines *l, const char *key, const char *label)
{
	char k[48], text[80];

	snprintf(k, sizeof(k), "%s_%s", l->hook->place, key);
	snprintf(text, sizeof(text), "%s: %s", l->hook->place_label, label);
	return table_row(result_find(l->t1->res, "lines"), k, text);
}

static struct row *put(struct lines *l, const char *key, const char *label, struct estimate r,
		       bool sampled)
{
	struct row *row = new_line(l, key, label);

	estimate_set(row, "ns", r);
	row_raw(row, "mean", "ns", &r.ns, 1);
	estimate_judge_width(row, r, delays_limit());
	if (!sampled)
		return row;
	row_text(row, "reads", l->means->ordered ? "ordered" : "plain");
	row_set(row, "samples", l->means->samples);
	if (!l->means->exact)
		row_reason(row, VALIDITY_INVALID, "driver",
			   "packets sent are not samples in the histogram");
	return row;
}

static void add(struct lines *l, const char *key, const char *label, struct estimate r)
{
	put(l, key, label, r, true);
	l->sum = estimate_plus(l->sum, r);
}

static void begin(struct lines *l, struct estimate clock)
{
	put(l, "clock", "clock, a read of the paper's", clock, false);
	l->sum = clock;
}

/* What the rest may be; no more is known of the paper's machine */
static const char *why_less(const struct lines *l)
{
	if (l->of && l->of->more)
		return l->of->more;
	if (env_get()->uml)
		return ": the paper's CPU has 2.1 GHz, and its kernel may have retpolines";
	return ": the paper's CPU has 2.1 GHz, and its kernel may have other mitigations";
}

/* The whole as one interval is the sum again, but for samples that were left out */
static void end(struct lines *l, struct estimate clock)
{
	struct estimate total = l->means->phase[PHASE_TOTAL];
	double paper = paper_value("table1", l->hook->paper, "prep"), rest = paper - l->sum.ns;
	const char *name = l->hook->place_label;
	struct estimate others = { l->sum.ns - clock.ns, l->sum.half, l->sum.systematic };
	struct row *row;
	char text[48];

	row = put(l, "sum", "sum", l->sum, true);
	row_paper(row, "ns", paper);
	put(l, "whole", "the same, as one interval", estimate_plus(total, clock), true);
	if (!bench_has_times())
		return;
	if (l->sum.ns < clock.ns)
		result_note_times(l->t1->res,
				  "%s: of the paper's %.0f ns a read of its own clock is %.1f here; the other lines are too short to be told from nothing (%s ns together)%s.",
				  name, paper, clock.ns,
				  estimate_text(others, text, sizeof(text)), why_less(l));
	else if (rest >= 0)
		result_note_times(l->t1->res,
				  "%s: of the paper's %.0f ns %.1f are accounted for here, %.1f of them a read of its own clock; %.1f (%.0f %%) are not%s.",
				  name, paper, l->sum.ns, clock.ns, rest, 100 * rest / paper,
				  why_less(l));
	else
		result_note_times(l->t1->res,
				  "%s: it is %.1f ns here, %.1f of them a read of the paper's clock: all of the paper's %.0f, and %.1f more.",
				  name, l->sum.ns, clock.ns, paper, -rest);
}

static void xdp_lines(struct table1 *t1, struct estimate clock, const struct table1_xdp *xdp)
{
	const struct estimate *phase = xdp->ebpf.phase;
	struct lines l = {
		.t1 = t1, .hook = &hook_xdp, .means = &xdp->ebpf,
	};

	if (!xdp->ebpf.have)
		return;
	begin(&l, clock);
	add(&l, "context", "context (xdp_buff)", phase[PHASE_ENTRY]);
	if (xdp->have_native) {
		add(&l, "dispatch", "dispatch (eBPF - native)", xdp->dispatch);
		add(&l, "program", "program (native)", xdp->program);
	} else {
		/* they are there together, and apart they are not known */
		row_weaken(new_line(&l, "dispatch", "dispatch (eBPF - native)"),
			   VALIDITY_NOT_MEASURED, "%s", xdp->lacks);
		add(&l, "program", "dispatch and program", phase[PHASE_PROG]);
	}
	add(&l, "verdict", "verdict (drop)", phase[PHASE_VERDICT]);
	end(&l, clock);
}

static void site_lines(struct table1 *t1, struct estimate clock, const struct site *site)
{
	const struct table1_means *m = &site->means;
	struct lines l = {
		.t1 = t1, .means = m, .hook = site->hook, .of = site->lines,
	};

	if (!m->have)
		return;
	begin(&l, clock);
	add(&l, "context", site->lines->entry, m->phase[PHASE_ENTRY]);
	add(&l, "program", "dispatch and program", m->phase[PHASE_PROG]);
	add(&l, "verdict", site->lines->verdict, m->phase[PHASE_VERDICT]);
	end(&l, clock);
}

/*
 * The paper took ktime_get_ns() before and after, and one read is between. Under UML the
 * kernel asks the host for the time; what x86's own reads of the counter take at least is
 * counted then.
 */
static int measure_clock(struct table1 *t1, struct estimate *clock)
{
	bool uml = env_get()->uml;
	struct estimate kernel, ordered = clock_counter(CLOCK_BATCHES, true);
	int ret = clock_kernel(CLOCK_BATCHES, &kernel);

	if (ret == -EINTR)
		return ret;
	*clock = ret || uml ? ordered : kernel;
	if (!ret)
		result_fact_times(t1->res, "kernel_clock_ns", json_number(kernel.ns));
	result_fact_times(t1->res, "ordered_read_ns", json_number(ordered.ns));
	if (!bench_has_times())
		return 0;
	if (ret)
		result_note_times(t1->res,
				  "The paper's clock, ktime_get_ns(), cannot be timed here (%s): counted is a read of the counter in order (lfence; rdtsc), %.1f ns, without which it does not do.",
				  strerror(-ret), ordered.ns);
	else if (uml)
		result_note_times(t1->res,
				  "The paper's clock is ktime_get_ns(). User Mode Linux asks the host for the time (%.1f ns for bpf_ktime_get_ns() here), which says nothing of x86-64: counted is a read of the counter in order (lfence; rdtsc), %.1f ns, without which x86-64's does not do.",
				  kernel.ns, ordered.ns);
	else
		result_note_times(t1->res,
				  "The paper's clock, ktime_get_ns(): bpf_ktime_get_ns() in a loop takes %.1f ns here, %.1f of them the read of the counter in order (lfence; rdtsc).",
				  kernel.ns, ordered.ns);
	return 0;
}

int table1_lines(struct table1 *t1, const struct table1_xdp *xdp)
{
	struct estimate clock;
	int ret = measure_clock(t1, &clock);
	size_t i;

	if (ret)
		return ret;
	xdp_lines(t1, clock, xdp);
	for (i = 0; i < t1->nsites; i++)
		site_lines(t1, clock, &t1->site[i]);
	return 0;
}
