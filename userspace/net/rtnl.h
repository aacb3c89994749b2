/* SPDX-License-Identifier: GPL-2.0-only */
/* The rtnetlink requests that a test network needs, and no more; how to ask for what there is */
#ifndef HOOKCOST_RTNL_H
#define HOOKCOST_RTNL_H

#include <netinet/in.h>
#include <stdint.h>

/* One end of a veth pair, as it will be created */
struct rtnl_veth {
	const char *name;
	const uint8_t *mac;
	int ns;			/* network namespace, an open file */
};

/* A socket in the caller's network namespace, or -errno */
int rtnl_open(void);

/* All: 0 or -errno, with the kernel's own words already on stderr */
int rtnl_veth_add(int fd, const struct rtnl_veth *a, const struct rtnl_veth *b);
int rtnl_link_up(int fd, unsigned int ifindex);
int rtnl_link_down(int fd, unsigned int ifindex);
/* Into another network namespace, an open file; it goes down and keeps its name */
int rtnl_link_move(int fd, unsigned int ifindex, int ns);
int rtnl_link_del(int fd, unsigned int ifindex);
int rtnl_addr_add(int fd, unsigned int ifindex, struct in_addr addr, unsigned int prefix);
int rtnl_addr_del(int fd, unsigned int ifindex, struct in_addr addr, unsigned int prefix);
/* A permanent neighbour, so that no ARP is ever sent */
int rtnl_neigh_add(int fd, unsigned int ifindex, struct in_addr addr, const uint8_t *mac);

struct nlmsghdr;

typedef void (*rtnl_fn)(const struct nlmsghdr *nh, void *arg);

/*
 * Asks, on any netlink socket, and calls fn for each message of the answer; all over again if
 * what a dump tells has changed meanwhile. 0 or -errno, not said.
 */
int rtnl_ask(int fd, struct nlmsghdr *request, rtnl_fn fn, void *arg);

#endif /* HOOKCOST_RTNL_H */
