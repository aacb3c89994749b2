/* SPDX-License-Identifier: GPL-2.0-only */
/* The wire, its clock, the link, and what they count */
#ifndef MLX5SIM_WIRE_H
#define MLX5SIM_WIRE_H

#include <linux/list.h>
#include <linux/sizes.h>
#include <linux/types.h>

#include "pkt.h"

struct mlx5sim_port;

#define MLX5SIM_MAX_MTU		10240
#define MLX5SIM_MAX_FRAME	(SZ_512K + SZ_1K)	/* as gathered for LSO */
#define MLX5SIM_SIZES		10

/* Of a byte on the wire, in 2^-32 ns */
#define MLX5SIM_BYTE_TIME(mbps)	((8000ULL << 32) / (mbps))

struct mlx5sim_traffic {
	u64 unicast;
	u64 unicast_bytes;
	u64 multicast;
	u64 multicast_bytes;
	u64 broadcast;
	u64 broadcast_bytes;
};

struct mlx5sim_counters {
	struct mlx5sim_traffic rx;
	struct mlx5sim_traffic tx;
	struct mlx5sim_traffic local;	/* looped back inside the function */
	u64 rx_sizes[MLX5SIM_SIZES];	/* RFC 2819, by octets with FCS */
	u64 rx_prio[8];
	u64 rx_prio_bytes[8];
	u64 tx_prio[8];
	u64 tx_prio_bytes[8];
	u64 oversize;
	u64 no_link;
	u64 no_rule;
	u64 rule_drops;
	u64 no_buffer;
	u64 tx_errors;
	u64 link_downs;
	u64 commands;
	u64 bad_commands;
	u64 unknown_commands;
	u64 leaked;
	u64 dma_faults;
	u64 interrupts;
	u64 cq_overruns;
};

struct mlx5sim_wire {
	bool cable;
	u32 drop_ppm;
	u32 dup_ppm;
	u32 corrupt_ppm;
	u32 delay_us;
	u64 dropped;
	u64 duplicated;
	u64 corrupted;
	u64 delayed;
	struct list_head queue;
	u32 queued;
};

/* A time on the wire, where a frame need not take whole ns */
struct mlx5sim_stamp {
	u64 ns;
	u32 part;	/* of the next, in 2^-32 ns */
};

/* clock.c */
u64 mlx5sim_clock(const struct mlx5sim_port *port);
u64 mlx5sim_stamp(struct mlx5sim_port *port, u32 len);

/* link.c */
void mlx5sim_link_init(struct mlx5sim_port *port);
void mlx5sim_link_update(struct mlx5sim_port *port);
u32 mlx5sim_link_modes(void);

/* wire.c */
void mlx5sim_wire_init(struct mlx5sim_port *port);
void mlx5sim_wire_exit(struct mlx5sim_port *port);
void mlx5sim_transmit(struct mlx5sim_port *port, const u8 *data, u32 len);
enum mlx5sim_rx mlx5sim_wire_rx(struct mlx5sim_port *port, const u8 *data,
				u32 len, bool wait);
bool mlx5sim_wire_poll(struct mlx5sim_port *port);
s64 mlx5sim_wire_due(struct mlx5sim_port *port);

#endif
