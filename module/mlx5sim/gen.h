/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MLX5SIM_GEN_H
#define MLX5SIM_GEN_H

#include <linux/completion.h>
#include <linux/types.h>

#include "frames.h"
#include "mlx5sim.h"

#define GEN_MAX_FLOWS	BIT(20)
#define GEN_MAX_ZIPF	4000	/* thousandths */
#define GEN_MAX_TIMES	BIT(16)
#define GEN_MAX_BURST	1024
#define GEN_MAX_PATTERN	BIT(16)
#define GEN_MAX_NUMBER	(MLX5SIM_FRAME_BYTES - 2)

enum {
	GEN_FLOWS,
	GEN_ZIPF,	/* thousandths */
	GEN_BURST,
	GEN_RATE,	/* frames per second; 0: as fast as they are taken */
	GEN_NUMBER,	/* offset of the frame's number; 0: it has none */
	GEN_SETTINGS,
};

struct mlx5sim_gen_setting {
	u64 value;
	u64 min;
	u64 max;
};

/* What one burst took: from its first frame to the next burst's */
struct mlx5sim_gen_time {
	u32 ns;
	u32 frames;
	u32 ticks;	/* of it, the model's own, see account.c */
};

/* Draws a flow: @low of 2^32 say whether it is the slot's own or its alias */
struct mlx5sim_alias {
	u32 own;
	u32 alias;
};

/**
 * struct mlx5sim_gen_frame - a template, as a run changes it from frame to frame
 * @flow_at: offset of the 32 bits that tell a flow; 0: none
 * @flow_base: these, in the template
 * @ip_check: offsets of the checksums that follow the flow; 0: there is none
 * @l4_check: the other
 * @number_check: offset of the checksum that follows the number; 0: there is none
 * @number_odd: of what that checksum covers, the number is not at an even offset
 * @len: bytes
 * @data: the frame
 */
struct mlx5sim_gen_frame {
	u32 flow_at;
	u32 flow_base;
	u32 ip_check;
	u32 l4_check;
	u32 number_check;
	bool number_odd;
	u32 len;
	u8 data[];
};

/* Which template is whose turn: bytes */
struct mlx5sim_gen_pattern {
	u32 len;
	u8 turns[];
};

/* Somebody waits for the end of a run, and only of that one */
struct mlx5sim_gen_wait {
	struct completion done;
	u64 sent;
	bool no_link;
};

struct mlx5sim_gen {
	struct mlx5sim_port *port;
	/* for the next run */
	struct mlx5sim_gen_setting settings[GEN_SETTINGS];
	struct mlx5sim_frames templates;
	struct mlx5sim_gen_pattern *pattern;	/* NULL: in turns */

	/* the run */
	struct mlx5sim_gen_frame *frames[MLX5SIM_MAX_FRAMES];
	struct mlx5sim_gen_frame *frame;	/* the one that is made */
	u32 template;				/* its template */
	struct mlx5sim_gen_pattern *turns;
	u32 turn;		/* the next */
	u32 number_at;
	u32 flows;
	u32 burst;
	u64 rate;
	bool running;
	bool waiting;	/* the next frame is made, and finds no buffer */
	u64 count;	/* 0: until it is stopped */
	u64 sent;
	u64 taken;	/* by a queue */
	u64 waits;
	u64 begin;
	u64 end;
	u64 random;
	struct mlx5sim_alias *aliases;
	struct mlx5sim_gen_wait *wait;	/* NULL: nobody waits */

	struct mlx5sim_gen_time *times;
	u32 ntimes;
	u64 burst_begin;
	u64 burst_ticks;
	u32 burst_frames;
};

struct mlx5sim_alias *mlx5sim_zipf(u32 n, u32 s_milli);
int mlx5sim_gen_start(struct mlx5sim_gen *gen, u64 count,
		      struct mlx5sim_gen_wait *wait);
void mlx5sim_gen_stop(struct mlx5sim_gen *gen);

/* gen_frames.c */
struct mlx5sim_gen_pattern *mlx5sim_gen_pattern_new(u32 len);
int mlx5sim_gen_frames_begin(struct mlx5sim_gen *gen);
void mlx5sim_gen_frames_free(struct mlx5sim_gen *gen);
void mlx5sim_gen_next(struct mlx5sim_gen *gen);

/* gen.c */
int mlx5sim_gen_init(struct mlx5sim_port *port);
void mlx5sim_gen_exit(struct mlx5sim_port *port);
bool mlx5sim_gen_poll(struct mlx5sim_port *port);
s64 mlx5sim_gen_due(struct mlx5sim_port *port);
void mlx5sim_gen_debugfs(struct mlx5sim_port *port, struct dentry *dir);

#endif
