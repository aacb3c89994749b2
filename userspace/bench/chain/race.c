// SPDX-License-Identifier: GPL-2.0-only
/* chain: programs that run on several CPUs at once, by BPF_PROG_TEST_RUN in a thread on each */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>

#include "bench/chain/race.h"
#include "core/cpu.h"
#include "core/run.h"

#define BATCH_NS	11e6
#define TRIAL		1000
#define TOGETHER	0.95	/* of a batch's time */
#define TRIES		5
#define LINE_ROUNDS	64	/* to and fro, before the clock is read again */
#define LINE_END	2
#define LINE_BYTES	128	/* two lines, which are fetched together */

struct racer {
	const struct race *race;
	pthread_rwlock_t *start;	/* held until all threads are there */
	pthread_t thread;
	int cpu, ret;
	uint32_t repeat;
	double begin, end, ns;
};

size_t race_cpus(int *cpu)
{
	size_t n = 0;
	int at;

	for (at = cpu_pinned(); at >= 0 && n < RACE_CPUS; at = cpu_below(at))
		cpu[n++] = at;
	return n;
}

static int run_on(int cpu)
{
	size_t size;
	cpu_set_t *set = cpu_set_of(cpu, &size);
	int ret = sched_setaffinity(0, size, set) ? -errno : 0;

	CPU_FREE(set);
	return ret;
}

static void *run(void *arg)
{
	struct racer *r = arg;

	LIBBPF_OPTS(bpf_test_run_opts, opts,
		    .data_in = r->race->frame,
		    .data_size_in = sizeof(r->race->frame),
		    .repeat = (int)r->repeat);

	r->ret = run_on(r->cpu);
	pthread_rwlock_rdlock(r->start);
	pthread_rwlock_unlock(r->start);
	r->begin = now_ns();
	if (!r->ret)
		r->ret = bpf_prog_test_run_opts(r->race->set->prog->fd, &opts);
	r->end = now_ns();
	/* the kernel's mean of the runs, without its fraction */
	r->ns = opts.duration + 0.5;
	/* what is not the chain's verdict has not written */
	if (!r->ret && opts.retval != (__u32)r->race->set->verdict)
		r->ret = -EIO;
	return NULL;
}

/* How much of the time from the first begin to the last end all of them ran */
static double together(const struct racer *r, size_t n)
{
	double begin = r->begin, end = r->end, all_from = r->begin, all_to = r->end;
	size_t i;

	for (i = 1; i < n; i++) {
		begin = fmin(begin, r[i].begin);
		end = fmax(end, r[i].end);
		all_from = fmax(all_from, r[i].begin);
		all_to = fmin(all_to, r[i].end);
	}
	return (all_to - all_from) / (end - begin);
}

/* Those that are there run and are waited for, whether or not they are all */
static int run_all(struct racer *racer, size_t n, pthread_rwlock_t *lock)
{
	size_t have = 0, i;
	int ret = 0;

	pthread_rwlock_wrlock(lock);
	while (have < n && !ret) {
		ret = -pthread_create(&racer[have].thread, NULL, run, &racer[have]);
		have += !ret;
	}
	pthread_rwlock_unlock(lock);
	for (i = 0; i < have; i++)
		pthread_join(racer[i].thread, NULL);
	if (ret)
		err("cannot start a thread on each of %zu CPUs: %s", n, strerror(-ret));
	return ret;
}

static double try(struct race *r, uint32_t repeat, bool *was_together)
{
	struct racer racer[RACE_CPUS] = { };
	pthread_rwlock_t lock;
	double ns = 0;
	size_t i;
	int ret;

	pthread_rwlock_init(&lock, NULL);
	for (i = 0; i < r->n; i++) {
		racer[i] = (struct racer){
			.race = r, .start = &lock, .cpu = r->cpu[i], .repeat = repeat,
		};
		r->counted[i] -= chain_cpu_runs(r->set, (unsigned int)r->cpu[i]);
	}
	ret = run_all(racer, r->n, &lock);
	pthread_rwlock_destroy(&lock);
	for (i = 0; i < r->n && !ret; i++) {
		r->runs[i] += repeat;
		r->counted[i] += chain_cpu_runs(r->set, (unsigned int)r->cpu[i]);
		ns += racer[i].ns / (double)r->n;
		ret = racer[i].ret;
		if (ret)
			err("the program cannot run on CPU %d: %s", racer[i].cpu, strerror(-ret));
	}
	*was_together = !ret && together(racer, r->n) >= TOGETHER;
	return ret ? ret : ns;
}

int race_begin(struct race *r)
{
	bool was_together;
	double ns = try(r, TRIAL, &was_together);

	if (ns < 0)
		return (int)ns;
	r->repeat = (uint32_t)(BATCH_NS / ns) + 1;
	return 0;
}

double race_batch(struct race *r)
{
	bool was_together = false;
	double ns = 0;
	int i;

	for (i = 0; i < TRIES && !was_together; i++) {
		if (interrupted())
			return -EINTR;
		ns = try(r, r->repeat, &was_together);
		if (ns < 0)
			return ns;
	}
	r->apart += !was_together;
	return ns;
}

/* Whose turn it is, alone on its line: 0: the first's, 1: the other's */
struct line {
	unsigned int turn;
	char unused[LINE_BYTES];
	const int *cpu;
	int ret;
};

/* Waits for one's turn; whether there is one */
static bool my_turn(const struct line *l, unsigned int who)
{
	unsigned int turn;

	do {
		turn = __atomic_load_n(&l->turn, __ATOMIC_ACQUIRE);
	} while (turn != LINE_END && turn != who);
	return turn != LINE_END;
}

static void pass_on(struct line *l, unsigned int turn)
{
	__atomic_store_n(&l->turn, turn, __ATOMIC_RELEASE);
}

static void *other_end(void *arg)
{
	struct line *l = arg;

	l->ret = run_on(l->cpu[1]);
	while (my_turn(l, 1))
		pass_on(l, 0);
	return NULL;
}

/* On a busy machine the other one may not run for a while: so long, whatever comes of it */
double race_line(const int cpu[2])
{
	struct line l __attribute__((aligned(LINE_BYTES))) = { .cpu = cpu };
	unsigned int rounds = 0, i;
	pthread_t thread;
	double begin, ns;
	int ret = -pthread_create(&thread, NULL, other_end, &l);

	if (ret) {
		err("cannot start a thread on CPU %d: %s", cpu[1], strerror(-ret));
		return ret;
	}
	/* it is there */
	pass_on(&l, 1);
	my_turn(&l, 0);
	/* the caller is on the pinned one */
	begin = now_ns();
	do {
		for (i = 0; i < LINE_ROUNDS; i++, rounds++) {
			pass_on(&l, 1);
			my_turn(&l, 0);
		}
		ns = now_ns() - begin;
	} while (ns < BATCH_NS);
	pass_on(&l, LINE_END);
	pthread_join(thread, NULL);
	return l.ret ? l.ret : ns / (2.0 * rounds);
}
