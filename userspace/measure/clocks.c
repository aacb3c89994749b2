// SPDX-License-Identifier: GPL-2.0-only
/* Reads both clocks of this machine, on each CPU that the process may use */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>
#include "core/cpu.h"
#include "core/run.h"
#include "core/util.h"
#include "measure/clocks.h"

/* In between the CPUs are idle: a counter that stops in an idle state is behind then */
#define ROUNDS		16
#define ROUNDS_BRIEF	4
#define ROUNDS_MAX	80		/* where a read takes long, as in UML, until it is */
#define DRIFT_HALF_PPM	300
#define PAUSE_US	10000
/* The one with the least between the counter's two reads counts */
#define TRIES		12
/* A round trip is some 200 ns; where the other CPU is busy, its thread waits for a turn */
#define PING_NS		1e6
#define PING_ROUNDS	200
#define PING_LIMIT_NS	50e6
#define PING_ALL_NS	400e6
#define SYSTEM_NS	2e6
#define SYSTEM_LIMIT_NS	40e6
#define SYSTEM_CHANGES	3

/* Affinity of as many CPUs as there can be */
struct cpus {
	cpu_set_t *set;
	size_t size;
	unsigned int max;
};

static struct {
	struct clock_look look;
	struct cpus cpus;
	bool begun, brief;
} all;

static inline uint64_t read_tsc(void)
{
	uint64_t ticks;

	_mm_lfence();
	ticks = __rdtsc();
	_mm_lfence();
	return ticks;
}

static bool get_cpus(struct cpus *c)
{
	for (c->max = 1024; c->max <= 1 << 20; c->max *= 2) {
		c->size = CPU_ALLOC_SIZE(c->max);
		c->set = xcalloc(1, c->size);
		if (!sched_getaffinity(0, c->size, c->set))
			return true;
		free(c->set);
		c->set = NULL;
		if (errno != EINVAL)
			break;
	}
	return false;
}

/* The calling thread; false if it may not, e.g. as the CPU has gone */
static bool go_to(const struct cpus *c, unsigned int cpu)
{
	cpu_set_t *one = xcalloc(1, c->size);
	bool gone;

	CPU_SET_S(cpu, c->size, one);
	gone = sched_setaffinity(0, c->size, one);
	free(one);
	return !gone;
}

static void add_reading(struct clock_look *l, unsigned int cpu)
{
	struct clock_reading best = { .cpu = cpu, .width = UINT64_MAX };
	int i;

	for (i = 0; i < TRIES; i++) {
		uint64_t before = read_tsc(), after;
		double ns = now_ns();

		after = read_tsc();
		if (after - before >= best.width)
			continue;
		best.width = after - before;
		best.ticks = before + best.width / 2;
		best.ns = ns;
	}
	l->reading = xrealloc(l->reading, l->n + 1, sizeof(*l->reading));
	l->reading[l->n++] = best;
}

static void read_all(struct clock_look *l, const struct cpus *c)
{
	unsigned int cpu;

	for (cpu = 0; cpu < c->max; cpu++)
		if (CPU_ISSET_S(cpu, c->size, c->set) && go_to(c, cpu))
			add_reading(l, cpu);
	sched_setaffinity(0, c->size, c->set);
}

/* Both threads at once, whatever else runs; without the privilege in their turn */
static void be_first(bool on)
{
	const struct sched_param p = { .sched_priority = on ? 1 : 0 };

	sched_setscheduler(0, on ? SCHED_FIFO : SCHED_OTHER, &p);
}

/*
 * Two CPUs show each other their counters in turns. What B reads when it has seen A's value
 * is later than that value, and the other way round: between them lies B's offset.
 */
struct ping {
	_Alignas(64) atomic_uint turn;	/* odd: B's */
	uint64_t ticks;			/* of who had the last turn */
	atomic_bool there, over;	/* B is on its CPU */
	const struct cpus *cpus;
	unsigned int cpu;		/* B's */
	double high;
};

/* Until it is this turn; false: it is over */
static bool wait_turn(struct ping *p, unsigned int turn)
{
	while (atomic_load_explicit(&p->turn, memory_order_acquire) != turn) {
		if (atomic_load_explicit(&p->over, memory_order_relaxed))
			return false;
		_mm_pause();
	}
	return true;
}

static void *answer(void *arg)
{
	struct ping *p = arg;
	unsigned int turn;

	if (!go_to(p->cpus, p->cpu))
		return NULL;
	atomic_store(&p->there, true);
	for (turn = 1; wait_turn(p, turn); turn += 2) {
		uint64_t ticks = read_tsc();

		p->high = fmin(p->high, (double)(int64_t)(ticks - p->ticks));
		p->ticks = read_tsc();
		atomic_store_explicit(&p->turn, turn + 1, memory_order_release);
	}
	return NULL;
}

/* As wait_turn(), for so long only, as the other CPU may have other things to do */
static bool wait_answer(struct ping *p, unsigned int turn, double until)
{
	unsigned int spins = 0;

	while (atomic_load_explicit(&p->turn, memory_order_acquire) != turn) {
		if (++spins % 1024 == 0 && now_ns() > until)
			return false;
		_mm_pause();
	}
	return true;
}

static void add_offset(struct clock_look *l, const struct cpus *c, unsigned int first,
		       unsigned int cpu)
{
	struct clock_offset o = { .cpu = cpu, .low = -INFINITY };
	struct ping p = { .cpus = c, .cpu = cpu, .high = INFINITY };
	double begin = now_ns();
	pthread_t thread;
	unsigned int i;

	if (!go_to(c, first))
		return;
	be_first(true);
	if (pthread_create(&thread, NULL, answer, &p)) {
		be_first(false);
		return;
	}
	/* it begins on this CPU, and as the first there, too */
	while (!atomic_load(&p.there) && now_ns() < begin + PING_LIMIT_NS)
		usleep(10);
	begin = now_ns();
	for (i = 0; atomic_load(&p.there) && (i < PING_ROUNDS || now_ns() < begin + PING_NS); i++) {
		p.ticks = read_tsc();
		atomic_store_explicit(&p.turn, 2 * i + 1, memory_order_release);
		if (!wait_answer(&p, 2 * i + 2, begin + PING_LIMIT_NS))
			break;
		o.low = fmax(o.low, (double)(int64_t)(p.ticks - read_tsc()));
	}
	atomic_store(&p.over, true);
	pthread_join(thread, NULL);
	be_first(false);
	o.high = p.high;
	if (!isfinite(o.low) || !isfinite(o.high))
		return;
	l->offset = xrealloc(l->offset, l->noffsets + 1, sizeof(*l->offset));
	l->offset[l->noffsets++] = o;
}

static void read_offsets(struct clock_look *l, const struct cpus *c)
{
	double until = now_ns() + PING_ALL_NS;
	unsigned int cpu, first;

	for (first = 0; first < c->max && !CPU_ISSET_S(first, c->size, c->set); first++)
		;
	for (cpu = first + 1; cpu < c->max && now_ns() < until; cpu++)
		if (CPU_ISSET_S(cpu, c->size, c->set))
			add_offset(l, c, first, cpu);
	sched_setaffinity(0, c->size, c->set);
}

/* A clock that moves with the timer's interrupt stands still between two reads */
static void read_system(struct clock_look *l)
{
	double begin = now_ns(), last = begin, now = begin;
	unsigned int changes = 0;
	bool stood = false;

	l->system_step = INFINITY;
	while (changes < SYSTEM_CHANGES &&
	       now < begin + (stood && !changes ? SYSTEM_LIMIT_NS : SYSTEM_NS)) {
		now = now_ns();
		l->system_backward |= now < last;
		if (now == last) {
			stood = true;
		} else if (stood) {
			l->system_step = fmin(l->system_step, now - last);
			changes++;
		}
		last = now;
	}
	if (!isfinite(l->system_step))
		l->system_step = 0;
}

void clocks_brief(void)
{
	all.brief = true;
}

void clocks_look(struct clocks *c, double kernel_khz)
{
	int i, least = all.brief ? ROUNDS_BRIEF : ROUNDS, most = all.brief ? least : ROUNDS_MAX;
	struct clock_look *l = &all.look;

	memset(c, 0, sizeof(*c));
	if (!all.begun && get_cpus(&all.cpus)) {
		all.begun = true;
		l->step = cpu_tsc_step();
		l->khz = kernel_khz;
		read_system(l);
		read_all(l, &all.cpus);
		read_offsets(l, &all.cpus);
		for (i = 1; i < least || (i < most && c->drift_half > DRIFT_HALF_PPM); i++) {
			usleep(PAUSE_US);
			read_all(l, &all.cpus);
			clocks_judge(l, c);
		}
	}
	clocks_judge(l, c);
}

void clocks_look_again(struct clocks *c)
{
	if (all.begun)
		read_all(&all.look, &all.cpus);
	clocks_judge(&all.look, c);
}
