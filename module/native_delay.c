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
 * neighbours. Every delay begins with the same short chain, behind which the
 * function's own few instructions are hidden: without it they would lengthen a
 * delay of 0 only. It and the fences are what a delay of 0 costs: parameter
 * delay_floor_ps.
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
#define CYCLES		3	/* of a multiplication */
#define STEPS		4096
#define FINE_STEPS	24	/* enough to hide a misprediction twice over */
#define BASE_CYCLES	(FINE_STEPS * CYCLES)
#define LONG_TICKS	20000
#define CALIBRATE_MS	50
#define ROUNDS		64
#define TARGETS		256
#define SANE_TICKS	500	/* a sample that is longer by more was disturbed */

static u64 ticks_per_ns __read_mostly;
static u64 cycles_per_tick __read_mostly;
static u64 cycles_per_ns __read_mostly;
static u64 fine_ticks __read_mostly;	/* left to the last part */
static u64 read_ticks __read_mostly;	/* for reading the counter in between */

static unsigned int delay_khz;
module_param(delay_khz, uint, 0444);
MODULE_PARM_DESC(delay_khz, "frequency of the time stamp counter that delays are spun on");

static unsigned int delay_floor_ps;
module_param(delay_floor_ps, uint, 0444);
MODULE_PARM_DESC(delay_floor_ps, "what a delay of 0 takes, in picoseconds");

static unsigned int delay_cycle_ps;
module_param(delay_cycle_ps, uint, 0444);
MODULE_PARM_DESC(delay_cycle_ps, "the unit that short delays are made up of, in picoseconds");

static unsigned int delay_excess;
module_param(delay_excess, uint, 0444);
MODULE_PARM_DESC(delay_excess, "for tests: delays are too long by so many percent, 100 at most");

/*
 * A multiplication takes 3 cycles on all that hookcost runs on, and what is left
 * of a delay below that is made up of single cycles.
 */
static __always_inline void chain(u64 cycles)
{
	u64 x = cycles, steps = cycles / CYCLES, rest = cycles % CYCLES;

	while (steps--)
		asm volatile("imul %0, %0" : "+r" (x));
	while (rest--)
		asm volatile("lea 1(%0), %0" : "+r" (x));
}

static __always_inline u64 scale(u64 val, u64 factor)
{
	return (val * factor + BIT_ULL(SHIFT - 1)) >> SHIFT;
}

/* The same length twice: a short delay is a number of cycles only, free of the ticks' rounding */
static __always_inline void spin(u64 ticks, u64 cycles)
{
	fence();
	if (ticks >= 2 * fine_ticks) {
		u64 start = read_tsc(), gone = 0;

		while (ticks - gone > LONG_TICKS)
			gone = min(read_tsc() - start, ticks);
		if (ticks - gone > fine_ticks)
			chain(scale((ticks - gone - fine_ticks) * 7 / 8, cycles_per_tick));
		fence();
		gone = read_tsc() - start + read_ticks;
		cycles = ticks > gone ? scale(ticks - gone, cycles_per_tick) : 0;
	}
	chain(BASE_CYCLES + cycles);
	fence();
}

u32 native_delay(struct xdp_buff *xdp, u64 arg)
{
	spin(scale(arg, ticks_per_ns), scale(arg, cycles_per_ns));
	return XDP_PASS;
}

/* The same without the way up the stack, which would only add its own noise */
u32 native_delay_drop(struct xdp_buff *xdp, u64 arg)
{
	spin(scale(arg, ticks_per_ns), scale(arg, cycles_per_ns));
	return XDP_DROP;
}

static u64 __init chain_ticks(u64 steps)
{
	u64 best = U64_MAX, start;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		fence();
		start = read_tsc();
		chain(steps * CYCLES);
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
		spin(ticks, scale(ticks, cycles_per_tick));
		took = read_tsc() - start;
		if (took > ticks + SANE_TICKS)
			continue;
		sum += took - ticks;
		n++;
	}
	return n ? div64_s64(sum * 64, n) : 0;
}

/* Both clocks at one time, as near as the best of some tries has them */
static void __init read_clocks(u64 *ticks, u64 *ns)
{
	u64 best = U64_MAX, before, between, after;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		before = ktime_get_raw_ns();
		between = read_tsc();
		after = ktime_get_raw_ns();
		if (after - before >= best)
			continue;
		best = after - before;
		*ticks = between;
		*ns = before + best / 2;
	}
}

/* The chip's rate, against the clock of the kernel, or of UML's host */
static int __init calibrate_tsc(void)
{
	u64 from_ticks, from_ns, ticks, ns;

	read_clocks(&from_ticks, &from_ns);
	msleep(CALIBRATE_MS);
	read_clocks(&ticks, &ns);
	ticks -= from_ticks;
	ns -= from_ns;
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

	if (delay_excess > 100)
		return -EINVAL;
	ret = calibrate_tsc();
	if (ret) {
		pr_err("hookcost_native: the time stamp counter does not count\n");
		return ret;
	}

	preempt_disable();
	cycles_per_tick = div64_u64((u64)STEPS * CYCLES << SHIFT,
				    max(chain_ticks(2 * STEPS) - chain_ticks(STEPS), 1ULL));
	cycles_per_ns = scale(cycles_per_tick, ticks_per_ns);
	reading = rdtsc_ticks();
	fine_ticks = div64_u64((u64)FINE_STEPS * CYCLES << SHIFT, cycles_per_tick) + 4 * reading;
	floor = excess(0);
	read_ticks = max(div_s64(excess(2 * fine_ticks) - floor, 64), 0);
	preempt_enable();

	/* of the two readings around a sample, one is in it */
	floor = max(floor - (s64)reading * 64, 0);
	delay_cycle_ps = div64_u64(1000ULL << SHIFT, max(cycles_per_ns, 1ULL));
	delay_floor_ps = div64_u64(div64_u64(floor * 1000, 64) << SHIFT, ticks_per_ns);

	/* only now: what has been measured stays true, and a delay of right length costs nothing */
	ticks_per_ns += div_u64(ticks_per_ns * delay_excess, 100);
	cycles_per_ns += div_u64(cycles_per_ns * delay_excess, 100);
	return 0;
}
