/* SPDX-License-Identifier: GPL-2.0-only */
/* Objects that the driver creates by commands */
#ifndef MLX5SIM_OBJ_H
#define MLX5SIM_OBJ_H

#include <linux/types.h>

struct mlx5sim_port;

enum mlx5sim_type {
	MLX5SIM_UAR,
	MLX5SIM_PD,
	MLX5SIM_TD,
	MLX5SIM_MKEY,
	MLX5SIM_Q_COUNTER,
	MLX5SIM_EQ,
	MLX5SIM_CQ,
	MLX5SIM_SQ,
	MLX5SIM_RQ,
	MLX5SIM_TIS,
	MLX5SIM_TIR,
	MLX5SIM_RQT,
	MLX5SIM_FT,
	MLX5SIM_FG,
	MLX5SIM_TYPES,
};

/*
 * @refs: other objects that need this one
 * @home: the PD, transport domain or UAR that it belongs to
 */
struct mlx5sim_obj {
	u32 id;
	u32 refs;
	u8 type;
	struct mlx5sim_obj *home;
};

void mlx5sim_objs_init(struct mlx5sim_port *port);
void *mlx5sim_obj_new(struct mlx5sim_port *port, enum mlx5sim_type type,
		      size_t size);
void *mlx5sim_obj_get(struct mlx5sim_port *port, enum mlx5sim_type type,
		      u32 id);
u8 mlx5sim_obj_destroy(struct mlx5sim_port *port, enum mlx5sim_type type,
		       u32 id);
void mlx5sim_obj_belongs(struct mlx5sim_obj *obj, struct mlx5sim_obj *home);
void mlx5sim_obj_drop(struct mlx5sim_port *port, struct mlx5sim_obj *obj);
void mlx5sim_objs_release(struct mlx5sim_port *port, bool report);
const char *mlx5sim_type_name(enum mlx5sim_type type);

#endif
