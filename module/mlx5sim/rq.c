// SPDX-License-Identifier: GPL-2.0-only
/* Receive queues: cyclic, and striding (a linked list of multi-packet WQEs) */

#include <linux/if_vlan.h>
#include <linux/mlx5/qp.h>
#include <net/checksum.h>

#include "dma.h"
#include "mkey.h"
#include "mlx5sim.h"
#include "queue.h"

#define L3_SHIFT	2
#define L4_SHIFT	4
#define HAS_VLAN	1
#define STRIDES_SHIFT	16
#define FILLER		BIT(31)
#define SEG_BYTES	GENMASK(30, 0)	/* the top bit asks for aligned DMA */

/* A WQE of a striding RQ */
struct stride_wqe {
	struct mlx5_wqe_srq_next_seg next;
	struct mlx5_wqe_data_seg data;
};

static bool posted(const struct mlx5sim_rq *rq)
{
	return rq->cc != (u16)be32_to_cpu(mlx5sim_dma_get(rq->dbr[MLX5_RCV_DBR]));
}

static u32 strides_of(const struct mlx5sim_rq *rq, u32 len)
{
	return max(1u, DIV_ROUND_UP(len, BIT(rq->log_stride_size)));
}

/* Whether a frame of @len bytes would find a buffer now */
bool mlx5sim_rq_room(struct mlx5sim_rq *rq, u32 len)
{
	u16 pc = be32_to_cpu(mlx5sim_dma_get(rq->dbr[MLX5_RCV_DBR]));
	u16 left = pc - rq->cc;

	if (rq->state != MLX5_RQC_STATE_RDY)
		return true;	/* it is dropped, there is nothing to wait for */
	if (rq->striding &&
	    rq->stride + strides_of(rq, len) > BIT(rq->log_strides))
		return left > 1;
	return left;
}

static void fill_cqe(struct mlx5_cqe64 *cqe, struct mlx5sim_rq *rq,
		     const struct mlx5sim_pkt *pkt, u32 strip, u32 hash,
		     u8 hash_type, u32 tag)
{
	u8 l4 = CQE_L4_HDR_TYPE_NONE, l3 = 0, ok;
	__wsum sum;

	memset(cqe, 0, sizeof(*cqe));
	sum = mlx5sim_rx_csum(pkt, strip, &ok);
	if (pkt->ip)
		l3 = pkt->ip == 4 ? MLX5_CQE_ROCE_L3_HEADER_TYPE_IPV4 :
				    MLX5_CQE_ROCE_L3_HEADER_TYPE_IPV6;
	if (pkt->l4 && pkt->proto == IPPROTO_UDP)
		l4 = CQE_L4_HDR_TYPE_UDP;
	else if (pkt->l4)
		l4 = CQE_L4_HDR_TYPE_TCP_NO_ACK;
	cqe->hds_ip_ext = ok;
	cqe->l4_l3_hdr_type = l4 << L4_SHIFT | l3 << L3_SHIFT;
	if (strip) {
		cqe->l4_l3_hdr_type |= HAS_VLAN;
		cqe->vlan_info = cpu_to_be16(pkt->tci);
	}
	/* over all behind the Ethernet header: cqe_checksum_full */
	cqe->check_sum = (__force __be16)~csum_fold(sum);
	cqe->rss_hash_result = cpu_to_be32(hash);
	cqe->rss_hash_type = hash_type;
	cqe->timestamp_h = cpu_to_be32(pkt->stamp >> 32);
	cqe->timestamp_l = cpu_to_be32(pkt->stamp);
	cqe->sop_drop_qpn = cpu_to_be32(tag & 0xffffff);
	cqe->flags_rqpn = cpu_to_be32(rq->o.id);
}

/* @len bytes at @off of what is received, which lacks a stripped tag */
static const u8 *part(const struct mlx5sim_pkt *pkt, u32 strip, u32 off,
		      u32 *len)
{
	if (!strip || off >= 2 * ETH_ALEN)
		return pkt->data + off + strip;
	*len = min(*len, 2 * ETH_ALEN - off);
	return pkt->data + off;
}

static int scatter(struct mlx5sim_port *port, u32 key, u64 addr,
		   const struct mlx5sim_pkt *pkt, u32 strip, u32 off, u32 len)
{
	int err = 0;

	while (len && !err) {
		u32 n = len;
		const u8 *data = part(pkt, strip, off, &n);

		err = mlx5sim_mkey_copy(port, key, addr, (u8 *)data, n, true);
		addr += n;
		off += n;
		len -= n;
	}
	return err;
}

static int rx_cyclic(struct mlx5sim_port *port, struct mlx5sim_rq *rq,
		     const struct mlx5sim_pkt *pkt, u32 strip, u32 len,
		     struct mlx5_cqe64 *cqe)
{
	struct mlx5_wqe_data_seg *seg = mlx5sim_ring_entry(&rq->ring, rq->cc);
	u32 n = BIT(rq->ring.log_stride) / sizeof(*seg), off = 0;
	int err;

	for (; n && off < len; n--, seg++) {
		u32 room = be32_to_cpu(seg->byte_count) & SEG_BYTES;
		u32 bytes = min(len - off, room);

		if (!room)
			break;
		err = scatter(port, be32_to_cpu(seg->lkey),
			      be64_to_cpu(seg->addr), pkt, strip, off, bytes);
		if (err)
			return err;
		off += bytes;
	}
	if (off < len)
		return -EMSGSIZE;
	cqe->byte_cnt = cpu_to_be32(len);
	cqe->wqe_counter = cpu_to_be16(rq->cc);
	mlx5sim_cqe_rx(port, rq->cq, cqe, false);
	rq->cc++;
	return 0;
}

static void next_wqe(struct mlx5sim_rq *rq)
{
	struct stride_wqe *wqe = mlx5sim_ring_entry(&rq->ring, rq->cur);

	rq->cur = be16_to_cpu(wqe->next.next_wqe_index) &
		  (BIT(rq->ring.log_size) - 1);
	rq->stride = 0;
	rq->cc++;
}

/* The rest of the WQE is given up: a frame lies in one WQE */
static void give_up(struct mlx5sim_port *port, struct mlx5sim_rq *rq,
		    const struct mlx5_cqe64 *like)
{
	struct mlx5_cqe64 cqe = *like;
	u32 left = BIT(rq->log_strides) - rq->stride;

	cqe.wqe_id = cpu_to_be16(rq->cur);
	cqe.wqe_counter = cpu_to_be16(rq->stride);
	cqe.byte_cnt = cpu_to_be32(FILLER | left << STRIDES_SHIFT);
	mlx5sim_cqe_rx(port, rq->cq, &cqe, true);
	next_wqe(rq);
}

static int rx_striding(struct mlx5sim_port *port, struct mlx5sim_rq *rq,
		       const struct mlx5sim_pkt *pkt, u32 strip, u32 len,
		       struct mlx5_cqe64 *cqe)
{
	u32 total = BIT(rq->log_strides), n = strides_of(rq, len);
	struct stride_wqe *wqe;
	int err;

	if (n > total)
		return -EMSGSIZE;
	if (rq->stride + n > total)
		give_up(port, rq, cqe);
	wqe = mlx5sim_ring_entry(&rq->ring, rq->cur);
	err = scatter(port, be32_to_cpu(wqe->data.lkey),
		      be64_to_cpu(wqe->data.addr) +
		      ((u64)rq->stride << rq->log_stride_size),
		      pkt, strip, 0, len);
	if (err)
		return err;
	cqe->wqe_id = cpu_to_be16(rq->cur);
	cqe->wqe_counter = cpu_to_be16(rq->stride);
	cqe->byte_cnt = cpu_to_be32(n << STRIDES_SHIFT | len);
	mlx5sim_cqe_rx(port, rq->cq, cqe, false);
	rq->stride += n;
	if (rq->stride == total)
		next_wqe(rq);
	return 0;
}

/* A queue in error gives back what is posted */
void mlx5sim_rq_flush(struct mlx5sim_port *port, struct mlx5sim_rq *rq)
{
	u32 n = 0;

	while (posted(rq) && n++ < BIT(rq->ring.log_size)) {
		if (rq->counter)
			rq->counter->flush_errors++;
		mlx5sim_cqe_error(port, rq->cq, MLX5_CQE_RESP_ERR,
				  MLX5_CQE_SYNDROME_WR_FLUSH_ERR, 0, rq->cc,
				  rq->cur);
		if (rq->striding)
			next_wqe(rq);
		else
			rq->cc++;
	}
}

static void rq_error(struct mlx5sim_port *port, struct mlx5sim_rq *rq,
		     u8 syndrome)
{
	rq->errors++;
	rq->state = MLX5_RQC_STATE_ERR;
	if (rq->counter) {
		if (syndrome == MLX5_CQE_SYNDROME_LOCAL_LENGTH_ERR)
			rq->counter->length_errors++;
		else
			rq->counter->protection_errors++;
	}
	if (posted(rq)) {
		mlx5sim_cqe_error(port, rq->cq, MLX5_CQE_RESP_ERR, syndrome, 0,
				  rq->striding ? rq->stride : rq->cc, rq->cur);
		if (rq->striding)
			next_wqe(rq);
		else
			rq->cc++;
	}
	if (rq->flush)
		mlx5sim_rq_flush(port, rq);
}

/**
 * mlx5sim_rq_deliver - put a frame into a receive queue
 * @port: the function
 * @rq: the queue
 * @pkt: the frame
 * @hash: its RSS hash
 * @hash_type: what that is made of
 * @tag: the flow tag
 *
 * Return: MLX5SIM_RX_DONE or MLX5SIM_RX_DROP.
 */
enum mlx5sim_rx mlx5sim_rq_deliver(struct mlx5sim_port *port,
				   struct mlx5sim_rq *rq,
				   const struct mlx5sim_pkt *pkt, u32 hash,
				   u8 hash_type, u32 tag)
{
	u32 strip = rq->strip_vlan && pkt->tagged ? VLAN_HLEN : 0;
	u32 len = pkt->len - strip;
	struct mlx5_cqe64 cqe;
	int err;

	if (rq->state != MLX5_RQC_STATE_RDY || !mlx5sim_rq_room(rq, len)) {
		rq->no_buffer++;
		port->counters.no_buffer++;
		if (rq->counter)
			rq->counter->out_of_buffer++;
		return MLX5SIM_RX_DROP;
	}
	if (unlikely(rq->fault)) {
		rq_error(port, rq, rq->fault);
		rq->fault = 0;
		return MLX5SIM_RX_DROP;
	}
	/* the WQE's contents after the doorbell record */
	smp_rmb();
	fill_cqe(&cqe, rq, pkt, strip, hash, hash_type, tag);
	if (rq->striding)
		err = rx_striding(port, rq, pkt, strip, len, &cqe);
	else
		err = rx_cyclic(port, rq, pkt, strip, len, &cqe);
	if (err) {
		mlx5sim_log(port, "RQ 0x%x: a frame of %u bytes into WQE %u: error %d\n",
			    rq->o.id, len, rq->striding ? rq->cur : rq->cc, err);
		rq_error(port, rq, err == -EMSGSIZE ?
			 MLX5_CQE_SYNDROME_LOCAL_LENGTH_ERR :
			 MLX5_CQE_SYNDROME_LOCAL_PROT_ERR);
		return MLX5SIM_RX_DROP;
	}
	rq->packets++;
	return MLX5SIM_RX_DONE;
}
