/* SPDX-License-Identifier: GPL-2.0-only */
/* A bench is one file, or a folder, and one line in bench/benches.def */
#ifndef HOOKCOST_BENCH_H
#define HOOKCOST_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include "core/target.h"
#include "driver/driver.h"
#include "driver/peer.h"
#include "measure/clocks.h"
#include "measure/batch.h"
#include "measure/testrun.h"
#include "report/result.h"
#include "report/table.h"

struct bench_opts {
	const struct bench *bench;	/* which runs */
	bool quick;			/* --quick: fewer samples, validity at best indicative */
	unsigned int batches;		/* --batches N; for a bench, else its own default */
	unsigned int batches_asked;	/* --batches N, or 0 */
	unsigned long samples;		/* --samples N, 0: the bench's own default */
	const struct device *device;	/* --device, or what there is */
	const char *baseline;		/* --baseline FILE: JSON of a run to compare with */
	bool ordered;			/* --ordered: lfence; rdtsc */
	bool count_instructions;	/* --count-instructions, and the clock does */
};

/* What another machine may send, over a NIC; a bench without runs over veth then */
enum remote {
	REMOTE_FRAMES = 1,		/* bare frames, as many as it can */
	REMOTE_MESSAGES = 2,		/* UDP and TCP messages to a socket */
};

struct bench {
	const char *name;		/* "table1" */
	const char *title;		/* one line for `hookcost list` */
	/* Whose numbers are in its columns "paper", if not the paper's; NULL: they are */
	const char *source;
	/* What a run takes on 2 cores, about; for an estimate */
	unsigned int seconds, seconds_quick;
	bool counts_instructions;	/* knows --count-instructions */
	bool untouched;			/* the hooks should not be on before: no self-check */
	bool others;			/* the user's program: the paper has none of it */
	unsigned int remote;		/* enum remote */
	const char *needs;		/* for `hookcost list`: "patches, hookcost_native" */
	unsigned int wants;		/* enum want */
	enum timed_by clock;		/* its tables, but for those by_tsc */
	/* What is seen of it first, and what that says, as headline_add() takes both */
	const char *headline, *sentence;

	unsigned int batches, batches_quick;	/* or rounds, repetitions: the defaults */
	bool over_device;		/* its packets cross opts->device, and the result says so */
	bool roams;			/* it is not kept on one CPU */
	size_t state;			/* bytes, zeroed: run() gets them, and so may clean-up */
	/* What it fills, which the runner has made; NULL: it makes its tables itself */
	const struct table_def *tables;
	const struct figure_def *figure;	/* whose x they have, or NULL */
	const void *own;		/* for benches that share their functions */
	/* Of enum table_if what is so of its own, from IF_OWN on; or -errno with err() said */
	int (*look)(const struct bench_opts *opts, struct result *res, void *state);
	/*
	 * Fills rows as they are measured, so that an interrupted run keeps what it has; rows
	 * that it leaves without a number are "not measured". 0, -EINTR, or -errno with err()
	 * already said; a missing prerequisite is a row that says so, or result_lacks(), and 0.
	 */
	int (*run)(const struct bench_opts *opts, struct result *res, void *state);
};

/*
 * The validity of a row that ended with -errno, and was not measured. Where nothing came
 * from the other machine it has what to run there: frames, else messages by TCP or UDP.
 */
void bench_not_measured(struct row *row, int error, const struct device *d,
			enum peer_kind what);
/* Of enum peer_kind, what it takes from another machine: a set of bits */
unsigned int bench_peers(const struct bench *b);
/*
 * The batches' times per packet into the columns "ns", "iqr" and "mpps", raw too, with
 * their intervals and the validity on their spread; the median
 */
double bench_rate(struct row *row, const double *ns, size_t n);
/*
 * The batches' times, raw as "batches" in that unit, their median into a column, their IQR and
 * their number into "iqr" and "n", and the validity on their spread; what they are into s
 */
void bench_batches(struct row *row, const char *column, const char *unit, const double *ns,
		   size_t n, struct stats *s);
/*
 * What a took more than b, of batches that ran next to each other, so that drift falls out: the
 * median into a column, all of them raw by that name (NULL: not); what they are into s. b may be
 * NULL, and is nothing then.
 */
void bench_difference(struct row *row, const char *column, const char *raw, const double *a,
		      const double *b, size_t n, struct stats *s);
/*
 * If twice the `what` ("frames") did not take twice the time: the row's validity is at best v;
 * of: whose they are, or NULL
 */
void bench_linear(struct row *row, enum validity v, const char *of, const char *what,
		  const struct variant *variant);
/* The machine code must call a function of the kernel so often: "NAME": calls, for a fact */
void bench_calls(struct row *row, const char *name, int prog_fd, const char *function,
		 int must_be, struct json_object *calls);
/* One run of a program: whether the kernel does run it; if not the row is invalid */
bool bench_runs(struct row *row, const struct testrun *t);
/* All that were sent have come to the driver, and XDP has dropped them; of: as row_ledger() */
bool bench_frames(struct row *row, const char *of, const struct frame_count *f);
/* The kernel does not load a bench's programs, by errno; 0, for run() to return */
int bench_lacks_programs(struct result *res, int error);
/* Random keys of a map, the same in every run, so that two runs can be compared */
void bench_keys(uint32_t *keys, size_t n, unsigned int entries);
/*
 * Over mlx5sim a rate is also told without the model's own time, in two columns (COLUMN_MODEL,
 * whose key is the prefix; name: of what, where there are several rates to a row). Of a variant,
 * what n batches have said; a row that is mostly the model has a note.
 */
bool bench_has_model(const struct device *d);
void bench_model(struct row *row, const struct variant *v, size_t n, const char *prefix,
		 const char *name);
/* As bench_model(), where "without" is in other units: what 1 per ns is in them */
void bench_model_rate(struct row *row, const struct variant *v, size_t n, const char *prefix,
		      const char *name, double per_ns);
/* Whether this machine's times are any: sentences have none where the rows have none */
bool bench_has_times(void);
/* Says in the result what it is about to run over */
void bench_device(struct result *res, const struct device *d);

/* Whether `name` means it: its name, "all", or a figure's without its letter */
bool bench_is(const struct bench *b, const char *name);
/* ", did you mean NAME?", or nothing, for a name that means none */
const char *bench_near(const char *name, char *buf, size_t len);

#define BENCH(name) bench_##name
extern const struct bench
#include "bench/benches.def"
	*const benches[];		/* NULL-terminated */
#undef BENCH

#endif /* HOOKCOST_BENCH_H */
