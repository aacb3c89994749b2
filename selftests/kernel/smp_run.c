// SPDX-License-Identifier: GPL-2.0-only
/* Several flows at once: the threads, what they count, and what must hold of the table then */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "kselftest.h"
#include "smp.h"

#define BURST		8
#define WINDOW		32	/* datagrams of a flow that were not read yet */
#define PAUSE_US	100
#define QUIET_MS	100
#define PATIENCE_MS	10000
#define SHARES		32
/* By how much the two clocks may differ: of a time, and of each that is in a sum, ns */
#define SHARE		0.01
#define GRAIN		2000

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* A segment for each message: two would become one where they meet */
static unsigned int window_of(const struct smp *s)
{
	switch (s->at) {
	case SMP_UDP:
		return WINDOW;
	case SMP_TCP:
	case SMP_SK_SKB_TCP:
		return 1;
	default:
		return UINT32_MAX;
	}
}

static void send_some(struct smp *s, struct smp_flow *f)
{
	struct smp_message m = { .magic = SMP_MAGIC };
	unsigned int window = window_of(s), i;

	for (i = 0; i < BURST && f->sent - f->got < window; i++) {
		f->sent++;
		m.sent = now();
		if (send(f->tx, &m, sizeof(m), MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof(m))
			continue;
		f->sent--;
		if (!f->stray && errno != EAGAIN && errno != ENOBUFS)
			s->failed = errno;
		return;
	}
}

static void receive_some(struct smp *s, struct smp_flow *f)
{
	struct smp_message m;
	uint64_t late;
	ssize_t n;

	while (f->rx >= 0 && s->at != SMP_SK_SKB_UDP &&
	       (n = recv(f->rx, &m, sizeof(m), MSG_DONTWAIT)) > 0) {
		late = now() - m.sent;
		if (n != sizeof(m) || m.magic != SMP_MAGIC) {
			s->failed = EBADMSG;
			return;
		}
		f->late_sum += late;
		if (late > f->late_max)
			f->late_max = late;
		f->got++;
	}
}

struct place {
	struct smp *s;
	unsigned int me;
};

/* A flow that this thread sends is read by the next one, on another CPU */
static void *worker(void *arg)
{
	struct place p = *(struct place *)arg;
	struct smp *s = p.s;
	cpu_set_t set;
	unsigned int i;

	free(arg);
	CPU_ZERO(&set);
	CPU_SET(p.me, &set);
	sched_setaffinity(0, sizeof(set), &set);
	while (!s->stop && !s->failed) {
		for (i = 0; i < s->flows; i++)
			if (i % s->threads == p.me)
				send_some(s, &s->flow[i]);
		for (i = 0; i < s->flows; i++)
			if ((i + 1) % s->threads == p.me)
				receive_some(s, &s->flow[i]);
		/* where one thread emulates all CPUs, the others' turn */
		usleep(PAUSE_US);
	}
	return NULL;
}

static void stamp(struct smp *s, int end)
{
	s->ns[end] = now();
	s->ticks[end] = __rdtsc();
}

int smp_start(struct smp *s)
{
	unsigned int i;

	/* what failed before may have left it on */
	if (s->running)
		smp_stop(s);
	memset(s->progs->bss, 0, sizeof(*s->progs->bss));
	for (i = 0; i < s->flows; i++) {
		s->flow[i].sent = 0;
		s->flow[i].got = 0;
		s->flow[i].late_sum = 0;
		s->flow[i].late_max = 0;
	}
	s->stop = false;
	s->failed = 0;
	stamp(s, 0);
	for (s->running = 0; s->running < s->threads; s->running++) {
		struct place *p = malloc(sizeof(*p));

		*p = (struct place){ s, s->running };
		if (pthread_create(&s->thread[s->running], NULL, worker, p)) {
			ksft_print_msg("cannot make a thread\n");
			free(p);
			return -1;
		}
	}
	return 0;
}

uint64_t smp_counted(const struct smp *s)
{
	struct smp_seen seen;

	smp_seen(s, &seen);
	return seen.count;
}

/* Until no more comes */
static void settle(struct smp *s)
{
	uint64_t last = smp_counted(s), count;
	unsigned int i, quiet = 0;

	while (quiet < QUIET_MS) {
		for (i = 0; i < s->flows; i++)
			receive_some(s, &s->flow[i]);
		usleep(1000);
		count = smp_counted(s);
		quiet = count == last ? quiet + 1 : 0;
		last = count;
	}
}

int smp_stop(struct smp *s)
{
	s->stop = true;
	while (s->running)
		pthread_join(s->thread[--s->running], NULL);
	settle(s);
	stamp(s, 1);
	if (s->failed)
		ksft_print_msg("a message cannot be sent or read: %s\n", strerror(s->failed));
	return s->failed ? -1 : 0;
}

static unsigned int bits(uint64_t mask)
{
	return __builtin_popcountll(mask);
}

/* CPUs that had their share of it: a few messages are nothing */
static unsigned int shares(const uint64_t *part, unsigned int n, uint64_t all)
{
	unsigned int i, shares = 0;

	for (i = 0; i < n; i++)
		shares += part[i] > all / SHARES;
	return shares;
}

void smp_seen(const struct smp *s, struct smp_seen *seen)
{
	uint64_t part[SMP_CPUS] = { 0 };
	const volatile struct smp_prog__bss *bss = s->progs->bss;
	bool read = s->at == SMP_UDP || s->at == SMP_TCP;
	unsigned int i;

	memset(seen, 0, sizeof(*seen));
	for (i = 0; i < s->flows && read; i++) {
		const struct smp_flow *f = &s->flow[i];

		seen->count += f->got;
		part[(i + 1) % s->threads] += f->got;
		seen->late_sum += f->late_sum;
		if (f->late_max > seen->late_max)
			seen->late_max = f->late_max;
	}
	for (i = 0; i < SMP_CPUS && !read; i++) {
		const volatile struct smp_note *n = &bss->notes[i];

		seen->count += n->runs;
		part[i] = n->runs;
		seen->foreign += n->foreign;
		seen->late_sum += n->late_sum;
		seen->own_sum += n->own_sum;
		if (n->late_max > seen->late_max)
			seen->late_max = n->late_max;
		if (n->own_max > seen->own_max)
			seen->own_max = n->own_max;
	}
	seen->cpus = shares(part, SMP_CPUS, seen->count);
	seen->queues = bits(bss->queues);
}

int smp_await(struct smp *s, uint64_t more)
{
	uint64_t until = smp_counted(s) + more;
	int tries = PATIENCE_MS;

	while (smp_counted(s) < until && tries-- && !s->failed)
		usleep(1000);
	if (tries >= 0 && !s->failed)
		return 0;
	ksft_print_msg("%" PRIu64 " of %" PRIu64 " messages have come: %s\n", smp_counted(s), until,
		       s->failed ? strerror(s->failed) : "no more come");
	return -1;
}

/* Of nanoseconds that are a sum of n times, with what the clocks may differ by */
static uint64_t most_ticks(const struct smp *s, uint64_t ns, uint64_t n)
{
	double rate = (double)(s->ticks[1] - s->ticks[0]) / (s->ns[1] - s->ns[0]);

	return (ns * (1 + SHARE) + (double)n * GRAIN) * rate;
}

static uint64_t least_ticks(const struct smp *s, uint64_t ns, uint64_t n)
{
	double rate = (double)(s->ticks[1] - s->ticks[0]) / (s->ns[1] - s->ns[0]);
	double least = ns * (1 - SHARE) - (double)n * GRAIN;

	return least > 0 ? least * rate : 0;
}

static int at_most(const struct smp *s, const char *what, uint64_t ticks, uint64_t limit)
{
	if (ticks <= limit)
		return 0;
	ksft_print_msg("%s: %s is %" PRIu64 " ticks, can be %" PRIu64 "\n", s->hook, what, ticks,
		       limit);
	return -1;
}

int smp_check_bounds(struct smp *s)
{
	const struct hc_phase *reach, *entry, *total;
	struct smp_seen seen;
	uint64_t all;

	if (hc_read_idle(s->hook, &s->table))
		return -1;
	smp_seen(s, &seen);
	if (seen.count < SMP_ENOUGH || seen.foreign || seen.cpus < 2 || seen.queues < 2) {
		ksft_print_msg("%s: %" PRIu64 " messages, %" PRIu64 " foreign, ", s->hook,
			       seen.count, seen.foreign);
		printf("%u CPUs, %u queues\n", seen.cpus, seen.queues);
		return -1;
	}
	/* nothing is under way for longer than the run has lasted */
	all = most_ticks(s, s->ns[1] - s->ns[0], 1);
	reach = hc_phase(&s->table, "reach");
	total = hc_phase(&s->table, "total");
	if (at_most(s, "the largest reach", reach->max, most_ticks(s, seen.late_max, 1)) ||
	    at_most(s, "the largest total", total->max, all) ||
	    at_most(s, "the largest dequeue", hc_phase(&s->table, "dequeue")->max, all))
		return -1;
	/* at SK_SKB what is on the way to the program may begin with another message */
	entry = hc_phase(&s->table, "entry");
	return at_most(s, "the largest entry", entry->max, most_ticks(s, seen.late_max, 1)) ?:
	       at_most(s, "the sum of reach and entry", reach->sum + entry->sum,
		       most_ticks(s, seen.late_sum, seen.count));
}

int smp_check_exact(struct smp *s)
{
	uint64_t count, seen;

	if (smp_check_bounds(s))
		return -1;
	count = smp_counted(s);
	seen = hc_seen(&s->table) + s->table.unstamped;
	if (seen == count && !s->table.unsited && !s->table.backward)
		return 0;
	ksft_print_msg("%s: %" PRIu64 " messages, %" PRIu64 " samples: ", s->hook, count, seen);
	printf("%" PRIu64 " backward, %" PRIu64 " unsited, %" PRIu64 " unstamped\n",
	       s->table.backward, s->table.unsited, s->table.unstamped);
	return -1;
}

int smp_check_all(struct smp *s)
{
	const struct hc_phase *prog;
	struct smp_seen seen;

	if (smp_check_exact(s))
		return -1;
	if (s->table.unstamped) {
		ksft_print_msg("%s: %" PRIu64 " messages have no stamp\n", s->hook,
			       s->table.unstamped);
		return -1;
	}
	if (s->at == SMP_UDP || s->at == SMP_TCP)
		return 0;
	/* the program has run for at least as long as it has seen itself */
	prog = hc_phase(&s->table, "prog");
	smp_seen(s, &seen);
	return at_most(s, "the program's own longest run", least_ticks(s, seen.own_max, 1),
		       prog->max) ?:
	       at_most(s, "the sum of the program's own runs",
		       least_ticks(s, seen.own_sum, seen.count), prog->sum);
}
