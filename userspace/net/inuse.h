/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a netdev is in use: one definition for all that a bench may take. What is looked at is
 * what a bench would take away from somebody: by a program that drops what comes, or because the
 * netdev goes to another namespace for a while, where it loses all of this.
 */
#ifndef HOOKCOST_INUSE_H
#define HOOKCOST_INUSE_H

#include <stdbool.h>
#include <stddef.h>

enum inuse_for {
	INUSE_MOVED,		/* it will be moved to another namespace */
	/*
	 * It stays here, and another machine sends to it: one IPv4 address and its neighbours
	 * are no use of it
	 */
	INUSE_STAYS,
};

/*
 * The kernel is asked, of the caller's namespace, by index: way to far addresses, master and
 * uppers, programs, qdiscs, addresses but link-local ones of the kernel's, routes but the
 * kernel's, next hops, rules, neighbours, AF_XDP sockets, promiscuous users. why: what it is used
 * for, and how to end that, if it is in use, or why the kernel does not tell.
 */
bool netdev_in_use(unsigned int ifindex, enum inuse_for what_for, char *why, size_t len);

#endif /* HOOKCOST_INUSE_H */
