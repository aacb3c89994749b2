// SPDX-License-Identifier: GPL-2.0-only
/* Firmware: flow tables, groups and entries of the receive side */

#include <linux/slab.h>

#include "cmd.h"

#define NIC_RX		0	/* table_type */
#define OUTER_HEADERS	BIT(0)	/* match_criteria_enable */
#define ROOT_SET	0	/* op_mod of SET_FLOW_TABLE_ROOT */
#define ACTIONS		(MLX5_FLOW_CONTEXT_ACTION_ALLOW | \
			 MLX5_FLOW_CONTEXT_ACTION_DROP | \
			 MLX5_FLOW_CONTEXT_ACTION_FWD_DEST)
#define MAX_LOG_SIZE	20

static struct mlx5sim_ft *get_ft(struct mlx5sim_cmd *c, u32 id)
{
	return mlx5sim_obj_get(c->port, MLX5SIM_FT, id);
}

/* Where a packet goes that hits nothing in a table */
static u8 load_miss(struct mlx5sim_cmd *c, struct mlx5sim_ft *ft, void *ftc)
{
	u8 action = MLX5_GET(flow_table_context, ftc, table_miss_action);
	struct mlx5sim_ft *miss = NULL;

	if (action > MLX5_FLOW_TABLE_MISS_ACTION_FWD)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	if (action == MLX5_FLOW_TABLE_MISS_ACTION_FWD) {
		miss = get_ft(c, MLX5_GET(flow_table_context, ftc, table_miss_id));
		if (!miss || miss == ft)
			return MLX5_CMD_STAT_BAD_RES_ERR;
		miss->o.refs++;
	}
	if (ft->miss)
		ft->miss->o.refs--;
	ft->miss_action = action;
	ft->miss = miss;
	mlx5sim_flows_invalidate(c->port);
	return 0;
}

static u8 create_ft(struct mlx5sim_cmd *c)
{
	void *ftc = MLX5_ADDR_OF(create_flow_table_in, c->in,
				 flow_table_context);
	struct mlx5sim_ft *ft;
	u8 status;

	if (IN(c, create_flow_table, table_type) != NIC_RX ||
	    IN(c, create_flow_table, other_vport) ||
	    MLX5_GET(flow_table_context, ftc, level) >= MLX5SIM_MAX_LEVEL ||
	    MLX5_GET(flow_table_context, ftc, log_size) > MAX_LOG_SIZE)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	ft = mlx5sim_obj_new(c->port, MLX5SIM_FT, sizeof(*ft));
	if (!ft)
		return MLX5_CMD_STAT_NO_RES_ERR;
	INIT_LIST_HEAD(&ft->groups);
	ft->level = MLX5_GET(flow_table_context, ftc, level);
	ft->log_size = MLX5_GET(flow_table_context, ftc, log_size);
	status = load_miss(c, ft, ftc);
	if (status) {
		mlx5sim_obj_drop(c->port, &ft->o);
		return status;
	}
	OUT(c, create_flow_table, table_id, ft->o.id);
	return 0;
}

static u8 modify_ft(struct mlx5sim_cmd *c)
{
	struct mlx5sim_ft *ft = get_ft(c, IN(c, modify_flow_table, table_id));

	if (!ft)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	return load_miss(c, ft, MLX5_ADDR_OF(modify_flow_table_in, c->in,
					     flow_table_context));
}

static u8 destroy_ft(struct mlx5sim_cmd *c)
{
	return mlx5sim_obj_destroy(c->port, MLX5SIM_FT,
				   IN(c, destroy_flow_table, table_id));
}

static u8 set_root(struct mlx5sim_cmd *c)
{
	struct mlx5sim_ft *ft = get_ft(c, IN(c, set_flow_table_root, table_id));

	if (IN(c, set_flow_table_root, table_type) != NIC_RX)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	if (c->op_mod != ROOT_SET)
		ft = NULL;
	else if (!ft)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	c->port->root = ft;
	mlx5sim_flows_invalidate(c->port);
	return 0;
}

static bool is_zero(const u8 *p, u32 len)
{
	return !memchr_inv(p, 0, len);
}

static u8 create_fg(struct mlx5sim_cmd *c)
{
	struct mlx5sim_ft *ft = get_ft(c, IN(c, create_flow_group, table_id));
	u8 *mask = MLX5_ADDR_OF(create_flow_group_in, c->in, match_criteria);
	u32 first = IN(c, create_flow_group, start_flow_index);
	u32 last = IN(c, create_flow_group, end_flow_index);
	u8 enable = IN(c, create_flow_group, match_criteria_enable);
	struct mlx5sim_fg *fg, *other;
	struct list_head *before;

	if (!ft)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (first > last || last >= BIT(ft->log_size))
		return MLX5_CMD_STAT_IX_ERR;
	/* of a packet, the outer headers are all that the parser offers */
	if (enable & ~OUTER_HEADERS ||
	    !is_zero(mask + MLX5SIM_MATCH_SIZE,
		     MLX5_ST_SZ_BYTES(fte_match_param) - MLX5SIM_MATCH_SIZE))
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	before = &ft->groups;
	list_for_each_entry(other, &ft->groups, list) {
		if (first <= other->last && last >= other->first)
			return MLX5_CMD_STAT_IX_ERR;
		if (other->first < first)
			before = &other->list;
	}
	fg = mlx5sim_obj_new(c->port, MLX5SIM_FG, sizeof(*fg));
	if (!fg)
		return MLX5_CMD_STAT_NO_RES_ERR;
	xa_init(&fg->ftes);
	fg->first = first;
	fg->last = last;
	fg->match = enable & OUTER_HEADERS;
	memcpy(fg->mask, mask, sizeof(fg->mask));
	fg->ft = ft;
	ft->o.refs++;
	list_add(&fg->list, before);
	OUT(c, create_flow_group, group_id, fg->o.id);
	return 0;
}

static u8 destroy_fg(struct mlx5sim_cmd *c)
{
	u32 id = IN(c, destroy_flow_group, group_id);
	struct mlx5sim_fg *fg = mlx5sim_obj_get(c->port, MLX5SIM_FG, id);

	if (fg && !xa_empty(&fg->ftes))
		return MLX5_CMD_STAT_BAD_RES_STATE_ERR;
	return mlx5sim_obj_destroy(c->port, MLX5SIM_FG, id);
}

static struct mlx5sim_obj *get_dest(struct mlx5sim_cmd *c,
				    struct mlx5sim_ft *from, void *dest)
{
	u32 id = MLX5_GET(dest_format_struct, dest, destination_id);
	struct mlx5sim_ft *ft;

	switch (MLX5_GET(dest_format_struct, dest, destination_type)) {
	case MLX5_IFC_FLOW_DESTINATION_TYPE_TIR:
		return mlx5sim_obj_get(c->port, MLX5SIM_TIR, id);
	case MLX5_IFC_FLOW_DESTINATION_TYPE_FLOW_TABLE:
		/* downwards only, so that no packet goes in circles */
		ft = get_ft(c, id);
		return ft && ft->level > from->level ? &ft->o : NULL;
	default:
		return NULL;
	}
}

static u8 load_fte(struct mlx5sim_cmd *c, struct mlx5sim_ft *ft,
		   struct mlx5sim_fte *fte, void *fc)
{
	u8 *dest = MLX5_ADDR_OF(flow_context, fc, destination);
	u32 size = MLX5_ST_SZ_BYTES(dest_format_struct), i;
	u32 n = MLX5_GET(flow_context, fc, destination_list_size);

	fte->action = MLX5_GET(flow_context, fc, action);
	fte->tag = MLX5_GET(flow_context, fc, flow_tag);
	if (fte->action & ~ACTIONS || n > MLX5SIM_MAX_DEST ||
	    MLX5_GET(flow_context, fc, extended_destination) ||
	    (void *)(dest + n * size) > c->in + c->inlen)
		return MLX5_CMD_STAT_BAD_PARAM_ERR;
	memcpy(fte->value, MLX5_ADDR_OF(flow_context, fc, match_value),
	       sizeof(fte->value));
	if (!(fte->action & MLX5_FLOW_CONTEXT_ACTION_FWD_DEST))
		return 0;
	for (i = 0; i < n; i++) {
		fte->dest[i] = get_dest(c, ft, dest + i * size);
		if (!fte->dest[i])
			return MLX5_CMD_STAT_BAD_RES_ERR;
	}
	for (i = 0; i < n; i++)
		fte->dest[i]->refs++;
	fte->ndest = n;
	return 0;
}

static u8 set_fte(struct mlx5sim_cmd *c)
{
	void *fc = MLX5_ADDR_OF(set_fte_in, c->in, flow_context);
	struct mlx5sim_ft *ft = get_ft(c, IN(c, set_fte, table_id));
	u32 idx = IN(c, set_fte, flow_index);
	struct mlx5sim_fte *fte, *old;
	struct mlx5sim_fg *fg;
	u8 status;

	fg = mlx5sim_obj_get(c->port, MLX5SIM_FG,
			     MLX5_GET(flow_context, fc, group_id));
	if (!ft || !fg || fg->ft != ft)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (idx < fg->first || idx > fg->last)
		return MLX5_CMD_STAT_IX_ERR;
	fte = kzalloc(sizeof(*fte), GFP_KERNEL);
	if (!fte)
		return MLX5_CMD_STAT_NO_RES_ERR;
	fte->fg = fg;
	status = load_fte(c, ft, fte, fc);
	if (status) {
		kfree(fte);
		return status;
	}
	old = xa_store(&fg->ftes, idx, fte, GFP_KERNEL);
	if (xa_is_err(old)) {
		mlx5sim_fte_free(c->port, fte);
		return MLX5_CMD_STAT_NO_RES_ERR;
	}
	if (old)
		mlx5sim_fte_free(c->port, old);
	mlx5sim_flows_invalidate(c->port);
	return 0;
}

static u8 delete_fte(struct mlx5sim_cmd *c)
{
	struct mlx5sim_ft *ft = get_ft(c, IN(c, delete_fte, table_id));
	u32 idx = IN(c, delete_fte, flow_index);
	struct mlx5sim_fte *fte = NULL;
	struct mlx5sim_fg *fg;

	if (!ft)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	list_for_each_entry(fg, &ft->groups, list)
		if (idx >= fg->first && idx <= fg->last)
			fte = xa_erase(&fg->ftes, idx);
	if (!fte)
		return MLX5_CMD_STAT_IX_ERR;
	mlx5sim_fte_free(c->port, fte);
	return 0;
}

const struct mlx5sim_cmd_def mlx5sim_flow_cmds[] = {
	MLX5SIM_CMD(CREATE_FLOW_TABLE, create_flow_table, RUNNING, create_ft),
	MLX5SIM_CMD(MODIFY_FLOW_TABLE, modify_flow_table, RUNNING, modify_ft),
	MLX5SIM_CMD(DESTROY_FLOW_TABLE, destroy_flow_table, RUNNING, destroy_ft),
	MLX5SIM_CMD(SET_FLOW_TABLE_ROOT, set_flow_table_root, RUNNING, set_root),
	MLX5SIM_CMD(CREATE_FLOW_GROUP, create_flow_group, RUNNING, create_fg),
	MLX5SIM_CMD(DESTROY_FLOW_GROUP, destroy_flow_group, RUNNING, destroy_fg),
	MLX5SIM_CMD(SET_FLOW_TABLE_ENTRY, set_fte, RUNNING, set_fte),
	MLX5SIM_CMD(DELETE_FLOW_TABLE_ENTRY, delete_fte, RUNNING, delete_fte),
	{}
};
