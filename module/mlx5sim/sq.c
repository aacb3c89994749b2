// SPDX-License-Identifier: GPL-2.0-only
/* Send queues */

#include <linux/if_vlan.h>
#include <linux/mlx5/qp.h>

#include "account.h"
#include "dma.h"
#include "mkey.h"
#include "mlx5sim.h"
#include "queue.h"

#define MAX_WQE		(MLX5_SEND_WQE_MAX_WQEBBS * MLX5_SEND_WQE_BB)
#define ETH_DS		2	/* control and Ethernet segment */

/* The engine's: a frame as it is put together, with room for a tag */
static u8 frame[MLX5SIM_MAX_FRAME + VLAN_HLEN];

/*
 * One data segment, of @left units at most, to @buf. Returns the units it took,
 * or an error; @len grows by its bytes.
 */
static int gather_seg(struct mlx5sim_port *port, const u8 *seg, u32 left,
		      u32 *len)
{
	const struct mlx5_wqe_data_seg *data = (const void *)seg;
	u32 bytes = be32_to_cpu(data->byte_count), units = 1;
	int err;

	if (bytes & MLX5_INLINE_SEG) {
		bytes &= MLX5_WQE_INLINE_SEG_BYTE_COUNT_MASK;
		units = DIV_ROUND_UP(bytes + sizeof(struct mlx5_wqe_inline_seg),
				     MLX5_SEND_WQE_DS);
		if (units > left || *len + bytes > MLX5SIM_MAX_FRAME)
			return -EINVAL;
		memcpy(frame + *len, seg + sizeof(struct mlx5_wqe_inline_seg),
		       bytes);
	} else {
		if (bytes > MLX5SIM_MAX_FRAME - *len)
			return -EINVAL;
		err = mlx5sim_mkey_copy(port, be32_to_cpu(data->lkey),
					be64_to_cpu(data->addr), frame + *len,
					bytes, false);
		if (err)
			return err;
	}
	*len += bytes;
	return units;
}

static int send_frame(struct mlx5sim_port *port, struct mlx5sim_sq *sq,
		      const struct mlx5_wqe_eth_seg *eth, u32 len, bool vlan)
{
	struct mlx5sim_pkt pkt;

	if (len < ETH_HLEN || len > port->mtu)
		return -EINVAL;
	if (vlan)
		len = mlx5sim_push_vlan(frame, len,
					be16_to_cpu(eth->insert.type) &
					MLX5_ETH_WQE_SVLAN ? ETH_P_8021AD :
							     ETH_P_8021Q,
					be16_to_cpu(eth->insert.vlan_tci));
	if (eth->cs_flags & (MLX5_ETH_WQE_L3_CSUM | MLX5_ETH_WQE_L4_CSUM)) {
		mlx5sim_parse(&pkt, frame, len);
		mlx5sim_tx_csum(&pkt, frame,
				eth->cs_flags & MLX5_ETH_WQE_L3_CSUM,
				eth->cs_flags & MLX5_ETH_WQE_L4_CSUM);
	}
	sq->packets++;
	mlx5sim_transmit(port, frame, len);
	return 0;
}

/* SEND and LSO: headers inline, if any, then data segments */
static int send(struct mlx5sim_port *port, struct mlx5sim_sq *sq, const u8 *wqe,
		u32 ds, bool lso)
{
	const struct mlx5_wqe_eth_seg *eth =
		(const void *)(wqe + sizeof(struct mlx5_wqe_ctrl_seg));
	bool vlan = be16_to_cpu(eth->insert.type) & MLX5_ETH_WQE_INSERT_VLAN;
	u32 hdr = vlan ? 0 : be16_to_cpu(eth->inline_hdr.sz) & 0x3ff;
	u32 i = ETH_DS, len = hdr;
	int n;

	if (hdr > sizeof(eth->inline_hdr.start))
		i += DIV_ROUND_UP(hdr - sizeof(eth->inline_hdr.start),
				  MLX5_SEND_WQE_DS);
	if (i > ds)
		return -EINVAL;
	memcpy(frame, eth->inline_hdr.start, hdr);
	for (; i < ds; i += n) {
		n = gather_seg(port, wqe + i * MLX5_SEND_WQE_DS, ds - i, &len);
		if (n < 0)
			return n;
	}
	if (!lso)
		return send_frame(port, sq, eth, len, vlan);
	sq->packets++;
	n = mlx5sim_lso(port, frame, len, hdr, be16_to_cpu(eth->mss));
	/* that was long enough for softirqs to wait */
	mlx5sim_work(mlx5sim_work(MLX5SIM_OUTSIDE));
	return n;
}

/* ENHANCED_MPSW: each data segment is a frame */
static int send_multi(struct mlx5sim_port *port, struct mlx5sim_sq *sq,
		      const u8 *wqe, u32 ds)
{
	const struct mlx5_wqe_eth_seg *eth =
		(const void *)(wqe + sizeof(struct mlx5_wqe_ctrl_seg));
	int n, err;
	u32 i;

	if (!mlx5sim_mpw)
		return -EINVAL;
	for (i = ETH_DS; i < ds; i += n) {
		u32 len = 0;

		n = gather_seg(port, wqe + i * MLX5_SEND_WQE_DS, ds - i, &len);
		if (n < 0)
			return n;
		err = send_frame(port, sq, eth, len, false);
		if (err)
			return err;
	}
	return 0;
}

static int execute(struct mlx5sim_port *port, struct mlx5sim_sq *sq,
		   const u8 *wqe, u8 opcode, u32 ds)
{
	if (opcode != MLX5_OPCODE_NOP && ds < ETH_DS)
		return -EINVAL;
	switch (opcode) {
	case MLX5_OPCODE_NOP:
		return 0;
	case MLX5_OPCODE_SEND:
		return send(port, sq, wqe, ds, false);
	case MLX5_OPCODE_LSO:
		return send(port, sq, wqe, ds, true);
	case MLX5_OPCODE_ENHANCED_MPSW:
		return send_multi(port, sq, wqe, ds);
	case MLX5_OPCODE_UMR:
		return sq->umr ? mlx5sim_umr(port, wqe, ds) : -EINVAL;
	default:
		return -EOPNOTSUPP;
	}
}

/* In the error state, each WQE that is posted ends with a CQE of its own */
static bool flush(struct mlx5sim_port *port, struct mlx5sim_sq *sq)
{
	u16 pc = be32_to_cpu(mlx5sim_dma_get(sq->dbr[MLX5_SND_DBR]));
	u8 op;

	if (!sq->flush || sq->cc == pc)
		return false;
	while (sq->cc != pc) {
		struct mlx5_wqe_ctrl_seg *ctrl =
			mlx5sim_ring_entry(&sq->ring, sq->cc);
		u32 ds = be32_to_cpu(ctrl->qpn_ds) & MLX5_WQE_CTRL_DS_MASK;

		op = be32_to_cpu(ctrl->opmod_idx_opcode) & 0xff;
		mlx5sim_cqe_error(port, sq->cq, MLX5_CQE_REQ_ERR,
				  MLX5_CQE_SYNDROME_WR_FLUSH_ERR,
				  op << 24 | sq->o.id, sq->cc, 0);
		sq->cc += max(1u, DIV_ROUND_UP(ds, MLX5_SEND_WQEBB_NUM_DS));
		if ((u16)(pc - sq->cc) > BIT(sq->ring.log_size))
			sq->cc = pc;
	}
	return true;
}

/* The WQE at the head is at fault, and the SQ goes to the error state */
static void sq_error(struct mlx5sim_port *port, struct mlx5sim_sq *sq,
		     u8 syndrome)
{
	struct mlx5_wqe_ctrl_seg *ctrl = mlx5sim_ring_entry(&sq->ring, sq->cc);
	u8 op = be32_to_cpu(ctrl->opmod_idx_opcode) & 0xff;
	u32 ds = be32_to_cpu(ctrl->qpn_ds) & MLX5_WQE_CTRL_DS_MASK;

	sq->errors++;
	port->counters.tx_errors++;
	sq->state = MLX5_SQC_STATE_ERR;
	mlx5sim_cqe_error(port, sq->cq, MLX5_CQE_REQ_ERR, syndrome,
			  op << 24 | sq->o.id, sq->cc, 0);
	sq->cc += max(1u, DIV_ROUND_UP(ds, MLX5_SEND_WQEBB_NUM_DS));
}

static u8 syndrome_of(int err)
{
	return err == -EACCES || err == -EFAULT ?
		MLX5_CQE_SYNDROME_LOCAL_PROT_ERR :
		MLX5_CQE_SYNDROME_LOCAL_QP_OP_ERR;
}

static bool posted(const struct mlx5sim_sq *sq)
{
	return sq->cc != (u16)be32_to_cpu(mlx5sim_dma_get(sq->dbr[MLX5_SND_DBR]));
}

/* One WQE; false if there is none */
static bool sq_one(struct mlx5sim_port *port, struct mlx5sim_sq *sq)
{
	u16 pc = be32_to_cpu(mlx5sim_dma_get(sq->dbr[MLX5_SND_DBR]));
	struct mlx5_wqe_ctrl_seg *ctrl;
	struct mlx5_cqe64 cqe = {};
	u32 word, ds, bbs, i;
	u8 wqe[MAX_WQE];
	u64 now;
	int err;

	if (sq->cc == pc)
		return false;
	/* the WQE's contents after the doorbell record */
	smp_rmb();
	ctrl = mlx5sim_ring_entry(&sq->ring, sq->cc);
	word = be32_to_cpu(ctrl->opmod_idx_opcode);
	ds = be32_to_cpu(ctrl->qpn_ds) & MLX5_WQE_CTRL_DS_MASK;
	bbs = max(1u, DIV_ROUND_UP(ds, MLX5_SEND_WQEBB_NUM_DS));
	for (i = 0; i < bbs; i++)
		memcpy(wqe + i * MLX5_SEND_WQE_BB,
		       mlx5sim_ring_entry(&sq->ring, sq->cc + i),
		       MLX5_SEND_WQE_BB);
	ctrl = (void *)wqe;

	if (sq->fault) {
		sq_error(port, sq, sq->fault);
		sq->fault = 0;
		return true;
	}
	err = -EINVAL;
	if (be32_to_cpu(ctrl->qpn_ds) >> MLX5_WQE_CTRL_QPN_SHIFT == sq->o.id &&
	    ((word >> MLX5_WQE_CTRL_WQE_INDEX_SHIFT) & 0xffff) == sq->cc &&
	    (u16)(pc - sq->cc) >= bbs)
		err = execute(port, sq, wqe, word & 0xff, ds);
	if (err) {
		mlx5sim_log(port, "SQ 0x%x: WQE %u, opcode 0x%x, %u units: error %d\n",
			    sq->o.id, sq->cc, word & 0xff, ds, err);
		sq_error(port, sq, syndrome_of(err));
		return true;
	}
	if (ctrl->fm_ce_se & MLX5_WQE_CTRL_CQ_UPDATE) {
		now = mlx5sim_clock(port);
		cqe.timestamp_h = cpu_to_be32(now >> 32);
		cqe.timestamp_l = cpu_to_be32(now);
		cqe.wqe_counter = cpu_to_be16(sq->cc);
		cqe.sop_drop_qpn = cpu_to_be32(word << 24 | sq->o.id);
		mlx5sim_cqe(port, sq->cq, &cqe, MLX5_CQE_REQ);
	}
	sq->cc += bbs;
	return true;
}

bool mlx5sim_sq_poll(struct mlx5sim_port *port)
{
	struct mlx5sim_sq *sq, *next;
	bool busy = false;

	list_for_each_entry_safe(sq, next, &port->sqs, list) {
		enum mlx5sim_work work = sq->internal ? MLX5SIM_UMR : MLX5SIM_SEND;
		int n = 0;

		if (!posted(sq))
			continue;
		mlx5sim_work(work);
		while (sq->state == MLX5_SQC_STATE_RDY && n < MLX5SIM_BURST &&
		       sq_one(port, sq))
			n++;
		mlx5sim_work_done(work, n);
		busy |= n;
		if (sq->state == MLX5_SQC_STATE_ERR)
			busy |= flush(port, sq);
		mlx5sim_work(MLX5SIM_LOOP);
	}
	return busy;
}
