// SPDX-License-Identifier: GPL-2.0-only
/* Rings in the host's memory */

#include <linux/slab.h>

#include "dma.h"
#include "mlx5sim.h"
#include "queue.h"

/* Page addresses in commands leave their lower bits to flags */
#define PAS_ADDR	GENMASK_ULL(63, 12)

/**
 * mlx5sim_ring_init - resolve a ring's pages
 * @port: whose host's memory it is
 * @ring: to be filled
 * @log_stride: log2 of an entry's size in bytes
 * @log_size: log2 of the number of entries
 * @log_page: log2 of a page's size in bytes
 * @pas: addresses of the pages
 * @npas: as many as the command has brought
 *
 * Return: 0, -EINVAL if the ring is not what a device can use, -EFAULT if a
 * page is not mapped, -ENOMEM.
 */
int mlx5sim_ring_init(struct mlx5sim_port *port, struct mlx5sim_ring *ring,
		      u8 log_stride, u8 log_size, u8 log_page,
		      const __be64 *pas, u32 npas)
{
	u32 i, size, bytes;

	if (log_stride + log_size > 26 || log_page > 26 || log_page < 12)
		return -EINVAL;
	bytes = 1u << (log_stride + log_size);
	size = 1u << log_page;
	ring->log_stride = log_stride;
	ring->log_size = log_size;
	ring->log_page = log_page;
	ring->npages = max(1u, bytes >> log_page);
	ring->port = port;
	if (ring->npages > npas)
		return -EINVAL;
	ring->pages = kvcalloc(ring->npages, sizeof(*ring->pages), GFP_KERNEL);
	if (!ring->pages)
		return -ENOMEM;
	for (i = 0; i < ring->npages; i++) {
		void *page = mlx5sim_dma_ptr(port,
					     be64_to_cpu(pas[i]) & PAS_ADDR,
					     min(size, bytes), true);

		if (!page) {
			mlx5sim_ring_exit(ring);
			return -EFAULT;
		}
		ring->pages[i] = page;
		mlx5sim_dma_pin(port, page, 1);
	}
	return 0;
}

void mlx5sim_ring_exit(struct mlx5sim_ring *ring)
{
	u32 i;

	if (!ring->pages)
		return;
	for (i = 0; i < ring->npages && ring->pages[i]; i++)
		mlx5sim_dma_pin(ring->port, ring->pages[i], -1);
	kvfree(ring->pages);
	ring->pages = NULL;
}
