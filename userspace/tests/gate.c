// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/util.h"
#include "prog/tables.h"
#include "unit.h"

#define BATCHES 12

static struct prog prog;
static struct prog_opts opts;
static char names[2][2] = { "p", "q" };
static struct subject subject = { .key = names[0], .label = names[0] };
static struct contest contest;
static double batches[BATCHES], idle[BATCHES];
static enum validity times = VALIDITY_VALID;

/* Around `ns`, as far apart as `by` at most */
static void measured(double ns, double by)
{
	size_t i;

	for (i = 0; i < BATCHES; i++)
		batches[i] = ns - by + 2 * by * (double)(i * 5 % BATCHES) / (BATCHES - 1);
	memset(&contest, 0, sizeof(contest));
	contest.s = &subject;
	contest.more = batches;
	contest.n = BATCHES;
	contest.idle = idle;
	contest.nidle = BATCHES;
	contest.stats.median = ns;
	contest.low = ns - by / 2;
	contest.high = ns + by / 2;
}

static enum gate judged(void)
{
	prog = (struct prog){ .opts = &opts, .subject = &subject, .nsubjects = 1 };
	prog.res = result_new("prog", "");
	gate_judge_times(&prog, &contest, times, "why");
	result_free(prog.res);
	return prog.gate;
}

static void no_limits(void)
{
	opts = (struct prog_opts){ .budget = NAN, .max_regression = NAN };
}

static enum gate budget(double limit)
{
	no_limits();
	opts.budget = limit;
	return judged();
}

/* The whole interval is on one side, or it is not told */
static void budgets(void)
{
	measured(100, 10);		/* 95 to 105 */
	CHECK_INT(budget(105), GATE_KEPT);
	CHECK_INT(budget(106), GATE_KEPT);
	CHECK_INT(budget(104.9), GATE_UNTOLD);
	CHECK_INT(budget(95), GATE_UNTOLD);
	CHECK_INT(budget(94.9), GATE_EXCEEDED);
	measured(100, 80);		/* a noisy machine: 60 to 140 */
	CHECK_INT(budget(120), GATE_UNTOLD);
	CHECK_INT(budget(80), GATE_UNTOLD);
	contest.low = NAN;
	contest.high = NAN;
	CHECK_INT(budget(1000), GATE_UNTOLD);
	CHECK_INT(budget(1), GATE_UNTOLD);
	no_limits();
	CHECK_INT(judged(), GATE_NONE);
}

/* Where times are none nothing can be told, whatever the interval is */
static void no_times(void)
{
	measured(100, 10);
	times = VALIDITY_EMULATED;
	CHECK_INT(budget(1000), GATE_UNTOLD);
	CHECK_INT(budget(1), GATE_UNTOLD);
	times = VALIDITY_INDICATIVE;
	CHECK_INT(budget(1000), GATE_KEPT);
	times = VALIDITY_VALID;
}

/* Nor does a packet that went another way keep a limit by being cheap */
static void wrong_verdicts(void)
{
	measured(100, 10);
	contest.turn.wrong = 1;
	CHECK_INT(budget(1000), GATE_UNTOLD);
	no_limits();
	opts.budget = 1000;
	opts.stateful = true;
	CHECK_INT(judged(), GATE_KEPT);
	contest.turn.wrong = 0;
	contest.turn.failed = 1;
	CHECK_INT(judged(), GATE_UNTOLD);
}

/* Of two programs the worse one counts, in whatever order */
static void worst(void)
{
	struct contest two[2], turned[2];
	struct subject other = { .key = names[1], .label = names[1] };
	int i;

	measured(50, 1);
	two[0] = contest;
	measured(100, 10);
	contest.s = &other;
	two[1] = contest;
	turned[0] = two[1];
	turned[1] = two[0];
	no_limits();
	opts.budget = 80;
	for (i = 0; i < 2; i++) {
		prog = (struct prog){ .opts = &opts, .subject = &subject, .nsubjects = 2 };
		prog.res = result_new("prog", "");
		gate_judge_times(&prog, i ? turned : two, times, "");
		result_free(prog.res);
		CHECK_INT(prog.gate, GATE_EXCEEDED);
	}
}

/* Batches of the empty program */
static void machine(double ns)
{
	size_t i;

	for (i = 0; i < BATCHES; i++)
		idle[i] = ns + (double)i / BATCHES;
}

static char *values_of(const double *v)
{
	char *text = xstrdup(""), *longer;
	size_t i;

	for (i = 0; i < BATCHES; i++) {
		longer = xasprintf("%s%s%.3f", text, i ? ", " : "", v[i]);
		free(text);
		text = longer;
	}
	return text;
}

static double waited;			/* % of the baseline's time */

/* A baseline with batches that are those of measured(ns, by), and the machine as it is */
static void baseline(const char *validity, double ns, double by)
{
	static char path[64];
	char *text, *values, *empty;

	measured(ns, by);
	values = values_of(batches);
	empty = values_of(idle);
	text = xasprintf("{\"schema\": \"hookcost/2\", \"version\": \"1\", \"time\": \"\",\n"
			 "\"environment\": {\"kernel\": \"6.12\"}, \"benches\": [{\"name\": \"prog\",\n"
			 "\"title\": \"\", \"validity\": \"valid\", \"facts\": {\"waited\": %.0f}, \"tables\": [{\"key\": \"cost\",\n"
			 "\"title\": \"\", \"columns\": [{\"key\": \"ns\", \"label\": \"\", \"unit\": \"\"}],\n"
			 "\"rows\": [{\"key\": \"p\", \"label\": \"p\", \"validity\": \"%s\",\n"
			 "\"cells\": {\"ns\": %.3f}, \"raw\": {\"ns\": {\"values\": [%s]},\n"
			 "\"empty\": {\"values\": [%s]}}}]}]}]}\n",
			 waited, validity, ns, values, empty);
	unit_write("baseline.json", text);
	free(text);
	free(values);
	free(empty);
	snprintf(path, sizeof(path), "%s/baseline.json", unit_folder());
	no_limits();
	opts.baseline = path;
}

static enum gate regression(double percent)
{
	opts.max_regression = percent;
	return judged();
}

static void regressions(void)
{
	machine(20);
	baseline("valid", 100, 1);
	measured(100, 1);
	CHECK_INT(regression(5), GATE_KEPT);
	measured(120, 1);
	CHECK_INT(regression(5), GATE_EXCEEDED);
	CHECK_INT(regression(25), GATE_KEPT);
	CHECK_INT(regression(20), GATE_UNTOLD);
	/* a noisy machine, there or here */
	measured(105, 60);
	CHECK_INT(regression(5), GATE_UNTOLD);
	baseline("indicative", 100, 60);
	measured(105, 1);
	CHECK_INT(regression(5), GATE_UNTOLD);
	/* what was no measurement then is none to be held against */
	baseline("invalid", 100, 1);
	CHECK_INT(regression(5), GATE_UNTOLD);
	baseline("valid", 100, 1);
	subject.key = names[1];
	measured(100, 1);
	CHECK_INT(regression(5), GATE_UNTOLD);
	subject.key = names[0];
	/* too few batches for an interval */
	measured(100, 1);
	contest.n = 1;
	CHECK_INT(regression(5), GATE_UNTOLD);
	contest.n = 5;
	CHECK_INT(regression(5), GATE_UNTOLD);
	/* without a limit it is told, and no status, whatever it is */
	measured(120, 1);
	CHECK_INT(regression(NAN), GATE_NONE);
	times = VALIDITY_EMULATED;
	CHECK_INT(regression(NAN), GATE_NONE);
	times = VALIDITY_VALID;
	contest.turn.wrong = 1;
	CHECK_INT(regression(NAN), GATE_NONE);
}

/* Where an empty program is slower, too, it may be the machine; where it is faster, likewise */
static void another_speed(void)
{
	machine(20);
	baseline("valid", 100, 1);
	measured(120, 1);
	machine(24);
	CHECK_INT(regression(5), GATE_UNTOLD);
	CHECK_INT(regression(25), GATE_KEPT);
	measured(150, 1);	/* a loop may feel it more than an empty program */
	CHECK_INT(regression(5), GATE_UNTOLD);
	measured(230, 1);
	CHECK_INT(regression(5), GATE_EXCEEDED);
	measured(95, 1);
	machine(16);
	CHECK_INT(regression(5), GATE_UNTOLD);
	measured(40, 1);
	CHECK_INT(regression(5), GATE_KEPT);
	measured(95, 1);
	machine(20.5);
	CHECK_INT(regression(5), GATE_KEPT);
}

/* Others had the CPU: what is longer by that exceeds nothing, and nothing is kept against it */
static void busy(void)
{
	measured(100, 10);
	contest.waited = 20;
	CHECK_INT(budget(1000), GATE_KEPT);
	CHECK_INT(budget(50), GATE_UNTOLD);
	contest.waited = NAN;
	CHECK_INT(budget(50), GATE_EXCEEDED);
	machine(20);
	waited = 20;
	baseline("valid", 100, 1);
	contest.waited = 0;
	CHECK_INT(regression(5), GATE_UNTOLD);
	measured(130, 1);
	CHECK_INT(regression(5), GATE_EXCEEDED);
	waited = 0;
	baseline("valid", 100, 1);
	contest.waited = 20;
	CHECK_INT(regression(5), GATE_KEPT);
	measured(130, 1);
	contest.waited = 20;
	CHECK_INT(regression(5), GATE_UNTOLD);
	contest.waited = 0;
}

static void baseline_gone(void)
{
	baseline("valid", 100, 1);
	unit_write("baseline.json", "{");
	measured(100, 1);
	unit_capture();
	CHECK_INT(regression(5), GATE_UNTOLD);
	CHECK_INT(regression(NAN), GATE_NONE);
	unit_captured();
}

const struct unit gate_units[] = {
	{ "gate: a budget is kept, exceeded or not told", budgets },
	{ "gate: times that are none", no_times },
	{ "gate: verdicts that are not those of the reference run", wrong_verdicts },
	{ "gate: the worst program counts", worst },
	{ "gate: against a baseline", regressions },
	{ "gate: the machine's own speed has changed", another_speed },
	{ "gate: others had the CPU", busy },
	{ "gate: a baseline that cannot be read any more", baseline_gone },
	{ 0 }
};
