// SPDX-License-Identifier: GPL-2.0-only
/* Figures 11 and 12: what the numbers say, in words */
#include <math.h>
#include <stdio.h>

#include "bench/flows/flows.h"
#include "core/cpu.h"
#include "core/json.h"
#include "report/paper.h"
#include "report/paper_curve.h"
#include "flows.bpf.h"

/* From the first x to the last one: percent of the rate that is lost, or won (< 0) */
static double lost_here(const struct flows *f, enum flows_side side)
{
	return 100 * (1 - f->ns[0][side] / f->ns[FLOWS_X - 1][side]);
}

static double lost_paper(const struct flows *f, enum flows_side side)
{
	const struct paper_curve *c = paper_curve(f->figure->key, flows_side_name[side]);

	return 100 * (1 - c->y[c->n - 1] / c->y[0]);
}

/* Over the baseline, at the first or the last x; ns */
static double over_here(const struct flows *f, enum flows_side side, size_t at)
{
	return f->ns[at][side] - f->ns[at][FLOWS_BASELINE];
}

static double over_paper(const struct flows *f, enum flows_side side, size_t at)
{
	const struct paper_curve *c = paper_curve(f->figure->key, flows_side_name[side]);

	return 1000 / c->y[at] - 1000 / paper_value("figure11", "baseline", "mpps");
}

static const char *change(double lost)
{
	return lost < 0 ? "gains" : "loses";
}

static void say_shape(struct flows *f)
{
	const struct paper_curve *c = paper_curve(f->figure->key, "HASH");
	struct json_object *facts = json_object_new_object();
	size_t last = FLOWS_X - 1;
	char from[32], to[32];
	enum flows_side side;

	snprintf(from, sizeof(from), f->figure->x_label, c->x[0]);
	snprintf(to, sizeof(to), f->figure->x_label, c->x[last]);
	for (side = FLOWS_ARRAY; side < FLOWS_SIDES; side++) {
		double here = lost_here(f, side), paper = lost_paper(f, side);
		struct json_object *o;

		if (!isfinite(here))
			continue;
		result_note_times(f->res,
				  "%s %s %.0f %% of its rate from %s to %s; the paper's %s %.0f %%. Over the baseline it takes %.1f ns at first and %.1f ns at last; the paper's %.1f and %.1f ns.",
				  flows_side_name[side], change(here), fabs(here), from, to,
				  change(paper), fabs(paper), over_here(f, side, 0),
				  over_here(f, side, last), over_paper(f, side, 0),
				  over_paper(f, side, last));
		o = json_object_new_object();
		json_object_object_add(o, "lost_percent", json_number(here));
		json_object_object_add(o, "paper_lost_percent", json_number(paper));
		json_object_object_add(facts, flows_side_key[side], o);
	}
	result_fact_times(f->res, "shape", facts);
}

void flows_notes(struct flows *f)
{
	say_shape(f);
	result_note(f->res,
		    "Path: %s, %d bytes (64 with FCS); %s. All flows are in the maps (%d entries) before the first frame.",
		    f->gen.ops ? f->gen.ops->what : generator_what(f->opts->device),
		    GENERATOR_SHORT, cpu_count() > 1 ?
		    "the paper's come from another machine" :
		    "one CPU makes them and runs the driver, so that rates contain the generator, and differences do not",
		    FLOWS_ENTRIES);
	if (f->sent)
		result_note(f->res,
			    "Counts: %llu frames sent to the maps' programs, %llu counted in the maps.",
			    (unsigned long long)f->sent, (unsigned long long)f->counted);
	result_fact(f->res, "counts", f->counts);
	f->counts = NULL;
}
