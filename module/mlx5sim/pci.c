// SPDX-License-Identifier: GPL-2.0-only
/* The PCI bus: host bridge, configuration space */

#include <linux/unaligned.h>

#include "mlx5sim.h"

#define BUS		0x40
#define DEVICE_ID	0x101d	/* ConnectX-6 Dx */
#define SUBSYSTEM_ID	0x0016
#define CAP_PCIE	0x40
#define CAP_MSIX	0x80
#define X86_DOMAIN	0x5150	/* a domain of our own */

static struct pci_host_bridge *bridge;
static struct pci_bus *root;

static struct resource window = {
	.name = "mlx5sim",
	.flags = IORESOURCE_MEM | IORESOURCE_MEM_64 | IORESOURCE_PREFETCH,
};

static struct resource bus_range = {
	.name = "mlx5sim bus",
	.start = BUS,
	.end = BUS,
	.flags = IORESOURCE_BUS,
};

#if defined(CONFIG_X86) && !defined(CONFIG_UML)
static struct pci_sysdata sysdata = {
	.domain = X86_DOMAIN,
	.node = NUMA_NO_NODE,
};
#endif

/* An endpoint on PCIe 4.0 x16, without what could be asked of it beyond */
static void init_pcie(u8 *cap)
{
	cap[0] = PCI_CAP_ID_EXP;
	cap[1] = CAP_MSIX;
	put_unaligned_le16(2 | PCI_EXP_TYPE_ENDPOINT << 4, cap + PCI_EXP_FLAGS);
	put_unaligned_le32(PCI_EXP_LNKCAP_SLS_16_0GB |
			   16 << 4 /* lanes */, cap + PCI_EXP_LNKCAP);
	put_unaligned_le16(PCI_EXP_LNKSTA_CLS_16_0GB |
			   16 << PCI_EXP_LNKSTA_NLW_SHIFT,
			   cap + PCI_EXP_LNKSTA);
	put_unaligned_le32(PCI_EXP_LNKCAP2_SLS_2_5GB | PCI_EXP_LNKCAP2_SLS_5_0GB |
			   PCI_EXP_LNKCAP2_SLS_8_0GB |
			   PCI_EXP_LNKCAP2_SLS_16_0GB, cap + PCI_EXP_LNKCAP2);
}

static void init_config(struct mlx5sim_port *port)
{
	u8 *c = port->config;

	put_unaligned_le16(PCI_VENDOR_ID_MELLANOX, c + PCI_VENDOR_ID);
	put_unaligned_le16(DEVICE_ID, c + PCI_DEVICE_ID);
	put_unaligned_le16(PCI_COMMAND_MEMORY, c + PCI_COMMAND);
	put_unaligned_le16(PCI_STATUS_CAP_LIST, c + PCI_STATUS);
	put_unaligned_le16(PCI_CLASS_NETWORK_ETHERNET, c + PCI_CLASS_DEVICE);
	put_unaligned_le16(PCI_VENDOR_ID_MELLANOX, c + PCI_SUBSYSTEM_VENDOR_ID);
	put_unaligned_le16(SUBSYSTEM_ID, c + PCI_SUBSYSTEM_ID);
	c[PCI_HEADER_TYPE] = mlx5sim_nports > 1 ? PCI_HEADER_TYPE_MFD : 0;
	/*
	 * The BAR is assigned, as if by the system's firmware, and claimed: in
	 * RAM, x86 would not allocate it.
	 */
	put_unaligned_le64((window.start + port->idx * MLX5SIM_BAR_SIZE) |
			   PCI_BASE_ADDRESS_MEM_TYPE_64 |
			   PCI_BASE_ADDRESS_MEM_PREFETCH,
			   c + PCI_BASE_ADDRESS_0);
	c[PCI_CAPABILITY_LIST] = CAP_PCIE;
	init_pcie(c + CAP_PCIE);
	c[CAP_MSIX] = PCI_CAP_ID_MSIX;
	put_unaligned_le16(MLX5SIM_MSIX_VECS - 1, c + CAP_MSIX + PCI_MSIX_FLAGS);
	put_unaligned_le32(MLX5SIM_MSIX_TABLE, c + CAP_MSIX + PCI_MSIX_TABLE);
	put_unaligned_le32(MLX5SIM_MSIX_PBA, c + CAP_MSIX + PCI_MSIX_PBA);
}

u64 mlx5sim_bar_addr(const struct mlx5sim_port *port)
{
	return get_unaligned_le64(port->config + PCI_BASE_ADDRESS_0) & ~0xfULL;
}

bool mlx5sim_msix_enabled(const struct mlx5sim_port *port)
{
	u16 flags = get_unaligned_le16(port->config + CAP_MSIX + PCI_MSIX_FLAGS);

	return (flags & (PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL)) ==
	       PCI_MSIX_FLAGS_ENABLE;
}

static struct mlx5sim_port *port_at(struct pci_bus *bus, unsigned int devfn)
{
	if (bus->number != BUS || PCI_SLOT(devfn) ||
	    PCI_FUNC(devfn) >= mlx5sim_nports)
		return NULL;
	return mlx5sim_ports[PCI_FUNC(devfn)];
}

static int config_read(struct pci_bus *bus, unsigned int devfn, int where,
		       int size, u32 *val)
{
	struct mlx5sim_port *port = port_at(bus, devfn);

	*val = ~0;
	if (!port)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if (where + size > sizeof(port->config))
		return PCIBIOS_SUCCESSFUL;
	*val = 0;
	memcpy(val, port->config + where, size);
	return PCIBIOS_SUCCESSFUL;
}

static const struct {
	u16 off;
	u16 len;
} writable[] = {
	{ PCI_COMMAND, 2 },
	{ PCI_CACHE_LINE_SIZE, 2 },
	{ PCI_BASE_ADDRESS_0, 8 },
	{ PCI_INTERRUPT_LINE, 1 },
	{ CAP_PCIE + PCI_EXP_DEVCTL, 2 },
	{ CAP_PCIE + PCI_EXP_LNKCTL, 2 },
	{ CAP_MSIX + PCI_MSIX_FLAGS + 1, 1 },
};

static int config_write(struct pci_bus *bus, unsigned int devfn, int where,
			int size, u32 val)
{
	struct mlx5sim_port *port = port_at(bus, devfn);
	u64 bar;
	int i, j;

	if (!port)
		return PCIBIOS_DEVICE_NOT_FOUND;
	for (i = 0; i < size; i++, val >>= 8)
		for (j = 0; j < ARRAY_SIZE(writable); j++)
			if (where + i >= writable[j].off &&
			    where + i < writable[j].off + writable[j].len)
				port->config[where + i] = val;
	if (where >= PCI_BASE_ADDRESS_0 && where < PCI_BASE_ADDRESS_2) {
		bar = get_unaligned_le64(port->config + PCI_BASE_ADDRESS_0);
		bar &= ~(u64)(MLX5SIM_BAR_SIZE - 1);
		put_unaligned_le64(bar | PCI_BASE_ADDRESS_MEM_TYPE_64 |
				   PCI_BASE_ADDRESS_MEM_PREFETCH,
				   port->config + PCI_BASE_ADDRESS_0);
	}
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops ops = {
	.read = config_read,
	.write = config_write,
};

static int map_irq(const struct pci_dev *dev, u8 slot, u8 pin)
{
	return 0;	/* MSI-X only */
}

int mlx5sim_pci_init(void)
{
	unsigned int i;
	int err;

	err = mlx5sim_bar_init(&window);
	if (err)
		return err;
	for (i = 0; i < mlx5sim_nports; i++)
		init_config(mlx5sim_ports[i]);
	bridge = pci_alloc_host_bridge(0);
	if (!bridge) {
		err = -ENOMEM;
		goto exit_bar;
	}
	err = mlx5sim_msix_init(&bridge->dev);
	if (err)
		goto free_bridge;
	pci_add_resource(&bridge->windows, &window);
	pci_add_resource(&bridge->windows, &bus_range);
	bridge->ops = &ops;
	bridge->busnr = BUS;
	bridge->map_irq = map_irq;
#if defined(CONFIG_X86) && !defined(CONFIG_UML)
	bridge->sysdata = &sysdata;
#endif
	return 0;

free_bridge:
	pci_free_host_bridge(bridge);
exit_bar:
	mlx5sim_bar_exit();
	return err;
}

/* The functions appear, and mlx5_core binds to them if it is there */
int mlx5sim_pci_scan(void)
{
	struct pci_dev *dev;
	int err;

	pci_lock_rescan_remove();
	err = pci_scan_root_bus_bridge(bridge);
	if (!err) {
		root = bridge->bus;
		pci_bus_claim_resources(root);
		list_for_each_entry(dev, &root->devices, bus_list)
			mlx5sim_dma_attach(&dev->dev);
	}
	pci_unlock_rescan_remove();
	if (!err)
		pci_bus_add_devices(root);
	return err;
}

void mlx5sim_pci_remove(void)
{
	pci_lock_rescan_remove();
	pci_stop_root_bus(root);
	pci_remove_root_bus(root);
	pci_unlock_rescan_remove();
	root = NULL;
}

void mlx5sim_pci_exit(void)
{
	mlx5sim_msix_exit();
	if (bridge)
		pci_free_host_bridge(bridge);
	mlx5sim_bar_exit();
}
