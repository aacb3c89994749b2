// SPDX-License-Identifier: GPL-2.0-only
/* Event queues */

#include "dma.h"
#include "mlx5sim.h"
#include "queue.h"

/*
 * All EQs of a UAR share one doorbell, so polling could not tell which has been
 * armed. They are treated as always armed: MSI-X is an edge, and the handler
 * takes all events there are.
 */
void mlx5sim_eqe(struct mlx5sim_port *port, struct mlx5sim_eq *eq, u8 type,
		 u8 sub_type, const void *data, u32 len)
{
	struct mlx5_eqe *eqe = mlx5sim_ring_entry(&eq->ring, eq->pi);
	struct mlx5_eqe new = { .type = type, .sub_type = sub_type };

	memcpy(&new.data, data, len);
	mlx5sim_dma_write(eqe, &new, offsetof(struct mlx5_eqe, owner));
	/* the entry's contents before its owner */
	smp_wmb();
	mlx5sim_dma_set(eqe->owner, (eq->pi >> eq->ring.log_size) & 1);
	eq->pi++;
	mlx5sim_irq(port, eq->vec);
}

/* An asynchronous event: to the EQ that asked for its type, if any */
void mlx5sim_event(struct mlx5sim_port *port, u8 type, u8 sub_type,
		   const void *data, u32 len)
{
	struct mlx5sim_eq *eq;
	unsigned long id;

	xa_for_each(&port->objs[MLX5SIM_EQ], id, eq)
		if (eq->mask[type / 64] & BIT_ULL(type % 64)) {
			mlx5sim_eqe(port, eq, type, sub_type, data, len);
			return;
		}
}
