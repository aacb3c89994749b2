// SPDX-License-Identifier: GPL-2.0-only
/* What system calls and switches of User Mode Linux take, and are of a row's time */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/guest.h"
#include "core/json.h"
#include "core/run.h"
#include "core/stats.h"
#include "kernel/env.h"

#define BATCHES		15
#define CALLS		20
#define ROUND_TRIPS	10
#define SHARE_MAX	0.10

static struct {
	bool known;
	double call, turn;		/* ns: a system call; a write to a pipe until it is read */
} cost;

static double call_ns(void)
{
	double ns[BATCHES], begin;
	struct stats s;
	int i, k;

	for (i = 0; i < BATCHES; i++) {
		begin = now_ns();
		for (k = 0; k < CALLS; k++)
			syscall(SYS_getppid);
		ns[i] = (now_ns() - begin) / CALLS;
	}
	stats_of(ns, BATCHES, &s);
	return s.median;
}

/* Until the other end is closed */
static void answer(int from, int to)
{
	char c;

	while (read(from, &c, 1) == 1 && write(to, &c, 1) == 1)
		;
	_exit(0);
}

static double turns(int to, int from)
{
	double ns[BATCHES], begin;
	struct stats s;
	char c = 0;
	int i, k;

	for (i = 0; i < BATCHES; i++) {
		begin = now_ns();
		for (k = 0; k < ROUND_TRIPS; k++)
			if (write(to, &c, 1) != 1 || read(from, &c, 1) != 1)
				return NAN;
		ns[i] = (now_ns() - begin) / (2 * ROUND_TRIPS);
	}
	stats_of(ns, BATCHES, &s);
	return s.median;
}

/* From a process to another: half of a round trip through two pipes, a write and a read each */
static double turn_ns(void)
{
	int there[2], back[2];
	double ns = NAN;
	pid_t pid;

	if (pipe(there))
		return NAN;
	if (pipe(back)) {
		close(there[0]);
		close(there[1]);
		return NAN;
	}
	pid = fork();
	if (!pid) {
		close(there[1]);
		close(back[0]);
		answer(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	if (pid > 0)
		ns = turns(there[1], back[0]);
	close(there[1]);
	close(back[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return ns;
}

static bool is_guest(void)
{
	if (!env_get()->uml)
		return false;
	if (!cost.known) {
		cost.call = call_ns();
		cost.turn = turn_ns();
	}
	cost.known = true;
	return true;
}

void guest_share(struct row *row, const struct guest_work *w, double ns)
{
	struct json_object *o;
	double spent, share;

	if (!(ns > 0) || !is_guest())
		return;
	/* a switch is a turn without its two calls */
	spent = w->calls * cost.call;
	if (w->switches)
		spent += w->switches * fmax(cost.turn - 2 * cost.call, 0);
	share = fmin(spent / ns, 1);
	if (!isfinite(share))
		return;
	o = json_object_new_object();
	json_object_object_add(o, "calls", json_number(w->calls));
	json_object_object_add(o, "switches", json_number(w->switches));
	json_object_object_add(o, "percent", json_number(100 * share));
	row_detail(row, "guest", o);
	if (share > SHARE_MAX)
		row_reason(row, VALIDITY_INDICATIVE, "guest",
			   "%.0f %% of it is the guest's system calls",
			   100 * share);
}

void guest_note(struct result *res)
{
	struct json_object *o;

	if (!is_guest())
		return;
	o = json_object_new_object();
	json_object_object_add(o, "call_ns", json_number(cost.call));
	json_object_object_add(o, "turn_ns", json_number(cost.turn));
	result_fact_times(res, "guest", o);
	result_note_times(res,
			  "User Mode Linux: a system call goes through the host by ptrace. One that does nothing takes %.1f us here, and from one process to another through a pipe it is %.1f us; rows of which that is 10 %% or more say so. make bench runs such benches on the host's own kernel, as root.",
			  cost.call / 1e3, cost.turn / 1e3);
}
