// SPDX-License-Identifier: GPL-2.0-only
/* The PCI bus and its host bridge */

#include "dma.h"
#include "mlx5sim.h"

#define BUS		0x40
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
	return mlx5sim_config_read(port, where, size, val);
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where,
			int size, u32 val)
{
	struct mlx5sim_port *port = port_at(bus, devfn);

	if (!port)
		return PCIBIOS_DEVICE_NOT_FOUND;
	return mlx5sim_config_write(port, where, size, val);
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
		mlx5sim_config_init(mlx5sim_ports[i], window.start);
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
