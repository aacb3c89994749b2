/* SPDX-License-Identifier: GPL-2.0-only */
/* The PCI functions: bus, configuration space, BARs, interrupts */
#ifndef MLX5SIM_PCI_H
#define MLX5SIM_PCI_H

#include <linux/irq_work.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/types.h>

struct mlx5sim_port;

#define MLX5SIM_BAR_SIZE	SZ_1M
#define MLX5SIM_BARS_SIZE	(MLX5SIM_MAX_PORTS * MLX5SIM_BAR_SIZE)
#define MLX5SIM_MSIX_TABLE	0x8000
#define MLX5SIM_MSIX_PBA	0x9000
#define MLX5SIM_MSIX_VECS	32

struct mlx5sim_irq {
	struct irq_work work;
	call_single_data_t csd;
	struct mlx5sim_port *port;
	u16 vec;
};

/* config.c */
void mlx5sim_config_init(struct mlx5sim_port *port, u64 bars);
int mlx5sim_config_read(const struct mlx5sim_port *port, int where, int size, u32 *val);
int mlx5sim_config_write(struct mlx5sim_port *port, int where, int size, u32 val);
u64 mlx5sim_bar_addr(const struct mlx5sim_port *port);
bool mlx5sim_msix_enabled(const struct mlx5sim_port *port);

/* msix.c */
int mlx5sim_msix_init(struct device *bridge);
void mlx5sim_msix_exit(void);
void mlx5sim_irq(struct mlx5sim_port *port, u16 vec);
void mlx5sim_irq_retry(struct mlx5sim_port *port);

/* bar.c, and bar_um.c or bar_x86.c */
extern const bool mlx5sim_bar_polled;
int mlx5sim_bar_init(struct resource *window);
void mlx5sim_bar_exit(void);
void mlx5sim_bar_tick(struct mlx5sim_port *port);
void mlx5sim_bar_reset(struct mlx5sim_port *port);
void mlx5sim_bar_fix(struct mlx5sim_port *port);

/* pci.c */
int mlx5sim_pci_init(void);
int mlx5sim_pci_scan(void);
void mlx5sim_pci_remove(void);
void mlx5sim_pci_exit(void);

#endif
