/* SPDX-License-Identifier: GPL-2.0-only */
/* Receive steering: flow tables, RSS, and what they made of the last flows */
#ifndef MLX5SIM_STEER_H
#define MLX5SIM_STEER_H

#include <linux/list.h>
#include <linux/xarray.h>

#include "obj.h"
#include "pkt.h"

struct mlx5sim_rq;

#define MLX5SIM_MAX_DEST	8
#define MLX5SIM_MAX_LEVEL	128	/* of flow tables: no packet visits more */
#define MLX5SIM_FLOW_CACHE	4

struct mlx5sim_toeplitz;

struct mlx5sim_rqt {
	struct mlx5sim_obj o;
	u32 max;
	u32 n;
	struct mlx5sim_rq **rq;
};

struct mlx5sim_tir {
	struct mlx5sim_obj o;
	struct mlx5sim_rq *rq;		/* direct */
	struct mlx5sim_rqt *rqt;	/* indirect */
	u8 hash_fn;
	bool symmetric;
	u8 l3;
	u8 l4;
	u32 fields;
	struct mlx5sim_toeplitz *toeplitz;
};

struct mlx5sim_ft {
	struct mlx5sim_obj o;
	u8 type;
	u8 level;
	u8 log_size;
	u8 miss_action;
	struct mlx5sim_ft *miss;
	struct list_head groups;
};

struct mlx5sim_fg {
	struct mlx5sim_obj o;
	struct list_head list;
	struct mlx5sim_ft *ft;
	u32 first;
	u32 last;
	bool match;
	u64 mask[MLX5SIM_MATCH_SIZE / 8];
	struct xarray ftes;
};

struct mlx5sim_fte {
	struct mlx5sim_fg *fg;
	u32 action;
	u32 tag;
	u64 value[MLX5SIM_MATCH_SIZE / 8];
	u32 ndest;
	struct mlx5sim_obj *dest[MLX5SIM_MAX_DEST];
};

/* What a packet's steering was, and by which bits of it */
struct mlx5sim_flow {
	u64 mask[MLX5SIM_MATCH_SIZE / 8];
	u64 value[MLX5SIM_MATCH_SIZE / 8];
	bool valid;
	bool dropped;	/* by an entry */
	u8 n;
	struct {
		struct mlx5sim_tir *tir;
		u32 tag;
	} to[MLX5SIM_MAX_DEST];
};

/* steer.c, rss.c */
void mlx5sim_flows_invalidate(struct mlx5sim_port *port);
const struct mlx5sim_flow *mlx5sim_steer(struct mlx5sim_port *port,
					 const struct mlx5sim_pkt *pkt);
enum mlx5sim_rx mlx5sim_rx(struct mlx5sim_port *port,
			   const struct mlx5sim_pkt *pkt, bool wait);
struct mlx5sim_rq *mlx5sim_rss(const struct mlx5sim_tir *tir,
			       const struct mlx5sim_pkt *pkt, u32 *hash,
			       u8 *type);
struct mlx5sim_toeplitz *mlx5sim_toeplitz_get(const u8 *key);
void mlx5sim_toeplitz_put(struct mlx5sim_toeplitz *t);
void mlx5sim_fte_free(struct mlx5sim_port *port, struct mlx5sim_fte *fte);

#endif
