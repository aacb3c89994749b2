/* SPDX-License-Identifier: GPL-2.0-only */
/* NAME_generator.c: the frames of a driver's */
#ifndef HOOKCOST_GENERATORS_H
#define HOOKCOST_GENERATORS_H

#include "traffic/generator.h"

extern const struct generator_ops generator_veth, generator_mlx5, generator_nic;

#endif /* HOOKCOST_GENERATORS_H */
