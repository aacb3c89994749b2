/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists of frames that files in debugfs are, see frames.c */
#ifndef MLX5SIM_FRAMES_H
#define MLX5SIM_FRAMES_H

#include <linux/if_ether.h>
#include <linux/types.h>

#include "wire.h"

struct dentry;

#define MLX5SIM_MAX_FRAMES	16
#define MLX5SIM_FRAME_BYTES	(MLX5SIM_MAX_MTU + ETH_HLEN)

struct mlx5sim_frame {
	u32 len;
	u8 data[];
};

/**
 * struct mlx5sim_frames - a list of frames, the engine's
 * @n: how many there are
 * @frame: these, in the order in which they were written
 * @busy: what the list must not change for while it is true; NULL: it always may
 */
struct mlx5sim_frames {
	u32 n;
	struct mlx5sim_frame *frame[MLX5SIM_MAX_FRAMES];
	const bool *busy;
};

struct mlx5sim_frame *mlx5sim_frame_new(const void *data, u32 len);
int mlx5sim_frames_add(struct mlx5sim_frames *frames, struct mlx5sim_frame *frame);
void mlx5sim_frames_clear(struct mlx5sim_frames *frames);
struct mlx5sim_frame *mlx5sim_frame_from_user(const char __user *buf, size_t len);
void mlx5sim_frames_debugfs(struct mlx5sim_frames *frames, struct dentry *dir);

#endif
