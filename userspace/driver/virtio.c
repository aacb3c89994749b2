// SPDX-License-Identifier: GPL-2.0-only
/* virtio_net, as a NIC: what it has counted */
#include <stddef.h>

#include "driver/nic.h"

/* Since Linux 6.10 for the netdev, before that for each queue */
static const char *const dropped[] = { "rx_xdp_drops", "xdp_drops", NULL };
static const char *const seen[] = { "rx_xdp_packets", "xdp_packets", NULL };

const struct nic_driver nic_virtio = {
	.driver = "virtio_net",
	.whole = true,
	.dropped = dropped,
	.seen = seen,
};
