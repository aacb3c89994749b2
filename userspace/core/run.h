/* SPDX-License-Identifier: GPL-2.0-only */
/* What every bench needs while it runs: cleanup, progress, interruption */
#ifndef HOOKCOST_RUN_H
#define HOOKCOST_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/compiler.h"

/*
 * Cleanup stack. What a bench changes on the machine is pushed before it is
 * changed; popped (and called) in reverse order at the end of the bench, at
 * Ctrl-C (SIGINT, SIGTERM, SIGHUP) and at exit.
 */
typedef void (*cleanup_fn)(void *arg);
int cleanup_push(cleanup_fn fn, void *arg);
/*
 * cleanup_to(mark) calls what was pushed since cleanup_mark(). That is how a function undoes
 * its own part: a push may have failed, so that the newest is not always its own.
 */
size_t cleanup_mark(void);
void cleanup_to(size_t mark);
void cleanup_all(void);

/*
 * Installs the signal handlers, but none for a signal that is ignored; quiet: no progress,
 * verbose: info() speaks
 */
void run_init(bool quiet, bool verbose);
/* True after the first SIGINT/SIGTERM/SIGHUP; long loops return -EINTR then */
bool interrupted(void);

/*
 * Progress line on a terminal's stderr, at TERM=dumb a new one each half minute; nothing when
 * it is no terminal or quiet
 */
void progress(const char *what, unsigned int done, unsigned int total);
void progress_end(void);
/* From now on it begins with that: "[3/14] table6: ..." */
void progress_part(unsigned int part, unsigned int parts);

/* Exit status */
#define EXIT_DONE	0
#define EXIT_FAILED	1
#define EXIT_SKIP	4	/* nothing could be measured: kselftest's skip */

/* One line to stderr: "hookcost: ..."; errno stays as it was */
void err(const char *fmt, ...) __printf(1, 2);
/* How often it spoke, and what it said last ("" if nothing) */
unsigned int err_count(void);
const char *err_last(void);
/* As err(), on -v only */
void info(const char *fmt, ...) __printf(1, 2);

double now_ns(void);			/* CLOCK_MONOTONIC_RAW */

#endif /* HOOKCOST_RUN_H */
