// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "core/run.h"
#include "core/util.h"

#define CLEANUP_MAX 64

/* Shorter steps than this need no progress line, nor more frequent updates */
#define PROGRESS_FIRST_NS	500e6
#define PROGRESS_EVERY_NS	100e6
#define PROGRESS_LINE_NS	30e9

static struct {
	cleanup_fn fn;
	void *arg;
} cleanups[CLEANUP_MAX];
static size_t ncleanups;
static pid_t cleanup_owner;

static volatile sig_atomic_t got_signal;
static bool quiet, verbose;

static double progress_begin, progress_last;
static bool progress_shown;
static char progress_of[32];		/* "[3/14] ", or nothing */

static unsigned int errors;
static char last_error[512];

static void on_signal(int sig)
{
	got_signal = sig;
}

/* Not one that the caller ignores, as nohup does, and a script for what it has in the background */
static void handle(int sig, const struct sigaction *sa)
{
	struct sigaction old;

	if (!sigaction(sig, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(sig, sa, NULL);
}

void run_init(bool be_quiet, bool be_verbose)
{
	/* no SA_RESTART: a blocked system call shall return, its loop ends */
	struct sigaction stop = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	quiet = be_quiet;
	verbose = be_verbose;
	handle(SIGINT, &stop);
	handle(SIGTERM, &stop);
	handle(SIGHUP, &stop);
	/* a closed pipe is a failed write, not a death without cleanup */
	sigaction(SIGPIPE, &ignore, NULL);
	/* nor is a file that is not allowed to grow */
	sigaction(SIGXFSZ, &ignore, NULL);
}

bool interrupted(void)
{
	return got_signal != 0;
}

int cleanup_push(cleanup_fn fn, void *arg)
{
	if (cleanup_owner != getpid()) {
		/* a forked child starts empty: what its parent did stays */
		if (!cleanup_owner)
			atexit(cleanup_all);
		cleanup_owner = getpid();
		ncleanups = 0;
	}
	if (ncleanups == CLEANUP_MAX) {
		err("more than %d things to clean up", CLEANUP_MAX);
		return -ENOSPC;
	}
	cleanups[ncleanups].fn = fn;
	cleanups[ncleanups].arg = arg;
	ncleanups++;
	return 0;
}

size_t cleanup_mark(void)
{
	return cleanup_owner == getpid() ? ncleanups : 0;
}

void cleanup_to(size_t mark)
{
	while (ncleanups > mark && cleanup_owner == getpid()) {
		/* off the stack first, so that a cleanup which exits is not called again */
		ncleanups--;
		cleanups[ncleanups].fn(cleanups[ncleanups].arg);
	}
}

void cleanup_all(void)
{
	cleanup_to(0);
}

double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* One that takes escape codes for text: lines, and not many */
static bool is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || !strcmp(term, "dumb");
}

static void progress_line(const char *what, unsigned int done, unsigned int total, double now)
{
	if (now - (progress_last ?: progress_begin) < PROGRESS_LINE_NS)
		return;
	progress_last = now;
	fprintf(stderr, "%s%s: %u", progress_of, what, done);
	if (total)
		fprintf(stderr, " of %u", total);
	fputc('\n', stderr);
}

void progress(const char *what, unsigned int done, unsigned int total)
{
	double now;

	if (quiet || !isatty(STDERR_FILENO))
		return;
	now = now_ns();
	if (!progress_begin)
		progress_begin = now;
	if (is_dumb()) {
		progress_line(what, done, total, now);
		return;
	}
	if (now - progress_begin < PROGRESS_FIRST_NS ||
	    now - progress_last < PROGRESS_EVERY_NS)
		return;
	progress_last = now;
	progress_shown = true;
	if (total)
		fprintf(stderr, "\r%s%s: %u/%u (%u %%)\033[K", progress_of, what, done, total,
			(unsigned int)(100.0 * done / total));
	else
		fprintf(stderr, "\r%s%s: %u\033[K", progress_of, what, done);
}

void progress_part(unsigned int part, unsigned int parts)
{
	snprintf(progress_of, sizeof(progress_of), "[%u/%u] ", part, parts);
}

static void progress_clear(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

void progress_end(void)
{
	progress_clear();
	progress_begin = 0;
	progress_last = 0;
}

static void vsay(const char *fmt, va_list ap)
{
	int saved = errno;

	progress_clear();
	fflush(stdout);
	fputs("hookcost: ", stderr);
	/* a format may have %m */
	errno = saved;
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	errno = saved;
}

void err(const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	errors++;
	va_start(ap, fmt);
	vsnprintf(last_error, sizeof(last_error), fmt, ap);
	va_end(ap);
	errno = saved;
	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}

unsigned int err_count(void)
{
	return errors;
}

const char *err_last(void)
{
	return last_error;
}

void info(const char *fmt, ...)
{
	va_list ap;

	if (!verbose)
		return;
	va_start(ap, fmt);
	vsay(fmt, ap);
	va_end(ap);
}
