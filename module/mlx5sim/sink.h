/* SPDX-License-Identifier: GPL-2.0-only */
/* The sink: answers to the generator's frames end in it, see sink.c */
#ifndef MLX5SIM_SINK_H
#define MLX5SIM_SINK_H

#include <linux/bits.h>
#include <linux/types.h>

#include "frames.h"
#include "mlx5sim.h"

#define SINK_NUMBERS	BIT(16)
#define SINK_SUB	5	/* bits: bins are that exact, 1/32 */
#define SINK_TICKS	40	/* bits: longer residence counts as the longest */
#define SINK_BINS	((SINK_TICKS - SINK_SUB + 1) << SINK_SUB)

enum {
	SINK_FROM,	/* offset; replies are compared from there on */
	SINK_NUMBER,	/* offset of the reply's number; 0: it has none */
	SINK_CHECK,	/* one of so many is compared; 0: lengths only */
	SINK_SETTINGS,
};

struct mlx5sim_sink_setting {
	struct mlx5sim_sink *sink;
	u32 value;
	u32 max;
};

/**
 * struct mlx5sim_sink_log - what takes memory, from when the sink is first on
 * @requests: by number, what has arrived last, see sink.c
 * @bins: by template, answers of each residence
 * @last_wrong: a frame
 * @last_wrong_len: its length; 0: there was none
 */
struct mlx5sim_sink_log {
	u64 requests[SINK_NUMBERS];
	u64 bins[MLX5SIM_MAX_FRAMES][SINK_BINS];
	u8 last_wrong[MLX5SIM_FRAME_BYTES];
	u32 last_wrong_len;
};

/* Of all that arrived, each is one of right, wrong, twice, unknown and other */
struct mlx5sim_sink_counts {
	u64 arrived;
	u64 right[MLX5SIM_MAX_FRAMES];
	u64 compared;
	u64 wrong_length;
	u64 wrong_bytes;
	u64 wrong_template;	/* its request was to have no reply */
	u64 twice;
	u64 unknown;
	u64 other;
};

/**
 * struct mlx5sim_sink - what becomes of frames that cross the wire to a port; the engine's
 * @on: they end here
 * @frames: the replies to the templates of the generator at the other end
 * @settings: what can be set while it is off
 * @skip: the bytes that are not compared: from here
 * @skip_end: up to here
 * @left: by template, so many more until one is compared
 * @counts: since it was switched on
 * @tsc: when it was switched on
 * @ns: the same
 * @log: NULL: it was never on
 */
struct mlx5sim_sink {
	bool on;
	struct mlx5sim_frames frames;
	struct mlx5sim_sink_setting settings[SINK_SETTINGS];
	u32 skip;
	u32 skip_end;
	u32 left[MLX5SIM_MAX_FRAMES];
	struct mlx5sim_sink_counts counts;
	u64 tsc;
	u64 ns;
	struct mlx5sim_sink_log *log;
};

/* sink.c */
int mlx5sim_sink_init(struct mlx5sim_port *port);
void mlx5sim_sink_exit(struct mlx5sim_port *port);
int mlx5sim_sink_switch(struct mlx5sim_sink *sink, bool on);
void mlx5sim_sink_request(struct mlx5sim_sink *sink, u16 number, u32 template);
void mlx5sim_sink_refused(struct mlx5sim_sink *sink, u16 number);
void mlx5sim_sink_rx(struct mlx5sim_sink *sink, const u8 *data, u32 len);
u64 mlx5sim_sink_bin_begin(u32 bin);

/* sink_debugfs.c */
void mlx5sim_sink_debugfs(struct mlx5sim_port *port, struct dentry *dir);

/* The sink of a port, if it is on */
static inline struct mlx5sim_sink *mlx5sim_sink_on(const struct mlx5sim_port *port)
{
	return port->sink->on ? port->sink : NULL;
}

#endif
