// SPDX-License-Identifier: GPL-2.0-only
/* What a probe costs, in words: against a mean here, and against another kernel's */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/self/probecost.h"
#include "core/json.h"
#include "kernel/env.h"
#include "report/results.h"

/* What a takes against b: a claim is made of the whole interval, or there is none */
static const char *compared(struct estimate a, struct estimate b)
{
	struct estimate more = estimate_less(a, b);
	double off = more.half + more.systematic;
	static char text[64];

	if (!isfinite(off))
		return "with too few batches to tell, against";
	if (more.ns + off <= 0)
		return "no more than";
	if (more.ns - off > 0)
		snprintf(text, sizeof(text), "%.1f +- %.1f ns more than", more.ns, off);
	else
		snprintf(text, sizeof(text), "not told apart (%.1f +- %.1f ns more) from", more.ns,
			 off);
	return text;
}

/*
 * What a mean takes. Under UML the clock of bpf_stats, sched_clock(), is the count of
 * jiffies, which costs next to nothing and measures nothing: x86-64's reads the counter.
 */
static struct estimate mean_of(const struct costs *c)
{
	struct estimate mean = c->stats;

	if (!env_get()->uml)
		return mean;
	/* less than nothing is the scatter's */
	mean.ns = fmax(mean.ns, 0);
	return estimate_plus(mean, estimate_times(c->read, 2));
}

static void say_mean(struct probecost *pc, const struct costs *c, struct estimate mean)
{
	char text[48];

	if (!env_get()->uml) {
		result_note_times(pc->res, "bpf_stats takes %s ns a run for its mean.",
				  estimate_text(mean, text, sizeof(text)));
		return;
	}
	result_note_times(pc->res,
			  "bpf_stats takes %s ns here, but its clock is the count of jiffies under User Mode Linux. x86-64's is the time stamp counter: with two reads of it the mean takes %.1f ns, and more for what x86-64 makes of them.",
			  estimate_text(c->stats, text, sizeof(text)), mean.ns);
}

/* One interval with its histogram is what compares with a mean: two reads, and an update */
static struct estimate one_probe(const struct probecost *pc, const struct costs *c)
{
	return estimate_plus(estimate_times(c->read, 2),
			     estimate_times(c->record, 1.0 / pc->histograms));
}

static struct estimate share_of(const struct probecost *pc, const struct costs *c)
{
	return estimate_times(c->plain, 1.0 / pc->histograms);
}

static void say_probe(struct probecost *pc, const struct costs *c, struct estimate mean)
{
	struct estimate share = share_of(pc, c), one = one_probe(pc, c);

	result_note_times(pc->res,
			  "The probe at XDP takes %.1f ns a packet: %u reads of the clock and %u histograms, %.1f ns for each histogram: %s a mean (%.1f ns). The whole probe takes %.1f times as much as one.",
			  c->plain.ns, pc->reads, pc->histograms, share.ns, compared(share, mean),
			  mean.ns, c->plain.ns / mean.ns);
	if (isfinite(one.ns))
		result_note_times(pc->res,
				  "One probe with one histogram, two reads of the clock and an update of %.1f ns, is %.1f ns: %s a mean (%.1f ns).",
				  c->record.ns / pc->histograms, one.ns, compared(one, mean),
				  mean.ns);
}

/* The same CPU's mean under another kernel: x86-64's own, where this one is UML */
static void say_baseline(struct probecost *pc, const struct costs *c)
{
	struct json_object *file, *env, *bench;
	struct estimate mean = { NAN, 0 };
	const char *kernel;

	file = pc->opts->baseline ? results_load(pc->opts->baseline) : NULL;
	if (!file)
		return;
	env = json_object_of(file, "environment");
	kernel = json_text(env, "kernel");
	bench = json_find(json_array_of(file, "benches"), "name", "probe");
	mean.ns = json_double(json_object_of(bench, "facts"), "mean_ns");
	if (isfinite(mean.ns) && strcmp(json_text(env, "cpu"), env_get()->cpu))
		result_note(pc->res, "Baseline: its CPU is another one (%s).",
			    json_text(env, "cpu"));
	else if (isfinite(mean.ns) && !json_flag(env, "uml"))
		result_note_times(pc->res,
				  "Baseline: on this CPU, under Linux %s, bpf_stats takes %.1f ns for its mean. The whole probe (%.1f ns) takes %s that.",
				  kernel, mean.ns, c->plain.ns, compared(c->plain, mean));
	json_object_put(file);
}

static void keep(struct probecost *pc, const char *key, double ns)
{
	if (isfinite(ns))
		result_fact_times(pc->res, key, json_number(ns));
}

void probecost_notes(struct probecost *pc, const struct costs *c)
{
	struct estimate mean = mean_of(c);

	keep(pc, "mean_ns", mean.ns);
	keep(pc, "elsewhere_ns", c->elsewhere.ns);
	if (isfinite(c->plain.ns)) {
		keep(pc, "per_histogram_ns", share_of(pc, c).ns);
		keep(pc, "interval_ns", one_probe(pc, c).ns);
	}
	if (!bench_has_times())
		return;
	if (isfinite(mean.ns))
		say_mean(pc, c, mean);
	if (isfinite(mean.ns) && isfinite(c->plain.ns))
		say_probe(pc, c, mean);
	if (isfinite(c->plain.ns))
		say_baseline(pc, c);
	if (isfinite(c->elsewhere.ns))
		result_note_times(pc->res,
				  "An XDP program takes %.1f +- %.1f ns more while the native hook is on for another netdev: a load and a compare at its call site.",
				  c->elsewhere.ns, c->elsewhere.half);
	if (isfinite(c->record.ns))
		result_note(pc->res,
			    "The update alone: a native program records %d samples a frame instead of 1, with times that are made up.",
			    PROBE_RECORDS);
	result_note_times(pc->res,
			  "A read of the counter, in user space: %.1f ns plain, %.1f ns ordered.",
			  c->read.ns, c->ordered_read.ns);
	if (isfinite(c->generator.ns))
		result_note_times(pc->res,
				  "The generator is an eBPF program, too: what bpf_stats adds to it alone (%.1f ns) is taken off.",
				  c->generator.ns);
	result_note(pc->res,
		    "Path: %s, %d bytes (64 with FCS); times contain the generator, differences do not.",
		    pc->gen.ops->what, GENERATOR_SHORT);
}
