/* SPDX-License-Identifier: GPL-2.0-only */
/* The model's own time, see account.c */
#ifndef MLX5SIM_ACCOUNT_H
#define MLX5SIM_ACCOUNT_H

#include <linux/types.h>

struct seq_file;

/* What the model's time goes into, see account.c */
enum mlx5sim_work {
	MLX5SIM_OUTSIDE,	/* none of it: the engine sleeps, or the driver runs */
	MLX5SIM_LOOP,		/* looking for work */
	MLX5SIM_FRAMES,		/* frames that arrive: made, steered, copied, completed */
	MLX5SIM_EVENTS,		/* a burst ends: compressed CQEs, EQEs, interrupts */
	MLX5SIM_UMR,		/* WQEs of the driver's ICOSQs */
	MLX5SIM_SEND,		/* of other send queues, with the frame's arrival */
	MLX5SIM_COMMANDS,
	MLX5SIM_REQUESTS,	/* of debugfs files */
	MLX5SIM_DRIVER,		/* from here on: within the driver */
	MLX5SIM_MMIO = MLX5SIM_DRIVER,
	MLX5SIM_MAPPING,	/* the account of DMA mappings */
	MLX5SIM_WORKS,
};

enum mlx5sim_work mlx5sim_work(enum mlx5sim_work to);
void mlx5sim_work_done(enum mlx5sim_work work, u64 n);
u64 mlx5sim_work_ticks(void);
u64 mlx5sim_mmio_begin(unsigned long *flags);
void mlx5sim_mmio_end(unsigned long flags, u64 begin);
u64 mlx5sim_mapping_begin(void);
void mlx5sim_mapping_end(u64 begin);
void mlx5sim_account_reset(void);
void mlx5sim_account_show(struct seq_file *s);
void mlx5sim_account_init(void);

#endif
