// SPDX-License-Identifier: GPL-2.0-only
/* The engine: one kthread that looks at all queues of all ports, in turns */

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "account.h"
#include "cmd.h"
#include "engine.h"
#include "gen.h"
#include "queue.h"

static unsigned int poll_us = 50;
module_param(poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us, "where MMIO is not trapped: pause between looks at the BAR, us");

static struct task_struct *engine;

/* Sleeps until there is something to do; at most until the next timed frame */
static void engine_idle(void)
{
	s64 due = NSEC_PER_SEC, next;
	unsigned int i;

	for (i = 0; i < mlx5sim_nports; i++) {
		next = min(mlx5sim_wire_due(mlx5sim_ports[i]),
			   mlx5sim_gen_due(mlx5sim_ports[i]));
		due = min(due, next);
	}
	if (due <= 0)
		return;
	if (mlx5sim_bar_polled) {
		due = min_t(s64, due, (s64)poll_us * NSEC_PER_USEC);
		usleep_range((u32)due / NSEC_PER_USEC + 1,
			     (u32)due / NSEC_PER_USEC + 10);
		return;
	}
	mlx5sim_requests_wait(due);
}

static int engine_loop(void *unused)
{
	while (!kthread_should_stop()) {
		bool busy = false;
		unsigned int i;

		mlx5sim_work(MLX5SIM_LOOP);
		mlx5sim_work_done(MLX5SIM_LOOP, 1);
		mlx5sim_requests_run();
		for (i = 0; i < mlx5sim_nports; i++) {
			struct mlx5sim_port *port = mlx5sim_ports[i];

			mlx5sim_bar_tick(port);
			mlx5sim_cmd_poll(port);
			busy |= mlx5sim_sq_poll(port);
			busy |= mlx5sim_wire_poll(port);
			busy |= mlx5sim_gen_poll(port);
		}
		/* the burst ends: interrupts for all of it */
		mlx5sim_work(MLX5SIM_EVENTS);
		for (i = 0; i < mlx5sim_nports; i++) {
			mlx5sim_cq_flush(mlx5sim_ports[i]);
			mlx5sim_irq_retry(mlx5sim_ports[i]);
		}
		mlx5sim_work(MLX5SIM_OUTSIDE);
		if (busy)
			cond_resched();
		else
			engine_idle();
	}
	/* nobody waits for ever */
	mlx5sim_requests_run();
	return 0;
}

/**
 * mlx5sim_engine_start() - have the ports looked at from now on
 *
 * Return: 0 or a negative error code.
 */
int mlx5sim_engine_start(void)
{
	engine = kthread_run(engine_loop, NULL, "mlx5sim");
	return PTR_ERR_OR_ZERO(engine);
}

/* Nothing is under way when this returns */
void mlx5sim_engine_stop(void)
{
	kthread_stop(engine);
}
