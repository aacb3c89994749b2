// SPDX-License-Identifier: GPL-2.0-only
/* Completion queues and CQE compression */

#include "account.h"
#include "dma.h"
#include "mlx5sim.h"
#include "queue.h"

#define DBR_CI		0
#define DBR_ARM		1
#define CI_MASK		0xffffff

/* A CQE up to what tells its owner */
#define CQE_BODY	offsetof(struct mlx5_cqe64, op_own)

static u8 owner(const struct mlx5sim_cq *cq)
{
	return (cq->pi >> cq->ring.log_size) & 1;
}

/* Whether @n more CQEs fit; what does not is lost, and the CQ is in error */
static bool room(struct mlx5sim_port *port, struct mlx5sim_cq *cq, u32 n)
{
	u32 ci = be32_to_cpu(mlx5sim_dma_get(cq->dbr[DBR_CI])) & CI_MASK;
	struct mlx5_eqe_cq_err err = {
		.cqn = cpu_to_be32(cq->o.id),
		.syndrome = 1,	/* overrun */
	};

	if (((cq->pi - ci) & CI_MASK) + n <= BIT(cq->ring.log_size))
		return true;
	if (!cq->overrun) {
		cq->overrun = true;
		port->counters.cq_overruns++;
		mlx5sim_log(port, "CQ 0x%x overrun\n", cq->o.id);
		mlx5sim_event(port, MLX5_EVENT_TYPE_CQ_ERROR, 0, &err,
			      sizeof(err));
	}
	return false;
}

static void write_cqe(struct mlx5sim_cq *cq, const struct mlx5_cqe64 *cqe,
		      u8 op_own)
{
	struct mlx5_cqe64 *slot = mlx5sim_ring_entry(&cq->ring, cq->pi);

	mlx5sim_dma_write(slot, cqe, CQE_BODY);
	/* the entry's contents before its owner */
	smp_wmb();
	mlx5sim_dma_set(slot->op_own, op_own | owner(cq));
}

/**
 * mlx5sim_cqe - write a CQE
 * @port: the function
 * @cq: where to
 * @cqe: what to write, but for its op_own
 * @opcode: MLX5_CQE_*
 *
 * Its event, if the CQ is armed, follows at the end of the burst.
 */
void mlx5sim_cqe(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		 const struct mlx5_cqe64 *cqe, u8 opcode)
{
	if (!room(port, cq, 1))
		return;
	write_cqe(cq, cqe, opcode << 4);
	cq->pi++;
	cq->cqes++;
}

/*
 * A session as one title CQE, which stands for its first packet, and arrays of
 * eight mini CQEs in the slots that follow: those of packets 1, 8, 16, ...
 */
static void write_session(struct mlx5sim_cq *cq)
{
	struct mlx5_cqe64 title = cq->pend[0];
	u32 i, n = cq->npend;

	for (i = 0; i < n; i++) {
		u32 slot = cq->pi + (i < MLX5_MINI_CQE_ARRAY_SIZE ? 1 :
			    round_down(i, MLX5_MINI_CQE_ARRAY_SIZE));
		struct mlx5_mini_cqe8 *array = mlx5sim_ring_entry(&cq->ring, slot);
		struct mlx5_mini_cqe8 mini = {
			.checksum = cq->pend[i].check_sum,
			.stridx = cq->pend[i].wqe_counter,
			.byte_cnt = cq->pend[i].byte_cnt,
		};

		mlx5sim_dma_write(&array[i % MLX5_MINI_CQE_ARRAY_SIZE], &mini,
				  sizeof(mini));
	}
	title.byte_cnt = cpu_to_be32(n);
	write_cqe(cq, &title, MLX5_CQE_RESP_SEND << 4 | MLX5_COMPRESSED << 2);
	cq->pi += n;
	cq->cqes += n;
	cq->compressed += n;
}

static void end_session(struct mlx5sim_port *port, struct mlx5sim_cq *cq)
{
	if (cq->npend == 1)
		mlx5sim_cqe(port, cq, &cq->pend[0], MLX5_CQE_RESP_SEND);
	else if (cq->npend && room(port, cq, cq->npend))
		write_session(cq);
	cq->npend = 0;
}

/* All that a title CQE says for the packets of its session */
static bool same_title(const struct mlx5_cqe64 *a, const struct mlx5_cqe64 *b)
{
	return a->wqe_id == b->wqe_id && a->hds_ip_ext == b->hds_ip_ext &&
	       a->l4_l3_hdr_type == b->l4_l3_hdr_type &&
	       a->vlan_info == b->vlan_info &&
	       a->sop_drop_qpn == b->sop_drop_qpn;
}

/**
 * mlx5sim_cqe_rx - write the CQE of a received packet
 * @port: the function
 * @cq: where to
 * @cqe: what to write
 * @filler: it ends a WQE of a striding RQ, without a packet
 *
 * With compression it waits for more like it, until the burst ends at the
 * latest.
 */
void mlx5sim_cqe_rx(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		    const struct mlx5_cqe64 *cqe, bool filler)
{
	if (!cq->compress) {
		mlx5sim_cqe(port, cq, cqe, MLX5_CQE_RESP_SEND);
		return;
	}
	if (cq->npend && (filler || cq->npend == MLX5SIM_COMP_MAX ||
			  !same_title(&cq->pend[0], cqe)))
		end_session(port, cq);
	if (filler)
		mlx5sim_cqe(port, cq, cqe, MLX5_CQE_RESP_SEND);
	else
		cq->pend[cq->npend++] = *cqe;
}

/* An error CQE, with the packets before it first */
void mlx5sim_cqe_error(struct mlx5sim_port *port, struct mlx5sim_cq *cq,
		       u8 opcode, u8 syndrome, u32 qpn, u16 counter,
		       u16 wqe_id)
{
	union {
		struct mlx5_cqe64 cqe;
		struct mlx5_err_cqe err;
	} u = {};

	end_session(port, cq);
	u.cqe.wqe_id = cpu_to_be16(wqe_id);
	u.err.syndrome = syndrome;
	u.err.s_wqe_opcode_qpn = cpu_to_be32(qpn);
	u.err.wqe_counter = cpu_to_be16(counter);
	mlx5sim_cqe(port, cq, &u.cqe, opcode);
}

/* The event of an armed CQ that has more than its consumer knew of */
static void cq_event(struct mlx5sim_port *port, struct mlx5sim_cq *cq)
{
	u32 arm = be32_to_cpu(mlx5sim_dma_get(cq->dbr[DBR_ARM]));
	struct mlx5_eqe_comp comp = { .cqn = cpu_to_be32(cq->o.id) };

	/* sn in bits 29:28: each arming is good for one event */
	if (((arm >> 28) & 3) != (cq->arm_sn & 3) ||
	    !((cq->pi - arm) & CI_MASK))
		return;
	cq->arm_sn++;
	cq->events++;
	mlx5sim_work_done(MLX5SIM_EVENTS, 1);
	mlx5sim_eqe(port, cq->eq, MLX5_EVENT_TYPE_COMP, 0, &comp, sizeof(comp));
}

/*
 * The end of a burst. The driver may run inside, from an interrupt: it can arm
 * a CQ again, but not destroy it, since commands are the engine's.
 */
void mlx5sim_cq_flush(struct mlx5sim_port *port)
{
	struct mlx5sim_cq *cq;

	port->in_burst = false;
	list_for_each_entry(cq, &port->cqs, list) {
		if (cq->npend)
			end_session(port, cq);
		cq_event(port, cq);
	}
}
