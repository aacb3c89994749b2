// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hard use: a million toggles of the keys, a thousand times each module in and out, ten
 * thousand switches of the native program under traffic. No splat, no leak, no wrong count.
 *
 * With HOOKCOST_HARD=1 in full; else each ends after some seconds, whatever it has done
 * by then.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kselftest_harness.h"
#include "health.h"
#include "hooked.h"
#include "kfunc.skel.h"

#define TOGGLES		1000000	/* of a key; a write changes one or several */
#define LOADS		1000
#define SWITCHES	10000
#define SECONDS		2	/* unless in full */
#define LONGEST		36000	/* s, where a toggle waits for every CPU */
#define WARM_LOADS	5
#define GROWTH_KB	1024	/* per CPU, of the slabs' and vmalloc's own bookkeeping, at most */

FIXTURE(hard) {
	struct hooked h;
	struct hc_memory memory;
	struct timespec begin;
	unsigned long told;		/* of the way, in twentieths */
};

FIXTURE_SETUP(hard)
{
	memset(self, 0, sizeof(*self));
	hc_log_begin();
	hc_leaks_begin();
	ASSERT_EQ(0, hooked_up(&self->h, SOCK_DGRAM));
	self->h.flow.napi = true;
	/* the banks of all hooks, which stay */
	ASSERT_EQ(0, hc_set("enable", "all"));
	ASSERT_EQ(0, hc_set("enable", "none"));
	ASSERT_EQ(0, hc_set("reset", "1"));
	hc_memory_read(&self->memory);
	clock_gettime(CLOCK_MONOTONIC, &self->begin);
}

FIXTURE_TEARDOWN(hard)
{
	EXPECT_EQ(0, hc_all_off());
	hooked_down(&self->h);
	EXPECT_EQ(0, hc_log_splats());
	EXPECT_GE(0, hc_leaks());
}

static bool in_full(void)
{
	const char *text = getenv("HOOKCOST_HARD");

	return text && !strcmp(text, "1");
}

static double elapsed(const struct _test_data_hard *self)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - self->begin.tv_sec + (now.tv_nsec - self->begin.tv_nsec) / 1e9;
}

/* The next of n, or enough; in full it may take hours, and tells how far it has come */
static bool go_on(struct _test_data_hard *self, unsigned long i, unsigned long n)
{
	if (!i)
		self->told = 0;
	if (in_full() && i * 20 / n > self->told) {
		self->told = i * 20 / n;
		ksft_print_msg("%lu of %lu, %.0f s\n", i, n, elapsed(self));
		fflush(stdout);
	}
	return i < n && !self->h.failed && (in_full() || elapsed(self) < SECONDS);
}

#define EXPECT_NO_GROWTH()						\
do {									\
	uint64_t grown = hc_memory_grown(&self->memory);		\
									\
	EXPECT_GE(GROWTH_KB * sysconf(_SC_NPROCESSORS_ONLN), grown) {	\
		TH_LOG("%" PRIu64 " kB are not given back", grown);	\
	}								\
} while (0)

/* A toggle is a write to a file that is open already; 0 or -errno */
static int toggle(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	return n == (ssize_t)strlen(text) ? 0 : n < 0 ? -errno : -EIO;
}

/*
 * Every key, in turns; all that pass are seen by the one hook that stays on. Packets in
 * between, not all the time, since it is toggles that are to be many.
 */
TEST_F_TIMEOUT(hard, toggles, LONGEST)
{
	static const struct {
		bool clock;
		const char *text;
		unsigned int keys;	/* that this changes after the turn before */
	} turns[] = {
		{ false, "xdp tc", 1 }, { false, "xdp", 1 }, { true, "ordered", 1 },
		{ false, "all", 4 }, { false, "xdp sk_skb udp", 2 }, { true, "plain", 1 },
		{ false, "xdp udp tcp", 2 }, { false, "xdp", 2 },
	};
	int enable = open(HC_ROOT "/enable", O_WRONLY | O_CLOEXEC);
	int clock = open(HC_ROOT "/clock", O_WRONLY | O_CLOEXEC);
	unsigned long i, changes = 0;
	unsigned int sent;

	ASSERT_LE(0, enable);
	ASSERT_LE(0, clock);
	ASSERT_EQ(0, toggle(enable, "xdp"));
	for (i = 0; go_on(self, changes, TOGGLES); i++) {
		size_t turn = i % ARRAY_SIZE(turns);

		ASSERT_EQ(0, toggle(turns[turn].clock ? clock : enable, turns[turn].text));
		changes += turns[turn].keys;
		if (i % 100 == 7)
			ASSERT_EQ(0, hc_one_by_one(&self->h.flow, 1));
	}
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	sent = self->h.flow.sent;
	EXPECT_EQ(sent, self->h.progs->bss->runs_xdp);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	EXPECT_EQ(sent, hc_seen(&self->h.hook));
	EXPECT_EQ(0, self->h.hook.unstamped);
	/* and all off, all on */
	clock_gettime(CLOCK_MONOTONIC, &self->begin);
	for (i = 0; go_on(self, i, TOGGLES / 1000); i++) {
		ASSERT_EQ(0, toggle(enable, "none"));
		ASSERT_EQ(0, toggle(enable, "all"));
	}
	TH_LOG("%lu toggles of a key, then all on and off %lu times, %u packets", changes, i,
	       sent);
	ASSERT_EQ(0, toggle(enable, "all"));
	ASSERT_EQ(0, hc_set("reset", "1"));
	ASSERT_EQ(0, hc_one_by_one(&self->h.flow, 100));
	ASSERT_EQ(0, hc_read_idle("udp", &self->h.hook));
	EXPECT_EQ(100, hc_seen(&self->h.hook));
	close(enable);
	close(clock);
	EXPECT_NO_GROWTH();
}

/* The same from a thread beside the traffic, which never pauses */
TEST_F_TIMEOUT(hard, toggles_under_traffic, LONGEST)
{
	int enable = open(HC_ROOT "/enable", O_WRONLY | O_CLOEXEC);
	unsigned long i;

	ASSERT_LE(0, enable);
	self->h.pass = true;
	ASSERT_EQ(0, toggle(enable, "xdp"));
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; go_on(self, i, TOGGLES / 100); i++) {
		ASSERT_EQ(0, toggle(enable, i % 2 ? "xdp" : "all"));
		sched_yield();
	}
	ASSERT_EQ(0, hooked_stop(&self->h));
	TH_LOG("%lu toggles in %.1f s, %u packets", i, elapsed(self), self->h.flow.sent);
	ASSERT_EQ(0, toggle(enable, "xdp"));
	close(enable);
	EXPECT_EQ(self->h.flow.sent, self->h.progs->bss->runs_xdp);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	EXPECT_EQ(self->h.flow.sent, hc_seen(&self->h.hook));
	EXPECT_NO_GROWTH();
}

/* From one native program to another, and off, while packets come; each meets exactly one */
TEST_F_TIMEOUT(hard, switches, LONGEST)
{
	static const char *const drop[] = {
		"drop", "hard_drop", "fib 3", "sum", "copy_u64 64", "hard_fib 2", "copy_bytes 8",
		"copy_rep_movs 64",
	};
	const char *have[ARRAY_SIZE(drop)];
	uint64_t dropped, program;
	unsigned long i;
	size_t n = 0;

	for (i = 0; i < ARRAY_SIZE(drop); i++)
		if (!hc_native(&self->h.net, drop[i]))
			have[n++] = drop[i];
	ASSERT_EQ(0, hc_native_off());
	if (!n)
		SKIP(return, "no native program drops");
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, hooked_start(&self->h));
	for (i = 0; go_on(self, i, SWITCHES); i++) {
		ASSERT_EQ(0, i % 3 == 2 ? hc_native_off() :
					  hc_native(&self->h.net, have[i / 3 * 2 % n]));
		sched_yield();
	}
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hooked_stop(&self->h));
	TH_LOG("%lu switches in %.1f s, %u packets", i, elapsed(self), self->h.flow.sent);
	hc_drain(&self->h.flow, self->h.progs->bss->runs_xdp);
	program = self->h.progs->bss->runs_xdp;
	dropped = hc_counter(self->h.net.b, "hc0b", "xdp_drops");
	EXPECT_EQ(self->h.flow.sent, program + dropped);
	EXPECT_EQ(program, self->h.flow.received);
	EXPECT_LT(0, program);
	EXPECT_LT(0, dropped);
	ASSERT_EQ(0, hc_read_idle("xdp", &self->h.hook));
	EXPECT_EQ(self->h.flow.sent, hc_seen(&self->h.hook));
	EXPECT_NO_GROWTH();
}

/* A module in and out, used in between as far as that can be */
static void in_and_out(struct __test_metadata *_metadata, struct _test_data_hard *self,
		       const char *name, int (*use)(const struct hc_net *n))
{
	unsigned long i;

	if (!hc_can_load(name))
		SKIP(return, "HOOKCOST_MODULES does not name the folder of %s.ko", name);
	if (!hc_loaded(name))
		ASSERT_EQ(0, hc_load(name));
	for (i = 0; i < WARM_LOADS || go_on(self, i, LOADS); i++) {
		ASSERT_EQ(0, use(&self->h.net));
		/* what it was used for is freed after a grace period */
		for (int tries = 0; tries < 500 && hc_references(name) > 0; tries++)
			usleep(1000);
		ASSERT_EQ(0, hc_references(name));
		ASSERT_EQ(0, hc_unload(name));
		ASSERT_FALSE(hc_loaded(name));
		ASSERT_EQ(0, hc_load(name));
		if (i + 1 == WARM_LOADS)
			hc_memory_read(&self->memory);
	}
	TH_LOG("%s: %lu times in %.1f s", name, i, elapsed(self));
	EXPECT_NO_GROWTH();
}

static int use_native(const struct hc_net *n)
{
	return hc_native(n, "fib 3") ?: hc_native_off();
}

static int use_kfunc(const struct hc_net *n)
{
	struct kfunc *progs = kfunc__open_and_load();

	if (!progs)
		return -1;
	kfunc__destroy(progs);
	return 0;
}

static int use_nothing(const struct hc_net *n)
{
	return 0;
}

TEST_F_TIMEOUT(hard, native_module, LONGEST)
{
	in_and_out(_metadata, self, "hookcost_native", use_native);
}

TEST_F_TIMEOUT(hard, kfunc_module, LONGEST)
{
	in_and_out(_metadata, self, "hookcost_kfunc", use_nothing);
}

/* Not as often: each time, the verifier has to look at the programs that call it */
TEST_F_TIMEOUT(hard, kfunc_module_used, LONGEST)
{
	in_and_out(_metadata, self, "hookcost_kfunc", use_kfunc);
}

int main(int argc, char **argv)
{
	hc_need_patches();
	return test_harness_run(argc, argv);
}
