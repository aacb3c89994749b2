// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim: the module, its ports and the engine */

#include <linux/completion.h>
#include <linux/if_vlan.h>
#include <linux/kthread.h>
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "mlx5sim.h"

struct mlx5sim_port *mlx5sim_ports[MLX5SIM_MAX_PORTS];

unsigned int mlx5sim_nports = 2;
module_param_named(ports, mlx5sim_nports, uint, 0444);
MODULE_PARM_DESC(ports, "number of functions, 1 to 4 (default 2)");

static bool loop;
module_param(loop, bool, 0444);
MODULE_PARM_DESC(loop, "each port receives what it sends; else ports are wired in pairs");

bool mlx5sim_striding = true;
module_param_named(striding, mlx5sim_striding, bool, 0444);
MODULE_PARM_DESC(striding, "offer the striding RQ (default Y)");

bool mlx5sim_compression = true;
module_param_named(cqe_compression, mlx5sim_compression, bool, 0444);
MODULE_PARM_DESC(cqe_compression, "offer CQE compression (default Y)");

bool mlx5sim_mpw = true;
module_param_named(mpw, mlx5sim_mpw, bool, 0444);
MODULE_PARM_DESC(mpw, "offer multi-packet send WQEs (default Y)");

bool mlx5sim_verbose;
module_param_named(verbose, mlx5sim_verbose, bool, 0644);
MODULE_PARM_DESC(verbose, "log every command");

static unsigned int poll_us = 50;
module_param(poll_us, uint, 0644);
MODULE_PARM_DESC(poll_us, "where MMIO is not trapped: pause between looks at the BAR, us");

static struct task_struct *engine;
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

static void run_requests(void)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&requests));
	struct mlx5sim_request *request, *next;
	enum mlx5sim_work was;

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

/* Sleeps until there is something to do; at most until the next timed frame */
static void engine_idle(void)
{
	s64 due = NSEC_PER_SEC, next;
	ktime_t timeout;
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
	timeout = ns_to_ktime(due);
	wait_event_interruptible_hrtimeout(engine_wait,
					   atomic_read(&kicked) ||
					   kthread_should_stop(), timeout);
}

static int engine_loop(void *unused)
{
	while (!kthread_should_stop()) {
		bool busy = false;
		unsigned int i;

		mlx5sim_work(MLX5SIM_LOOP);
		mlx5sim_work_done(MLX5SIM_LOOP, 1);
		atomic_set(&kicked, 0);
		/* what is looked at below is looked at after that */
		smp_mb();
		run_requests();
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
	run_requests();
	return 0;
}

void mlx5sim_start(void)
{
	wake_up_process(engine);
}

static void port_free(struct mlx5sim_port *port)
{
	if (!port)
		return;
	mlx5sim_gen_exit(port);
	mlx5sim_wire_exit(port);
	mlx5sim_objs_release(port, false);
	mlx5sim_dma_exit(port);
	kvfree(port);
}

static struct mlx5sim_port *port_new(int idx)
{
	struct mlx5sim_port *port = kvzalloc(sizeof(*port), GFP_KERNEL);

	if (!port)
		return NULL;
	port->idx = idx;
	port->mtu = ETH_DATA_LEN + ETH_HLEN + VLAN_HLEN + ETH_FCS_LEN;
	port->vport_mtu = port->mtu;
	port->mac[0] = 0x02;	/* locally administered */
	port->mac[1] = 0x15;
	port->mac[2] = 0xb3;
	port->mac[5] = idx + 1;
	mlx5sim_objs_init(port);
	INIT_LIST_HEAD(&port->sqs);
	INIT_LIST_HEAD(&port->cqs);
	mlx5sim_caps_init(port);
	mlx5sim_link_init(port);
	mlx5sim_wire_init(port);
	if (mlx5sim_dma_init(port) || mlx5sim_gen_init(port)) {
		port_free(port);
		return NULL;
	}
	return port;
}

static void ports_free(void)
{
	unsigned int i;

	for (i = 0; i < mlx5sim_nports; i++) {
		port_free(mlx5sim_ports[i]);
		mlx5sim_ports[i] = NULL;
	}
}

static int ports_new(void)
{
	unsigned int i;

	for (i = 0; i < mlx5sim_nports; i++) {
		mlx5sim_ports[i] = port_new(i);
		if (!mlx5sim_ports[i]) {
			ports_free();
			return -ENOMEM;
		}
	}
	for (i = 0; i < mlx5sim_nports; i++) {
		unsigned int peer = i ^ 1;

		if (loop || peer >= mlx5sim_nports)
			peer = i;
		mlx5sim_ports[i]->peer = mlx5sim_ports[peer];
	}
	return 0;
}

static int __init mlx5sim_init(void)
{
	int err;

	if (mlx5sim_nports < 1 || mlx5sim_nports > MLX5SIM_MAX_PORTS) {
		pr_err("mlx5sim: ports=%u: there may be 1 to %d\n",
		       mlx5sim_nports, MLX5SIM_MAX_PORTS);
		return -EINVAL;
	}
	mlx5sim_cmd_init();
	mlx5sim_account_init();
	err = ports_new();
	if (err)
		return err;
	err = mlx5sim_pci_init();
	if (err)
		goto free_ports;
	engine = kthread_create(engine_loop, NULL, "mlx5sim");
	if (IS_ERR(engine)) {
		err = PTR_ERR(engine);
		goto exit_pci;
	}
	mlx5sim_start();
	mlx5sim_debugfs_init();
	err = mlx5sim_pci_scan();
	if (err)
		goto stop_engine;
	pr_info("mlx5sim: %u port(s), DMA addresses %s\n", mlx5sim_nports,
		mlx5sim_dma_tracked() ? "checked against mappings" :
					"checked to be RAM");
	return 0;

stop_engine:
	mlx5sim_debugfs_exit();
	kthread_stop(engine);
exit_pci:
	mlx5sim_pci_exit();
free_ports:
	ports_free();
	return err;
}

static void __exit mlx5sim_exit(void)
{
	mlx5sim_pci_remove();	/* the driver lets go: needs the engine */
	mlx5sim_debugfs_exit();
	kthread_stop(engine);
	mlx5sim_pci_exit();
	ports_free();
}

module_init(mlx5sim_init);
module_exit(mlx5sim_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(HOOKCOST_VERSION);
MODULE_DESCRIPTION("software ConnectX-6 Dx for mlx5_core");
