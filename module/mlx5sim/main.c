// SPDX-License-Identifier: GPL-2.0-only
/* mlx5sim: the module and its ports */

#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "account.h"
#include "cmd.h"
#include "debugfs_attr.h"
#include "dma.h"
#include "engine.h"
#include "gen.h"
#include "sink.h"

static bool loop;
module_param(loop, bool, 0444);
MODULE_PARM_DESC(loop, "each port receives what it sends; else ports are wired in pairs");

static void port_free(struct mlx5sim_port *port)
{
	if (!port)
		return;
	mlx5sim_gen_exit(port);
	mlx5sim_sink_exit(port);
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
	if (mlx5sim_dma_init(port) || mlx5sim_gen_init(port) || mlx5sim_sink_init(port)) {
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
	err = mlx5sim_engine_start();
	if (err)
		goto exit_pci;
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
	mlx5sim_engine_stop();
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
	mlx5sim_engine_stop();
	mlx5sim_pci_exit();
	ports_free();
}

module_init(mlx5sim_init);
module_exit(mlx5sim_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(HOOKCOST_VERSION);
MODULE_DESCRIPTION("software ConnectX-6 Dx for mlx5_core");
