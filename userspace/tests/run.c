// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/run.h"
#include "measure/batch.h"
#include "unit.h"

static char trail[16];
static char a[2] = "a", b[2] = "b", c[2] = "c", d[2] = "d";

static void leave_mark(void *arg)
{
	strncat(trail, arg, sizeof(trail) - strlen(trail) - 1);
}

static void cleanup_order(void)
{
	trail[0] = '\0';
	CHECK_INT(cleanup_push(leave_mark, a), 0);
	CHECK_INT(cleanup_push(leave_mark, b), 0);
	CHECK_INT(cleanup_push(leave_mark, c), 0);
	cleanup_to(2);
	CHECK_STR(trail, "c");
	CHECK_INT(cleanup_push(leave_mark, d), 0);
	cleanup_all();
	CHECK_STR(trail, "cdba");
	/* nothing twice */
	cleanup_all();
	cleanup_to(0);
	CHECK_STR(trail, "cdba");
}

static void cleanup_marks(void)
{
	size_t mark;

	trail[0] = '\0';
	CHECK_INT(cleanup_push(leave_mark, a), 0);
	mark = cleanup_mark();
	cleanup_to(mark);
	CHECK_STR(trail, "");
	CHECK_INT(cleanup_push(leave_mark, b), 0);
	CHECK_INT(cleanup_push(leave_mark, c), 0);
	cleanup_to(mark);
	CHECK_STR(trail, "cb");
	cleanup_all();
	CHECK_STR(trail, "cba");
}

/* A traffic generator's child must not undo what its parent has set up */
static void cleanup_in_child(void)
{
	int status = -1;
	pid_t pid;

	trail[0] = '\0';
	CHECK_INT(cleanup_push(leave_mark, a), 0);
	pid = fork();
	if (!pid) {
		cleanup_all();
		_exit(trail[0] ? 1 : 0);
	}
	waitpid(pid, &status, 0);
	CHECK_INT(status, 0);
	cleanup_all();
	CHECK_STR(trail, "a");
}

static void cleanup_full(void)
{
	int i, ret = 0;

	unit_capture();
	for (i = 0; i < 1000 && !ret; i++)
		ret = cleanup_push(leave_mark, a);
	CHECK_HAS(unit_captured(), "things to clean up");
	CHECK_INT(ret, -ENOSPC);
	cleanup_all();
}

/* Who calls err() has not looked at errno yet; standard output has no room for what it holds */
static void err_keeps_errno(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), out;

	fflush(stdout);
	out = dup(STDOUT_FILENO);
	dup2(full, STDOUT_FILENO);
	close(full);
	printf("text\n");
	unit_capture();
	errno = EXDEV;
	err("%s %m", "what failed:");
	CHECK_INT(errno, EXDEV);
	run_init(false, true);
	printf("text\n");
	errno = ERANGE;
	info("%s", "more");
	CHECK_INT(errno, ERANGE);
	run_init(false, false);
	CHECK_HAS(unit_captured(), strerror(EXDEV));
	clearerr(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
}

static void on_pipe(void *arg)
{
	if (write(*(int *)arg, "x", 1) != 1)
		_exit(9);
}

/* exit() runs what is left; SIGINT only sets the flag */
static void cleanup_at_exit(void)
{
	int fd[2], status = -1;
	char got = 0;
	pid_t pid;

	CHECK(!pipe(fd));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		/* in the background of a script it is ignored */
		signal(SIGINT, SIG_DFL);
		run_init(true, false);
		cleanup_push(on_pipe, &fd[1]);
		if (interrupted())
			_exit(3);
		raise(SIGINT);
		if (!interrupted())
			_exit(4);
		exit(5);
	}
	close(fd[1]);
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 5);
	CHECK_INT(read(fd[0], &got, 1), 1);
	CHECK_INT(got, 'x');
	close(fd[0]);
}

/* Names of the fakes that were called last */
static char order[7];

struct fake {
	double per_unit, fixed, power;
	uint64_t calls, units;
	double noise;		/* added to every sixth call, from the given one on */
	uint64_t noise_at;
	double fails_at;	/* units from which -EIO comes */
	char name;
};

static double fake_batch(void *arg, uint64_t units)
{
	struct fake *f = arg;

	f->calls++;
	f->units = units;
	if (f->name) {
		memmove(order, order + 1, sizeof(order) - 2);
		order[sizeof(order) - 2] = f->name;
	}
	if (f->fails_at && (double)units >= f->fails_at)
		return -EIO;
	return f->fixed + f->per_unit * pow((double)units, f->power) +
	       (f->calls % 6 == f->noise_at ? f->noise : 0);
}

static void calibrate_linear(void)
{
	struct fake f = { .per_unit = 7, .power = 1 };
	struct batch_plan p;

	CHECK_INT(batch_calibrate(fake_batch, &f, 1, &p), 0);
	CHECK(p.linear);
	CHECK_NEAR(p.ratio, 1, EPS);
	/* the least power of two that takes 10 ms */
	CHECK_INT(p.units, 1 << 21);
	CHECK_INT(batch_calibrate(fake_batch, &f, 100, &p), 0);
	CHECK_INT(p.units, 100 << 14);
}

static void calibrate_not_linear(void)
{
	struct fake square = { .per_unit = 1, .power = 2 };
	struct fake constant = { .fixed = 20e6, .power = 1 };
	struct fake start = { .per_unit = 1, .power = 1, .fixed = 2e6 };
	struct fake less = { .per_unit = 1, .power = 0.9 };
	struct batch_plan p;

	CHECK_INT(batch_calibrate(fake_batch, &square, 1, &p), 0);
	CHECK(!p.linear);
	CHECK_NEAR(p.ratio, 2, EPS);
	CHECK_INT(batch_calibrate(fake_batch, &constant, 1, &p), 0);
	CHECK(!p.linear);
	CHECK_NEAR(p.ratio, 0.5, EPS);
	/* 2 ms of start-up in a batch of 10 ms are not within 5 % */
	CHECK_INT(batch_calibrate(fake_batch, &start, 1, &p), 0);
	CHECK(!p.linear);
	CHECK_INT(batch_calibrate(fake_batch, &less, 1, &p), 0);
	CHECK(!p.linear);
}

static void calibrate_noise(void)
{
	struct fake f = { .per_unit = 7, .power = 1, .noise = 30e6 };
	struct batch_plan p;

	for (f.noise_at = 0; f.noise_at < 6; f.noise_at++) {
		f.calls = 0;
		CHECK_INT(batch_calibrate(fake_batch, &f, 1, &p), 0);
		CHECK(p.linear);
		CHECK_NEAR(p.ratio, 1, EPS);
	}
}

static void calibrate_errors(void)
{
	struct fake nothing = { .per_unit = 0, .power = 1 };
	struct fake fails = { .per_unit = 1, .power = 1, .fails_at = 1000 };
	struct fake nan = { .per_unit = NAN, .power = 1 };
	struct batch_plan p;

	unit_capture();
	CHECK_INT(batch_calibrate(fake_batch, &nothing, 1, &p), -ERANGE);
	CHECK_HAS(unit_captured(), "calibration");
	CHECK_INT(batch_calibrate(fake_batch, &fails, 1, &p), -EIO);
	CHECK_INT(fails.units, 1024);
	CHECK_INT(batch_calibrate(fake_batch, &nan, 1, &p), -ERANGE);
}

static void compare_alternates(void)
{
	struct fake f = { .per_unit = 2e6, .power = 1 }, g = { .per_unit = 6e6, .power = 1 };
	struct variant v[] = {
		{ .name = "f", .fn = fake_batch, .arg = &f },
		{ .name = "g", .fn = fake_batch, .arg = &g, .plan.units = 5 },
	};
	int i;

	CHECK_INT(batch_compare(v, 2, 1, "warm"), 0);
	CHECK_INT(v[0].plan.units, 8);
	CHECK_INT(v[1].plan.units, 5);
	variants_free(&v[0], 1);
	variants_free(&v[1], 1);

	v[1].plan.units = 1;
	f.name = 'A';
	g.name = 'B';
	CHECK_INT(batch_compare(v, 2, 3, "test"), 0);
	CHECK_STR(order, "ABBAAB");
	for (i = 0; i < 3; i++) {
		CHECK_NEAR(v[0].ns[i], 2e6, EPS);
		CHECK_NEAR(v[1].ns[i], 6e6, EPS);
	}
	CHECK(!v[0].aside);
	variants_free(&v[0], 1);
	variants_free(&v[1], 1);
}

/* A batch of so many ns per unit, a quarter of which is said to be aside, in two parts */
static double aside_batch(void *arg, uint64_t units)
{
	double ns = *(double *)arg * units, kinds[] = { ns / 16, ns / 8 };

	batch_aside(ns / 8, kinds, 2);
	batch_aside(ns / 8, kinds, 1);
	return ns;
}

static void compare_aside(void)
{
	double one = 4e6, other = 8e6;
	struct fake silent = { .per_unit = 2e6, .power = 1 };
	struct variant v[] = {
		{ .name = "one", .fn = aside_batch, .arg = &one },
		{ .name = "silent", .fn = fake_batch, .arg = &silent },
		{ .name = "other", .fn = aside_batch, .arg = &other },
	};
	int i;

	/* what it has said before, or while it was calibrated, does not count */
	for (i = 0; i < 2; i++) {
		CHECK_INT(batch_compare(v, 3, 4, "test"), 0);
		CHECK_NEAR(v[0].aside[3], 1e6, EPS);
		CHECK_NEAR(v[0].kinds[0], 0.5e6, EPS);
		CHECK_NEAR(v[0].kinds[1], 0.5e6, EPS);
		CHECK_NEAR(v[0].kinds[2], 0, EPS);
		CHECK(!v[1].aside);
		CHECK_NEAR(v[2].aside[0], 2e6, EPS);
		CHECK_NEAR(v[2].kinds[1], 1e6, EPS);
	}
	for (i = 0; i < 3; i++)
		variants_free(&v[i], 1);
	CHECK(!v[0].ns && !v[0].aside);
}

/* As nohup has it; others are seen all the same */
static void ignored_stays(void)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		signal(SIGHUP, SIG_IGN);
		signal(SIGTERM, SIG_DFL);
		run_init(true, false);
		/* main() and the command */
		run_init(true, false);
		raise(SIGHUP);
		if (interrupted())
			_exit(3);
		raise(SIGTERM);
		_exit(interrupted() ? 5 : 4);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 5);
}

const struct unit run_units[] = {
	{ "run: cleanup in reverse order, once", cleanup_order },
	{ "run: cleanup up to a mark", cleanup_marks },
	{ "run: a child does not clean up for its parent", cleanup_in_child },
	{ "run: a full cleanup stack is refused", cleanup_full },
	{ "run: err() keeps errno", err_keeps_errno },
	{ "run: cleanup at exit, after a signal", cleanup_at_exit },
	{ "run: a signal that is ignored stays ignored", ignored_stays },
	{ "batch: a linear function", calibrate_linear },
	{ "batch: functions that are not linear", calibrate_not_linear },
	{ "batch: single disturbances do not matter", calibrate_noise },
	{ "batch: nothing measured, failure, not a number", calibrate_errors },
	{ "batch: variants alternate", compare_alternates },
	{ "batch: what is aside in its time", compare_aside },
	{ 0 }
};
