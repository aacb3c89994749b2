/* SPDX-License-Identifier: GPL-2.0-only */
/* What those share that read and write mlx5sim's files; all with err() said */
#ifndef HOOKCOST_MLX5SIM_PRIV_H
#define HOOKCOST_MLX5SIM_PRIV_H

#include <stddef.h>
#include <stdint.h>

/* The path of a port's file, to be freed */
char *mlx5sim_path(int port, const char *file);
/* err() of what cannot be done to a file; ret */
int mlx5sim_fail(const char *what, const char *path, int ret);
/* The whole text of a port's file, to be freed; NULL with *ret set */
char *mlx5sim_get(int port, const char *file, int *ret);
/* The number on the line of this name; 0 or -EBADMSG */
int mlx5sim_number(const char *text, const char *name, uint64_t *value);
int mlx5sim_set(int port, const char *file, uint64_t value);
/* One write(2) of these bytes, to the file opened with these flags beside O_WRONLY */
int mlx5sim_put(int port, const char *file, int flags, const void *data, size_t len);

#endif /* HOOKCOST_MLX5SIM_PRIV_H */
