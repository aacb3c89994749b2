// SPDX-License-Identifier: GPL-2.0-only
/* The configuration space of a PCI function */

#include <linux/unaligned.h>

#include "mlx5sim.h"

#define DEVICE_ID	0x101d	/* ConnectX-6 Dx */
#define SUBSYSTEM_ID	0x0016
#define CAP_PCIE	0x40
#define CAP_MSIX	0x80

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

/**
 * mlx5sim_config_init() - fill in a function's configuration space
 * @port: its port
 * @bars: address of the first function's BAR; those of the others follow it
 */
void mlx5sim_config_init(struct mlx5sim_port *port, u64 bars)
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
	put_unaligned_le64((bars + port->idx * MLX5SIM_BAR_SIZE) |
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

int mlx5sim_config_read(const struct mlx5sim_port *port, int where, int size, u32 *val)
{
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

int mlx5sim_config_write(struct mlx5sim_port *port, int where, int size, u32 val)
{
	u64 bar;
	int i, j;

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
