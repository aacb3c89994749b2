// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: memory keys */

#include <linux/mlx5/qp.h>
#include <linux/slab.h>

#include "cmd.h"
#include "mkey.h"

#define KLM_SIZE	sizeof(struct mlx5_klm)
#define MAX_ENTRIES	BIT(22)

/* Room for the translation, and what of it comes with the command */
static u8 init_translation(struct mlx5sim_cmd *c, struct mlx5sim_mkey *mkey,
			   void *mkc)
{
	void *entries = MLX5_ADDR_OF(create_mkey_in, c->in, klm_pas_mtt);
	u32 octwords = MLX5_GET(mkc, mkc, translations_octword_size);
	u32 given = IN(c, create_mkey, translations_octword_actual_size);
	bool mtt = mkey->mode == MLX5_MKC_ACCESS_MODE_MTT;
	u32 per_octword = mtt ? 2 : 1;

	if (octwords > MAX_ENTRIES || given > octwords ||
	    given * KLM_SIZE > c->inlen - MLX5_ST_SZ_BYTES(create_mkey_in))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	mkey->n = octwords * per_octword;
	if (!mkey->n)
		return 0;
	mkey->mtt = kvcalloc(mkey->n, mtt ? sizeof(*mkey->mtt) : sizeof(*mkey->klm),
			     GFP_KERNEL);
	if (!mkey->mtt)
		return MLX5_CMD_STAT_NO_RES_ERR;
	if (mlx5sim_mkey_load(mkey, 0, given * per_octword, entries))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	return 0;
}

static u8 create_mkey(struct mlx5sim_cmd *c)
{
	void *mkc = MLX5_ADDR_OF(create_mkey_in, c->in, memory_key_mkey_entry);
	u8 mode = MLX5_GET(mkc, mkc, access_mode_1_0) |
		  MLX5_GET(mkc, mkc, access_mode_4_2) << 2;
	u8 log_page = MLX5_GET(mkc, mkc, log_page_size), status = 0;
	struct mlx5sim_mkey *mkey;
	struct mlx5sim_obj *pd;

	pd = mlx5sim_obj_get(c->port, MLX5SIM_PD, MLX5_GET(mkc, mkc, pd));
	if (!pd)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (mode != MLX5_MKC_ACCESS_MODE_PA && mode != MLX5_MKC_ACCESS_MODE_MTT &&
	    mode != MLX5_MKC_ACCESS_MODE_KLMS && mode != MLX5_MKC_ACCESS_MODE_KSM)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	/* KSMs may be small: an AF_XDP frame in four parts */
	if ((mode == MLX5_MKC_ACCESS_MODE_MTT && log_page < 12) || log_page > 30)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	mkey = mlx5sim_obj_new(c->port, MLX5SIM_MKEY, sizeof(*mkey));
	if (!mkey)
		return MLX5_CMD_STAT_NO_RES_ERR;
	mlx5sim_obj_belongs(&mkey->o, pd);
	mkey->mode = mode;
	mkey->low = MLX5_GET(mkc, mkc, mkey_7_0);
	mkey->read = MLX5_GET(mkc, mkc, lr);
	mkey->write = MLX5_GET(mkc, mkc, lw);
	mkey->umr = MLX5_GET(mkc, mkc, umr_en);
	mkey->log_page = log_page;
	mkey->start = MLX5_GET64(mkc, mkc, start_addr);
	mkey->len = MLX5_GET64(mkc, mkc, len);
	if (mode != MLX5_MKC_ACCESS_MODE_PA)
		status = init_translation(c, mkey, mkc);
	if (status) {
		mlx5sim_obj_drop(c->port, &mkey->o);
		return status;
	}
	OUT(c, create_mkey, mkey_index, mkey->o.id);
	return 0;
}

static u8 query_mkey(struct mlx5sim_cmd *c)
{
	void *mkc = MLX5_ADDR_OF(query_mkey_out, c->out, memory_key_mkey_entry);
	struct mlx5sim_mkey *mkey;

	mkey = mlx5sim_obj_get(c->port, MLX5SIM_MKEY,
			       IN(c, query_mkey, mkey_index));
	if (!mkey)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	MLX5_SET(mkc, mkc, mkey_7_0, mkey->low);
	MLX5_SET(mkc, mkc, log_page_size, mkey->log_page);
	MLX5_SET64(mkc, mkc, len, mkey->len);
	return 0;
}

static u8 destroy_mkey(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_MKEY,
				   IN(c, destroy_mkey, mkey_index));
}

const struct mlx5sim_cmd_def mlx5sim_mkey_cmds[] = {
	MLX5SIM_CMD(CREATE_MKEY, create_mkey, RUNNING, create_mkey),
	MLX5SIM_CMD(QUERY_MKEY, query_mkey, RUNNING, query_mkey),
	MLX5SIM_CMD(DESTROY_MKEY, destroy_mkey, RUNNING, destroy_mkey),
	{}
};
