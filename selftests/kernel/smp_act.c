// SPDX-License-Identifier: GPL-2.0-only
/* What is switched while several flows come at once, and what the table has to say then */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kselftest.h"
#include "smp.h"

#define ACTS		40	/* at least so many, and so many packets at least meanwhile */
#define MANY		2000
#define MOST_ACTS	1000
#define EVERY		20	/* acts between two moves to another namespace */
#define ROUNDS		3
#define IDLE_US		200000

static int set(const char *file, const char *text)
{
	int err = hc_set(file, text);

	if (err)
		ksft_print_msg("%s does not take \"%s\": %s\n", file, text, strerror(-err));
	return err;
}

static int set_in(const struct smp *s, int ns, const char *file, const char *text)
{
	int ret;

	hc_enter(ns);
	ret = set(file, text);
	hc_enter(s->net->home);
	return ret;
}

static bool more(const struct smp *s, unsigned int acts)
{
	return !s->failed && (acts < ACTS || (smp_counted(s) < MANY && acts < MOST_ACTS));
}

/* Up to 4 ms, but each time another */
static void linger(unsigned int i)
{
	usleep(i * 1237 % 4000);
}

int smp_steady(struct smp *s)
{
	unsigned int i;

	if (set("device", "any") || set("enable", s->hook))
		return -1;
	for (i = 0; i < ROUNDS; i++) {
		if (set("reset", "1") || smp_start(s) || smp_await(s, MANY) || smp_stop(s) ||
		    smp_check_all(s))
			return -1;
		/* which is in no sample of the next round */
		usleep(IDLE_US);
	}
	return 0;
}

/* Chosen, it is let go as it moves, with packets coming to it */
static int move_chosen(struct smp *s)
{
	if (set_in(s, s->net->b, "device", "hc1b") || smp_move(s, true))
		return -1;
	if (strcmp(hc_get("device"), "none\n")) {
		ksft_print_msg("the device has moved, and the filter is %s", hc_get("device"));
		return -1;
	}
	if (set_in(s, s->c, "device", "hc1b") || smp_move(s, false))
		return -1;
	if (strcmp(hc_get("device"), "none\n")) {
		ksft_print_msg("the device has come back, and the filter is %s", hc_get("device"));
		return -1;
	}
	return 0;
}

/* "any" is none of them: what has no stamp is sampled then, and counted as unstamped as well */
int smp_devices(struct smp *s)
{
	static const char *const filter[] = { "hc0b", "none", "hc1b", "hc0b" };
	unsigned int i;

	if (set_in(s, s->net->b, "device", "hc0b") || set("enable", s->hook) ||
	    set("reset", "1") || smp_start(s))
		return -1;
	for (i = 0; more(s, i); i++) {
		if (set_in(s, s->net->b, "device", filter[i % ARRAY_SIZE(filter)]))
			return -1;
		linger(i);
		if (i % EVERY == EVERY - 1 && move_chosen(s))
			return -1;
	}
	if (smp_stop(s) || smp_check_exact(s))
		return -1;
	if (s->table.unstamped && hc_phase(&s->table, "reach")->count)
		return 0;
	ksft_print_msg("%s: %" PRIu64 " with a stamp, %" PRIu64 " without: one kind only\n",
		       s->hook, hc_phase(&s->table, "reach")->count, s->table.unstamped);
	return -1;
}

/* Off and on, alone and with the others, and fresh tables: never more samples than messages */
int smp_toggles(struct smp *s)
{
	const char *const hooks[] = { s->hook, "none", s->hook, "all" };
	uint64_t seen, count;
	unsigned int i;

	if (set("device", "any") || set("reset", "1") || smp_start(s))
		return -1;
	for (i = 0; more(s, i); i++) {
		if (set("enable", hooks[i % ARRAY_SIZE(hooks)]))
			return -1;
		linger(i);
		if (i % EVERY == EVERY - 1 && set("reset", "1"))
			return -1;
		if (hc_read_hook(s->hook, &s->table))
			return -1;
	}
	if (set("enable", s->hook) || smp_await(s, SMP_ENOUGH) || smp_stop(s) ||
	    smp_check_bounds(s))
		return -1;
	seen = hc_seen(&s->table);
	count = smp_counted(s);
	if (seen <= count && hc_phase(&s->table, "reach")->count)
		return 0;
	ksft_print_msg("%s: %" PRIu64 " messages, %" PRIu64 " samples, %" PRIu64 " stamped\n",
		       s->hook, count, seen, hc_phase(&s->table, "reach")->count);
	return -1;
}
