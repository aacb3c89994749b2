// SPDX-License-Identifier: GPL-2.0-only
/* Links between ports: whether there is one, and at which speed */

#include <linux/mlx5/port.h>

#include "mlx5sim.h"
#include "queue.h"

/* What a port can do, the fastest first */
static const struct {
	u32 mode;
	u64 byte_time;
} modes[] = {
	{ BIT(MLX5E_100GBASE_CR4), MLX5SIM_BYTE_TIME(100000) },
	{ BIT(MLX5E_50GBASE_CR2), MLX5SIM_BYTE_TIME(50000) },
	{ BIT(MLX5E_40GBASE_CR4), MLX5SIM_BYTE_TIME(40000) },
	{ BIT(MLX5E_25GBASE_CR), MLX5SIM_BYTE_TIME(25000) },
	{ BIT(MLX5E_10GBASE_CR), MLX5SIM_BYTE_TIME(10000) },
};

u32 mlx5sim_link_modes(void)
{
	u32 all = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		all |= modes[i].mode;
	return all;
}

void mlx5sim_link_init(struct mlx5sim_port *port)
{
	port->wire.cable = true;
	port->modes = mlx5sim_link_modes();
	port->byte_time = modes[0].byte_time;
}

static void link_one(struct mlx5sim_port *port)
{
	const struct mlx5sim_port *peer = port->peer;
	struct mlx5_eqe_port_state eqe = { .port = 1 << 4 };
	u32 both = port->modes & peer->modes;
	bool link;
	int i;

	/* the fastest that both ends want; an end that is forced wants but one */
	for (i = 0; i < ARRAY_SIZE(modes) && !(both & modes[i].mode); i++)
		;
	link = port->admin_up && peer->admin_up && port->wire.cable &&
	       peer->wire.cable && i < ARRAY_SIZE(modes);
	port->mode = link ? modes[i].mode : 0;
	if (link)
		port->byte_time = modes[i].byte_time;
	if (link == port->link)
		return;
	port->link = link;
	if (!link)
		port->counters.link_downs++;
	mlx5sim_event(port, MLX5_EVENT_TYPE_PORT_CHANGE,
		      link ? MLX5_PORT_CHANGE_SUBTYPE_ACTIVE :
			     MLX5_PORT_CHANGE_SUBTYPE_DOWN, &eqe, sizeof(eqe));
}

/* A port or its cable has changed: both ends see it */
void mlx5sim_link_update(struct mlx5sim_port *port)
{
	link_one(port);
	if (port->peer != port)
		link_one(port->peer);
}
