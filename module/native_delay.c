// SPDX-License-Identifier: GPL-2.0-only
/*
 * A delay of known length, the ground truth of every time that is recovered
 * from the hook.
 *
 * The time stamp counter is too coarse to be polled for a delay of 5 ns, as one
 * reading takes some 10. A delay is a chain of multiplications that wait for
 * each other, whose speed is measured when the module is loaded. In a longer
 * one, the counter is read before the last part of the chain, which makes up
 * for what the first part was too short or too long; in one of many
 * microseconds it is polled first. The counter of a chain's loop runs ahead of
 * the multiplications, which hides that the loop's end is mispredicted.
 *
 * lfence on both sides keeps the delay from being hidden behind the work of its
 * neighbours. A delay of 0 costs these fences: parameter delay_floor_ps.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "native.h"
#include "tsc.h"

#define SHIFT		24	/* of the factors */
#define STEPS		4096
#define FINE_STEPS	24	/* enough to hide a misprediction twice over */
#define LONG_TICKS	20000
#define ROUNDS		64
#define TARGETS		256
#define SANE_TICKS	10000	/* a longer sample holds an interrupt */

static u64 ticks_per_ns __read_mostly;
static u64 steps_per_tick __read_mostly;
static u64 fine_ticks __read_mostly;	/* left to the last part */
static u64 read_ticks __read_mostly;	/* for reading the counter in between */

static unsigned int delay_khz;
module_param(delay_khz, uint, 0444);
MODULE_PARM_DESC(delay_khz, "frequency of the time stamp counter that delays are spun on");

static unsigned int delay_floor_ps;
module_param(delay_floor_ps, uint, 0444);
MODULE_PARM_DESC(delay_floor_ps, "what a delay of 0 takes, in picoseconds");

static __always_inline void chain(u64 steps)
{
	u64 x = steps;

	while (steps--)
		asm volatile("imul %0, %0" : "+r" (x));
}

static __always_inline u64 steps(u64 ticks)
{
	return (ticks * steps_per_tick + BIT_ULL(SHIFT - 1)) >> SHIFT;
}

static __always_inline void spin(u64 ticks)
{
	fence();
	if (ticks >= 2 * fine_ticks) {
		u64 start = read_tsc(), gone = 0;

		while (ticks - gone > LONG_TICKS)
			gone = min(read_tsc() - start, ticks);
		if (ticks - gone > fine_ticks)
			chain(steps((ticks - gone - fine_ticks) * 7 / 8));
		fence();
		gone = read_tsc() - start + read_ticks;
		ticks = ticks > gone ? ticks - gone : 0;
	}
	chain(steps(ticks));
	fence();
}

u32 native_delay(struct xdp_buff *xdp, u64 arg)
{
	spin(arg * ticks_per_ns >> SHIFT);
	return XDP_PASS;
}

static u64 __init chain_ticks(u64 steps)
{
	u64 best = U64_MAX, start;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		fence();
		start = read_tsc();
		chain(steps);
		fence();
		best = min(best, read_tsc() - start);
	}
	return best;
}

static u64 __init rdtsc_ticks(void)
{
	u64 best = U64_MAX, start;
	int i, j;

	for (i = 0; i < ROUNDS; i++) {
		start = read_tsc();
		for (j = 1; j < ROUNDS; j++)
			read_tsc();
		best = min(best, read_tsc() - start);
	}
	return best / ROUNDS;
}

/* What delays of base and the next TARGETS - 1 ticks take beyond their length, in 1/64 ticks */
static s64 __init excess(u64 base)
{
	u64 i, ticks, start, took, n = 0;
	s64 sum = 0;

	for (i = 0; i < ROUNDS * TARGETS; i++) {
		ticks = base ? base + i % TARGETS : 0;
		start = read_tsc();
		spin(ticks);
		took = read_tsc() - start;
		if (took > ticks + SANE_TICKS)
			continue;
		sum += took - ticks;
		n++;
	}
	return n ? div64_s64(sum * 64, n) : 0;
}

/* The chip's rate, against the clock of the kernel, or of UML's host */
static int __init calibrate_tsc(void)
{
	u64 ticks = read_tsc(), ns = ktime_get_raw_ns();

	msleep(50);
	ticks = read_tsc() - ticks;
	ns = ktime_get_raw_ns() - ns;
	delay_khz = div64_u64(ticks * NSEC_PER_MSEC, ns);
	if (!delay_khz)
		return -ENODEV;
	ticks_per_ns = div_u64((u64)delay_khz << SHIFT, NSEC_PER_MSEC);
	return 0;
}

int __init native_delay_init(void)
{
	u64 reading;
	s64 floor;
	int ret;

	ret = calibrate_tsc();
	if (ret) {
		pr_err("hookcost_native: the time stamp counter does not count\n");
		return ret;
	}

	preempt_disable();
	steps_per_tick = div64_u64((u64)STEPS << SHIFT,
				   max(chain_ticks(2 * STEPS) - chain_ticks(STEPS), 1ULL));
	reading = rdtsc_ticks();
	fine_ticks = div64_u64((u64)FINE_STEPS << SHIFT, steps_per_tick) + 4 * reading;
	floor = excess(0);
	read_ticks = max(div_s64(excess(2 * fine_ticks) - floor, 64), 0);
	preempt_enable();

	/* of the two readings around a sample, one is in it */
	floor = max(floor - (s64)reading * 64, 0);
	delay_floor_ps = div64_u64(div64_u64(floor * 1000, 64) << SHIFT, ticks_per_ns);
	return 0;
}
