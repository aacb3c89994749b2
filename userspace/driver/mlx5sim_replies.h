/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several templates for mlx5sim's generator, and its sink for the replies, see
 * Documentation/ABI/testing/debugfs-mlx5sim
 */
#ifndef HOOKCOST_MLX5SIM_REPLIES_H
#define HOOKCOST_MLX5SIM_REPLIES_H

#include <stdbool.h>
#include "traffic/replies.h"

/*
 * All: 0, or -errno with err() said. Kinds behind the first, which is the generator's template
 * already; foreign: to an address that is not the port's
 */
int mlx5sim_set_requests(int port, const struct requests *r, bool foreign);
/* What the sink of a port expects, while it is off */
int mlx5sim_set_replies(int port, const struct requests *r);
int mlx5sim_sink(int port, bool on);
int mlx5sim_sink_count(int port, struct replies *r);
int mlx5sim_sink_times(int port, struct reply_times *t);
/* The texts of sink/status and sink/residence */
int mlx5sim_parse_sink(const char *text, struct replies *r);
int mlx5sim_parse_residence(const char *text, struct reply_times *t);

#endif /* HOOKCOST_MLX5SIM_REPLIES_H */
