/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MLX5SIM_DMA_H
#define MLX5SIM_DMA_H

#include <linux/compiler.h>
#include <linux/kcsan-checks.h>
#include <linux/string.h>
#include <linux/types.h>

struct device;
struct mlx5sim_port;

/*
 * Where the device reads and writes memory while the driver writes and reads it: doorbell
 * records, the owners of CQEs, EQEs and commands, and what comes with them. A device does that
 * by DMA, which the driver's plain accesses allow for; KCSAN would take the engine's for those
 * of another CPU.
 */
#define mlx5sim_dma_get(field)	data_race(READ_ONCE(field))

#define mlx5sim_dma_set(field, value)		\
do {						\
	kcsan_disable_current();		\
	WRITE_ONCE(field, value);		\
	kcsan_enable_current();			\
} while (0)

static inline void mlx5sim_dma_write(void *to, const void *from, size_t len)
{
	/* the driver may look at it, but takes it by its owner only */
	data_race(memcpy(to, from, len));
}

/* dma.c */
int mlx5sim_dma_init(struct mlx5sim_port *port);
void mlx5sim_dma_exit(struct mlx5sim_port *port);
void mlx5sim_dma_attach(struct device *dev);
bool mlx5sim_dma_tracked(void);
void *mlx5sim_dma_ptr(struct mlx5sim_port *port, u64 addr, u32 len, bool write);
void mlx5sim_dma_pin(struct mlx5sim_port *port, const void *page, int n);
u64 mlx5sim_dma_pages(struct mlx5sim_port *port);
int mlx5sim_dma_fail_get(struct mlx5sim_port *port);
void mlx5sim_dma_fail_set(struct mlx5sim_port *port, int nth);

#endif
