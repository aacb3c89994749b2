/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of inuse.h, for inuse*.c and their tests */
#ifndef HOOKCOST_INUSE_PRIV_H
#define HOOKCOST_INUSE_PRIV_H

#include <net/if.h>
#include <stdint.h>

#include "core/compiler.h"
#include "net/inuse.h"

struct nlmsghdr;

struct inuse {
	unsigned int index;
	char name[IF_NAMESIZE];
	uint8_t mac[6];
	enum inuse_for what_for;
	bool is_up;
	unsigned int addresses;		/* IPv4, that are allowed */
	char far[64];			/* the address whose route is asked for */
	char why[256];			/* "" until a use is found */
};

/* The first use that is found stays */
void inuse_found(struct inuse *u, const char *fmt, ...) __printf(2, 3);

/* One message of an answer, each */
void inuse_by_link(const struct nlmsghdr *nh, struct inuse *u);		/* its own */
void inuse_by_other_link(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_addr(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_route(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_far_route(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_nexthop(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_rule(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_neigh(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_fdb(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_qdisc(const struct nlmsghdr *nh, struct inuse *u);
void inuse_by_xsk(const struct nlmsghdr *nh, struct inuse *u);

#endif /* HOOKCOST_INUSE_PRIV_H */
