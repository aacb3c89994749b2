// SPDX-License-Identifier: GPL-2.0-only
/*
 * The model's own time, by kind of work, in ticks of the TSC, so that it can be told from the
 * driver's. The engine does one thing at a time: where it goes from one kind to another the TSC
 * is read once, and what has passed belongs to the kind before. So no tick is counted twice,
 * and it costs a read for each burst, not for each frame.
 *
 * What the engine does for a packet it does with softirqs off, and so without being preempted
 * or moved to another CPU; the driver's turn is between two kinds, where they are on
 * (MLX5SIM_OUTSIDE). A hard interrupt in between is counted as the engine's.
 *
 * The driver itself calls the model where the BAR is trapped and where DMA is mapped; that is
 * counted on its CPU.
 */

#include <linux/bottom_half.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>

#include "../tsc.h"
#include "account.h"

#define CALIBRATE_ROUNDS	16
#define CALIBRATE_SWITCHES	1024	/* in a round */
#define MAP_SAMPLE		8	/* of so many mappings one is timed, for all */

struct work {
	u64 ticks;
	u64 count;
};

static const char * const names[MLX5SIM_WORKS] = {
	[MLX5SIM_LOOP] = "loop",
	[MLX5SIM_FRAMES] = "frames",
	[MLX5SIM_EVENTS] = "events",
	[MLX5SIM_UMR] = "umr",
	[MLX5SIM_SEND] = "send",
	[MLX5SIM_COMMANDS] = "commands",
	[MLX5SIM_REQUESTS] = "requests",
	[MLX5SIM_MMIO] = "mmio",
	[MLX5SIM_MAPPING] = "mapping",
};

/* The engine's alone */
static struct {
	enum mlx5sim_work now;
	u64 since;
	u64 switches;
	struct work work[MLX5SIM_DRIVER];
} engine;

/* What the driver does in the model, on each CPU */
static DEFINE_PER_CPU(struct work, driver[MLX5SIM_WORKS - MLX5SIM_DRIVER]);

static u64 round_ticks;		/* of CALIBRATE_SWITCHES switches */

/* What there was when the account was begun: counters go on, as other CPUs write them */
static struct {
	struct work work[MLX5SIM_WORKS];
	u64 switches;
	u64 tsc;
	u64 ns;
} base;

/* Softirqs may run, and it may sleep */
static bool is_open(enum mlx5sim_work work)
{
	return work == MLX5SIM_OUTSIDE || work == MLX5SIM_COMMANDS || work == MLX5SIM_REQUESTS;
}

/**
 * mlx5sim_work - the engine goes to another kind of work
 * @to: which; MLX5SIM_OUTSIDE: it sleeps, or the driver may run in its place
 *
 * Return: the kind before.
 */
enum mlx5sim_work mlx5sim_work(enum mlx5sim_work to)
{
	enum mlx5sim_work from = engine.now;
	u64 now;

	if (is_open(from) && !is_open(to))
		local_bh_disable();
	now = read_tsc();
	/* another CPU's counter may be behind */
	if (from != MLX5SIM_OUTSIDE && now > engine.since)
		engine.work[from].ticks += now - engine.since;
	engine.since = now;
	engine.now = to;
	engine.switches++;
	if (!is_open(from) && is_open(to))
		local_bh_enable();
	return from;
}

/* @n more of what @work is about have been dealt with */
void mlx5sim_work_done(enum mlx5sim_work work, u64 n)
{
	engine.work[work].count += n;
}

/* The engine's ticks until now; and the driver's in the model, where both are on the same CPU */
u64 mlx5sim_work_ticks(void)
{
	u64 ticks = 0;
	int i;

	/* what it does now is under way */
	mlx5sim_work(engine.now);
	for (i = 0; i < ARRAY_SIZE(engine.work); i++)
		ticks += engine.work[i].ticks;
	if (!IS_ENABLED(CONFIG_SMP))
		for (i = 0; i < ARRAY_SIZE(driver); i++)
			ticks += this_cpu_read(driver[i].ticks);
	return ticks;
}

static void driver_add(enum mlx5sim_work work, u64 ticks)
{
	this_cpu_add(driver[work - MLX5SIM_DRIVER].ticks, ticks);
}

/* The driver is at the BAR; nothing interrupts it there */
u64 mlx5sim_mmio_begin(unsigned long *flags)
{
	local_irq_save(*flags);
	return read_tsc();
}

void mlx5sim_mmio_end(unsigned long flags, u64 begin)
{
	driver_add(MLX5SIM_MMIO, read_tsc() - begin);
	this_cpu_inc(driver[MLX5SIM_MMIO - MLX5SIM_DRIVER].count);
	local_irq_restore(flags);
}

/* The driver maps or unmaps for a packet. 0: this one is not timed. */
u64 mlx5sim_mapping_begin(void)
{
	/* else it sets something up, and softirqs could run inside */
	if (!in_interrupt())
		return 0;
	if (this_cpu_inc_return(driver[MLX5SIM_MAPPING - MLX5SIM_DRIVER].count) % MAP_SAMPLE)
		return 0;
	return read_tsc();
}

void mlx5sim_mapping_end(u64 begin)
{
	if (begin)
		driver_add(MLX5SIM_MAPPING, (read_tsc() - begin) * MAP_SAMPLE);
}

static struct work work_of(enum mlx5sim_work work)
{
	struct work sum = {};
	int cpu;

	if (work < MLX5SIM_DRIVER)
		return engine.work[work];
	for_each_possible_cpu(cpu) {
		const struct work *w = per_cpu_ptr(&driver[work - MLX5SIM_DRIVER], cpu);

		sum.ticks += READ_ONCE(w->ticks);
		sum.count += READ_ONCE(w->count);
	}
	return sum;
}

/* Begins anew. The engine's, as the next one. */
void mlx5sim_account_reset(void)
{
	int i;

	for (i = 0; i < MLX5SIM_WORKS; i++)
		base.work[i] = work_of(i);
	base.switches = engine.switches;
	base.tsc = read_tsc();
	base.ns = ktime_get_ns();
}

void mlx5sim_account_show(struct seq_file *s)
{
	u64 switches = engine.switches - base.switches;
	int i;

	seq_printf(s, "tsc %llu\n", read_tsc() - base.tsc);
	seq_printf(s, "ns %llu\n", ktime_get_ns() - base.ns);
	for (i = MLX5SIM_OUTSIDE + 1; i < MLX5SIM_WORKS; i++) {
		struct work work = work_of(i);

		work.ticks -= base.work[i].ticks;
		work.count -= base.work[i].count;
		seq_printf(s, "%s %llu %llu\n", names[i], work.ticks, work.count);
		/* an access takes two reads and no switch of softirqs, about as much */
		if (i == MLX5SIM_MMIO)
			switches += work.count;
		else if (i == MLX5SIM_MAPPING)
			switches += work.count / MAP_SAMPLE;
	}
	seq_printf(s, "account %llu %llu\n",
		   mul_u64_u64_div_u64(switches, round_ticks, CALIBRATE_SWITCHES), switches);
}

/* What a switch takes, as the fastest of some rounds. Before the engine runs. */
void __init mlx5sim_account_init(void)
{
	u64 begin, ticks;
	int i, k;

	round_ticks = U64_MAX;
	for (i = 0; i < CALIBRATE_ROUNDS; i++) {
		begin = read_tsc();
		for (k = 0; k < CALIBRATE_SWITCHES / 2; k++) {
			mlx5sim_work(MLX5SIM_LOOP);
			mlx5sim_work(MLX5SIM_OUTSIDE);
		}
		ticks = read_tsc() - begin;
		round_ticks = min(round_ticks, ticks);
	}
	mlx5sim_account_reset();
}
