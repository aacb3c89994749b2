/* SPDX-License-Identifier: GPL-2.0-only */
/* What mlx5sim_meta.bpf.c notes of each frame that has come */
#ifndef HOOKCOST_TEST_MLX5SIM_META_H
#define HOOKCOST_TEST_MLX5SIM_META_H

#define META_FRAMES	4096

/* The errors are the kfuncs' return values */
struct meta {
	unsigned long long stamp;
	unsigned int hash, hash_type, queue;
	unsigned short vlan_protocol, vlan_tci;
	int stamp_error, hash_error, vlan_error;
};

#endif /* HOOKCOST_TEST_MLX5SIM_META_H */
