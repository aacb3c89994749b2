/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MLX5SIM_CMD_H
#define MLX5SIM_CMD_H

#include "mlx5sim.h"

/**
 * struct mlx5sim_cmd - a command under way
 * @port: the function it was given to
 * @in: its input; at least what the command's structure holds
 * @out: its output, zeroed; likewise
 * @inlen: bytes of input
 * @outlen: bytes of output
 * @op_mod: the opcode's modifier
 */
struct mlx5sim_cmd {
	struct mlx5sim_port *port;
	void *in;
	void *out;
	u32 inlen;
	u32 outlen;
	u16 op_mod;
};

/**
 * struct mlx5sim_cmd_def - what the firmware knows of a command
 * @op: MLX5_CMD_OP_*
 * @name: for the log and debugfs
 * @inlen: least bytes of input
 * @outlen: least bytes of output
 * @state: the function's state must be this one, or a later one
 * @fn: executes it; returns MLX5_CMD_STAT_*
 */
struct mlx5sim_cmd_def {
	u16 op;
	const char *name;
	u16 inlen;
	u16 outlen;
	enum mlx5sim_state state;
	u8 (*fn)(struct mlx5sim_cmd *c);
};

#define MLX5SIM_CMD(_op, _name, _state, _fn) {				\
	.op = MLX5_CMD_OP_##_op,					\
	.name = #_op,							\
	.inlen = MLX5_ST_SZ_BYTES(_name##_in),				\
	.outlen = MLX5_ST_SZ_BYTES(_name##_out),			\
	.state = MLX5SIM_##_state,					\
	.fn = _fn,							\
}

/* Fields of a command's input and output */
#define IN(c, name, field)	MLX5_GET(name##_in, (c)->in, field)
#define OUT(c, name, field, v)	MLX5_SET(name##_out, (c)->out, field, v)

/* Each ends with an entry whose fn is NULL */
extern const struct mlx5sim_cmd_def mlx5sim_hca_cmds[];
extern const struct mlx5sim_cmd_def mlx5sim_queue_cmds[];
extern const struct mlx5sim_cmd_def mlx5sim_mkey_cmds[];
extern const struct mlx5sim_cmd_def mlx5sim_rx_cmds[];
extern const struct mlx5sim_cmd_def mlx5sim_flow_cmds[];
extern const struct mlx5sim_cmd_def mlx5sim_vport_cmds[];
extern const struct mlx5sim_cmd_def mlx5sim_reg_cmds[];

/* cmd.c */
void mlx5sim_cmd_poll(struct mlx5sim_port *port);
void mlx5sim_cmd_init(void);
void mlx5sim_cmd_show(struct seq_file *s);

/* caps.c */
void mlx5sim_caps_init(struct mlx5sim_port *port);
u8 mlx5sim_query_caps(struct mlx5sim_cmd *c);

#endif
