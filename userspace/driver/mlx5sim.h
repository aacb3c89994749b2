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
	double *burst_ticks;		/* of it, the model's own time, in ticks of the TSC */
	size_t bursts;
};

/* What the model's own time goes into, see the ABI */
enum mlx5sim_work {
	MLX5SIM_LOOP,
	MLX5SIM_FRAMES,
	MLX5SIM_EVENTS,
	MLX5SIM_UMR,
	MLX5SIM_SEND,
	MLX5SIM_MMIO,
	MLX5SIM_MAPPING,
	MLX5SIM_PACKET_WORKS,		/* those above are for packets */
	MLX5SIM_ACCOUNT = MLX5SIM_PACKET_WORKS,	/* of all others: what keeping account takes */
	MLX5SIM_WORKS,
};

extern const char *const mlx5sim_work_name[MLX5SIM_WORKS];

struct mlx5sim_account {
	uint64_t tsc, ns;
	uint64_t ticks[MLX5SIM_WORKS], count[MLX5SIM_WORKS];
};

/* Whether there is such a port, and its files can be used; root as in driver.h */
bool mlx5sim_has(const char *root, int port);

/* All: 0, or -errno with err() said */
int mlx5sim_gen_get(int port, struct mlx5sim_gen *g);
int mlx5sim_gen_set(int port, const struct mlx5sim_gen *g);
/* To an address that no rule of the port has: it is made, steered, and dropped */
void mlx5sim_make_foreign(uint8_t *frame);
/* Returns when the driver's queue has taken that many frames; -EINTR */
int mlx5sim_gen_run(int port, uint64_t frames);
/* Of the last run; to be freed */
int mlx5sim_gen_result(int port, struct mlx5sim_run *r);
void mlx5sim_run_free(struct mlx5sim_run *r);
/* The texts of gen/status and gen/times */
int mlx5sim_parse_status(const char *text, struct mlx5sim_run *r);
int mlx5sim_parse_times(const char *text, struct mlx5sim_run *r);
/* The model's own time so far, of all ports; the text of its file */
int mlx5sim_account(struct mlx5sim_account *a);
int mlx5sim_parse_account(const char *text, struct mlx5sim_account *a);
/* What a tick took between the two, ns; 0 where they are too near each other to tell */
double mlx5sim_tick_ns(const struct mlx5sim_account *from, const struct mlx5sim_account *to);
/* What the model did for packets between the two, ns; out: by kind */
double mlx5sim_model_ns(const struct mlx5sim_account *from, const struct mlx5sim_account *to,
			double *work);
/* One of the port's counters */
int mlx5sim_counter(int port, const char *name, uint64_t *value);

#endif /* HOOKCOST_MLX5SIM_H */
