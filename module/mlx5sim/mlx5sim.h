/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A software ConnectX-6 Dx: PCI functions to which the kernel's own mlx5_core
 * binds. One kthread, the engine, owns all state of the device: it executes
 * commands, walks queues, moves packets and raises interrupts. MMIO handlers
 * only wake it, and whoever else wants something has it call a function
 * (mlx5sim_call()), so there is no lock on the packet's way.
 *
 * Doorbells are taken from the doorbell records in host memory, and writes to
 * the BAR only say that there is something to look at. So one engine serves
 * trapped MMIO (UML) and a BAR in RAM that is polled (x86-64).
 */
#ifndef MLX5SIM_H
#define MLX5SIM_H

#include <linux/if_ether.h>
#include <linux/list.h>
#include <linux/mlx5/device.h>
#include <linux/printk.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "obj.h"
#include "pci.h"
#include "steer.h"
#include "wire.h"

#define MLX5SIM_MAX_PORTS	4
#define MLX5SIM_UAR_FIRST	16	/* page of the BAR */
#define MLX5SIM_CMDQ_LOG_SIZE	5
#define MLX5SIM_CMDQ_LOG_STRIDE	6
#define MLX5SIM_BURST		64	/* WQEs or frames in one go */

struct mlx5sim_gen;
struct mlx5sim_dma;
struct mlx5sim_sink;

enum mlx5sim_state {
	MLX5SIM_DISABLED,
	MLX5SIM_ENABLED,	/* ENABLE_HCA */
	MLX5SIM_RUNNING,	/* INIT_HCA */
};

struct mlx5sim_port {
	int idx;
	struct mlx5sim_port *peer;
	enum mlx5sim_state state;

	/* PCI */
	u8 config[256];
	u8 *bar;
	unsigned long pending[BITS_TO_LONGS(MLX5SIM_MSIX_VECS)];
	struct mlx5sim_irq irqs[MLX5SIM_MSIX_VECS];
	struct mlx5sim_dma *dma;

	/* commands */
	u64 cmdq;
	bool cmd_events;
	u32 cmd_hidden;			/* handed over, no ring seen */
	unsigned long cmd_hidden_until;	/* jiffies */
	u8 caps[MLX5_ST_SZ_BYTES(cmd_hca_cap)];
	struct xarray objs[MLX5SIM_TYPES];
	u32 next_id[MLX5SIM_TYPES];
	struct list_head sqs;	/* in state RDY or ERR */
	struct list_head cqs;

	/* port and vport */
	u8 mac[ETH_ALEN];
	u16 mtu;
	u16 vport_mtu;
	bool admin_up;
	bool link;
	bool no_autoneg;
	u32 modes;	/* BIT(MLX5E_*) that it may use */
	u32 mode;	/* and the one in use; 0 without a link */
	u64 byte_time;	/* see clock.c */
	bool uc_loopback;
	bool mc_loopback;
	u8 promisc;
	u32 pfcc;

	/* receive steering */
	struct mlx5sim_ft *root;
	struct mlx5sim_flow flows[MLX5SIM_FLOW_CACHE];
	u32 next_flow;

	s64 clock_offset;
	u64 clock_frozen;	/* 0: it runs */
	struct mlx5sim_stamp last_stamp;
	bool in_burst;		/* the clock has been read for it */

	struct mlx5sim_wire wire;
	struct mlx5sim_gen *gen;
	struct mlx5sim_sink *sink;
	struct mlx5sim_counters counters;
};

/* params.c */
extern struct mlx5sim_port *mlx5sim_ports[MLX5SIM_MAX_PORTS];
extern unsigned int mlx5sim_nports;
extern bool mlx5sim_striding;
extern bool mlx5sim_compression;
extern bool mlx5sim_mpw;
extern bool mlx5sim_verbose;

#define mlx5sim_log(port, fmt, ...) \
	pr_info_ratelimited("mlx5sim%d: " fmt, (port)->idx, ##__VA_ARGS__)

#endif
