/* SPDX-License-Identifier: GPL-2.0-only */
/* mlx5: which netdevs are mlx5sim's */
#ifndef HOOKCOST_MLX5_H
#define HOOKCOST_MLX5_H

#include <stdbool.h>
#include <stddef.h>
#include "net/device.h"

/* Whether mlx5sim has made it; root as in struct driver_ops */
bool mlx5_is_sim(const char *name, const char *root);
/*
 * The find() of driver_mlx5: the receiver `name`, or port 1 if that is NULL, and its peer;
 * -ENODEV if there is none, -EBUSY if it is in use
 */
int mlx5_find(const char *name, const char *root, struct device *d, char *why, size_t len);

#endif /* HOOKCOST_MLX5_H */
