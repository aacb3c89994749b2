// SPDX-License-Identifier: GPL-2.0-only
/* What others want of the engine: that it looks at its queues, or calls a function */

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/llist.h>
#include <linux/wait.h>

#include "account.h"
#include "engine.h"

static DECLARE_WAIT_QUEUE_HEAD(engine_wait);
static atomic_t kicked;

struct mlx5sim_request {
	struct llist_node node;
	int (*fn)(void *arg);
	void *arg;
	int ret;
	struct completion done;
};

static LLIST_HEAD(requests);

/* There is something to look at. From any context. */
void mlx5sim_kick(void)
{
	if (!atomic_xchg(&kicked, 1))
		wake_up(&engine_wait);
}

/* The engine calls @fn(@arg) between two looks at its queues */
int mlx5sim_call(int (*fn)(void *arg), void *arg)
{
	struct mlx5sim_request request = {
		.fn = fn,
		.arg = arg,
		.done = COMPLETION_INITIALIZER_ONSTACK(request.done),
	};

	llist_add(&request.node, &requests);
	mlx5sim_kick();
	wait_for_completion(&request.done);
	return request.ret;
}

/*
 * The engine calls the functions that wait for it. Whoever kicks it from now on has it look once
 * more; what others were kicked for before that, it sees in what it looks at after this.
 */
void mlx5sim_requests_run(void)
{
	struct mlx5sim_request *request, *next;
	struct llist_node *list;
	enum mlx5sim_work was;

	atomic_set(&kicked, 0);
	/* the queues are looked at after that */
	smp_mb();
	list = llist_reverse_order(llist_del_all(&requests));
	if (!list)
		return;
	was = mlx5sim_work(MLX5SIM_REQUESTS);
	llist_for_each_entry_safe(request, next, list, node) {
		request->ret = request->fn(request->arg);
		mlx5sim_work_done(MLX5SIM_REQUESTS, 1);
		complete(&request->done);
	}
	mlx5sim_work(was);
}

/* The engine sleeps until it is kicked or stopped, at most @ns */
void mlx5sim_requests_wait(s64 ns)
{
	wait_event_interruptible_hrtimeout(engine_wait,
					   atomic_read(&kicked) ||
					   kthread_should_stop(), ns_to_ktime(ns));
}
