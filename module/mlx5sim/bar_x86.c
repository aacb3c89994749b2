// SPDX-License-Identifier: GPL-2.0-only
/*
 * BARs on x86-64: RAM that the engine polls. Without a range that was reserved
 * at boot (memmap=4M$ADDRESS, then bar_phys=ADDRESS) pages of the kernel's are
 * taken, against which three things stand: ioremap() refuses RAM, unless it is
 * PageReserved; pci_request_regions() refuses a range in "System RAM" that is
 * IORESOURCE_BUSY, which that therefore is not while the module is loaded; and
 * no BAR would be allocated there, so these come allocated.
 */

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "mlx5sim.h"

const bool mlx5sim_bar_polled = true;

static unsigned long bar_phys;
module_param(bar_phys, ulong, 0444);
MODULE_PARM_DESC(bar_phys, "address of 4 MB reserved by memmap= for the BARs (default: pages of the kernel's)");

static u8 *map;
static struct page *pages;
static struct resource *ram;

static void pages_free(void)
{
	int i;

	if (ram)
		ram->flags |= IORESOURCE_BUSY;
	ram = NULL;
	for (i = 0; i < MLX5SIM_BARS_SIZE >> PAGE_SHIFT; i++)
		ClearPageReserved(pages + i);
	__free_pages(pages, get_order(MLX5SIM_BARS_SIZE));
	pages = NULL;
}

static int pages_alloc(void)
{
	phys_addr_t start, end;
	struct resource *r;
	int i;

	pages = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_COMP,
			    get_order(MLX5SIM_BARS_SIZE));
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < MLX5SIM_BARS_SIZE >> PAGE_SHIFT; i++)
		SetPageReserved(pages + i);
	start = page_to_phys(pages);
	end = start + MLX5SIM_BARS_SIZE - 1;
	for (r = iomem_resource.child; r; r = r->sibling)
		if (r->start <= start && r->end >= end)
			break;
	if (!r) {
		pages_free();
		return -ENODEV;
	}
	if (r->flags & IORESOURCE_BUSY) {
		r->flags &= ~IORESOURCE_BUSY;
		ram = r;
	}
	bar_phys = start;
	map = page_address(pages);
	return 0;
}

int mlx5sim_bar_init(struct resource *window)
{
	unsigned int i;
	int err;

	if (bar_phys & (MLX5SIM_BARS_SIZE - 1)) {
		pr_err("mlx5sim: bar_phys=0x%lx is no multiple of 4 MB\n", bar_phys);
		return -EINVAL;
	}
	if (!bar_phys) {
		err = pages_alloc();
		if (err)
			return err;
	} else {
		/* of the memory type that the driver's own mapping has */
		map = (__force u8 *)ioremap(bar_phys, MLX5SIM_BARS_SIZE);
		if (!map)
			return -ENOMEM;
		memset(map, 0, MLX5SIM_BARS_SIZE);
	}
	window->start = bar_phys;
	window->end = bar_phys + MLX5SIM_BARS_SIZE - 1;
	for (i = 0; i < mlx5sim_nports; i++) {
		mlx5sim_ports[i]->bar = map + i * MLX5SIM_BAR_SIZE;
		mlx5sim_bar_reset(mlx5sim_ports[i]);
	}
	return 0;
}

void mlx5sim_bar_exit(void)
{
	if (pages)
		pages_free();
	else
		iounmap((__force void __iomem *)map);
	map = NULL;
}

/* What is computed at a read where reads are trapped */
void mlx5sim_bar_tick(struct mlx5sim_port *port)
{
	struct mlx5_init_seg *seg = (void *)port->bar;
	u64 now = mlx5sim_clock(port);

	WRITE_ONCE(seg->internal_timer_h, cpu_to_be32(now >> 32));
	WRITE_ONCE(seg->internal_timer_l, cpu_to_be32(now));
	WRITE_ONCE(seg->health_counter, cpu_to_be32(jiffies));
	mlx5sim_bar_fix(port);
}
