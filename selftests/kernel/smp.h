/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several flows at once, by several RX queues and CPUs, to one hook:
 *
 *	netns a, hc0a ---- several queues, veth or mlx5 over mlx5sim ---- hc0b, netns b
 *	netns a, hc1a ---- veth, for the hooks in front of the stack ---- hc1b, netns b or c
 *
 * All functions that return int: 0, or -1 with a diagnostic line.
 */
#ifndef HOOKCOST_TEST_SMP_H
#define HOOKCOST_TEST_SMP_H

#include <pthread.h>
#include <stdatomic.h>

#include "hooks.h"
#include "simdata.h"
#include "smp_prog.h"
#include "smp_prog.skel.h"

#define SMP_THREADS	8	/* at most, one for each CPU */
#define SMP_EACH	2	/* flows of a thread */
#define SMP_FLOWS	(SMP_THREADS * SMP_EACH + 1)
/* The fewest packets that a run must have had to tell anything */
#define SMP_ENOUGH	50

enum smp_at {
	SMP_XDP,
	SMP_TC,
	SMP_SK_SKB_UDP,		/* one socket for all flows; dropped by the program */
	SMP_SK_SKB_TCP,		/* a socket for each; passed, and read */
	SMP_UDP,
	SMP_TCP,
};

/* Messages: sent by one thread, read by another */
struct smp_flow {
	int tx, rx;			/* rx -1: nobody reads */
	bool stray;			/* its device comes and goes */
	atomic_uint sent, got;
	uint64_t late_sum, late_max;	/* ns from sent to read, by its reader */
	char pad[64];
};

struct smp {
	struct hc_net own, *net;	/* with veth, or mlx5sim's */
	int c;				/* a third namespace */
	bool sim;
	enum smp_at at;
	const char *hook;		/* hookcost's name of it */
	unsigned int threads, flows, channels;
	struct smp_flow flow[SMP_FLOWS];
	pthread_t thread[SMP_THREADS];
	unsigned int running;
	atomic_bool stop;
	atomic_int failed;
	struct smp_prog *progs;
	struct bpf_link *link[4];
	size_t links;
	struct hc_hook table;
	/* The run so far: the two clocks at its beginning and its end */
	uint64_t ns[2], ticks[2];
};

/* What the programs, or the readers, have seen, over all CPUs */
struct smp_seen {
	uint64_t count, foreign;
	uint64_t late_sum, late_max, own_sum, own_max;	/* ns */
	unsigned int cpus, queues;
};

/* Before the harness: takes mlx5sim's netdevs if there are any, skips with one CPU */
void smp_begin(void);
extern bool smp_have_sim;

/* Network, programs, sockets */
int smp_up(struct smp *s, enum smp_at at, bool sim);
void smp_down(struct smp *s);
/* hc1b into netns c and back; it is up in either */
int smp_move(struct smp *s, bool to_c);

/* All counts from 0, then traffic until it is stopped and everything has arrived */
int smp_start(struct smp *s);
int smp_stop(struct smp *s);
/* So far, also while there is traffic */
uint64_t smp_counted(const struct smp *s);
void smp_seen(const struct smp *s, struct smp_seen *seen);
/* Sleeps until so many more were counted, 10 s at most */
int smp_await(struct smp *s, uint64_t more);

/*
 * After smp_stop(). The table agrees with itself, and no sample is longer than the message
 * was under way, nor than the whole run took.
 */
int smp_check_bounds(struct smp *s);
/* The same, and each message has its sample, with a stamp or without; none is backward */
int smp_check_exact(struct smp *s);
/* The same, where the hook was on and the device "any" from before to after: none lacks a stamp */
int smp_check_all(struct smp *s);

/* smp_act.c: all of it, traffic too */

/* Nothing is switched; rounds with idle time between them, which is nobody's */
int smp_steady(struct smp *s);
/* The filter goes from device to device, and one of them to another namespace and back */
int smp_devices(struct smp *s);
/* The hook off and on, and fresh tables */
int smp_toggles(struct smp *s);

#endif /* HOOKCOST_TEST_SMP_H */
