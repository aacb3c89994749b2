/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory keys: what of the host's memory a number stands for */
#ifndef MLX5SIM_MKEY_H
#define MLX5SIM_MKEY_H

#include "obj.h"

struct mlx5sim_klm {
	u32 bytes;
	u32 key;
	u64 va;
	u64 start;	/* KLM: where the entry begins in the key's space */
};

struct mlx5sim_mkey {
	struct mlx5sim_obj o;
	u8 mode;
	u8 low;		/* bits 7:0 of the key */
	bool read;
	bool write;
	bool umr;
	u8 log_page;
	u64 start;
	u64 len;
	u32 n;
	union {
		u64 *mtt;
		struct mlx5sim_klm *klm;
	};
};

int mlx5sim_mkey_copy(struct mlx5sim_port *port, u32 key, u64 va, void *buf,
		      u32 len, bool write);
int mlx5sim_mkey_load(struct mlx5sim_mkey *mkey, u32 first, u32 n,
		      const void *entries);
int mlx5sim_umr(struct mlx5sim_port *port, const u8 *wqe, u32 ds);

#endif
