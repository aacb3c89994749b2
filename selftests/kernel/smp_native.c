// SPDX-License-Identifier: GPL-2.0-only
/* The native hook switched while packets come by several RX queues and CPUs, over veth and mlx5 */
#include <inttypes.h>

#include "kselftest_harness.h"
#include "smp.h"

#define ROUNDS		12
#define PACKETS		200	/* of a round */
#define SWITCHES	60
#define MANY		2000	/* packets during all of them, if need be with more */
#define MOST		1000

FIXTURE(smp_native) {
	struct smp s;
	const char *program[5];
	unsigned int programs;
	struct smp_prog *progs;		/* hc1b's own, in the test of moves */
};

FIXTURE_VARIANT(smp_native) {
	bool sim;
};

FIXTURE_VARIANT_ADD(smp_native, veth) {
	.sim = false,
};

FIXTURE_VARIANT_ADD(smp_native, mlx5) {
	.sim = true,
};

FIXTURE_SETUP(smp_native)
{
	static const char *const drop[] = { "drop", "hard_drop", "fib 3", "hard_fib 2", "fib 4" };
	size_t i;

	memset(self, 0, sizeof(*self));
	if (variant->sim && !smp_have_sim)
		SKIP(return, "no mlx5 over mlx5sim");
	ASSERT_EQ(0, smp_up(&self->s, SMP_XDP, variant->sim));
	for (i = 0; i < ARRAY_SIZE(drop); i++)
		if (!hc_native(self->s.net, drop[i]))
			self->program[self->programs++] = drop[i];
	if (self->programs < 2)
		SKIP(return, "no two native programs that drop");
	ASSERT_EQ(0, hc_native_off());
}

FIXTURE_TEARDOWN(smp_native)
{
	smp_down(&self->s);
	smp_prog__destroy(self->progs);
}

/* What hc0b's driver has dropped for XDP or the native program */
static uint64_t dropped(const struct smp *s)
{
	return s->sim ? sim_counter(&sim, "hc0b", "rx_xdp_drop") :
			hc_counter(s->net->b, "hc0b", "xdp_drops");
}

static int await_dropped(const struct smp *s, uint64_t more)
{
	uint64_t until = dropped(s) + more;

	return DATA_AWAIT(dropped(s) >= until) ? 0 : -1;
}

/* When "on" has returned no CPU runs the XDP program any more; when "off" has, each does */
TEST_F(smp_native, off_to_on)
{
	uint64_t runs;
	int i;

	/* hc1b's packets meet their program all along */
	self->s.flows--;
	ASSERT_EQ(0, smp_start(&self->s));
	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, smp_await(&self->s, PACKETS));
		ASSERT_EQ(0, hc_native(self->s.net, self->program[i % self->programs]));
		runs = smp_counted(&self->s);
		ASSERT_EQ(0, await_dropped(&self->s, PACKETS));
		EXPECT_EQ(runs, smp_counted(&self->s));
		ASSERT_EQ(0, hc_native_off());
	}
	ASSERT_EQ(0, smp_stop(&self->s));
}

/* From one program to the next no packet meets the XDP program, on no CPU */
TEST_F(smp_native, from_one_to_the_next)
{
	uint64_t before;
	int i;

	self->s.flows--;
	ASSERT_EQ(0, hc_native(self->s.net, self->program[0]));
	before = dropped(&self->s);
	ASSERT_EQ(0, smp_start(&self->s));
	for (i = 0; i < SWITCHES || (dropped(&self->s) - before < MANY && i < MOST); i++) {
		ASSERT_EQ(0, hc_native(self->s.net, self->program[i % self->programs]));
		usleep(i * 1237 % 4000);
	}
	ASSERT_EQ(0, smp_stop(&self->s));
	EXPECT_EQ(0, smp_counted(&self->s));
	EXPECT_LE(MANY, dropped(&self->s) - before);
}

/* Each packet is dropped by the one or the other, and has its sample whoever it was */
TEST_F(smp_native, conserved)
{
	uint64_t before = dropped(&self->s), all, runs;
	struct smp_seen seen;
	int i;

	self->s.flows--;
	ASSERT_EQ(0, hc_set("enable", "xdp"));
	ASSERT_EQ(0, smp_start(&self->s));
	for (i = 0; i < SWITCHES || (smp_counted(&self->s) < MANY && i < MOST); i++) {
		ASSERT_EQ(0, i % 3 == 2 ? hc_native_off() :
			     hc_native(self->s.net, self->program[i % self->programs]));
		usleep(i * 1237 % 4000);
	}
	ASSERT_EQ(0, smp_stop(&self->s));
	ASSERT_EQ(0, hc_native_off());
	ASSERT_EQ(0, hc_read_idle("xdp", &self->s.table));
	smp_seen(&self->s, &seen);
	all = dropped(&self->s) - before;
	runs = seen.count;
	EXPECT_LT(runs, all);
	EXPECT_LT(1, seen.cpus);
	EXPECT_LT(1, seen.queues);
	EXPECT_EQ(all, hc_seen(&self->s.table));
	EXPECT_EQ(0, self->s.table.backward);
	EXPECT_EQ(0, self->s.table.unstamped);
}

static uint64_t runs_of(const struct smp_prog *progs)
{
	const volatile struct smp_note *n = progs->bss->notes;
	uint64_t runs = 0;
	int i;

	for (i = 0; i < SMP_CPUS; i++)
		runs += n[i].runs;
	return runs;
}

/* A device that moves to another namespace has its XDP program back; the other one has not */
TEST_F(smp_native, moves)
{
	struct smp *s = &self->s;
	struct hc_native table;

	/* another instance of the program, with counts of its own, at hc1b */
	self->progs = smp_prog__open_and_load();
	ASSERT_NE(NULL, self->progs);
	ASSERT_EQ(0, bpf_link__update_program(s->link[1], self->progs->progs.smp_xdp_drop));
	hc_enter(s->net->b);
	EXPECT_EQ(0, hc_set("native", "drop dev hc0b hc1b"));
	hc_enter(s->net->home);
	ASSERT_EQ(0, smp_start(s));
	ASSERT_EQ(0, await_dropped(s, PACKETS));
	EXPECT_EQ(0, runs_of(self->progs));
	ASSERT_EQ(0, smp_move(s, true));
	ASSERT_TRUE(DATA_AWAIT(runs_of(self->progs) > PACKETS / 4));
	ASSERT_EQ(0, hc_read_native(&table));
	EXPECT_EQ(1, table.ndevices);
	EXPECT_STREQ("hc0b", table.device);
	ASSERT_EQ(0, await_dropped(s, PACKETS));
	ASSERT_EQ(0, smp_stop(s));
	EXPECT_EQ(0, smp_counted(s));
}

int main(int argc, char **argv)
{
	smp_begin();
	return test_harness_run(argc, argv);
}
