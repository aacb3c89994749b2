// SPDX-License-Identifier: GPL-2.0-only
/* The device's free-running clock: 1 GHz, so its ticks are ns */

#include <linux/ktime.h>
#include <linux/math64.h>

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
	if (!port->in_burst) {
		port->in_burst = true;
		port->last_stamp = max(port->last_stamp, mlx5sim_clock(port));
	}
	port->last_stamp += ((len + WIRE_OVERHEAD) * port->byte_time) >> 10;
	return port->last_stamp;
}
