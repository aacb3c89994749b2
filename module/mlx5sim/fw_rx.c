// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: RQ tables and TIRs */

#include <linux/log2.h>
#include <linux/slab.h>

#include "cmd.h"
#include "queue.h"

#define RQN_SIZE	sizeof(__be32)
#define RQN_MASK	0xffffff

/* @rqtc's list of RQs, in place of those that @rqt has */
static u8 load_rqt(struct mlx5sim_cmd *c, struct mlx5sim_rqt *rqt, void *rqtc)
{
	u32 n = MLX5_GET(rqtc, rqtc, rqt_actual_size), i;
	__be32 *rqn = MLX5_ADDR_OF(rqtc, rqtc, rq_num);
	struct mlx5sim_rq **rq;

	if (n > rqt->max || (n && !is_power_of_2(n)) ||
	    (void *)(rqn + n) > c->in + c->inlen ||
	    MLX5_GET(rqtc, rqtc, rq_vhca_id_format))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	rq = kvcalloc(max(n, 1u), sizeof(*rq), GFP_KERNEL);
	if (!rq)
		return MLX5_CMD_STAT_NO_RES_ERR;
	for (i = 0; i < n; i++) {
		rq[i] = mlx5sim_obj_get(c->port, MLX5SIM_RQ,
					be32_to_cpu(rqn[i]) & RQN_MASK);
		if (!rq[i]) {
			kvfree(rq);
			return MLX5_CMD_STAT_BAD_RES_ERR;
		}
	}
	for (i = 0; i < n; i++)
		rq[i]->o.refs++;
	for (i = 0; i < rqt->n; i++)
		rqt->rq[i]->o.refs--;
	kvfree(rqt->rq);
	rqt->rq = rq;
	rqt->n = n;
	return 0;
}

static u8 create_rqt(struct mlx5sim_cmd *c)
{
	void *rqtc = MLX5_ADDR_OF(create_rqt_in, c->in, rqt_context);
	struct mlx5sim_rqt *rqt;
	u8 status;

	rqt = mlx5sim_obj_new(c->port, MLX5SIM_RQT, sizeof(*rqt));
	if (!rqt)
		return MLX5_CMD_STAT_NO_RES_ERR;
	rqt->max = MLX5_GET(rqtc, rqtc, rqt_max_size);
	if (rqt->max > BIT(MLX5SIM_LOG_MAX_RQT)) {
		mlx5sim_obj_drop(c->port, &rqt->o);
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	}
	status = load_rqt(c, rqt, rqtc);
	if (status) {
		mlx5sim_obj_drop(c->port, &rqt->o);
		return status;
	}
	OUT(c, create_rqt, rqtn, rqt->o.id);
	return 0;
}

static u8 modify_rqt(struct mlx5sim_cmd *c)
{
	void *rqtc = MLX5_ADDR_OF(modify_rqt_in, c->in, ctx);
	struct mlx5sim_rqt *rqt;

	rqt = mlx5sim_obj_get(c->port, MLX5SIM_RQT, IN(c, modify_rqt, rqtn));
	if (!rqt)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (!IN(c, modify_rqt, bitmask.rqn_list))
		return 0;
	return load_rqt(c, rqt, rqtc);
}

static u8 destroy_rqt(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_RQT,
				   IN(c, destroy_rqt, rqtn));
}

static u8 load_hash(struct mlx5sim_cmd *c, struct mlx5sim_tir *tir, void *tirc)
{
	void *select = MLX5_ADDR_OF(tirc, tirc, rx_hash_field_selector_outer);
	struct mlx5sim_toeplitz *t = NULL;
	u8 fn = MLX5_GET(tirc, tirc, rx_hash_fn);

	if (fn > MLX5_RX_HASH_FN_TOEPLITZ)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	if (fn == MLX5_RX_HASH_FN_TOEPLITZ) {
		t = mlx5sim_toeplitz_get(MLX5_ADDR_OF(tirc, tirc,
						      rx_hash_toeplitz_key));
		if (!t)
			return MLX5_CMD_STAT_NO_RES_ERR;
	}
	mlx5sim_toeplitz_put(tir->toeplitz);
	tir->toeplitz = t;
	tir->hash_fn = fn;
	tir->symmetric = MLX5_GET(tirc, tirc, rx_hash_symmetric);
	tir->l3 = MLX5_GET(rx_hash_field_select, select, l3_prot_type);
	tir->l4 = MLX5_GET(rx_hash_field_select, select, l4_prot_type);
	tir->fields = MLX5_GET(rx_hash_field_select, select, selected_fields);
	return 0;
}

static u8 create_tir(struct mlx5sim_cmd *c)
{
	void *tirc = MLX5_ADDR_OF(create_tir_in, c->in, ctx);
	bool direct = MLX5_GET(tirc, tirc, disp_type) ==
		      MLX5_TIRC_DISP_TYPE_DIRECT;
	struct mlx5sim_rqt *rqt = NULL;
	struct mlx5sim_rq *rq = NULL;
	struct mlx5sim_obj *td;
	struct mlx5sim_tir *tir;
	u8 status;

	td = mlx5sim_obj_get(c->port, MLX5SIM_TD,
			     MLX5_GET(tirc, tirc, transport_domain));
	if (!td)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (MLX5_GET(tirc, tirc, packet_merge_mask) || MLX5_GET(tirc, tirc, tls_en))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	if (direct)
		rq = mlx5sim_obj_get(c->port, MLX5SIM_RQ,
				     MLX5_GET(tirc, tirc, inline_rqn));
	else
		rqt = mlx5sim_obj_get(c->port, MLX5SIM_RQT,
				      MLX5_GET(tirc, tirc, indirect_table));
	if (!rq && !rqt)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	tir = mlx5sim_obj_new(c->port, MLX5SIM_TIR, sizeof(*tir));
	if (!tir)
		return MLX5_CMD_STAT_NO_RES_ERR;
	mlx5sim_obj_belongs(&tir->o, td);
	status = load_hash(c, tir, tirc);
	if (status) {
		mlx5sim_obj_drop(c->port, &tir->o);
		return status;
	}
	tir->rq = rq;
	tir->rqt = rqt;
	if (rq)
		rq->o.refs++;
	else
		rqt->o.refs++;
	OUT(c, create_tir, tirn, tir->o.id);
	return 0;
}

/* Loopback is the vport's to allow, see wire.c */
static u8 modify_tir(struct mlx5sim_cmd *c)
{
	void *tirc = MLX5_ADDR_OF(modify_tir_in, c->in, ctx);
	struct mlx5sim_tir *tir;

	tir = mlx5sim_obj_get(c->port, MLX5SIM_TIR, IN(c, modify_tir, tirn));
	if (!tir)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (IN(c, modify_tir, bitmask.packet_merge) &&
	    MLX5_GET(tirc, tirc, packet_merge_mask))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	return IN(c, modify_tir, bitmask.hash) ? load_hash(c, tir, tirc) : 0;
}

static u8 destroy_tir(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_TIR,
				   IN(c, destroy_tir, tirn));
}

const struct mlx5sim_cmd_def mlx5sim_rx_cmds[] = {
	MLX5SIM_CMD(CREATE_RQT, create_rqt, RUNNING, create_rqt),
	MLX5SIM_CMD(MODIFY_RQT, modify_rqt, RUNNING, modify_rqt),
	MLX5SIM_CMD(DESTROY_RQT, destroy_rqt, RUNNING, destroy_rqt),
	MLX5SIM_CMD(CREATE_TIR, create_tir, RUNNING, create_tir),
	MLX5SIM_CMD(MODIFY_TIR, modify_tir, RUNNING, modify_tir),
	MLX5SIM_CMD(DESTROY_TIR, destroy_tir, RUNNING, destroy_tir),
	{}
};
