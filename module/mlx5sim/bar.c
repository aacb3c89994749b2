// SPDX-License-Identifier: GPL-2.0-only
/* What the BARs hold, however they are reached */

#include "mlx5sim.h"

#define FW_MAJOR	22
#define FW_MINOR	41
#define FW_SUB		1000
#define CMDIF_REV	5

static_assert(sizeof(struct mlx5_init_seg) <= MLX5SIM_MSIX_TABLE);

/* As after power-on */
void mlx5sim_bar_reset(struct mlx5sim_port *port)
{
	struct mlx5_init_seg *seg = (void *)port->bar;
	__le32 *entry = (void *)(port->bar + MLX5SIM_MSIX_TABLE);
	int i;

	seg->fw_rev = cpu_to_be32(FW_MINOR << 16 | FW_MAJOR);
	seg->cmdif_rev_fw_sub = cpu_to_be32(CMDIF_REV << 16 | FW_SUB);
	mlx5sim_bar_fix(port);
	for (i = 0; i < MLX5SIM_MSIX_VECS; i++, entry += PCI_MSIX_ENTRY_SIZE / 4)
		entry[PCI_MSIX_ENTRY_VECTOR_CTRL / 4] =
			cpu_to_le32(PCI_MSIX_ENTRY_CTRL_MASKBIT);
}

/* The command queue's size shares a word with its address and is read-only */
void mlx5sim_bar_fix(struct mlx5sim_port *port)
{
	struct mlx5_init_seg *seg = (void *)port->bar;
	u8 *size = (u8 *)&seg->cmdq_addr_l_sz + 3;

	WRITE_ONCE(*size, MLX5SIM_CMDQ_LOG_SIZE << 4 | MLX5SIM_CMDQ_LOG_STRIDE);
}
