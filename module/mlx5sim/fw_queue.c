// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: event, completion, send and receive queues */

#include <linux/bitops.h>
#include <linux/mlx5/qp.h>

#include "cmd.h"
#include "dma.h"
#include "queue.h"

#define PAS_SIZE		sizeof(__be64)
#define DBR_SIZE		(2 * sizeof(__be32))
#define CQE_64			0	/* cqe_sz */
#define LOG_PAGE		12	/* what log_page_size counts from */
#define LOG_STRIDING_WQE	5	/* a link and one data segment */

/* Page addresses that follow @pas in a command's input */
static u32 npas(const struct mlx5sim_cmd *c, const void *pas)
{
	u32 off = pas - (void *)c->in;

	return off > c->inlen ? 0 : (c->inlen - off) / PAS_SIZE;
}

static u8 status_of(int err)
{
	return err == -ENOMEM ? MLX5_CMD_STAT_NO_RES_ERR :
				MLX5_CMD_STAT_BAD_PARAM_ERR;
}

static __be32 *doorbell(struct mlx5sim_port *port, u64 addr)
{
	__be32 *dbr;

	if (addr & (DBR_SIZE - 1))
		return NULL;
	dbr = mlx5sim_dma_ptr(port, addr, DBR_SIZE, true);
	if (dbr)
		mlx5sim_dma_pin(port, dbr, 1);
	return dbr;
}

static u8 create_eq(struct mlx5sim_cmd *c)
{
	void *eqc = MLX5_ADDR_OF(create_eq_in, c->in, eq_context_entry);
	void *pas = MLX5_ADDR_OF(create_eq_in, c->in, pas);
	struct mlx5sim_obj *uar;
	struct mlx5sim_eq *eq;
	int i, err;

	if (MLX5_GET(eqc, eqc, intr) >= MLX5SIM_MSIX_VECS ||
	    MLX5_GET(eqc, eqc, log_eq_size) > MLX5SIM_LOG_MAX_EQ)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	uar = mlx5sim_obj_get(c->port, MLX5SIM_UAR, MLX5_GET(eqc, eqc, uar_page));
	if (!uar)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	eq = mlx5sim_obj_new(c->port, MLX5SIM_EQ, sizeof(*eq));
	if (!eq)
		return MLX5_CMD_STAT_NO_RES_ERR;
	err = mlx5sim_ring_init(c->port, &eq->ring,
				ilog2(sizeof(struct mlx5_eqe)),
				MLX5_GET(eqc, eqc, log_eq_size),
				MLX5_GET(eqc, eqc, log_page_size) + LOG_PAGE,
				pas, npas(c, pas));
	if (err) {
		mlx5sim_obj_drop(c->port, &eq->o);
		return status_of(err);
	}
	mlx5sim_obj_belongs(&eq->o, uar);
	eq->vec = MLX5_GET(eqc, eqc, intr);
	for (i = 0; i < ARRAY_SIZE(eq->mask); i++)
		eq->mask[i] = MLX5_GET64(create_eq_in, c->in, event_bitmask[i]);
	if (eq->mask[0] & BIT_ULL(MLX5_EVENT_TYPE_CMD))
		c->port->cmd_events = true;
	OUT(c, create_eq, eq_number, eq->o.id);
	return 0;
}

static u8 destroy_eq(struct mlx5sim_cmd *c)
{
	u32 id = IN(c, destroy_eq, eq_number);
	struct mlx5sim_eq *eq = mlx5sim_obj_get(c->port, MLX5SIM_EQ, id);

	if (eq && !eq->o.refs && eq->mask[0] & BIT_ULL(MLX5_EVENT_TYPE_CMD))
		c->port->cmd_events = false;
	return mlx5sim_obj_destroy(c->port, MLX5SIM_EQ, id);
}

static u8 create_cq(struct mlx5sim_cmd *c)
{
	void *cqc = MLX5_ADDR_OF(create_cq_in, c->in, cq_context);
	void *pas = MLX5_ADDR_OF(create_cq_in, c->in, pas);
	struct mlx5sim_obj *uar;
	struct mlx5sim_cq *cq;
	struct mlx5sim_eq *eq;
	int err;

	uar = mlx5sim_obj_get(c->port, MLX5SIM_UAR, MLX5_GET(cqc, cqc, uar_page));
	eq = mlx5sim_obj_get(c->port, MLX5SIM_EQ,
			     MLX5_GET(cqc, cqc, c_eqn_or_apu_element));
	if (!eq || !uar)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (MLX5_GET(cqc, cqc, cqe_sz) != CQE_64 ||
	    MLX5_GET(cqc, cqc, log_cq_size) > MLX5SIM_LOG_MAX_CQ ||
	    MLX5_GET(cqc, cqc, page_offset) ||
	    MLX5_GET(cqc, cqc, cqe_compression_layout) ||
	    (MLX5_GET(cqc, cqc, cqe_comp_en) && !mlx5sim_compression))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	cq = mlx5sim_obj_new(c->port, MLX5SIM_CQ, sizeof(*cq));
	if (!cq)
		return MLX5_CMD_STAT_NO_RES_ERR;
	err = mlx5sim_ring_init(c->port, &cq->ring,
				ilog2(sizeof(struct mlx5_cqe64)),
				MLX5_GET(cqc, cqc, log_cq_size),
				MLX5_GET(cqc, cqc, log_page_size) + LOG_PAGE,
				pas, npas(c, pas));
	if (!err) {
		cq->dbr = doorbell(c->port, MLX5_GET64(cqc, cqc, dbr_addr));
		err = cq->dbr ? 0 : -EINVAL;
	}
	if (err) {
		mlx5sim_obj_drop(c->port, &cq->o);
		return status_of(err);
	}
	mlx5sim_obj_belongs(&cq->o, uar);
	cq->eq = eq;
	eq->o.refs++;
	cq->compress = MLX5_GET(cqc, cqc, cqe_comp_en);
	list_add_tail(&cq->list, &c->port->cqs);
	OUT(c, create_cq, cqn, cq->o.id);
	return 0;
}

/*
 * Moderation and its mode are accepted. An event comes when a burst of the
 * engine's ends, which is never later than they allow.
 */
static u8 modify_cq(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_get(c->port, MLX5SIM_CQ, IN(c, modify_cq, cqn)) ?
		0 : MLX5_CMD_STAT_BAD_RES_ERR;
}

static u8 query_cq(struct mlx5sim_cmd *c)
{
	void *cqc = MLX5_ADDR_OF(query_cq_out, c->out, cq_context);
	struct mlx5sim_cq *cq;

	cq = mlx5sim_obj_get(c->port, MLX5SIM_CQ, IN(c, query_cq, cqn));
	if (!cq)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	MLX5_SET(cqc, cqc, log_cq_size, cq->ring.log_size);
	MLX5_SET(cqc, cqc, c_eqn_or_apu_element, cq->eq->o.id);
	MLX5_SET(cqc, cqc, producer_counter, cq->pi & 0xffffff);
	MLX5_SET(cqc, cqc, status, cq->overrun ? 0x9 : 0);
	MLX5_SET64(cqc, cqc, dbr_addr, virt_to_phys(cq->dbr));
	return 0;
}

static u8 destroy_cq(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_CQ, IN(c, destroy_cq, cqn));
}

/* What SQs and RQs have in common: the PD, the ring and the doorbell record */
static int init_wq(struct mlx5sim_cmd *c, struct mlx5sim_obj *obj, void *wq,
		   struct mlx5sim_ring *ring, __be32 **dbr)
{
	struct mlx5sim_obj *pd = mlx5sim_obj_get(c->port, MLX5SIM_PD,
						 MLX5_GET(wq, wq, pd));
	void *pas = MLX5_ADDR_OF(wq, wq, pas);
	int err;

	if (pd)
		mlx5sim_obj_belongs(obj, pd);
	/* the RQ that drops all has no PD */
	if ((MLX5_GET(wq, wq, pd) && !pd) ||
	    MLX5_GET(wq, wq, log_wq_sz) > MLX5SIM_LOG_MAX_WQ ||
	    MLX5_GET(wq, wq, page_offset) || MLX5_GET(wq, wq, wq_signature))
		return -EINVAL;
	err = mlx5sim_ring_init(c->port, ring, MLX5_GET(wq, wq, log_wq_stride),
				MLX5_GET(wq, wq, log_wq_sz),
				MLX5_GET(wq, wq, log_wq_pg_sz) + LOG_PAGE, pas,
				npas(c, pas));
	if (err)
		return err;
	*dbr = doorbell(c->port, MLX5_GET64(wq, wq, dbr_addr));
	return *dbr ? 0 : -EINVAL;
}

static u8 create_sq(struct mlx5sim_cmd *c)
{
	void *sqc = MLX5_ADDR_OF(create_sq_in, c->in, ctx);
	struct mlx5sim_obj *tis;
	struct mlx5sim_cq *cq;
	struct mlx5sim_sq *sq;
	int err;

	cq = mlx5sim_obj_get(c->port, MLX5SIM_CQ, MLX5_GET(sqc, sqc, cqn));
	tis = mlx5sim_obj_get(c->port, MLX5SIM_TIS, MLX5_GET(sqc, sqc, tis_num_0));
	if (!cq || (MLX5_GET(sqc, sqc, tis_lst_sz) && !tis))
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (MLX5_GET(sqc, sqc, hairpin) || MLX5_GET(sqc, sqc, allow_swp) ||
	    MLX5_GET(sqc, sqc, wq.log_wq_stride) != ilog2(MLX5_SEND_WQE_BB))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	sq = mlx5sim_obj_new(c->port, MLX5SIM_SQ, sizeof(*sq));
	if (!sq)
		return MLX5_CMD_STAT_NO_RES_ERR;
	INIT_LIST_HEAD(&sq->list);
	err = init_wq(c, &sq->o, MLX5_ADDR_OF(sqc, sqc, wq), &sq->ring,
		      &sq->dbr);
	if (err) {
		mlx5sim_obj_drop(c->port, &sq->o);
		return status_of(err);
	}
	sq->cq = cq;
	cq->o.refs++;
	sq->tis = tis;
	if (tis)
		tis->refs++;
	sq->state = MLX5_SQC_STATE_RST;
	sq->flush = MLX5_GET(sqc, sqc, flush_in_error_en);
	sq->internal = MLX5_GET(sqc, sqc, reg_umr);
	sq->umr = sq->internal || mlx5sim_striding;
	OUT(c, create_sq, sqn, sq->o.id);
	return 0;
}

/* RST to RDY and back, anything to ERR; RQs number their states as SQs do */
static bool transition_ok(u8 from, u8 to)
{
	return to == from || to == MLX5_SQC_STATE_ERR ||
	       to == MLX5_SQC_STATE_RST ||
	       (to == MLX5_SQC_STATE_RDY && from == MLX5_SQC_STATE_RST);
}

static u8 modify_sq(struct mlx5sim_cmd *c)
{
	void *sqc = MLX5_ADDR_OF(modify_sq_in, c->in, ctx);
	u8 from = IN(c, modify_sq, sq_state), to = MLX5_GET(sqc, sqc, state);
	struct mlx5sim_sq *sq;

	sq = mlx5sim_obj_get(c->port, MLX5SIM_SQ, IN(c, modify_sq, sqn));
	if (!sq)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (from != sq->state || !transition_ok(from, to))
		return MLX5_CMD_STAT_BAD_RES_STATE_ERR;
	if (to == from)
		return 0;
	sq->state = to;
	if (to == MLX5_SQC_STATE_RST) {
		list_del_init(&sq->list);
		sq->cc = 0;
		/*
		 * A real one reads the record only when the doorbell is rung.
		 * Without that, what was posted before would be posted again.
		 */
		WRITE_ONCE(sq->dbr[MLX5_SND_DBR], 0);
	} else if (list_empty(&sq->list)) {
		list_add_tail(&sq->list, &c->port->sqs);
	}
	return 0;
}

static u8 query_sq(struct mlx5sim_cmd *c)
{
	void *sqc = MLX5_ADDR_OF(query_sq_out, c->out, sq_context);
	struct mlx5sim_sq *sq;

	sq = mlx5sim_obj_get(c->port, MLX5SIM_SQ, IN(c, query_sq, sqn));
	if (!sq)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	MLX5_SET(sqc, sqc, state, sq->state);
	MLX5_SET(sqc, sqc, cqn, sq->cq->o.id);
	MLX5_SET(sqc, sqc, wq.hw_counter, sq->cc);
	MLX5_SET64(sqc, sqc, wq.dbr_addr, virt_to_phys(sq->dbr));
	return 0;
}

static u8 destroy_sq(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_SQ, IN(c, destroy_sq, sqn));
}

static u8 create_rq(struct mlx5sim_cmd *c)
{
	void *rqc = MLX5_ADDR_OF(create_rq_in, c->in, ctx);
	void *wq = MLX5_ADDR_OF(rqc, rqc, wq);
	u8 type = MLX5_GET(wq, wq, wq_type);
	u8 stride = MLX5_GET(wq, wq, log_wq_stride);
	struct mlx5sim_q_counter *counter;
	struct mlx5sim_cq *cq;
	struct mlx5sim_rq *rq;
	int err;

	cq = mlx5sim_obj_get(c->port, MLX5SIM_CQ, MLX5_GET(rqc, rqc, cqn));
	if (!cq)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (MLX5_GET(rqc, rqc, hairpin) || MLX5_GET(rqc, rqc, scatter_fcs) ||
	    MLX5_GET(rqc, rqc, mem_rq_type) || MLX5_GET(wq, wq, shampo_enable) ||
	    (type != MLX5_WQ_TYPE_CYCLIC &&
	     !(type == MLX5_WQ_TYPE_LINKED_LIST_STRIDING_RQ && mlx5sim_striding)) ||
	    /* a whole entry lies in one page */
	    stride < (type == MLX5_WQ_TYPE_CYCLIC ? MLX5SIM_LOG_MIN_STRIDE :
						    LOG_STRIDING_WQE) ||
	    stride > MLX5SIM_LOG_MAX_STRIDE)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	rq = mlx5sim_obj_new(c->port, MLX5SIM_RQ, sizeof(*rq));
	if (!rq)
		return MLX5_CMD_STAT_NO_RES_ERR;
	err = init_wq(c, &rq->o, wq, &rq->ring, &rq->dbr);
	if (err) {
		mlx5sim_obj_drop(c->port, &rq->o);
		return status_of(err);
	}
	rq->cq = cq;
	cq->o.refs++;
	counter = mlx5sim_obj_get(c->port, MLX5SIM_Q_COUNTER,
				  MLX5_GET(rqc, rqc, counter_set_id));
	rq->counter = counter;
	if (counter)
		counter->o.refs++;
	rq->state = MLX5_RQC_STATE_RST;
	rq->flush = MLX5_GET(rqc, rqc, flush_in_error_en);
	rq->strip_vlan = !MLX5_GET(rqc, rqc, vsd);
	if (type == MLX5_WQ_TYPE_LINKED_LIST_STRIDING_RQ) {
		rq->striding = true;
		rq->log_strides = MLX5_MPWQE_LOG_NUM_STRIDES_BASE +
			sign_extend32(MLX5_GET(wq, wq, log_wqe_num_of_strides), 3);
		rq->log_stride_size = MLX5_MPWQE_LOG_STRIDE_SZ_BASE +
			MLX5_GET(wq, wq, log_wqe_stride_size);
	}
	OUT(c, create_rq, rqn, rq->o.id);
	return 0;
}

static u8 modify_rq(struct mlx5sim_cmd *c)
{
	void *rqc = MLX5_ADDR_OF(modify_rq_in, c->in, ctx);
	u64 mask = MLX5_GET64(modify_rq_in, c->in, modify_bitmask);
	u8 from = IN(c, modify_rq, rq_state), to = MLX5_GET(rqc, rqc, state);
	struct mlx5sim_rq *rq;

	rq = mlx5sim_obj_get(c->port, MLX5SIM_RQ, IN(c, modify_rq, rqn));
	if (!rq)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (from != rq->state || !transition_ok(from, to))
		return MLX5_CMD_STAT_BAD_RES_STATE_ERR;
	if (mask & MLX5_MODIFY_RQ_IN_MODIFY_BITMASK_VSD)
		rq->strip_vlan = !MLX5_GET(rqc, rqc, vsd);
	if (to == from)
		return 0;
	rq->state = to;
	if (to == MLX5_RQC_STATE_RST) {
		rq->cc = 0;
		rq->cur = 0;
		rq->stride = 0;
	} else if (to == MLX5_RQC_STATE_ERR && rq->flush) {
		mlx5sim_rq_flush(c->port, rq);
	}
	return 0;
}

static u8 query_rq(struct mlx5sim_cmd *c)
{
	void *rqc = MLX5_ADDR_OF(query_rq_out, c->out, rq_context);
	struct mlx5sim_rq *rq;

	rq = mlx5sim_obj_get(c->port, MLX5SIM_RQ, IN(c, query_rq, rqn));
	if (!rq)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	MLX5_SET(rqc, rqc, state, rq->state);
	MLX5_SET(rqc, rqc, cqn, rq->cq->o.id);
	MLX5_SET(rqc, rqc, wq.hw_counter, rq->cc);
	MLX5_SET64(rqc, rqc, wq.dbr_addr, virt_to_phys(rq->dbr));
	return 0;
}

static u8 destroy_rq(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_RQ, IN(c, destroy_rq, rqn));
}

static u8 create_tis(struct mlx5sim_cmd *c)
{
	void *tisc = MLX5_ADDR_OF(create_tis_in, c->in, ctx);
	struct mlx5sim_obj *tis, *td;

	td = mlx5sim_obj_get(c->port, MLX5SIM_TD,
			     MLX5_GET(tisc, tisc, transport_domain));
	if (!td)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	tis = mlx5sim_obj_new(c->port, MLX5SIM_TIS, sizeof(*tis));
	if (!tis)
		return MLX5_CMD_STAT_NO_RES_ERR;
	mlx5sim_obj_belongs(tis, td);
	OUT(c, create_tis, tisn, tis->id);
	return 0;
}

static u8 destroy_tis(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_TIS, IN(c, destroy_tis, tisn));
}

const struct mlx5sim_cmd_def mlx5sim_queue_cmds[] = {
	MLX5SIM_CMD(CREATE_EQ, create_eq, RUNNING, create_eq),
	MLX5SIM_CMD(DESTROY_EQ, destroy_eq, RUNNING, destroy_eq),
	MLX5SIM_CMD(CREATE_CQ, create_cq, RUNNING, create_cq),
	MLX5SIM_CMD(MODIFY_CQ, modify_cq, RUNNING, modify_cq),
	MLX5SIM_CMD(QUERY_CQ, query_cq, RUNNING, query_cq),
	MLX5SIM_CMD(DESTROY_CQ, destroy_cq, RUNNING, destroy_cq),
	MLX5SIM_CMD(CREATE_SQ, create_sq, RUNNING, create_sq),
	MLX5SIM_CMD(MODIFY_SQ, modify_sq, RUNNING, modify_sq),
	MLX5SIM_CMD(QUERY_SQ, query_sq, RUNNING, query_sq),
	MLX5SIM_CMD(DESTROY_SQ, destroy_sq, RUNNING, destroy_sq),
	MLX5SIM_CMD(CREATE_RQ, create_rq, RUNNING, create_rq),
	MLX5SIM_CMD(MODIFY_RQ, modify_rq, RUNNING, modify_rq),
	MLX5SIM_CMD(QUERY_RQ, query_rq, RUNNING, query_rq),
	MLX5SIM_CMD(DESTROY_RQ, destroy_rq, RUNNING, destroy_rq),
	MLX5SIM_CMD(CREATE_TIS, create_tis, RUNNING, create_tis),
	MLX5SIM_CMD(DESTROY_TIS, destroy_tis, RUNNING, destroy_tis),
	{}
};
