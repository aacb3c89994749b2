/* SPDX-License-Identifier: GPL-2.0-only */
/* The engine, and how others call it */
#ifndef MLX5SIM_ENGINE_H
#define MLX5SIM_ENGINE_H

#include <linux/types.h>

/* request.c */
void mlx5sim_kick(void);
int mlx5sim_call(int (*fn)(void *arg), void *arg);
void mlx5sim_requests_run(void);
void mlx5sim_requests_wait(s64 ns);

/* engine.c */
int mlx5sim_engine_start(void);
void mlx5sim_engine_stop(void);

#endif
