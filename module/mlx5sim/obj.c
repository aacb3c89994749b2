// SPDX-License-Identifier: GPL-2.0-only
/* The objects that commands create, by type and number */

#include <linux/list.h>
#include <linux/slab.h>

#include "dma.h"
#include "mkey.h"
#include "mlx5sim.h"
#include "queue.h"

/*
 * Numbers of a type begin where those of no other do and are not used again
 * soon, so that a number of the wrong kind, or of an object that is gone, is
 * found out.
 */
static const struct {
	const char *name;
	u32 first;
	u32 last;
} types[MLX5SIM_TYPES] = {
	[MLX5SIM_UAR]		= { "UAR", MLX5SIM_UAR_FIRST,
				    MLX5SIM_BAR_SIZE / SZ_4K - 1 },
	[MLX5SIM_PD]		= { "PD", 0x100, 0xffff },
	[MLX5SIM_TD]		= { "transport domain", 0x200, 0xffff },
	[MLX5SIM_MKEY]		= { "mkey", 0x300, 0xffff },
	[MLX5SIM_Q_COUNTER]	= { "queue counter", 1, 0xff },	/* 8 bits */
	[MLX5SIM_EQ]		= { "EQ", 1, 0x3f },		/* 8 bits */
	[MLX5SIM_CQ]		= { "CQ", 0x400, 0xffff },
	[MLX5SIM_SQ]		= { "SQ", 0x1000, 0xffff },
	[MLX5SIM_RQ]		= { "RQ", 0x2000, 0xffff },
	[MLX5SIM_TIS]		= { "TIS", 0x500, 0xffff },
	[MLX5SIM_TIR]		= { "TIR", 0x3000, 0xffff },
	[MLX5SIM_RQT]		= { "RQT", 0x4000, 0xffff },
	[MLX5SIM_FT]		= { "flow table", 0x10, 0xffff },
	[MLX5SIM_FG]		= { "flow group", 0x20, 0xffff },
};

const char *mlx5sim_type_name(enum mlx5sim_type type)
{
	return types[type].name;
}

void mlx5sim_objs_init(struct mlx5sim_port *port)
{
	int type;

	for (type = 0; type < MLX5SIM_TYPES; type++)
		xa_init_flags(&port->objs[type], XA_FLAGS_ALLOC);
}

void *mlx5sim_obj_new(struct mlx5sim_port *port, enum mlx5sim_type type,
		      size_t size)
{
	struct mlx5sim_obj *obj = kvzalloc(size, GFP_KERNEL);

	if (!obj)
		return NULL;
	obj->type = type;
	if (xa_alloc_cyclic(&port->objs[type], &obj->id, obj,
			    XA_LIMIT(types[type].first, types[type].last),
			    &port->next_id[type], GFP_KERNEL) < 0) {
		kvfree(obj);
		return NULL;
	}
	return obj;
}

void *mlx5sim_obj_get(struct mlx5sim_port *port, enum mlx5sim_type type,
		      u32 id)
{
	return xa_load(&port->objs[type], id);
}

static void put(void *obj)
{
	struct mlx5sim_obj *o = obj;

	if (o)
		o->refs--;
}

/* @home is there for as long as @obj is */
void mlx5sim_obj_belongs(struct mlx5sim_obj *obj, struct mlx5sim_obj *home)
{
	obj->home = home;
	home->refs++;
}

static void free_rqt(struct mlx5sim_rqt *rqt)
{
	u32 i;

	for (i = 0; i < rqt->n; i++)
		put(rqt->rq[i]);
	kvfree(rqt->rq);
}

static void free_group(struct mlx5sim_port *port, struct mlx5sim_fg *fg)
{
	struct mlx5sim_fte *fte;
	unsigned long i;

	xa_for_each(&fg->ftes, i, fte)
		mlx5sim_fte_free(port, fte);
	xa_destroy(&fg->ftes);
	if (!list_empty(&fg->list))
		list_del(&fg->list);
	put(fg->ft);
}

/*
 * Frees an object, half-made ones too; what it refers to must still be there.
 */
void mlx5sim_obj_drop(struct mlx5sim_port *port, struct mlx5sim_obj *obj)
{
	xa_erase(&port->objs[obj->type], obj->id);
	switch (obj->type) {
	case MLX5SIM_EQ:
		mlx5sim_ring_exit(&((struct mlx5sim_eq *)obj)->ring);
		break;
	case MLX5SIM_CQ: {
		struct mlx5sim_cq *cq = (void *)obj;

		if (cq->list.next)
			list_del(&cq->list);
		if (cq->dbr)
			mlx5sim_dma_pin(port, cq->dbr, -1);
		mlx5sim_ring_exit(&cq->ring);
		put(cq->eq);
		break;
	}
	case MLX5SIM_SQ: {
		struct mlx5sim_sq *sq = (void *)obj;

		if (!list_empty(&sq->list))
			list_del(&sq->list);
		if (sq->dbr)
			mlx5sim_dma_pin(port, sq->dbr, -1);
		mlx5sim_ring_exit(&sq->ring);
		put(sq->cq);
		put(sq->tis);
		break;
	}
	case MLX5SIM_RQ: {
		struct mlx5sim_rq *rq = (void *)obj;

		if (rq->dbr)
			mlx5sim_dma_pin(port, rq->dbr, -1);
		mlx5sim_ring_exit(&rq->ring);
		put(rq->cq);
		put(rq->counter);
		break;
	}
	case MLX5SIM_MKEY:
		kvfree(((struct mlx5sim_mkey *)obj)->mtt);
		break;
	case MLX5SIM_TIR: {
		struct mlx5sim_tir *tir = (void *)obj;

		mlx5sim_toeplitz_put(tir->toeplitz);
		put(tir->rq);
		put(tir->rqt);
		mlx5sim_flows_invalidate(port);
		break;
	}
	case MLX5SIM_RQT:
		free_rqt((void *)obj);
		break;
	case MLX5SIM_FT: {
		struct mlx5sim_ft *ft = (void *)obj;

		put(ft->miss);
		if (port->root == ft)
			port->root = NULL;
		mlx5sim_flows_invalidate(port);
		break;
	}
	case MLX5SIM_FG:
		free_group(port, (void *)obj);
		mlx5sim_flows_invalidate(port);
		break;
	}
	put(obj->home);
	kvfree(obj);
}

u8 mlx5sim_obj_destroy(struct mlx5sim_port *port, enum mlx5sim_type type,
		       u32 id)
{
	struct mlx5sim_obj *obj = mlx5sim_obj_get(port, type, id);

	if (!obj)
		return MLX5_CMD_STAT_BAD_RES_ERR;
	if (obj->refs) {
		mlx5sim_log(port, "%s 0x%x is to be destroyed, but %u other object(s) need it\n",
			    types[type].name, id, obj->refs);
		return MLX5_CMD_STAT_BAD_RES_STATE_ERR;
	}
	mlx5sim_obj_drop(port, obj);
	return 0;
}

/* All objects, those first that need others */
void mlx5sim_objs_release(struct mlx5sim_port *port, bool report)
{
	static const enum mlx5sim_type order[] = {
		MLX5SIM_FG, MLX5SIM_FT, MLX5SIM_TIR, MLX5SIM_RQT, MLX5SIM_RQ,
		MLX5SIM_SQ, MLX5SIM_TIS, MLX5SIM_CQ, MLX5SIM_EQ, MLX5SIM_MKEY,
		MLX5SIM_Q_COUNTER, MLX5SIM_TD, MLX5SIM_PD, MLX5SIM_UAR,
	};
	struct mlx5sim_obj *obj;
	unsigned long id;
	int i;

	static_assert(ARRAY_SIZE(order) == MLX5SIM_TYPES);
	for (i = 0; i < ARRAY_SIZE(order); i++) {
		xa_for_each(&port->objs[order[i]], id, obj) {
			if (report) {
				port->counters.leaked++;
				pr_warn("mlx5sim%d: %s 0x%x was not destroyed before TEARDOWN_HCA\n",
					port->idx, types[order[i]].name,
					obj->id);
			}
			/* tables refer to each other in circles */
			if (order[i] == MLX5SIM_FT)
				((struct mlx5sim_ft *)obj)->miss = NULL;
			mlx5sim_obj_drop(port, obj);
		}
	}
	port->root = NULL;
	port->cmd_events = false;
	port->cmd_hidden = 0;
}
