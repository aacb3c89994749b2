/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A netdev of this machine whose traffic comes from another one: what it must be, what
 * is changed on it while a bench runs, and what it counts. It stays in its namespace.
 */
#ifndef HOOKCOST_NIC_H
#define HOOKCOST_NIC_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "driver/driver.h"

/* A NIC that has no address is given this one, and the other machine its neighbour's */
#define NIC_ADDR	"10.203.0.2"
#define NIC_PEER_ADDR	"10.203.0.1"
#define NIC_PREFIX	30

struct nic_channels {
	uint32_t rx, tx, combined;
};

struct nic_irq {
	unsigned int number;
	char *cpus;			/* as smp_affinity_list has it */
};

/* A netdev as it is found */
struct nic {
	char name[IF_NAMESIZE], driver[32];
	bool up, gro;
	uint8_t mac[6];
	struct in_addr addr;		/* its first, or the one that it is given */
	bool has_addr;
	bool has_channels;		/* the driver says how many there are */
	struct nic_channels channels;
	struct nic_irq *irq;		/* filled by nic_irqs(), by number */
	size_t nirqs;
};

/*
 * What is special about a driver. Its counters are lists that NULL ends, of names as
 * ethtool_counter() takes them; NULL: it has none.
 */
struct nic_driver {
	const char *driver;		/* "virtio_net"; NULL: any */
	bool whole;			/* see struct net_count */
	bool gro_napi;			/* without an XDP program it has NAPI for GRO's sake only */
	bool narrow;			/* rx_missed_errors has 32 bits, a matter of a minute */
	const char *const *received;	/* their sum; NULL: rx_packets, XDP's share among them */
	const char *const *dropped;	/* by XDP: the first that there is */
	const char *const *seen;	/* the same, where that is not the sum of what it did */
	const char *const *missed;	/* their sum, where rx_missed_errors does not have them */
};

#define NIC_DRIVER(name) NIC_DRIVER_NR_##name
enum {
#include "driver/nic_drivers.def"
	NIC_DRIVERS
};

#undef NIC_DRIVER
#define NIC_DRIVER(name) nic_##name
extern const struct nic_driver
#include "driver/nic_drivers.def"
	*const all_nic_drivers[NIC_DRIVERS];
#undef NIC_DRIVER

/* That of a netdev's driver, by its name */
const struct nic_driver *nic_driver_of(const char *driver);

/*
 * The find() of driver_nic: a netdev of another driver than mlx5sim's, or "nic:NAME". -ENODEV,
 * -EOPNOTSUPP, -EBUSY, -EPERM with a one-line reason in why.
 */
int nic_find(const char *asked, const char *root, struct device *d, char *why, size_t len);

/* As it is in the caller's namespace; 0, or -errno with err() said */
int nic_read(const char *name, struct nic *nic);
/* The fewest channels with which it receives, false if that is what it has */
bool nic_one_channel(const struct nic *nic, struct nic_channels *one);
int nic_set_channels(const char *name, const struct nic_channels *c);
/* The interrupts of its device and where they may go; nic_forget() frees them */
void nic_irqs(struct nic *nic);
void nic_forget(struct nic *nic);
/* Those of now that were not there before */
void nic_irqs_since(struct nic *fresh, const struct nic *now, const struct nic *before);
/* All of them to one CPU; how many the kernel has taken */
size_t nic_irqs_to(const struct nic *nic, int cpu);
/* Where they could go, as far as they are still there */
void nic_irqs_back(const struct nic *nic);

/*
 * Frames that its driver has received, XDP has seen and dropped, the NIC had no room for. Where
 * the driver does not count what XDP drops, dropped is received: *own is false.
 */
int nic_count(const char *name, const char *driver, struct net_count *c, bool *own);

#endif /* HOOKCOST_NIC_H */
