// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the device may touch of the host's memory: as behind an IOMMU, only the
 * pages that are mapped for it. Where the kernel has DMA operations per device
 * the functions get their own, which count mappings for each page; elsewhere an
 * address has to be RAM, at least.
 */

#include <linux/dma-map-ops.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "account.h"
#include "dma.h"
#include "mlx5sim.h"

static bool dma_check = true;
module_param(dma_check, bool, 0444);
MODULE_PARM_DESC(dma_check, "let the device touch mapped pages only (default Y)");

#define CHUNK_SHIFT	9	/* pages in a chunk, log2 */
#define CHUNK_PAGES	BIT(CHUNK_SHIFT)

/* Mappings of a page, in one word: all, and those that the device may write to */
#define MAP_READ	1
#define MAP_WRITE_ONE	0x10000
#define MAP_WRITE	(MAP_WRITE_ONE | MAP_READ)

struct chunk {
	atomic_t maps[CHUNK_PAGES];
	atomic_t pins[CHUNK_PAGES];	/* rings and doorbell records */
};

struct mlx5sim_dma {
	struct xarray chunks;
	/* the engine's last */
	unsigned long last_idx;
	struct chunk *last;
	struct mlx5sim_port *port;
	atomic_t fail;	/* at a test's wish: there is no memory for the n-th page from now on */
};

bool mlx5sim_dma_tracked(void)
{
	return IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS) && dma_check;
}

int mlx5sim_dma_init(struct mlx5sim_port *port)
{
	struct mlx5sim_dma *dma = kzalloc(sizeof(*dma), GFP_KERNEL);

	if (!dma)
		return -ENOMEM;
	xa_init_flags(&dma->chunks, XA_FLAGS_LOCK_IRQ);
	dma->port = port;
	port->dma = dma;
	return 0;
}

void mlx5sim_dma_exit(struct mlx5sim_port *port)
{
	struct chunk *chunk;
	unsigned long i;

	if (!port->dma)
		return;
	xa_for_each(&port->dma->chunks, i, chunk)
		kfree(chunk);
	xa_destroy(&port->dma->chunks);
	kfree(port->dma);
	port->dma = NULL;
}

static struct chunk *chunk_get(struct mlx5sim_dma *dma, unsigned long pfn)
{
	unsigned long flags, idx = pfn >> CHUNK_SHIFT;
	struct chunk *chunk = xa_load(&dma->chunks, idx), *old;

	if (likely(chunk))
		return chunk;
	chunk = kzalloc(sizeof(*chunk), GFP_ATOMIC);
	if (!chunk)
		return NULL;
	xa_lock_irqsave(&dma->chunks, flags);
	old = __xa_cmpxchg(&dma->chunks, idx, NULL, chunk, GFP_ATOMIC);
	xa_unlock_irqrestore(&dma->chunks, flags);
	if (!old)
		return chunk;
	kfree(chunk);
	return xa_is_err(old) ? NULL : old;
}

static bool page_mapped_for(struct mlx5sim_dma *dma, unsigned long pfn,
			    bool write)
{
	unsigned long idx = pfn >> CHUNK_SHIFT;
	struct chunk *chunk = dma->last;
	u32 maps;

	if (idx != dma->last_idx || !chunk) {
		chunk = xa_load(&dma->chunks, idx);
		if (!chunk)
			return false;
		dma->last = chunk;
		dma->last_idx = idx;
	}
	maps = atomic_read(&chunk->maps[pfn & (CHUNK_PAGES - 1)]);
	return write ? maps >> 16 : maps;
}

/**
 * mlx5sim_dma_ptr - memory that the device is about to touch
 * @port: the function
 * @addr: DMA address
 * @len: bytes
 * @write: it is written to
 *
 * Return: the memory, or NULL if any of it is none of the device's.
 */
void *mlx5sim_dma_ptr(struct mlx5sim_port *port, u64 addr, u32 len, bool write)
{
	unsigned long pfn = addr >> PAGE_SHIFT, last;

	if (addr + len < addr)
		goto fault;
	last = (addr + (len ? len - 1 : 0)) >> PAGE_SHIFT;
	for (; pfn <= last; pfn++) {
		if (mlx5sim_dma_tracked() ?
		    !page_mapped_for(port->dma, pfn, write) : !pfn_valid(pfn))
			goto fault;
	}
	return phys_to_virt(addr);

fault:
	port->counters.dma_faults++;
	mlx5sim_log(port, "DMA %s of %u bytes at 0x%llx, which is not mapped\n",
		    write ? "write" : "read", len, addr);
	return NULL;
}

/* The device keeps a pointer to the memory at @page, or (@n < 0) no longer */
void mlx5sim_dma_pin(struct mlx5sim_port *port, const void *page, int n)
{
	unsigned long pfn = PHYS_PFN(virt_to_phys((void *)page));
	struct chunk *chunk;

	if (!mlx5sim_dma_tracked())
		return;
	chunk = chunk_get(port->dma, pfn);
	if (chunk)
		atomic_add(n, &chunk->pins[pfn & (CHUNK_PAGES - 1)]);
}

static struct mlx5sim_dma *dev_dma(struct device *dev)
{
	return mlx5sim_ports[PCI_FUNC(to_pci_dev(dev)->devfn)]->dma;
}

static int maps_of(enum dma_data_direction dir)
{
	return dir == DMA_TO_DEVICE ? MAP_READ : MAP_WRITE;
}

static bool shall_fail(struct mlx5sim_dma *dma)
{
	return unlikely(atomic_read(&dma->fail)) && !atomic_dec_if_positive(&dma->fail);
}

static void page_add(struct mlx5sim_dma *dma, struct chunk *chunk, unsigned long pfn, int maps)
{
	if (atomic_add_return(maps, &chunk->maps[pfn & (CHUNK_PAGES - 1)]) < 0)
		mlx5sim_log(dma->port, "DMA address 0x%llx is unmapped more often than mapped\n",
			    (u64)PFN_PHYS(pfn));
}

static void account_unmap(struct mlx5sim_dma *dma, phys_addr_t addr, size_t len, int maps)
{
	unsigned long pfn = PHYS_PFN(addr), last = PHYS_PFN(addr + len - 1);

	for (; pfn <= last; pfn++) {
		struct chunk *chunk = chunk_get(dma, pfn);

		/* there is one for each page that was mapped */
		if (chunk)
			page_add(dma, chunk, pfn, -maps);
	}
}

/* All of the pages, or none */
static bool account_map(struct mlx5sim_dma *dma, phys_addr_t addr, size_t len, int maps)
{
	unsigned long first = PHYS_PFN(addr), last = PHYS_PFN(addr + len - 1), pfn;

	for (pfn = first; pfn <= last; pfn++) {
		struct chunk *chunk = shall_fail(dma) ? NULL : chunk_get(dma, pfn);

		if (!chunk) {
			if (pfn > first)
				account_unmap(dma, PFN_PHYS(first), PFN_PHYS(pfn - first), maps);
			return false;
		}
		page_add(dma, chunk, pfn, maps);
	}
	return true;
}

/* Mappings that there are, by the page */
u64 mlx5sim_dma_pages(struct mlx5sim_port *port)
{
	struct chunk *chunk;
	unsigned long idx;
	u64 pages = 0;
	int i;

	xa_for_each(&port->dma->chunks, idx, chunk)
		for (i = 0; i < CHUNK_PAGES; i++)
			pages += atomic_read(&chunk->maps[i]) & (MAP_WRITE_ONE - 1);
	return pages;
}

int mlx5sim_dma_fail_get(struct mlx5sim_port *port)
{
	return atomic_read(&port->dma->fail);
}

void mlx5sim_dma_fail_set(struct mlx5sim_port *port, int nth)
{
	atomic_set(&port->dma->fail, nth);
}

static bool pinned(struct mlx5sim_dma *dma, phys_addr_t addr, size_t len)
{
	unsigned long pfn = PHYS_PFN(addr), last = PHYS_PFN(addr + len - 1);

	for (; pfn <= last; pfn++) {
		struct chunk *chunk = chunk_get(dma, pfn);

		if (chunk && atomic_read(&chunk->pins[pfn & (CHUNK_PAGES - 1)]))
			return true;
	}
	return false;
}

static void *sim_alloc(struct device *dev, size_t size, dma_addr_t *addr,
		       gfp_t gfp, unsigned long attrs)
{
	struct page *page = alloc_pages_node(dev_to_node(dev),
					     gfp | __GFP_ZERO,
					     get_order(size));

	if (!page)
		return NULL;
	*addr = page_to_phys(page);
	if (!account_map(dev_dma(dev), *addr, size, MAP_WRITE)) {
		__free_pages(page, get_order(size));
		return NULL;
	}
	return page_address(page);
}

static void sim_free(struct device *dev, size_t size, void *vaddr,
		     dma_addr_t addr, unsigned long attrs)
{
	struct mlx5sim_dma *dma = dev_dma(dev);

	account_unmap(dma, addr, size, MAP_WRITE);
	if (pinned(dma, addr, size)) {
		pr_warn("mlx5sim%d: %zu bytes at 0x%llx are freed while a queue uses them; they are leaked\n",
			dma->port->idx, size, (u64)addr);
		return;
	}
	free_pages((unsigned long)vaddr, get_order(size));
}

static dma_addr_t sim_map_page(struct device *dev, struct page *page,
			       unsigned long offset, size_t size,
			       enum dma_data_direction dir, unsigned long attrs)
{
	phys_addr_t addr = page_to_phys(page) + offset;
	u64 begin = mlx5sim_mapping_begin();
	bool mapped = account_map(dev_dma(dev), addr, size, maps_of(dir));

	mlx5sim_mapping_end(begin);
	return mapped ? addr : DMA_MAPPING_ERROR;
}

static void sim_unmap_page(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	u64 begin = mlx5sim_mapping_begin();

	account_unmap(dev_dma(dev), addr, size, maps_of(dir));
	mlx5sim_mapping_end(begin);
}

static void sim_unmap_sg(struct device *dev, struct scatterlist *sgl,
			 int nents, enum dma_data_direction dir,
			 unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i)
		sim_unmap_page(dev, sg_dma_address(sg), sg_dma_len(sg), dir,
			       attrs);
}

/* All of the list, or nothing of it */
static int sim_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(sgl, sg, nents, i) {
		sg_dma_address(sg) = sim_map_page(dev, sg_page(sg), sg->offset,
						  sg->length, dir, attrs);
		if (sg_dma_address(sg) == DMA_MAPPING_ERROR) {
			sim_unmap_sg(dev, sgl, i, dir, attrs);
			return -ENOMEM;
		}
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static int sim_supported(struct device *dev, u64 mask)
{
	return mask >= PFN_PHYS(get_num_physpages()) - 1;
}

static const struct dma_map_ops sim_ops = {
	.alloc		= sim_alloc,
	.free		= sim_free,
	.map_page	= sim_map_page,
	.unmap_page	= sim_unmap_page,
	.map_sg		= sim_map_sg,
	.unmap_sg	= sim_unmap_sg,
	.dma_supported	= sim_supported,
};

void mlx5sim_dma_attach(struct device *dev)
{
	if (mlx5sim_dma_tracked())
		set_dma_ops(dev, &sim_ops);
}
