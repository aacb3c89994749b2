/* SPDX-License-Identifier: GPL-2.0-only */
/* Queues of the host's: events, completions, frames to send and to receive */
#ifndef MLX5SIM_QUEUE_H
#define MLX5SIM_QUEUE_H

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/mlx5/cq.h>
#include <linux/mlx5/device.h>

#include "obj.h"
#include "pkt.h"

#define MLX5SIM_COMP_MAX	32	/* packets in a compression session */

/* log2 of the most entries, and of the bytes in an RQ's entry, see caps.c */
#define MLX5SIM_LOG_MAX_EQ	18
#define MLX5SIM_LOG_MAX_CQ	20
#define MLX5SIM_LOG_MAX_WQ	16
#define MLX5SIM_LOG_MAX_RQT	11
#define MLX5SIM_LOG_MIN_STRIDE	4
#define MLX5SIM_LOG_MAX_STRIDE	10

/* A ring of the host's, in pages; checked and resolved when it is created */
struct mlx5sim_ring {
	u8 log_stride;
	u8 log_size;
	u8 log_page;
	u32 npages;
	void **pages;
	struct mlx5sim_port *port;
};

int mlx5sim_ring_init(struct mlx5sim_port *port, struct mlx5sim_ring *ring,
		      u8 log_stride, u8 log_size, u8 log_page,
		      const __be64 *pas, u32 npas);
void mlx5sim_ring_exit(struct mlx5sim_ring *ring);

static inline void *mlx5sim_ring_at(const struct mlx5sim_ring *ring, u32 off)
{
	return ring->pages[off >> ring->log_page] +
	       (off & (BIT(ring->log_page) - 1));
}

/* Entry @i of a ring, counted without end */
static inline void *mlx5sim_ring_entry(const struct mlx5sim_ring *ring, u32 i)
{
	i &= BIT(ring->log_size) - 1;
	return mlx5sim_ring_at(ring, i << ring->log_stride);
}

struct mlx5sim_eq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	u32 pi;
	u16 vec;
	u64 mask[4];
};

struct mlx5sim_cq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	struct list_head list;
	struct mlx5sim_eq *eq;
	__be32 *dbr;
	u32 pi;
	u8 arm_sn;
	bool compress;
	bool overrun;
	u32 npend;
	struct mlx5_cqe64 pend[MLX5SIM_COMP_MAX];
	u64 cqes;
	u64 compressed;
	u64 events;
};

struct mlx5sim_sq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	struct list_head list;
	struct mlx5sim_cq *cq;
	struct mlx5sim_obj *tis;
	__be32 *dbr;
	u16 cc;
	u8 state;
	u8 fault;	/* syndrome that the next WQE fails with, at a test's wish */
	bool flush;
	bool umr;
	bool internal;	/* the driver's ICOSQ: it sends no packets */
	u64 packets;
	u64 errors;
};

struct mlx5sim_q_counter {
	struct mlx5sim_obj o;
	u32 out_of_buffer;
	u32 cq_overflow;
	u32 length_errors;
	u32 protection_errors;
	u32 flush_errors;
};

struct mlx5sim_rq {
	struct mlx5sim_obj o;
	struct mlx5sim_ring ring;
	struct mlx5sim_cq *cq;
	struct mlx5sim_q_counter *counter;
	__be32 *dbr;
	u16 cc;
	u8 state;
	u8 fault;	/* likewise the next frame */
	bool flush;
	bool strip_vlan;
	bool striding;
	u8 log_strides;
	u8 log_stride_size;
	u16 cur;	/* striding: index of the WQE in use */
	u16 stride;	/* striding: its next stride */
	u64 packets;
	u64 no_buffer;
	u64 errors;
};

/* eq.c, cq.c */
void mlx5sim_eqe(struct mlx5sim_port *port, struct mlx5sim_eq *eq, u8 type,
		 u8 sub_type, const void *data, u32 len);
void mlx5sim_event(struct mlx5sim_port *port, u8 type, u8 sub_type,
		   const void *data, u32 len);
void mlx5sim_cqe(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		 const struct mlx5_cqe64 *cqe, u8 opcode);
void mlx5sim_cqe_rx(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		    const struct mlx5_cqe64 *cqe, bool filler);
void mlx5sim_cqe_error(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		       u8 opcode, u8 syndrome, u32 qpn, u16 counter,
		       u16 wqe_id);
void mlx5sim_cq_flush(struct mlx5sim_port *port);

/* sq.c */
bool mlx5sim_sq_poll(struct mlx5sim_port *port);

/* rq.c */
enum mlx5sim_rx mlx5sim_rq_deliver(struct mlx5sim_port *port,
				   struct mlx5sim_rq *rq,
				   const struct mlx5sim_pkt *pkt, u32 hash,
				   u8 hash_type, u32 tag);
bool mlx5sim_rq_room(struct mlx5sim_rq *rq, u32 len);
void mlx5sim_rq_flush(struct mlx5sim_port *port, struct mlx5sim_rq *rq);

#endif
