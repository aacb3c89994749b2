// SPDX-License-Identifier: GPL-2.0-only
/* As a bench: its tables are judged, printed and kept as all others are */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/runner.h"
#include "core/run.h"
#include "core/util.h"
#include "prog/frames.h"
#include "prog/prog.h"
#include "replay.bpf.h"

#define BATCHES		30
#define BATCHES_QUICK	7

/* The one program run of this process, which struct bench has no room for */
static struct prog one;

static int measure(const struct bench_opts *opts, struct result *res, void *state)
{
	one.res = res;
	return prog_tables(&one);
}

#define PROG_BENCH				\
	.name = "prog",				\
	.title = "what a program costs",	\
	.clock = TIMED_BY_SYSTEM,		\
	.untouched = true,			\
	.others = true,				\
	.run = measure

static const struct bench bench_prog = { PROG_BENCH };
static const struct bench bench_prog_over = {
	PROG_BENCH, .over_device = true, .remote = REMOTE_FRAMES,
};

static int gate_status(FILE *text)
{
	if (one.gate == GATE_NONE && one.wrong) {
		err("%s: packets had other verdicts than in the reference run; see --stateful",
		    one.wrong->label);
		return EXIT_FAILED;
	}
	if (one.gate == GATE_NONE)
		return EXIT_DONE;
	fprintf(text, "%s\n", one.gate_text);
	return one.gate == GATE_KEPT ? EXIT_DONE : one.gate == GATE_UNTOLD ? EXIT_SKIP :
	       EXIT_FAILED;
}

int prog_run(const struct prog_opts *o, struct runner *r)
{
	int status = EXIT_FAILED;
	struct frames frames;

	one.opts = o;
	one.frames = &frames;
	one.batches = o->batches ?: o->quick ? BATCHES_QUICK : BATCHES;
	libbpf_set_print(load_print);
	/* what is wrong with them is said before anything is measured */
	if (!frames_make(&frames, o, REPLAY_BYTES) && !subjects_load(&one)) {
		r->bench[0] = o->device ? &bench_prog_over : &bench_prog;
		r->nbenches = 1;
		r->tables = true;
		r->opts.quick = o->quick;
		status = runner_run(r);
		if (status == EXIT_DONE)
			status = gate_status(r->text);
	}
	subjects_unload(&one);
	frames_free(&frames);
	return status;
}
