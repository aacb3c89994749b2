/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that mlx5sim makes, and that arrive at one of its ports, see
 * Documentation/ABI/testing/debugfs-mlx5sim
 */
#ifndef HOOKCOST_MLX5SIM_H
#define HOOKCOST_MLX5SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MLX5SIM_FRAME_MAX	10254

/* The settings of a port's generator */
struct mlx5sim_gen {
	uint8_t frame[MLX5SIM_FRAME_MAX];
	size_t len;
	uint64_t flows, zipf_milli, burst, rate;
};

/* What a run took, and its bursts */
struct mlx5sim_run {
	uint64_t sent, taken, waits, ns;
	double *burst_ns;		/* per frame, one for each burst that had any */
	size_t bursts;
};

/* Whether there is such a port, and its files can be used; root as in device.h */
bool mlx5sim_has(const char *root, int port);

/* All: 0, or -errno with err() said */
int mlx5sim_gen_get(int port, struct mlx5sim_gen *g);
int mlx5sim_gen_set(int port, const struct mlx5sim_gen *g);
/* Returns when the driver's queue has taken that many frames; -EINTR */
int mlx5sim_gen_run(int port, uint64_t frames);
/* Of the last run; burst_ns is to be freed */
int mlx5sim_gen_result(int port, struct mlx5sim_run *r);
/* The texts of gen/status and gen/times */
int mlx5sim_parse_status(const char *text, struct mlx5sim_run *r);
int mlx5sim_parse_times(const char *text, struct mlx5sim_run *r);
/* One of the port's counters */
int mlx5sim_counter(int port, const char *name, uint64_t *value);

#endif /* HOOKCOST_MLX5SIM_H */
