// SPDX-License-Identifier: GPL-2.0-only
/* The device's free-running clock: 1 GHz, so its ticks are ns */

#include <linux/ktime.h>

#include "mlx5sim.h"

/* What a frame occupies beside its data: FCS, preamble and gap */
#define WIRE_OVERHEAD	(ETH_FCS_LEN + 20)

u64 mlx5sim_clock(const struct mlx5sim_port *port)
{
	u64 frozen = READ_ONCE(port->clock_frozen);

	return frozen ?: ktime_get_ns() + READ_ONCE(port->clock_offset);
}

/*
 * When a frame of @len bytes has arrived. The clock is read once for a burst,
 * whose frames come one wire time after another.
 */
u64 mlx5sim_stamp(struct mlx5sim_port *port, u32 len)
{
	struct mlx5sim_stamp *last = &port->last_stamp;
	u64 wire_time;

	if (!port->in_burst) {
		u64 now = mlx5sim_clock(port);

		port->in_burst = true;
		if (now > last->ns)
			*last = (struct mlx5sim_stamp){ .ns = now };
	}
	/* shorter ones are padded */
	wire_time = (max(len, ETH_ZLEN) + WIRE_OVERHEAD) * port->byte_time + last->part;
	last->ns += wire_time >> 32;
	last->part = (u32)wire_time;
	return last->ns;
}
