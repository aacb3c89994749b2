// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs in User Mode Linux: every access is trapped, so registers are exact and
 * a doorbell wakes the engine at once. The traps come from any context.
 */

#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/logic_iomem.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "account.h"
#include "engine.h"
#include "mlx5sim.h"

/* An area of logic_iomem is 16 MB, and aligned */
#define REGION_START	0x800000000ULL
#define REGION_SIZE	SZ_16M

#define REG(field)	offsetof(struct mlx5_init_seg, field)

const bool mlx5sim_bar_polled;

static struct resource region = {
	.name = "mlx5sim BARs",
	.start = REGION_START,
	.end = REGION_START + REGION_SIZE - 1,
	.flags = IORESOURCE_MEM,
};

static unsigned long bar_read(void *priv, unsigned int off, int size)
{
	struct mlx5sim_port *port = priv;
	unsigned long val = 0;

	switch (off) {
	case REG(internal_timer_h):
		return (__force u32)cpu_to_be32(mlx5sim_clock(port) >> 32);
	case REG(internal_timer_l):
		return (__force u32)cpu_to_be32(mlx5sim_clock(port));
	case REG(health_counter):
		return (__force u32)cpu_to_be32(jiffies);
	}
	if (off + size > MLX5SIM_BAR_SIZE)
		return ~0UL;
	memcpy(&val, port->bar + off, size);
	return val;
}

static void bar_write(void *priv, unsigned int off, int size,
		      unsigned long val)
{
	struct mlx5sim_port *port = priv;
	unsigned long flags;
	u64 begin;

	if (off + size > MLX5SIM_BAR_SIZE)
		return;
	begin = mlx5sim_mmio_begin(&flags);
	/* commands rung for before the engine has looked add up, as in a device */
	if (off == REG(cmd_dbell) && size == sizeof(u32))
		atomic_or(val, (atomic_t *)(port->bar + off));
	else
		memcpy(port->bar + off, &val, size);
	if (off == REG(cmdq_addr_l_sz))
		mlx5sim_bar_fix(port);
	mlx5sim_kick();
	mlx5sim_mmio_end(flags, begin);
}

static const struct logic_iomem_ops bar_ops = {
	.read = bar_read,
	.write = bar_write,
};

static long region_map(unsigned long offset, size_t size,
		       const struct logic_iomem_ops **ops, void **priv)
{
	u64 addr = REGION_START + offset;
	unsigned int i;

	for (i = 0; i < mlx5sim_nports; i++) {
		u64 bar = mlx5sim_bar_addr(mlx5sim_ports[i]);

		if (addr >= bar && addr + size <= bar + MLX5SIM_BAR_SIZE) {
			*ops = &bar_ops;
			*priv = mlx5sim_ports[i];
			return addr - bar;
		}
	}
	return -ENOENT;
}

static const struct logic_iomem_region_ops region_ops = {
	.map = region_map,
};

static void bars_free(void)
{
	unsigned int i;

	for (i = 0; i < mlx5sim_nports; i++) {
		vfree(mlx5sim_ports[i]->bar);
		mlx5sim_ports[i]->bar = NULL;
	}
}

int mlx5sim_bar_init(struct resource *window)
{
	unsigned int i;
	int err;

	for (i = 0; i < mlx5sim_nports; i++) {
		mlx5sim_ports[i]->bar = vzalloc(MLX5SIM_BAR_SIZE);
		if (!mlx5sim_ports[i]->bar) {
			bars_free();
			return -ENOMEM;
		}
		mlx5sim_bar_reset(mlx5sim_ports[i]);
	}
	err = logic_iomem_add_region(&region, &region_ops);
	if (err) {
		bars_free();
		return err;
	}
	/* logic_iomem has no way to remove a region */
	__module_get(THIS_MODULE);
	window->start = region.start;
	window->end = region.end;
	return 0;
}

void mlx5sim_bar_exit(void)
{
	/* only after a failed start: the region stays, with nothing in it */
	bars_free();
}

void mlx5sim_bar_tick(struct mlx5sim_port *port)
{
}
