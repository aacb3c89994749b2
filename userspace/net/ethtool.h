/* SPDX-License-Identifier: GPL-2.0-only */
/* A netdev's features and its driver's own counters, in the caller's netns */
#ifndef HOOKCOST_ETHTOOL_H
#define HOOKCOST_ETHTOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Generic receive offload; on veth this is what turns NAPI on without XDP */
int ethtool_set_gro(const char *dev, bool on);
/* TCP segmentation offload; veth bypasses the peer's NAPI while it is on */
int ethtool_set_tso(const char *dev, bool on);

/* Checksums of what is sent: by the device, or (off) whole before it leaves the stack */
int ethtool_set_tx_csum(const char *dev, bool on);

/*
 * Whether the link is up. Asking makes pending carrier changes take effect,
 * before which a new device drops what is sent.
 */
int ethtool_link(const char *dev, bool *up);

/*
 * Sum of the driver's counters whose names end in `name` ("xdp_packets" adds
 * up rx_queue_0_xdp_packets, rx_queue_1_xdp_packets, ...). -ENOENT: none.
 */
int ethtool_counter(const char *dev, const char *name, uint64_t *value);
/* The same for n of them, of one reading */
int ethtool_counters(const char *dev, const char *const *name, uint64_t *value, size_t n);

/* The same for those that there are, 0 and not has[] for others; for n of them */
int ethtool_some_counters(const char *dev, const char *const *name, uint64_t *value, bool *has,
			  size_t n);

/* Any of its commands; 0 or -errno, not said */
int ethtool_command(const char *dev, void *cmd);
int ethtool_driver(const char *dev, char *driver, size_t len);
int ethtool_gro(const char *dev, bool *on);

/* A private flag of the driver's, e.g. "rx_striding_rq"; -ENOENT, not said: it has none such */
int ethtool_flag(const char *dev, const char *name, bool *on);
int ethtool_set_flag(const char *dev, const char *name, bool on);

#endif /* HOOKCOST_ETHTOOL_H */
