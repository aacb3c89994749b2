/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The test network:
 *
 *	netns A: 10.203.0.1  ----- device -----  10.203.0.2 :netns B
 *	         client                          server, netdev under test
 *
 * The netdevs are those of a device, see device.h. Neither namespace has a
 * name: they are gone with the process, however it ends, and so is a veth pair;
 * the kernel moves the netdevs of hardware back. With remote traffic there
 * is B alone, which is the process's own namespace and address.
 */
#ifndef HOOKCOST_NET_H
#define HOOKCOST_NET_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_end {
	int ns;
	int rtnl;
	unsigned int ifindex;
	char name[IF_NAMESIZE];
	uint8_t mac[6];
	struct in_addr addr;
};

#define NET_PORT	7	/* UDP; of the frames of net_frame(), at both ends */

struct device;

struct net {
	const struct device *dev;
	int home;		/* the namespace the process came from */
	int rtnl;		/* there */
	struct net_end a, b;
};

/* Pushes its own removal on the cleanup stack first; 0, or -errno with err() said */
int net_setup(struct net *n, const struct device *dev);
/* The calling thread's namespace; the sockets it opens stay there */
int net_enter(const struct net_end *e);
int net_leave(const struct net *n);

/* A netdev of the calling thread's namespace */
int net_is_up(const char *name, bool *up);
int net_mac(const char *name, uint8_t mac[6]);
int net_mtu(const char *name, unsigned int *mtu);

/* Both ends receive in NAPI, without an XDP program too */
int net_napi(const struct net *n, bool on);

/* What the receiver's driver says: frames its NAPI has taken, frames XDP has dropped */
struct net_count {
	uint64_t received, dropped;
	/* nic: frames that XDP has seen, read at the same time as dropped */
	uint64_t xdp;
	/* nic: received is known to have all of dropped among it */
	bool whole;
	/* nic: frames for which the NIC had no room; others send no more than is taken */
	uint64_t missed;
};

int net_count(const struct net *n, struct net_count *c);

/* An Ethernet + IPv4 + UDP frame from A to B, zero payload; length, or 0 if too small */
size_t net_frame(const struct net *n, uint8_t *buf, size_t len);

#endif /* HOOKCOST_NET_H */
