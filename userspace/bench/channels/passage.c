// SPDX-License-Identifier: GPL-2.0-only
/* Figure 13: packets through a channel, by turns or with a reader on another CPU */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bench/channels/passage.h"
#include "core/cpu.h"
#include "core/run.h"

#define READY_US	100
#define READ_TRIES	50

/* The ring has room for a whole turn: what the generator sends besides is at most 3 blocks */
_Static_assert(TURN_FRAMES + 3 * 256 + 255 <= CHANNEL_RECORDS, "a turn fits the ring");

unsigned int passage_turn(const struct passage *p)
{
	return p->channel.ops->calls ? TURN_FRAMES_CALLS : TURN_FRAMES;
}

/*
 * One CPU: the kernel fills the ring, then the reader empties it. Of its times too
 * the middle half counts, as the generator does with its blocks.
 */
static double by_turns(struct passage *p, uint64_t units)
{
	uint64_t turn = passage_turn(p), left, n, read;
	size_t before = p->reader.n;
	double sum = 0, from;

	for (left = units; left; left -= n) {
		double ns;

		n = left < turn ? left : turn;
		ns = generator_run(p->gen, n);
		if (ns < 0)
			return ns;
		sum += ns;
		if (!p->channel.ops->drain)
			continue;
		from = now_ns();
		read = p->channel.ops->drain(&p->channel);
		/* nothing is for the row's counts to say */
		if (read)
			turns_add(&p->reader, (now_ns() - from) / read);
	}
	return sum + turns_middle(&p->reader, before) * units;
}

static void *reader(void *arg)
{
	struct passage *p = arg;
	bool last;

	__atomic_store_n(&p->ready, true, __ATOMIC_RELEASE);
	do {
		/* what came before the end is still to be read */
		last = __atomic_load_n(&p->stop, __ATOMIC_ACQUIRE);
		if (!p->channel.ops->drain(&p->channel))
			__builtin_ia32_pause();
	} while (!last);
	return NULL;
}

/* The signals are for the thread that runs the bench */
static int start_reader(struct passage *p, pthread_t *thread)
{
	pthread_attr_t attr;
	sigset_t all, old;
	cpu_set_t *cpu;
	size_t size;
	int ret;

	cpu = cpu_set_of(p->reader_cpu, &size);
	pthread_attr_init(&attr);
	pthread_attr_setaffinity_np(&attr, size, cpu);
	CPU_FREE(cpu);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	p->stop = false;
	p->ready = false;
	ret = pthread_create(thread, &attr, reader, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	if (ret) {
		err("cannot start the reader on CPU %d: %s", p->reader_cpu, strerror(ret));
		return -ret;
	}
	while (!__atomic_load_n(&p->ready, __ATOMIC_ACQUIRE))
		usleep(READY_US);
	return 0;
}

/*
 * Until the reader has read something: on a busy machine its CPU may be another's
 * for a while. The mean time of a run.
 */
static double run_until_read(struct passage *p, uint64_t units, uint64_t *read)
{
	uint64_t before = p->channel.read;
	double sum = 0;
	int i;

	for (i = 0; i < READ_TRIES; i++) {
		double ns = generator_run(p->gen, units);

		if (ns < 0)
			return ns;
		sum += ns;
		*read = __atomic_load_n(&p->channel.read, __ATOMIC_RELAXED) - before;
		if (*read)
			return sum / (i + 1);
	}
	err("%s: the reader has read nothing while %llu packets came", p->channel.ops->label,
	    (unsigned long long)units * READ_TRIES);
	return -EIO;
}

/* The time that a packet has taken which was read while the generator ran */
static double side_by_side(struct passage *p, uint64_t units)
{
	uint64_t sent = p->gen->sent, read = 0;
	pthread_t thread;
	double ns;
	int ret;

	ret = start_reader(p, &thread);
	if (ret)
		return ret;
	ns = run_until_read(p, units, &read);
	__atomic_store_n(&p->stop, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);
	sent = p->gen->sent - sent;
	/* a run's time is that of `units` of its frames; a few more are sent and read */
	return ns < 0 || read >= sent ? ns : ns * sent / read;
}

double passage_batch(void *arg, uint64_t units)
{
	struct passage *p = arg;
	double ns;
	int ret;

	ret = generator_target(p->gen, p->channel.prog) ?:
	      generator_count(p->gen, &p->count, -1);
	if (ret)
		return ret;
	if (p->reader_cpu < 0 || !p->channel.ops->drain)
		ns = by_turns(p, units);
	else
		ns = side_by_side(p, units);
	if (ns < 0)
		return ns;
	return generator_count(p->gen, &p->count, 1) ?: ns;
}
